r"""What ModSecurity and Coraza say of a request: ``ModSecurity: Warning. … [id "942100"] [msg "…"] [uri "…"]``."""

import re
from typing import Any

from soc_agent.decode.datadriven import address
from soc_agent.decode.weblog import QUOTED, put_target, unquote
from soc_agent.model import LogSource

WAF = LogSource("webserver", "", "waf")
"""Log source of what such a firewall says."""
LITERALS = frozenset({"coraza: ", "modsecurity: "})
_WORDS = re.compile(r"(?:Coraza|ModSecurity): (Warning|Access denied|Rule|[A-Z][a-z]+)")
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
FIELDS = frozenset(
    {*_NAMES.values(), "c-ip", "waf_action", "waf_tag", "waf_score", "c-uri", "cs-uri-stem", "cs-uri-query"}
)
"""Every field that :func:`put_waf` gives."""


def put_waf(fields: dict[str, Any], text: str) -> bool:
    """Put what a message of such a firewall says into fields; False when it is none."""
    words = _WORDS.search(text)
    if words is None:
        return False
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
    fields["waf_action"] = words[1]
    if tags:
        fields["waf_tag"] = tags
    if score := _SCORE.search(text):
        fields["waf_score"] = int(score[1])
    return True
