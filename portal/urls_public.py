"""URLs of the public pages beside the course list: calendar, sites, instructors, help, and what machines read."""

from django.urls import path

from portal.views import calendar, information, instructors, machines, sites

urlpatterns = [
    path("help/", information.help_page, name="help"),
    path("accessibility/", information.accessibility, name="accessibility"),
    path("sitemap.xml", machines.site_map, name="site_map"),
    path("robots.txt", machines.robots, name="robots"),
    path("classes/new.rss", machines.new_runs, name="new_runs"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("instructors/", instructors.instructor_list, name="instructors"),
    path("instructors/<slug:public_id>/", instructors.instructor, name="instructor"),
    path("sites/", sites.site_list, name="sites"),
    path("sites/<slug:slug>/", sites.site, name="site"),
    path("sites/<slug:slug>/poster/", sites.site_poster, name="site_poster"),
    path("sites/<slug:slug>/qr.svg", sites.site_qr, name="site_qr"),
]
