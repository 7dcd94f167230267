"""One settings file; what differs between places comes from environment variables (README, "Configuration").

Without DATABASE_URL and REDIS_URL the embedded stores of this checkout are used, as their state file tells.
"""

from pathlib import Path
from urllib.parse import quote

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from ceportal.forwarding import networks
from ceportal.logs import logging_configuration
from ceportal.stores import Home

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# -- where we are: demo (the default, embedded stores, demo accounts), test (the suite), production
MODE = env.str("CEPORTAL_MODE", "demo")
if MODE not in {"demo", "test", "production"}:
    raise ImproperlyConfigured("CEPORTAL_MODE is demo, test or production")
PRODUCTION = MODE == "production"
HOME = Home.default().of_the_suite if MODE == "test" else Home.default()
VAR = HOME.folder
DEBUG = env.bool("DEBUG", False)
DEMO_ACCOUNTS = env.bool("DEMO_ACCOUNTS", not PRODUCTION)  # the demo may make sign-ins with a password that it shows

# -- secrets: from the environment; outside production the home makes its own at first use
SECRETS = {} if PRODUCTION else HOME.secrets()
SECRET_KEY = env.str("SECRET_KEY", SECRETS.get("secret_key", ""))
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# `name:base64` of 32 bytes each: the first encrypts, all decrypt. The digest key finds encrypted values again, and
# changing it makes them unfindable. Both live apart from the database and its dumps (common.crypto).
FIELD_KEYS = env.list("FIELD_KEYS", default=[f"k1:{SECRETS['field_key']}"] if SECRETS else [])
FIELD_DIGEST_KEY = env.str("FIELD_DIGEST_KEY", SECRETS.get("digest_key", ""))

DEMO_SCALE = env.str("DEMO_SCALE", "0.05")  # share of the students that make demo loads
DEMO_PASSWORD = env.str("DEMO_PASSWORD", SECRETS.get("demo_password", ""))

ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# -- stores
STATE = {} if PRODUCTION else HOME.state()
PREFIX = "TEST_" if MODE == "test" else ""
EMBEDDED_DATABASE = not env.str(f"{PREFIX}DATABASE_URL", "")
EMBEDDED_BROKER = not env.str(f"{PREFIX}REDIS_URL", "")
# Port 1 answers nobody: commands that need no store still run before the first start.
DATABASE_URL = env.str(f"{PREFIX}DATABASE_URL", "") or STATE.get(
    "database_url", "postgres://ceportal@127.0.0.1:1/ceportal"
)
# The owner of the tables, who migrates; the application itself neither owns nor alters any (docs/decisions/0068).
MIGRATE_DATABASE_URL = (
    env.str(f"{PREFIX}MIGRATE_DATABASE_URL", "")
    or (STATE.get("migrate_database_url", "") if EMBEDDED_DATABASE else "")
    or DATABASE_URL
)
REDIS_URL = env.str(f"{PREFIX}REDIS_URL", "") or STATE.get("redis_url", "redis://127.0.0.1:1/0")
if not DATABASE_URL.startswith(("postgres://", "postgresql://")):
    raise ImproperlyConfigured("DATABASE_URL names no PostgreSQL: postgres://user:password@host:5432/ceportal")

DATABASES = {
    "default": env.db_url_config(DATABASE_URL)
    | {
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", 60),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": env.bool("DISABLE_SERVER_SIDE_CURSORS", False),
    }
}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 10)
# Seconds that one statement of a web request may take, and wait for a lock; the worker and the shell take theirs.
STATEMENT_SECONDS, LOCK_SECONDS = env.int("STATEMENT_SECONDS", 20), 10
STATEMENT_FACTORS = {"/admin/reporting/": 3}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- apps, highest first, so that ours override templates of those below
INSTALLED_APPS = [
    "ceportal",
    "demo",
    "reporting",
    "international",
    "training",
    "enrollment",
    "people",
    "learning_centers",
    "exchange",
    "common",
    "ceportal.admin_config.RegistrarAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "ceportal.forwarding.ForwardedMiddleware",
    "ceportal.observing.ReferenceMiddleware",
    "ceportal.time_limits.TimeLimitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "ceportal.boundary.NoNulMiddleware",  # its page needs the language
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "ceportal.unsent.UnsentFormsMiddleware",
    "ceportal.idling.IdleExitMiddleware",  # its words are a message
    "ceportal.old_passwords.OldPasswordMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ceportal.lockout.KnownBrowserMiddleware",
    "ceportal.boundary.DeclaredParametersMiddleware",
    "ceportal.limits.LimitMiddleware",
    "ceportal.conflicts.ConflictMiddleware",
]

ROOT_URLCONF = "ceportal.urls"
WSGI_APPLICATION = "ceportal.wsgi.application"

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
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# -- who may come in

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the suite signs in hundreds of times
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "people.passwords.KindsOfCharactersValidator"},
    {"NAME": "people.passwords.NotUsedLatelyValidator"},
]
PASSWORD_DAYS = env.int("PASSWORD_DAYS", 90)
IDLE_MINUTES = env.int("IDLE_MINUTES", 30)
SESSION_HOURS = env.int("SESSION_HOURS", 10)
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
LOGIN_URL = "portal:sign_in"
LOGIN_REDIRECT_URL = "home"
AXES_FAILURE_LIMIT = 5
LOCKOUT_BY_USER, LOCKOUT_BY_ADDRESS = (
    20,
    40,
)  # failures from browsers that the account is not known to (ceportal.lockout)
AXES_HANDLER = "ceportal.lockout.LockoutHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_TEMPLATE = "lockout.html"
AXES_VERBOSE = False  # its messages hold user names
SILENCED_SYSTEM_CHECKS = [
    "axes.W002"
]  # it knows its middleware by name only; ceportal.lockout has one that derives from it

# -- language and time: instants are UTC in the database, days are those of China
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH = ["ceportal.formats"]

# -- letters: notices are mailed where a server is named; outside production they are written to the console
MAIL_SERVER = env.str("MAIL_SERVER", "" if PRODUCTION else "consolemail://")
MAIL_NOTICES = bool(MAIL_SERVER)
MAIL = environ.Env.email_url_config(MAIL_SERVER or "dummymail://")
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = (
    MAIL["EMAIL_BACKEND"],
    MAIL["EMAIL_HOST"] or "localhost",
    MAIL["EMAIL_PORT"] or 25,
)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL["EMAIL_HOST_USER"] or "", MAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.get("EMAIL_USE_TLS", False), MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", "") or "ceportal@localhost"
MAIL_LANGUAGE = env.str("MAIL_LANGUAGE", "zh-hans")  # of accounts that have chosen none
SITE_ADDRESS = env.str("SITE_ADDRESS", "" if PRODUCTION else "http://localhost:8000").rstrip(
    "/"
)  # where letters lead to

# -- the heads of the audit chains go to a place outside the database, once a day (common.heads)
AUDIT_HEADS = env.str("AUDIT_HEADS", "" if PRODUCTION else f"file://{quote(str(VAR / 'audit-heads'))}")
if AUDIT_HEADS and not AUDIT_HEADS.startswith(("file:///", "mailto:", "syslog://", "syslog+tcp://")):
    raise ImproperlyConfigured(
        "AUDIT_HEADS is file:///path, mailto:address, syslog://host:514 or syslog+tcp://host:601"
    )

# -- files
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR / "static")))
STATICFILES_DIRS = [path for path in [BASE_DIR / "static"] if path.exists()]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR / "files")))  # uploads and exports; never served by URL
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
FILE_UPLOAD_HANDLERS = [
    "ceportal.boundary.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# -- what a browser may do with our pages
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
# Behind a proxy that ends TLS; HTTPS_ONLY=false is for trying the production mode without one.
HTTPS_ONLY = env.bool("HTTPS_ONLY", PRODUCTION)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31536000) if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS_ONLY
SECURE_HSTS_PRELOAD = HTTPS_ONLY
TRUSTED_PROXIES = networks(env.list("TRUST_PROXY", default=[]))
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# -- background work: a message only rings, the job's row is the truth (docs/decisions/0014)
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": env.int("CELERY_VISIBILITY_TIMEOUT", 7200),
    "socket_connect_timeout": 2,
    "socket_timeout": 20,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
IMPORT_FILES_KEPT_DAYS = env.int("IMPORT_FILES_KEPT_DAYS", 180)
EXPORTS_KEPT_DAYS = env.int("EXPORTS_KEPT_DAYS", 7)
CELERY_TIMEZONE = TIME_ZONE

# -- logs: one JSON object a line (ceportal.observing)
LOGGING = logging_configuration(env.str("LOG_LEVEL", "WARNING" if MODE == "test" else "INFO"))
CSRF_FAILURE_VIEW = "ceportal.errors.csrf_failure"

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
}
