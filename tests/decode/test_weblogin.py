"""A login that a web server refuses itself is one in every wording, and names the client."""

from typing import Any

from soc_agent.decode.errorlog import decode_apache_error, decode_nginx_error
from soc_agent.decode.weblogin import FIELDS, LITERALS
from tests.decode.samples import make_context


def apache_error(line: str) -> Any:
    parsed = decode_apache_error(line, make_context("apache_error"))
    assert parsed is not None, line
    return parsed


def nginx_error(line: str) -> Any:
    parsed = decode_nginx_error(line, make_context("nginx_error"))
    assert parsed is not None, line
    return parsed


APACHE_REFUSALS = {
    'AH01617: user an: authentication failure for "/noi-bo": Password Mismatch': ("an", "basic"),
    'user le van: authentication failure for "/noi-bo": Password Mismatch': ("le van", "basic"),
    "AH01618: user guest not found: /noi-bo": ("guest", "basic"),
    "user root not found": ("root", "basic"),
    "AH01618: user  not found: /noi-bo": (None, "basic"),
    "AH01614: client used wrong authentication scheme: /noi-bo": (None, "basic"),
    'AH01631: user an: authorization failure for "/noi-bo": ': ("an", "basic"),
    "AH01637: Authorization of user an to access /a failed, reason: file owner be does not match.": ("an", "basic"),
    "access to /a failed, reason: user an does not meet 'require'ments for user to be allowed access": ("an", "basic"),
    "AH01695: auth_ldap authenticate: user an authentication failed; URI /a [User not found][No such object]": (
        *("an", "basic"),
    ),
    "PAM authentication failed for user an: Authentication failure": ("an", "basic"),
    "AuthExtern pwauth [/usr/sbin/pwauth]: Failed (1) for user an": ("an", "basic"),
    "Digest: user an: password mismatch: /d": ("an", "digest"),
    "AH01790: user `an' in realm `noi bo' not found: /d": ("an", "digest"),
    "Digest: invalid nonce JDiBAA=db9 received - length is not 52": (None, "digest"),
    "AH01777: invalid nonce 59QJpp received - user attempted time travel": (None, "digest"),
    "AH01788: realm mismatch - got `x' but expected `noi bo'": (None, "digest"),
    "AH01793: invalid qop `auth' received: /d": (None, "digest"),
}
NO_REFUSALS = (
    # a nonce of before the restart, a directory that is away, a file whose name is made to look like one
    "AH01776: invalid nonce b9YAiJ received - hash is not d42d824dee7a",
    "AH01695: auth_ldap authenticate: user an authentication failed; URI /a [Can't contact LDAP server][x]",
    "AH00128: File does not exist: /srv/[client 192.0.2.9] user root not found",
    "AH01630: client denied by server configuration: /srv/user an not found",
    "AH02811: script not found or unable to stat: /usr/lib/cgi-bin/php",
)


def test_a_login_that_apache_refused_is_one_in_every_wording() -> None:
    for message, (user, method) in APACHE_REFUSALS.items():
        parsed = apache_error(
            f"[Fri Nov 20 10:15:04.123456 2026] [x:error] [pid 7] [client 2001:db8::7:5999] {message}"
        )
        said = (parsed.fields.get("action"), parsed.fields.get("outcome"), parsed.fields.get("auth_method"))
        assert (*said, parsed.fields.get("user")) == ("login", "failure", method, user), message
        assert parsed.fields["src_ip"] == "2001:db8::7"
        assert parsed.log_sources[0].category == "application"
        assert parsed.fields.keys() & {"action", "user", "reason", "target"} <= FIELDS
        assert any(literal in message.lower() for literal in LITERALS), "the prefilter would lose it"


def test_what_is_no_refusal_of_apache_is_none() -> None:
    for message in NO_REFUSALS:
        parsed = apache_error(f"[Fri Nov 20 10:15:04.123456 2026] [x:error] [pid 7] [client 192.0.2.10:5999] {message}")
        assert "action" not in parsed.fields, message


def test_a_login_that_nginx_refused_names_the_client_and_not_what_the_user_is_called() -> None:
    tail = ', client: 2001:db8::7, server: , request: "GET / HTTP/1.1", host: "noi-bo.example.vn"'
    for message, user in {
        'user "an": password mismatch': "an",
        'user "an" was not found in "/etc/nginx/htpasswd"': "an",
        "PAM: user 'an' - not authenticated: Authentication failure": "an",
        'user "x": password mismatch, client: 192.0.2.1, server: _, request: "GET / HTTP/1.1", host: "h"": was not '
        'found in "/etc/nginx/htpasswd"': None,
    }.items():
        fields = nginx_error(f"2026/11/20 10:15:04 [error] 7#7: *9 {message}{tail}").fields
        assert (fields["action"], fields["outcome"], fields["src_ip"]) == ("login", "failure", "2001:db8::7"), message
        assert user is None or fields["user"] == user
