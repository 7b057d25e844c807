"""URLs of enrollment: the presses that change something."""

from django.urls import path

from enrollment import views

app_name = "enrollment"
urlpatterns = [
    path("classes/<slug:number>/enroll/", views.enroll, name="enroll"),
    path("enrollments/<slug:public_id>/cancel/", views.cancel, name="cancel"),
]
