"""An attack on a portal is found whichever server or proxy wrote the line, and the attacker is named."""

import json
from zoneinfo import ZoneInfo

import pytest

from soc_agent.decode import guess_type
from soc_agent.decode.context import Context
from soc_agent.detect.engine import Engine
from soc_agent.model import Block, Level
from tests import product
from tests.rules.test_recorded_logs import READ_NS, rules

ATTACKER = "203.0.113.45"
PATH, QUERY = "/tin-tuc", "id=1%27%20UNION%20SELECT%20NULL,version()--"
TARGET = f"{PATH}?{QUERY}"
LINES = {
    "nginx": f'{ATTACKER} - - [20/Nov/2026:10:15:04 +0700] "GET {TARGET} HTTP/1.1" 200 166 "-" "Mozilla/5.0"',
    "virtual host": f'cong.example.vn:443 {ATTACKER} - - [20/Nov/2026:10:15:04 +0700] "GET {TARGET} HTTP/1.1" 200 166',
    "iis": f"2026-11-20 03:15:04 10.0.0.5 GET {PATH} {QUERY} 443 - {ATTACKER} Mozilla/5.0 - 200 0 0 512",
    "iis over syslog": (
        f"<13>Nov 20 10:15:04 WEB01 iis: 2026-11-20 03:15:04 10.0.0.5 GET {PATH} {QUERY} 443 - {ATTACKER} "
        "Mozilla/5.0 - 200 0 0 512"
    ),
    "haproxy": (
        f"Nov 20 10:15:04 lb01 haproxy[3946]: {ATTACKER}:55032 [20/Nov/2026:10:15:04.885] front~ back/web01 "
        f'0/0/0/169/169 200 1541 - - ---- 57/6/9/15/0 0/0 "GET {TARGET} HTTP/1.1"'
    ),
    "nginx over syslog": (
        f'<190>Nov 20 10:15:04 web01 nginx: {ATTACKER} - - [20/Nov/2026:10:15:04 +0700] "GET {TARGET} HTTP/1.1" 200 '
        '166 "-" "Mozilla/5.0"'
    ),
    "nginx proxy manager": (
        f'[20/Nov/2026:03:15:04 +0000] - 200 200 - GET https cong.example.vn "{TARGET}" [Client {ATTACKER}] '
        '[Length 192] [Gzip 3.10] [Sent-to 10.0.0.15] "Mozilla/5.0" "-"'
    ),
    "traefik": json.dumps(
        {
            "ClientHost": ATTACKER,
            "DownstreamStatus": 200,
            "RequestMethod": "GET",
            "RequestPath": TARGET,
            "level": "info",
        }
    ),
    "caddy": json.dumps(
        {
            "level": "info",
            "ts": 1795144504.1,
            "logger": "http.log.access",
            "msg": "handled request",
            "status": 200,
            "request": {
                "remote_ip": ATTACKER,
                "method": "GET",
                "host": "cong.example.vn",
                "uri": TARGET,
                "headers": {},
            },
        }
    ),
    "istio": (
        f'[2026-11-20T03:15:04.310Z] "GET {TARGET} HTTP/2" 200 - via_upstream - "-" 0 226 13 12 "{ATTACKER}" '
        '"Mozilla/5.0" "cc21d9b0" "cong.example.vn" "10.0.2.1:80" outbound|80||cong 10.0.2.3:40122 10.0.2.3:8443 - -'
    ),
    "istio as json": json.dumps(
        {"downstream_remote_address": f"{ATTACKER}:504", "method": "GET", "path": TARGET, "response_code": 200}
    ),
    "container": (
        f"2026-11-20T10:15:04.1+07:00 stdout F {ATTACKER} - - [20/Nov/2026:10:15:04 +0700] "
        f'"GET {TARGET} HTTP/1.1" 200 1'
    ),
    "compose": f'cong-nginx-1  | {ATTACKER} - - [20/Nov/2026:10:15:04 +0700] "GET {TARGET} HTTP/1.1" 200 1',
    "docker": json.dumps(
        {
            "log": f'{ATTACKER} - - [20/Nov/2026:10:15:04 +0700] "GET {TARGET} HTTP/1.1" 200 1\n',
            "stream": "stdout",
            "time": "2026-11-20T03:15:04.1Z",
        }
    ),
    "cloudflare": json.dumps(
        {
            "ClientIP": ATTACKER,
            "ClientRequestMethod": "GET",
            "ClientRequestURI": TARGET,
            "EdgeResponseStatus": 200,
            "EdgeStartTimestamp": "2026-11-20T03:15:04Z",
        }
    ),
    "aws load balancer": (
        f"https 2026-11-20T03:15:04.1Z app/cong/50dc {ATTACKER}:504 10.0.1.7:80 0.001 0.012 0.000 200 200 310 1532 "
        f'"GET https://cong.example.vn:443{TARGET} HTTP/1.1" "Mozilla/5.0" TLS_AES_128_GCM_SHA256 TLSv1.3 '
        'arn:aws:elasticloadbalancing:ap-southeast-1:111122223333:targetgroup/cong/73e2 "Root=1" "-" "-" 0'
    ),
    "nginx as json": json.dumps({"remote_addr": ATTACKER, "request": f"GET {TARGET} HTTP/1.1", "status": "200"}),
    "json over syslog": "Nov 20 10:15:04 lb01 traefik[7]: "
    + json.dumps({"ClientHost": ATTACKER, "DownstreamStatus": 200, "RequestMethod": "GET", "RequestPath": TARGET}),
}


@pytest.mark.parametrize("server", LINES)
def test_an_attack_is_found_in_the_log_of_any_server(server: str) -> None:
    data = LINES[server].encode() + b"\n"
    kind = guess_type(data)
    block = Block(source="hunt", stream="log", stream_id="log", type=kind, data=data)
    context = Context("hunt", kind, ZoneInfo("Asia/Ho_Chi_Minh"), READ_NS)
    found = Engine(rules(), product.decoders()).run(block, context).detections
    named = [d for d in found if d.rule.title == "SQL Injection In A Web Request" and d.rule.level >= Level.MEDIUM]
    assert [set(d.entities["src_ip"]) for d in named] == [{ATTACKER}]


def test_a_line_of_iis_is_found_under_its_own_columns() -> None:
    """Where the columns are not the usual ones, the header says which they are."""
    header = (
        b"#Software: Microsoft Internet Information Services\n#Fields: time c-ip cs-method cs-uri-stem cs-uri-query\n"
    )
    data = header + f"03:15:04 {ATTACKER} GET {PATH} {QUERY}\n".encode()
    block = Block(source="hunt", stream="log", stream_id="log", type="w3c", data=data, header=header)
    context = Context("hunt", "w3c", ZoneInfo("Asia/Ho_Chi_Minh"), READ_NS, header=header)
    found = Engine(rules(), product.decoders()).run(block, context).detections
    assert "SQL Injection In A Web Request" in {detection.rule.title for detection in found}
