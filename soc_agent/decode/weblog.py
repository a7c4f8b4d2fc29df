"""What access logs, error logs and data-driven decoders of web servers share: the request line and its quoting."""

import re
from typing import Any

from soc_agent.model import LogSource

WEBSERVER = LogSource("webserver", "", "")

QUOTED = r'"([^"\\]*(?:\\.[^"\\]*)*)"'
"""A regular expression for a quoted value, in which the quote is escaped with a backslash."""
REQUEST_FIELDS = frozenset({"request", "cs-method", "cs-version", "c-uri", "cs-uri-stem", "cs-uri-query"})
"""Every field that :func:`put_request` gives."""
_METHOD = re.compile(r"[A-Za-z][A-Za-z_-]{0,31}")
_VERSION = re.compile(r"[A-Z]{3,5}/[0-9](?:\.[0-9])?")
_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_ESCAPE = re.compile(r'\\(["\\]|x22|x5[Cc])')
_ESCAPED = {'"': '"', "\\": "\\", "x22": '"', "x5c": "\\", "x5C": "\\"}


def unquote(value: str) -> str:
    r"""Undo the escapes of quotes and backslashes in a quoted value (Apache ``\"``, nginx ``\x22``).

    Other escapes stay as the server wrote them: what is not text is best read so.
    """
    return _ESCAPE.sub(lambda found: _ESCAPED[found[1]], value) if "\\" in value else value


def put_request(fields: dict[str, Any], request: str) -> None:
    """Put the parts of a request line into fields. What is no request line goes whole into ``request``."""
    if "\\" in request:
        request = unquote(request)
    method, _, target = request.partition(" ")
    if not target or not _METHOD.fullmatch(method):
        if request != "-":
            fields["request"] = request  # nothing at all is what some clients send, too
        return
    fields["cs-method"] = method
    before, _, version = target.rpartition(" ")
    if before and _VERSION.fullmatch(version):
        fields["cs-version"] = version
        target = before
    put_target(fields, target.strip(" "))


def put_target(fields: dict[str, Any], target: str) -> None:
    """Put a request target (RFC 9112, section 3.2) into fields: whole, its path, and its query where it has one."""
    fields["c-uri"] = target
    if not target.startswith("/") and (found := _AUTHORITY.match(target)):
        target = target[found.end() :]
    stem, mark, query = target.partition("?")
    fields["cs-uri-stem"] = stem
    if mark:
        fields["cs-uri-query"] = query
