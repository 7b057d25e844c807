"""URLs of the public pages beside the course list: calendar, sites."""

from django.urls import path

from portal.views import calendar, sites

urlpatterns = [
    path("calendar/", calendar.calendar, name="calendar"),
    path("sites/", sites.site_list, name="sites"),
    path("sites/<slug:slug>/", sites.site, name="site"),
    path("sites/<slug:slug>/poster/", sites.site_poster, name="site_poster"),
    path("sites/<slug:slug>/qr.svg", sites.site_qr, name="site_qr"),
]
