"""What firewalls of web applications say: their tags become fields, and nothing else is taken for them."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode.waf import FIELDS, put_waf

_TEXT = (
    '[client "2001:db8::7"] Coraza: Access denied (phase 2). Inbound Anomaly Score Exceeded (Total Score: 15) '
    '[file "/etc/coraza/949.conf"] [id "949110"] [msg "Inbound Anomaly Score Exceeded (Total Score: 15)"] '
    '[severity "2"] [tag "attack-sqli"] [tag "OWASP_CRS"] [hostname "cong.example.vn"] [uri "/tin?id=1\\" or"]'
)


def test_tags_become_fields() -> None:
    fields: dict[str, Any] = {}
    assert put_waf(fields, _TEXT)
    assert fields == {
        "c-ip": "2001:db8::7",
        "waf_action": "Access denied",
        "waf_rule": "949110",
        "waf_message": "Inbound Anomaly Score Exceeded (Total Score: 15)",
        "waf_severity": "2",
        "waf_tag": ["attack-sqli", "OWASP_CRS"],
        "waf_score": 15,
        "cs-host": "cong.example.vn",
        "c-uri": '/tin?id=1" or',
        "cs-uri-stem": "/tin",
        "cs-uri-query": 'id=1" or',
    }
    assert fields.keys() <= FIELDS


def test_what_the_line_said_before_stays() -> None:
    fields: dict[str, Any] = {"c-ip": "192.0.2.1", "c-uri": "/x", "cs-host": "a"}
    assert put_waf(fields, _TEXT)
    assert (fields["c-ip"], fields["c-uri"], fields["cs-host"]) == ("192.0.2.1", "/x", "a")


def test_the_modules_own_notices_are_no_finding() -> None:
    fields: dict[str, Any] = {}
    assert not put_waf(fields, "ModSecurity for Apache/2.9.7 (http://www.modsecurity.org/) configured.")
    assert fields == {}


@given(st.text(max_size=200))
def test_it_never_raises(text: str) -> None:
    put_waf({}, "ModSecurity: Warning. " + text)
    put_waf({}, text)
