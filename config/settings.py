"""Settings. Production by default; every choice of an installation is an environment variable (.env.example)."""

import sys
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))

# What an installation says
SECRET_KEY = env.text("SECRET_KEY")
FIELD_KEYS = env.field_keys("FIELD_KEYS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
DEMO = env.flag("DEMO", default=False)
SITE_NAME = env.text("SITE_NAME", "职工学堂")
ORGANISER = env.text("ORGANISER", "区总工会")
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000" if DEMO else None)
SCAN_COMMAND = env.text("SCAN_COMMAND", "")
SMS_BACKEND = env.choice("SMS_BACKEND", {"console", "file", "memory"}, "file" if DEMO else "console")

if DEMO and not all(env.is_local_name(host) for host in ALLOWED_HOSTS):
    message = "DEMO=1 只能用于本机或内网地址，请改 ALLOWED_HOSTS 或去掉 DEMO。"
    raise ImproperlyConfigured(message)

# Django
DEBUG = False
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "policy",
    "messaging",
    "accounts",
    "catalogue",
    "proposals",
    "timetable",
    "enrollment",
    "bookings",
    "portal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "pgtrigger",
    "pghistory",
    "template_partials",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.choose_language",
    "config.middleware.refuse_unstorable_text",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.require_access",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.keep_personal_pages_private",
    "config.middleware.explain_wrong_methods",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Data. The pool belongs to web processes; workers keep a plain connection. Each is tried before it is used (R5).
IS_WEB = "granian" in Path(sys.argv[0]).parts or "granian" in sys.argv[0]
WEB_THREADS = 4
# A lost database is an answer within 5 s (R15) and is looked for at least once a second: psycopg_pool waits 1, 2, 4 s
# and so on between its attempts until it gives up after reconnect_timeout, and the next request begins at once.
# The bounds of a connection only hold over TCP; requests to a frozen one behind a Unix socket hang until it wakes.
POOL = {"min_size": 1, "max_size": WEB_THREADS, "timeout": 3, "reconnect_timeout": 2}
DATABASES = {
    "default": {
        **env.database("DATABASE_URL"),
        "CONN_MAX_AGE": 0 if IS_WEB else 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {
            "connect_timeout": 3,
            "tcp_user_timeout": 3000,
            **({"pool": POOL} if IS_WEB else {}),
        },
    },
}
REDIS_URL = env.text("REDIS_URL")
# Sign-in and its limits must survive a restart of Redis.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_limits",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(days=30).total_seconds())

# Language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", _("英文"))]
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "static-build")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Security. DEMO is plain HTTP on a loopback or private address.
SECURE_SSL_REDIRECT = not DEMO
SECURE_HSTS_SECONDS = 0 if DEMO else int(timedelta(days=365).total_seconds())
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO
SECURE_HSTS_PRELOAD = not DEMO
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SESSION_COOKIE_NAME = "sessionid" if DEMO else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if DEMO else "__Host-csrftoken"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_HANDLERS = [
    "policy.uploads.RefuseTooLarge",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
PRIVATE_FILES = VAR_DIR / "media" / "private"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in [
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    ]
]

# Sign-in (accounts/backends.py: a session remembers which of the two it began with)
AUTHENTICATION_BACKENDS = ["accounts.backends.StaffBackend", "accounts.backends.PersonBackend"]
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "portal:my"
LOGOUT_REDIRECT_URL = "portal:home"

# Background work
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# kombu looks for unacknowledged tasks only at every tenth turn by default, minutes late (reliability.md R8).
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 360, "unacked_restore_interval": 2}
CELERY_TIMEZONE = TIME_ZONE
# The pulse of everything that happens by itself; tests make it faster.
BEAT_SECONDS = env.whole("BEAT_SECONDS", 15)
# What was not begun when its next turn comes is not needed any more.
CELERY_BEAT_SCHEDULE = {
    name: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
    for name, task, seconds in [
        ("plan reminders", "enrollment.tasks.plan_reminders", 4 * BEAT_SECONDS),
        ("fill free seats", "enrollment.tasks.fill_free_seats", 4 * BEAT_SECONDS),
        ("send messages", "messaging.tasks.send_due", BEAT_SECONDS),
    ]
}

# Logs: one escaped line an event, no personal data
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.OneLine", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}
