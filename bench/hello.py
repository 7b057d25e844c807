"""The yardstick Y1: a bare Django that says hello, without middleware, on the same server as the product."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse  # noqa: TID253 -- a view
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, SECRET_KEY="for a benchmark", ALLOWED_HOSTS=["127.0.0.1"], MIDDLEWARE=[])  # noqa: S106 -- it guards nothing


def hello(_request: HttpRequest) -> HttpResponse:
    """Say hello."""
    return HttpResponse("hello world")


urlpatterns = [path("", hello)]
application = get_wsgi_application()
