"""The one settings file. Every value that differs between machines comes from the environment.

With nothing set, the site runs for development: DEBUG, an embedded database, a queue and mail in
files under `var/`, and the local Stripe sandbox. Without DEBUG, a missing or unsafe value stops
the start with one line that names it.
"""

from pathlib import Path
from urllib.parse import quote

import django_stubs_ext
import environ
from django.conf import global_settings

from campaign import admin_theme, content_policy, environment, error_reports, logs, thresholds

# Django's generic classes take their type arguments at run time too: forms.ModelChoiceField[FundingNeed].
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG: bool = env.bool("DEBUG", default=True)


def required(name: str, default: str) -> str:
    """The value of `name`; in development `default` when it is unset or empty, otherwise a stop."""
    value: str = env.str(name, default="")
    if value:
        return value
    if DEBUG:
        return default
    raise SystemExit(f"{name} is not set. It is required when DEBUG is off.")


# What the site writes outside the database's own server: one folder, easy to back up or throw away.
VAR_DIR = Path(env.str("VAR_DIR", default="") or BASE_DIR / "var").resolve()
try:
    for _folder in ("mail", "media", "private", "queue/messages", "queue/control", "shared", "static"):
        (VAR_DIR / _folder).mkdir(parents=True, exist_ok=True)
except OSError as error:
    raise SystemExit(
        f"The folder {VAR_DIR} cannot be written ({error.strerror}). Set VAR_DIR to one that can."
    ) from None

SITE_URL = required("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
_site = environment.site(SITE_URL, debug=DEBUG)

SECRET_KEY = required("SECRET_KEY", "development-only-key-that-signs-nothing-of-value")
if not DEBUG and len(SECRET_KEY) < 50:
    raise SystemExit("SECRET_KEY is too short: 50 characters or more when DEBUG is off.")

ALLOWED_HOSTS = environment.hosts(site=_site, debug=DEBUG)
CSRF_TRUSTED_ORIGINS = [f"{_site.scheme}://{_site.netloc}"]

# --- Stripe ------------------------------------------------------------------------------------

STRIPE_SECRET_KEY: str = env.str("STRIPE_SECRET_KEY", default="")
# The sandbox stands in for Stripe when no key is given.
SANDBOX: bool = env.bool("SANDBOX", default=DEBUG and not STRIPE_SECRET_KEY)
if SANDBOX and not DEBUG:
    raise SystemExit(
        "SANDBOX is on while DEBUG is off: it takes no real money and shows every letter. Unset it."
    )
if SANDBOX:
    STRIPE_SECRET_KEY = STRIPE_SECRET_KEY or "sk_test_sandbox"
    STRIPE_WEBHOOK_SECRET: str = env.str("STRIPE_WEBHOOK_SECRET", default="") or "whsec_sandbox"
    STRIPE_API_BASE: str = env.str("STRIPE_API_BASE", default="") or f"{SITE_URL}/sandbox"
else:
    STRIPE_SECRET_KEY = required("STRIPE_SECRET_KEY", "")
    # Missing in development: `manage.py check` says so.
    STRIPE_WEBHOOK_SECRET = required("STRIPE_WEBHOOK_SECRET", "")
    STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="")
SANDBOX_WEBHOOK_URL = f"{SITE_URL}/stripe/webhook/"

# --- Giving ------------------------------------------------------------------------------------

DONATION_MINIMUM_CENTS = 500
DONATION_MAXIMUM_CENTS = environment.whole_number(
    "DONATION_MAXIMUM_CENTS", default=10_000_000, least=DONATION_MINIMUM_CENTS
)
# How many of our own proxies add a line to X-Forwarded-For; with none the header is not believed.
TRUSTED_PROXIES = environment.whole_number("TRUSTED_PROXIES", default=0, least=0)
GUARD = thresholds.read()

# --- Applications ------------------------------------------------------------------------------

INSTALLED_APPS = [
    "modeltranslation",  # before the admin, whose forms it extends
    "unfold.apps.BasicAppConfig",  # its templates come before the admin's own
    "unfold.contrib.filters",
    "unfold.contrib.simple_history",
    "campaign.admin_site.Admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "crispy_forms",
    "csp",
    "django_prose_editor",
    "simple_history",
    "programs",
    "outreach",
    "donations",
    *(["sandbox"] if SANDBOX else []),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "campaign.middleware.Compression",
    "campaign.middleware.private_unless_public",  # outside of whatever sets a cookie
    "campaign.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "campaign.middleware.only_utf8",  # after the language is known, before anything reads a field
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "campaign.urls"
WSGI_APPLICATION = "campaign.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CSRF_FAILURE_VIEW = "donations.views.errors.csrf_failure"

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
            ],
        },
    }
]
# Our own pack, in templates/paper: crispy-forms ships none.
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "paper"
CRISPY_FAIL_SILENTLY = False

# --- Database, cache, queue --------------------------------------------------------------------

DATABASES = {
    "default": environment.database(
        required("DATABASE_URL", f"sqlite:///{quote(str(VAR_DIR / 'db.sqlite3'))}")
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # The site, the worker and beat write at once: readers never wait (WAL), writers queue for up to
    # 20 s, and a transaction takes its write lock at the start instead of failing in the middle.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # A file, so that tests with threads and processes meet the same locks as the site.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
# A thread keeps its connection for a minute: opening one costs more than reading a page's version.
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

REDIS_URL = environment.redis()
_redis = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": REDIS_URL,
    "KEY_PREFIX": "campaign",
    "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
}
CACHES = {
    "default": (
        _redis
        if REDIS_URL
        else {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "campaign",
            "OPTIONS": {"MAX_ENTRIES": 2_000},  # four for each page as it is now
        }
    ),
    # What one process must see of another, of this machine at least.
    "shared": (
        _redis
        if REDIS_URL
        else {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": VAR_DIR / "shared",
        }
    ),
}

# The broker only wakes workers: what is owed lies in the database, and beat finds it again.
_queue = VAR_DIR / "queue"
CELERY_BROKER_URL = REDIS_URL or "files://localhost//"  # campaign.file_queue
CELERY_BROKER_TRANSPORT_OPTIONS = (
    # Without max_retries a publisher whose broker is down waits 6 seconds; so it waits 0.1.
    {"visibility_timeout": 300, "socket_connect_timeout": 2, "socket_timeout": 5, "max_retries": 0}
    if REDIS_URL
    else {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "control_folder": str(_queue / "control"),
        "polling_interval": 0.05,
    }
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False  # a web request never waits for a broker that is down
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# --- Languages and time ------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "theme"]  # theme: the words of the admin's theme
FORMAT_MODULE_PATH = "campaign.formats"
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en", "fr")
# The public site's language stands in its addresses; the admin's is its reader's choice.
LANGUAGE_COOKIE_PATH = "/admin/"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"  # what people see, and what decides a gift's fiscal date; stored in UTC

# --- Mail --------------------------------------------------------------------------------------

MAIL_DIR = VAR_DIR / "mail"  # where development's letters go, and where the sandbox shows them from
vars().update(environment.mail(required("EMAIL_URL", f"filemail:///{quote(str(MAIL_DIR))}"), debug=DEBUG))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = environment.sender(required("DEFAULT_FROM_EMAIL", "Institut Imagine <dons@example.org>"))
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Who hears of what cannot wait for the next look at the admin: a dispute's deadline, a refund that came back.
STAFF_EMAIL = environment.addresses(env.str("STAFF_EMAIL", default=""))

# Who turns a letter's attachment reference into a document: outreach knows nothing of receipts.
OUTREACH_ATTACHMENTS = {"receipt": "donations.receipts.documents.attachment"}
# Who makes the link that only the reader of such a letter may know, from the reference in its facts.
OUTREACH_LINKS = {
    "sign_in": "donations.donors.sign_in.address",
    "email_change_old": "donations.donors.email_change.address_for_old",
    "email_change_new": "donations.donors.email_change.address_for_new",
}
# A letter whose worker vanished is taken up again after this long, and only then.
OUTREACH_LEASE_SECONDS = 600

# --- Files -------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Receipts: never under a public address.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": VAR_DIR / "private",
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "campaign.static_files.JoinedSheets"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ROOT = BASE_DIR / "static" / "root"  # what is asked for under its own name: /favicon.ico
WHITENOISE_AUTOREFRESH = DEBUG

# --- The admin ---------------------------------------------------------------------------------

UNFOLD = admin_theme.UNFOLD

# --- Safety ------------------------------------------------------------------------------------

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # a programme and all its parts are one form
FILE_UPLOAD_HANDLERS = ["campaign.uploads.Bounded", *global_settings.FILE_UPLOAD_HANDLERS[1:]]
SESSION_ENGINE = "campaign.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 2
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
if not DEBUG:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"

CONTENT_SECURITY_POLICY = content_policy.CONTENT_SECURITY_POLICY

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- Logs and errors ---------------------------------------------------------------------------

LOGGING = logs.LOGGING

SENTRY_DSN: str = env.str("SENTRY_DSN", default="")
if SENTRY_DSN:
    error_reports.send_to(SENTRY_DSN)
