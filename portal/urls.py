"""URLs of portal: every page that shows more than one app, and the desk."""

from django.urls import path

from portal.views import desk, health, my, public

app_name = "portal"
urlpatterns = [
    path("", public.home, name="home"),
    path("courses/", public.course_list, name="course_list"),
    path("courses/<slug:code>/", public.course, name="course"),
    path("topics/<slug:slug>/", public.topic, name="topic"),
    path("classes/<slug:number>/", public.class_run, name="class_run"),
    path("classes/<slug:number>/confirm/", my.enroll_confirm, name="enroll_confirm"),
    path("my/", my.my, name="my"),
    path("my/enrollments/<slug:public_id>/", my.enrollment, name="enrollment"),
    path("my/enrollments/<slug:public_id>/cancel/", my.cancel_confirm, name="cancel_confirm"),
    path("my/messages/", my.messages, name="messages"),
    path("my/messages/read/", my.messages_read, name="messages_read"),
    path("desk/", desk.desk, name="desk"),
    path("desk/courses/", desk.desk_courses, name="desk_courses"),
    path("desk/courses/<slug:code>/new-run/", desk.desk_new_run, name="desk_new_run"),
    path("desk/runs/<slug:number>/", desk.desk_run, name="desk_run"),
    path("healthz", health.healthz, name="healthz"),
]
