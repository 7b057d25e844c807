"""The URL roots. Every view says who may call it (accounts/access.py); a test walks them all."""

from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("enrollment.urls")),
    path("", include("portal.urls")),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
