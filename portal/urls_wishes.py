"""URLs of wishes (我想学)."""

from django.urls import path

from portal.views import desk_wishes, wishes

urlpatterns = [
    path("wishes/", wishes.wish_list, name="wishes"),
    path("wishes/new/", wishes.wish_new, name="wish_new"),
    path("wishes/<slug:public_id>/", wishes.wish, name="wish"),
    path("wishes/<slug:public_id>/withdraw/", wishes.wish_withdraw, name="wish_withdraw"),
    path("desk/wishes/<slug:public_id>/", desk_wishes.wish, name="desk_wish"),
    path("desk/wishes/<slug:public_id>/arrange/", desk_wishes.arrange, name="desk_wish_arrange"),
    path("desk/wishes/<slug:public_id>/decline/", desk_wishes.decline, name="desk_wish_decline"),
]
