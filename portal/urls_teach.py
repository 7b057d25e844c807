"""URLs of proposals, for authors, reviewers and everybody, and of files handed in; a part of portal.urls."""

from django.urls import path

from portal.views import desk_proposals, files, publicity, teach, teach_proposals

urlpatterns = [
    path("teach/", teach.teach, name="teach"),
    path("teach/profile/", teach.profile, name="teach_profile"),
    path("teach/honor/", teach.honor, name="teach_honor"),
    path("teach/proposals/", teach_proposals.proposals, name="teach_proposals"),
    path("teach/proposals/new/", teach_proposals.new, name="teach_new"),
    path("teach/proposals/kept/<slug:public_id>/", teach_proposals.kept, name="teach_kept"),
    path("teach/proposals/<slug:public_id>/", teach_proposals.proposal, name="teach_proposal"),
    path("teach/proposals/<slug:public_id>/edit/", teach_proposals.edit, name="teach_edit"),
    path("teach/proposals/<slug:public_id>/withdraw/", teach_proposals.withdraw, name="teach_withdraw"),
    path("desk/proposals/", desk_proposals.proposals, name="desk_proposals"),
    path("desk/proposals/<slug:public_id>/", desk_proposals.proposal, name="desk_proposal"),
    path("desk/proposals/<slug:public_id>/honor/", desk_proposals.verify_honor, name="desk_proposal_honor"),
    path("desk/proposals/<slug:public_id>/<slug:action>/", desk_proposals.decide, name="desk_proposal_decide"),
    path("publicity/", publicity.publicity, name="publicity"),
    path("files/<slug:public_id>/", files.file, name="file"),
]
