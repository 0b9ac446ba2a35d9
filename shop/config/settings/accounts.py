"""Signing in: django-allauth as the engine, axes against guessing, short messages and mail."""

import environ

env = environ.Env()

ACCOUNT_ADAPTER = "shop.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Phones and e-mails are proved by our own one-time codes before the account exists (docs/decisions).
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# Whom each of these can stop, what works then, and what guessing is worth: docs/decisions/0061.
ACCOUNT_RATE_LIMITS = {
    # Passwords looked at, right ones too: each is much work.
    "login": "60/m/ip",
    "login_device": "30/m/key",
    # The key is the account with the address it is tried from; the account alone counts wider, and asks for a code.
    "login_failed": "5/5m/key",
    "login_failed_account": "30/h/key",
    # Wrong ones of all accounts at one address; beyond, each account has its first try there.
    "login_failed_address": "20/m/ip",
    "login_failed_busy": "1/10m/key",
    # A device that the account signed in on before counts for itself alone: where it did so, and from all other
    # addresses together, for it may have been copied.
    "login_failed_device": "5/5m/key,20/h/key",
    "login_failed_away": "5/5m/key,20/h/key",
    # Codes by address, by phone or e-mail with the address, and by phone or e-mail alone. What may be asked for without
    # a message being sent (`ASKED_OF_ANYBODY`) counts apart from what always sends one, each for itself.
    "send_code": "30/10m/ip",
    "send_code_busy": "1/10m/key",
    "send_code_here": "5/10m/key",
    "send_code_everywhere": "10/h/key,20/d/key",
    "send_code_asked": "5/h/key,10/d/key",
    # Beyond any of these, whatever strangers ask for.
    "send_code_slow": "1/h/key",
    # Beyond that, who asks may answer the code that is on its way: once at an address, three beside who asked first.
    "join_code_here": "1/10m/key",
    "join_code": "3/10m/key",
    # Messages to a phone because of orders that were looked for.
    "send_code_found": "20/d/key",
    # To one's own phone or e-mail, signed in or on a device that signed in before: whatever others ask for.
    "send_code_own": "5/10m/key,20/d/key",
    # The key is the account, else the address.
    "parse_address": "60/m/key",
    # Phones tried for one order's number: by address, and from everywhere. Beyond, a code to the phone finds it.
    "find_order": "5/10m/key",
    "find_order_number": "10/h/key,20/d/key",
    # Wrong passwords of who is signed in: as few as a known device may try.
    "reauthenticate": "5/5m/user,20/h/user",
}

# Requests of one API token a minute; beyond, 429 until the next.
API_REQUESTS_A_MINUTE = env.int("API_REQUESTS_A_MINUTE", 600)

# How many proxies of ours stand before us, each adding to X-Forwarded-For; none of it is believed beyond them.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0)

# After ten failures for one name from one address: fifteen minutes' rest.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "shop.accounts.adapter.name_tried"
AXES_CLIENT_IP_CALLABLE = "shop.core.client_address.client_ip"
AXES_WHITELIST_CALLABLE = "shop.accounts.adapter.is_known_device"
AXES_LOCKOUT_CALLABLE = "shop.accounts.views.signing.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_RESET_ON_SUCCESS = True

# One door for everybody, with its limits. By name, so that it is in the reader's language.
WAGTAILADMIN_LOGIN_URL = WAGTAIL_FRONTEND_LOGIN_URL = "account_login"
# Passwords and e-mails have one door too (shop/accounts/closed_doors.py): Wagtail offers none of its own.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False

SMS_SENDER = env.str("SMS_SENDER", "shop.accounts.sms.ConsoleSender")
# Codes that would tell whether there is an account leave in a thread of their own.
SEND_CODES_ASIDE = True
# The demo shows codes on the page, marked as such; production never does.
SHOW_CODES = False

_EMAIL = env.email_url("EMAIL_URL", "consolemail://")
EMAIL_BACKEND = _EMAIL["EMAIL_BACKEND"]
EMAIL_HOST = _EMAIL.get("EMAIL_HOST", "")
EMAIL_PORT = _EMAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _EMAIL.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _EMAIL.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _EMAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "禾桥 <no-reply@heqiao.example>")

SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_ENGINE = "shop.accounts.sessions"
