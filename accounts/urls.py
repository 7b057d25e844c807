"""URLs of accounts."""

from django.urls import path

from accounts.views import choices, sign_in, staff, welcome

app_name = "accounts"
urlpatterns = [
    path("login/", sign_in.login, name="login"),
    path("login/code/", sign_in.code, name="code"),
    path("login/code/again/", sign_in.code_again, name="code_again"),
    path("login/welcome/", welcome.welcome, name="welcome"),
    path("login/once/<str:token>/", sign_in.once, name="once"),
    path("login/staff/", staff.staff_login, name="staff_login"),
    path("login/staff/code/", staff.second_factor, name="second_factor"),
    path("login/staff/setup/", staff.set_up, name="second_factor_setup"),
    path("logout/", choices.logout, name="logout"),
    path("language/", choices.language, name="language"),
    path("display/", choices.display, name="display"),
    path("privacy/", welcome.privacy_notice_page, name="privacy_notice"),
]
