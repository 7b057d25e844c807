"""URLs of the public pages beside the course list: calendar, sites, instructors."""

from django.urls import path

from portal.views import calendar, instructors, sites

urlpatterns = [
    path("calendar/", calendar.calendar, name="calendar"),
    path("instructors/", instructors.instructor_list, name="instructors"),
    path("instructors/<slug:public_id>/", instructors.instructor, name="instructor"),
    path("sites/", sites.site_list, name="sites"),
    path("sites/<slug:slug>/", sites.site, name="site"),
    path("sites/<slug:slug>/poster/", sites.site_poster, name="site_poster"),
    path("sites/<slug:slug>/qr.svg", sites.site_qr, name="site_qr"),
]
