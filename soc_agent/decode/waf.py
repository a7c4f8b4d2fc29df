r"""What ModSecurity and Coraza say of a request: ``ModSecurity: Warning. … [id "942100"] [msg "…"] [uri "…"]``."""

import re
from typing import Any
from urllib.parse import parse_qs

from soc_agent.decode.addresses import address
from soc_agent.decode.weblog import QUOTED, put_target, unquote
from soc_agent.model import LogSource

WAF = LogSource("webserver", "", "waf")
"""Log source of what such a firewall says."""
MARKS = ("ModSecurity: ", "Coraza: ", "NAXSI_FMT: ", "NAXSI_EXLOG: ")
"""What its messages hold one of."""
LITERALS = frozenset(mark.lower() for mark in MARKS)
_WORDS = re.compile(r"(?:Coraza|ModSecurity): +(Warning|Access denied|Rule|[A-Z][a-z]+|(?=\[))")
_NAXSI = re.compile(r"NAXSI_(FMT|EXLOG): (\S+)")
_TAG = re.compile(rf"\[([a-z_]{{2,16}}) {QUOTED}\]")
_SCORE = re.compile(r"(?:Total (?:Inbound )?Score|Inbound_Score|TX:ANOMALY_SCORE' \(Value: `)[: ]*([0-9]{1,6})")
_NAMES = {
    "id": "waf_rule",
    "msg": "waf_message",
    "data": "waf_data",
    "severity": "waf_severity",
    "hostname": "cs-host",
    "ver": "waf_rule_set",
}
"""Names between brackets, and the fields that they become. ``tag`` is one list, ``uri`` is taken apart."""
_NAXSI_NAMES = {"server": "cs-host", "id0": "waf_rule", "cscore0": "waf_message", "zone0": "waf_data"}
_PAIRS = 256
FIELDS = frozenset(
    {*_NAMES.values(), "c-ip", "waf_action", "waf_tag", "waf_score", "c-uri", "cs-uri-stem", "cs-uri-query"}
)
"""Every field that :func:`put_waf` gives."""


def put_waf(fields: dict[str, Any], text: str) -> bool:
    """Put what a message of such a firewall says into fields; False when it is none."""
    words = _WORDS.search(text)
    if words is None:
        return _put_naxsi(fields, text)
    tags = []
    for found in _TAG.finditer(text):
        value = unquote(found[2])
        if found[1] == "tag":
            tags.append(value)
        elif found[1] == "uri":
            if value and "c-uri" not in fields:
                put_target(fields, value)
        elif found[1] == "client":
            if (client := address(value)) is not None:
                fields.setdefault("c-ip", client)
        elif value and (name := _NAMES.get(found[1])):
            fields.setdefault(name, value)
    fields["waf_action"] = words[1] or ("Access denied" if "Access denied" in text else "Warning")
    if tags:
        fields["waf_tag"] = tags
    if score := _SCORE.search(text):
        fields["waf_score"] = int(score[1])
    return True


def _put_naxsi(fields: dict[str, Any], text: str) -> bool:
    """Put what naxsi says: ``NAXSI_FMT: ip=…&server=…&uri=…&cscore0=$SQL&score0=8&zone0=ARGS&id0=1013``."""
    found = _NAXSI.search(text)
    if found is None:
        return False
    said = parse_qs("&".join(found[2].split("&", _PAIRS)[:_PAIRS]), keep_blank_values=True, errors="replace")
    one = {name: values[0] for name, values in said.items()}
    if (client := address(one.get("ip", ""))) is not None:
        fields.setdefault("c-ip", client)
    if (target := one.get("uri")) and "c-uri" not in fields:
        put_target(fields, target)
    for name, field in _NAXSI_NAMES.items():
        if value := one.get(name):
            fields.setdefault(field, value)
    denied = one.get("block") == "1" or one.get("config") == "block"
    fields["waf_action"] = "Access denied" if denied else "Warning"
    if (score := one.get("score0", "")).isdecimal():
        fields["waf_score"] = int(score[:9])
    return True
