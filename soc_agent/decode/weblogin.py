"""Logins that a web server itself refuses: basic and digest authentication, as the error logs tell of them.

The words are those of the sources of Apache httpd 2.2 and 2.4 (``mod_auth_basic``, ``mod_auth_digest``,
``mod_authz_*``, ``mod_authnz_ldap``, ``mod_authnz_pam``, ``mod_authnz_external``, ``mod_auth_form``) and of nginx
(``ngx_http_auth_basic_module``, and the modules for PAM and LDAP).
"""

import re
from typing import Any

from soc_agent.model import LogSource

APPLICATION = LogSource("application", "", "")
LITERALS = frozenset(
    {
        *("password mismatch", " not found", "authentication failure", "authorization failure"),
        *("wrong authentication scheme", "authorization of user", "invalid nonce ", "realm mismatch - ", "access to "),
        *("unknown algorithm ", "invalid qop ", "uri mismatch - ", "authentication failed", "denied by provider"),
        *("failed for user ", ") for user ", "not authenticated: "),
    }
)
"""Each line with such a login holds one of these, in some case of its letters."""
FIELDS = frozenset({"action", "outcome", "auth_method", "src_ip", "user", "target", "reason"})
"""Every field that :func:`put_refusal` gives."""
DERIVED = frozenset({"action", "outcome", "auth_method"})

_BASIC = (
    # the name may hold anything, quotes and colons too: what follows it is looked for from the end
    r'user "?(?P<user1>.*?)"?: (?:authentication|authorization) failure for "(?P<target1>.*)":.*',
    r'user "(?P<user2>.*)": (?P<reason2>password mismatch)',
    r'user "(?P<user3>.*)":? was (?P<reason3>not found) in ".*"',
    r"(?:MySQL )?user '?(?P<user4>.*?)'? (?P<reason4>not found)(?:: (?P<target4>.*))?",
    r"(?P<reason5>client used wrong authentication scheme)(?:: (?P<target5>.*))?",
    r"Authorization of user (?P<user6>.*) to access (?P<target6>.*) failed, reason: .*",
    r"access to (?P<target7>.*) failed, reason: user '?(?P<user7>.*?)'? .*",
    r".*auth_ldap authenticate: user (?P<user8>.*) authentication failed; URI (?P<target8>\S*) (?P<reason8>.*)",
    r"PAM (?:authentication failed|account validation failed) for user (?P<user9>.*?): .*",
    r"AuthExtern \S+ \[.*\]: (?P<reason10>Failed) \(-?[0-9]+\) for user (?P<user10>.*)",
    r"PAM: user '(?P<user11>.*)' - not authenticated: (?P<reason11>.*)",
)
_DIGEST = (
    r"user `(?P<user12>.*)' in realm `.*' (?P<reason12>not found|denied by provider)(?:: (?P<target12>.*))?",
    r"user (?P<user13>.*): (?P<reason13>password mismatch)(?:: (?P<target13>.*))?",
    r"(?P<reason14>invalid nonce) .* received - (?:length is not [0-9]+|user attempted time travel)",
    r"(?P<reason15>realm mismatch) - got `.*' but expected `.*'",
    r"(?P<reason16>unknown algorithm|invalid qop) `.*' received(?:: (?P<target16>.*))?",
    r"(?P<reason17>uri mismatch) - .*",
)
_REALM, *_OTHER = (f"(?:Digest: )?{words}" for words in _DIGEST)
_REFUSED = re.compile("|".join((_REALM, *_BASIC, *_OTHER)))
_CAP = 8192
"""No server takes a longer name; so much is looked at."""
_WORDS = re.compile(
    r"(?:user|client used wrong|Authorization of|access to|PAM|MySQL user|AuthExtern|Digest|invalid|realm|unknown|uri)"
    r"[ :]|.*auth_ldap authenticate: "
)
_DIRECTORY_AWAY = re.compile(r"contact LDAP server|server (?:is )?(?:down|unavailable)|time[d ]*out", re.IGNORECASE)
"""What says that nobody was asked: that is no refusal."""
_DIGEST_WORDS = ("Digest: ", "user `", "invalid ", "realm ", "unknown ", "uri ")


def put_refusal(fields: dict[str, Any], message: str) -> bool:
    """Put a login that the server refused into fields; False when the message tells of none."""
    if "c-ip" not in fields or not _WORDS.match(message):
        return False
    found = _REFUSED.fullmatch(message[:_CAP])
    if found is None:
        return False
    said = {name.rstrip("0123456789"): value for name, value in found.groupdict().items() if value is not None}
    if "auth_ldap" in message and _DIRECTORY_AWAY.search(said.get("reason", "")):
        return False
    digest = message.startswith(_DIGEST_WORDS) or fields.get("module") == "auth_digest"
    fields["action"], fields["outcome"] = "login", "failure"
    fields["auth_method"] = "digest" if digest else "basic"
    fields["src_ip"] = fields["c-ip"]
    for name in ("user", "target", "reason"):
        if value := said.get(name, "").strip():
            fields[name] = value
    return True
