"""The one view that serves what people handed in, to those whom the app of its subject lets read it."""

from collections.abc import Callable
from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.access import allow, signed_in
from accounts.models import User
from accounts.types import UserRequest
from policy import attachments, clock
from policy.models import Attachment
from proposals import proofs

MayRead = Callable[[User, Attachment, datetime], bool]
# By what an attachment's subject begins with; a subject that nobody answers for can be read by nobody.
MAY_READ: dict[str, MayRead] = {"honor": proofs.may_read}


@require_safe
@allow(signed_in)
def file(request: UserRequest, public_id: str) -> HttpResponse:
    """Hand a file over for saving, never for showing: it is not ours. Who may not read it, finds nothing."""
    kept = get_object_or_404(Attachment, public_id=public_id)
    may_read = MAY_READ.get(kept.subject.partition("/")[0])
    if may_read is None or not may_read(request.user, kept, clock.now()):
        raise Http404
    response = HttpResponse(attachments.read(kept), content_type=kept.content_type)
    response.headers["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=kept.name))
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
