"""URLs of portal: every page that shows more than one app, and the desk."""

from django.urls import include, path

from portal.views import bookings, desk, desk_bookings, desk_enterprises, enterprise, health, my, public, roster

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
    path("desk/enterprises/<slug:public_id>/", desk_enterprises.enterprise, name="desk_enterprise"),
    path("desk/enterprises/<slug:public_id>/verify/", desk_enterprises.verify, name="desk_enterprise_verify"),
    path("desk/enterprises/<slug:public_id>/decline/", desk_enterprises.decline, name="desk_enterprise_decline"),
    path("desk/bookings/<slug:public_id>/", desk_bookings.booking, name="desk_booking"),
    path("desk/bookings/<slug:public_id>/accept/", desk_bookings.accept, name="desk_booking_accept"),
    path("desk/bookings/<slug:public_id>/decline/", desk_bookings.decline, name="desk_booking_decline"),
    path("desk/bookings/<slug:public_id>/cancel/", desk_bookings.cancel, name="desk_booking_cancel"),
    path("desk/bookings/<slug:public_id>/finish/", desk_bookings.finish, name="desk_booking_finish"),
    path("desk/bookings/<slug:public_id>/schedule/", desk_bookings.schedule, name="desk_booking_schedule"),
    path("enterprise/", enterprise.enterprises_page, name="enterprises"),
    path("enterprise/register/", enterprise.register, name="enterprise_register"),
    path("enterprise/<slug:public_id>/bookings/new/", bookings.new, name="booking_new"),
    path("enterprise/bookings/<slug:public_id>/", bookings.booking, name="booking"),
    path("enterprise/bookings/<slug:public_id>/edit/", bookings.edit, name="booking_edit"),
    path("enterprise/bookings/<slug:public_id>/submit/", bookings.submit, name="booking_submit"),
    path("enterprise/bookings/<slug:public_id>/withdraw/", bookings.withdraw, name="booking_withdraw"),
    path("enterprise/bookings/<slug:public_id>/roster/", roster.page, name="booking_roster"),
    path("", include("portal.urls_teach")),
    path("healthz", health.healthz, name="healthz"),
]
