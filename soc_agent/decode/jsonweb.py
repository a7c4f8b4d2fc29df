"""JSON lines of web servers and applications: an access log, what a firewall of web applications saw, a login.

Traefik, Caddy, nginx, GitLab, Nextcloud, Coraza and others each name their fields themselves; the event has the names
that public Sigma rules know, beside those of the line.
"""

import re
from collections.abc import Iterable
from typing import Any

from soc_agent.decode.access import decode_access
from soc_agent.decode.addresses import address, is_inside
from soc_agent.decode.context import Context, Parsed
from soc_agent.decode.errorlog import decode_apache_error, decode_nginx_error
from soc_agent.decode.logins import APPLICATION, JSON_LITERALS, Login, put, read_login_of_object
from soc_agent.decode.waf import MARKS, WAF, put_waf
from soc_agent.decode.weblog import WEBSERVER, put_request, put_target
from soc_agent.decode.weblogin import LITERALS as REFUSALS
from soc_agent.model import LogSource

_NEXTCLOUD = LogSource("application", "nextcloud", "")

_CLIENT = (
    *("ClientHost", "request.client_ip", "request.remote_ip", "remote_addr", "client_ip", "clientip", "remote_ip"),
    *("remoteAddr", "remoteIP", "clientIp", "clientAddress", "ipAddress", "x_real_ip", "meta.remote_ip", "src_ip"),
    *("ClientAddr", "request.remote_addr", "RemoteAddr", "x_forwarded_for", "downstream_remote_address", "ClientIP"),
    *("c-ip", "client", "client_addr", "remote_host", "remoteip", "httpRequest.clientIp", "httpRequest.remoteIp"),
    *("http_x_forwarded_for", "properties.clientIP", "clientIP"),
)
"""Names of the client's address in an access log, the surest first."""
_FROM = (*_CLIENT, "ip", "IP", "remote", "source_ip", "sourceIp", "rhost", "account.ip")
"""Names of the address that a login came from."""
_METHOD = (
    *("RequestMethod", "request.method", "request_method", "method", "verb", "Method", "ClientRequestMethod"),
    *("cs-method", "httpRequest.httpMethod", "httpRequest.requestMethod", "http.request.method", "http_method"),
    *("properties.httpMethod", "requestMethod"),
)
_TARGET = (
    *("RequestPath", "request.uri", "request_uri", "uri", "url", "path", "request_path", "RequestURI"),
    *("ClientRequestURI", "c-uri", "cs-uri-stem", "httpRequest.uri", "httpRequest.requestUrl", "url.original"),
    *("requestUri", "requestURI", "request_url", "uri_path", "properties.requestUri"),
)
_STATUS = (
    *("DownstreamStatus", "status", "status_code", "statusCode", "response_status", "sc-status", "response_code"),
    *("EdgeResponseStatus", "httpRequest.status", "http.response.status_code", "response.status", "http_status"),
    "properties.httpStatus",
)
_SIZE = ("DownstreamContentSize", "size", "body_bytes_sent", "bytes_sent", "bytes", "EdgeResponseBytes", "sc-bytes")
_AGENT = (
    *("request_User-Agent", "request.headers.User-Agent", "http_user_agent", "user_agent", "userAgent", "ua"),
    *("ClientRequestUserAgent", "cs(User-Agent)", "httpRequest.userAgent", "user_agent.original", "agent"),
    *("properties.userAgent", "http_user-agent", "user-agent"),
)
_REFERER = (
    *("request_Referer", "request.headers.Referer", "http_referer", "http_referrer", "referer", "referrer"),
    *("ClientRequestReferer", "cs(Referer)", "httpRequest.referer", "http.request.referrer"),
)
_HOST = (
    *("RequestHost", "request.host", "http_host", "server_name", "host", "authority", "ClientRequestHost"),
    *("x-host-header", "cs(Host)"),
)
_VERSION = ("RequestProtocol", "request.proto", "server_protocol", "protocol", "ClientRequestProtocol")
_WHO = ("ClientUsername", "user_id", "remote_user", "params.value.login", "cs-username")
_QUERY = ("args", "cs-uri-query", "httpRequest.args", "query_string", "query")
"""Names of the query, where it stands apart from the path."""
_WHO_FAILED = ("username", "user", "login", "email", "account", "userName", "params.value.login", "user_name")
_TEXT = ("msg", "message", "event", "error", "reason", "action", "type", "log", "@m")
_REFUSAL = re.compile(r"""Login failed: (["']?)(?P<user>.*?)\1 \(Remote IP: ["']?(?P<ip>[^)"']*)["']?\)""", re.DOTALL)
_GUESS = re.compile(r'Bruteforce attempt from "(?P<ip>[^"]*)" detected for action "(?P<reason>[^"]*)"')
_HOST_ERROR = re.compile(r'Trusted domain error\. "(?P<ip>[^"]*)" tried to access using "(?P<target>.*)" as host')
_CAP = 2048
"""So much of a text is looked at."""

LOG_SOURCES = frozenset({WEBSERVER, WAF, APPLICATION, _NEXTCLOUD})
LITERALS = {
    WEBSERVER: frozenset({f'{name.rpartition(".")[2]}"' for name in _CLIENT} | {*MARKS, '"stream"'}),
    _NEXTCLOUD: frozenset({"remoteaddr"}),
    WAF: frozenset({*MARKS, '"transaction"'}),
    APPLICATION: JSON_LITERALS | REFUSALS | {"sessionscontroller", "omniauthcallbackscontroller"},
}
"""What each line holds that is decoded to a log source."""
DERIVED = frozenset({"action", "outcome", "service", "sc-status", "sc-bytes", "auth_method", "waf_score"})


def name_web(parsed: Parsed, context: Context) -> None:
    """Give an object the type, the log sources and the fields of what it is; leave what is nothing such as it is."""
    fields = parsed.fields
    if "reqId" in fields and "remoteAddr" in fields:
        _name_nextcloud(parsed, fields)
        return
    if (text := _text(fields)) and put_waf(fields, text):
        parsed.type, parsed.log_sources = "waf", (WAF, WEBSERVER)
        return
    if "transaction.client_ip" in fields:
        _name_transaction(parsed, fields)
        return
    if "log" in fields and "stream" in fields and _name_container_line(parsed, fields, context):
        return
    client = _client(fields, _CLIENT)
    if client and _put_access(fields, client):
        parsed.type, parsed.log_sources = "access_json", (WEBSERVER,)
    if _is_gitlab_refusal(fields):
        client = client or _client(fields, _FROM)
        login = Login("failure", client, _word(fields, _WHO_FAILED)) if client else None
    else:
        login = read_login_of_object(fields)
    if login is not None:
        put(fields, login)
        others = parsed.log_sources if parsed.type == "access_json" else ()
        parsed.type, parsed.log_sources = "application", (APPLICATION, *others)


def _name_container_line(parsed: Parsed, fields: dict[str, Any], context: Context) -> bool:
    """Read what a web server in a container wrote, as Docker keeps it: ``{"log":"…","stream":"stdout","time":"…"}``."""
    line = fields["log"]
    if not isinstance(line, str):
        return False
    for decode in (decode_access, decode_nginx_error, decode_apache_error):
        if (inner := decode(line.rstrip("\r\n"), context)) is not None:
            fields |= inner.fields
            parsed.type = inner.type
            parsed.log_sources = tuple(source for source in inner.log_sources if source in LOG_SOURCES)
            parsed.time_ns = inner.time_ns
            return True
    return False


def _name_nextcloud(parsed: Parsed, fields: dict[str, Any]) -> None:
    message = fields.get("message")
    text = message if isinstance(message, str) else ""
    client = address(str(fields["remoteAddr"]))
    parsed.type = "nextcloud"
    parsed.log_sources = (_NEXTCLOUD,)
    if client:
        fields["src_ip"] = client
    if fields.get("user") in ("--", ""):
        del fields["user"]
    if found := _REFUSAL.search(text):
        fields["action"], fields["outcome"] = "login", "failure"
        fields["user"] = found["user"]
        # what is asked for behind a proxy is told in the message alone
        if (told := address(found["ip"])) and (client is None or is_inside(client)):
            fields["src_ip"] = told
    elif found := _GUESS.search(text):
        fields["action"], fields["outcome"], fields["reason"] = "throttle", "failure", found["reason"]
    elif found := _HOST_ERROR.search(text):
        fields["action"], fields["outcome"], fields["target"] = "wrong_host", "failure", found["target"]
    elif text.startswith("Login successful"):
        fields["action"], fields["outcome"] = "login", "success"


def _name_transaction(parsed: Parsed, fields: dict[str, Any]) -> None:
    """Name the record of one request in an audit log (ModSecurity 3, Coraza)."""
    client = address(str(fields["transaction.client_ip"]))
    if client:
        fields["c-ip"] = client
    if method := _word(fields, ("transaction.request.method",)):
        fields["cs-method"] = method
    if target := _word(fields, ("transaction.request.uri",)):
        put_target(fields, target)
    status = _word(fields, ("transaction.response.http_code", "transaction.response.status"))
    if status.isdecimal():
        fields["sc-status"] = int(status[:9])
    told = _words(fields, ("transaction.messages.message", "messages.message", "messages.data.msg"))
    if not told:
        parsed.type, parsed.log_sources = "access_json", (WEBSERVER,)
        return
    fields["waf_message"] = told[0]
    rules = _words(fields, ("transaction.messages.details.ruleId", "messages.data.id"))
    if rules:
        fields["waf_rule"] = rules[-1]
    parsed.type, parsed.log_sources = "waf", (WAF, WEBSERVER)


def _put_access(fields: dict[str, Any], client: str) -> bool:
    request = fields.get("request")
    method, target = _word(fields, _METHOD), _word(fields, _TARGET)
    status = _word(fields, _STATUS)
    if not status.isdecimal() or len(status) > 3 or not ((target and method) or isinstance(request, str)):
        return False
    if method and target:
        fields["cs-method"] = method
        put_target(fields, target)
        if "?" not in target:
            if (query := _word(fields, _QUERY).removeprefix("?")) not in ("", "-"):
                fields["c-uri"], fields["cs-uri-query"] = f"{target}?{query}", query
            else:
                fields.pop("cs-uri-query", None)
    elif isinstance(request, str):
        put_request(fields, request)
    fields["c-ip"], fields["sc-status"] = client, int(status)
    size = _word(fields, _SIZE)
    if size.isdecimal() and len(size) < 20:
        fields["sc-bytes"] = int(size)
    for name, keys in (
        ("cs-user-agent", _AGENT),
        ("cs-referer", _REFERER),
        ("cs-host", _HOST),
        ("cs-version", _VERSION),
        ("cs-username", _WHO),
    ):
        if (value := _word(fields, keys)) not in ("", "-"):
            fields[name] = value
    return True


def _is_gitlab_refusal(fields: dict[str, Any]) -> bool:
    controller, action = fields.get("controller"), fields.get("action")
    if controller == "SessionsController":
        return action == "create" and fields.get("status") in (0, 401, 403, 422)
    return controller == "OmniauthCallbacksController" and action == "failure"


def _client(fields: dict[str, Any], names: Iterable[str]) -> str:
    for words in _words(fields, names):
        value = words.partition(",")[0].strip()  # a list as X-Forwarded-For has it: the first is the client
        if found := address(value) or address(value.rpartition(":")[0]):
            return found
    return ""


def _text(fields: dict[str, Any]) -> str:
    return " ".join(_words(fields, _TEXT))[:_CAP]


def _word(fields: dict[str, Any], names: Iterable[str]) -> str:
    return next(iter(_words(fields, names)), "")


def _words(fields: dict[str, Any], names: Iterable[str]) -> list[str]:
    """Give what these fields say, of each its first value."""
    found = []
    for name in names:
        value = fields.get(name)
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, str) and value:
            found.append(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            found.append(str(value))
    return found
