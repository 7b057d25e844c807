"""What a press of 报名 may carry."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import PlainForm


class EnrollForm(PlainForm):
    """Whether a place in line will do when the run is full."""

    join_line = forms.BooleanField(label=_("加入候补：有名额时按排队先后自动递补"), required=False)
