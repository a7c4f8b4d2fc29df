"""The registry of line types: each is one module; one more type is one more line here."""

from soc_agent.decode.access import ACCESS
from soc_agent.decode.audit import AUDIT, LAUREL
from soc_agent.decode.cef import CEF
from soc_agent.decode.context import LineType
from soc_agent.decode.errorlog import APACHE_ERROR, NGINX_ERROR
from soc_agent.decode.eve import EVE
from soc_agent.decode.eventxml import EVENT_XML
from soc_agent.decode.exchange import EXCHANGE
from soc_agent.decode.findings import HEALTH, INTEGRITY, YARA
from soc_agent.decode.hostline import HOST
from soc_agent.decode.jsonlines import JSON
from soc_agent.decode.keyvalue import KEYVALUE
from soc_agent.decode.leef import LEEF
from soc_agent.decode.plain import PLAIN
from soc_agent.decode.portal import PORTAL
from soc_agent.decode.syslog import SYSLOG
from soc_agent.decode.syslog_json import SYSLOG_JSON
from soc_agent.decode.w3c import W3C
from soc_agent.decode.windows.texts import WINDOWS_TEXT
from soc_agent.decode.zeek import ZEEK
from soc_agent.decode.zeeklog import ZEEK_LOG
from soc_agent.decode.zimbra import ZIMBRA

LINE_TYPES: dict[str, LineType] = {
    line_type.name: line_type
    for line_type in (
        *(SYSLOG, ACCESS, APACHE_ERROR, NGINX_ERROR, JSON, EVENT_XML, KEYVALUE, CEF, ZEEK, YARA, HEALTH, INTEGRITY),
        *(PORTAL, HOST, EVE, ZEEK_LOG, W3C, AUDIT, LAUREL, EXCHANGE, ZIMBRA, LEEF, SYSLOG_JSON, WINDOWS_TEXT, PLAIN),
    )
}
"""Every type of lines, by name."""
