"""Addresses below /account/. Names that allauth asks for (`account_…`) stand in `entrance`, without namespace."""

from django.urls import path

from shop.accounts.views import addresses, home, messages, privacy, security, signing, tokens

app_name = "accounts"

urlpatterns = [
    path("", home.home, name="home"),
    path("profile/", home.profile, name="profile"),
    path("display/", home.display, name="display"),
    path("language/", home.language, name="language"),
    path("code/", signing.enter_code, name="code"),
    path("code/again/", signing.send_again, name="code-again"),
    path("password/new/", signing.reset_password, name="reset-password"),
    path("security/", security.security, name="security"),
    path("security/confirm/code/", security.confirm_by_code, name="confirm-by-code"),
    path("security/phone/", security.change_phone, name="change-phone"),
    path("security/email/", security.change_email, name="change-email"),
    path("security/password/", security.change_password, name="change-password"),
    path("security/elsewhere/", security.sign_out_elsewhere, name="sign-out-elsewhere"),
    path("tokens/", tokens.token_list, name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.token_revoke, name="token-revoke"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("privacy/export/", privacy.export, name="export"),
    path("privacy/erase/", privacy.erase, name="erase"),
    path("addresses/", addresses.address_list, name="addresses"),
    path("addresses/add/", addresses.address_add, name="address-add"),
    path("addresses/parse/", addresses.address_parse, name="address-parse"),
    path("addresses/<int:pk>/", addresses.address_edit, name="address-edit"),
    path("addresses/<int:pk>/delete/", addresses.address_delete, name="address-delete"),
    path("addresses/<int:pk>/default/", addresses.address_default, name="address-default"),
    path("divisions/", addresses.divisions, name="divisions"),
    path("deliver-to/", addresses.deliver_to, name="deliver-to"),
    path("messages/", messages.message_list, name="messages"),
    path("messages/read/", messages.read_all, name="messages-read"),
    path("messages/<int:pk>/", messages.open_message, name="message-open"),
]

entrance = [
    path("login/", signing.sign_in, name="account_login"),
    path("signup/", signing.sign_up, name="account_signup"),
    path("logout/", signing.sign_out, name="account_logout"),
    path("inactive/", signing.inactive, name="account_inactive"),
    path("password/reset/", signing.reset, name="account_reset_password"),
    path("confirm/", security.confirm, name="account_reauthenticate"),
]
