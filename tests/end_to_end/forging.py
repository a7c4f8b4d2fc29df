"""Packets that a rule asks for: values are taken from its selections and become requests, questions and sessions.

No field is renamed on the way: what a rule calls ``cs-uri-query`` is put where such a thing stands in a packet, and the
real pipeline has to find it there.
"""

import base64
import itertools
import re
from collections.abc import Iterator, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from collectors.packets.der import elements, first
from soc_agent.detect import ir
from soc_agent.text.sre import parser as sre
from tests.collectors.packets import craft_windows as windows
from tests.collectors.packets.craft import Conversation, frame, hello, udp
from tests.collectors.packets.test_certificate import DER, HELLO, certificates, records

Wish = dict[str, list[ir.Test]]
"""By field: what its value must pass."""
Packets = list[tuple[float, bytes]]
CLIENT, SERVER, OUTSIDE = "198.51.100.7", "203.0.113.9", "192.0.2.53"
_MOST = 24


def wishes(rule: ir.Rule) -> Iterator[Wish]:
    """Give ways to satisfy a rule, without what it must not be."""
    return itertools.islice(_wishes(rule.condition, rule), 200)


def _wishes(node: ir.Node, rule: ir.Rule) -> Iterator[Wish]:
    match node:
        case ir.Ref(name=name):
            yield from _wishes(rule.selections[name], rule)
        case ir.Item(field=field, tests=tests, all=every):
            if every:
                yield {field: list(tests)}
            else:
                for test in tests[:_MOST]:
                    yield {field: [test]}
        case ir.Or(nodes=nodes):
            for each in nodes:
                yield from itertools.islice(_wishes(each, rule), _MOST)
        case ir.And(nodes=nodes):
            parts = [list(itertools.islice(_wishes(each, rule), _MOST)) for each in nodes]
            for chosen in itertools.islice(itertools.product(*parts), 200):
                yield _joined(chosen)
        case _:
            yield {}


def _joined(parts: Sequence[Wish]) -> Wish:
    found: Wish = {}
    for part in parts:
        for field, tests in part.items():
            found.setdefault(field, []).extend(tests)
    return found


def value(tests: Sequence[ir.Test]) -> str | None:
    """Give a text that passes all tests; None for one that must not be there."""
    start, middle, end = "", [], ""
    for test in (each.tests[0] if isinstance(each, ir.AnyOf) else each for each in tests):
        if isinstance(test, ir.Null):
            return None
        if isinstance(test, ir.Network):
            return str(ip_network(test.cidr)[5])
        if isinstance(test, ir.Regex):
            middle.append(_matching(sre.parse(test.pattern)))
        if isinstance(test, ir.Text):
            parts = list(test.parts)
            text = "".join(part if isinstance(part, str) else "x" if part == ir.ONE else "" for part in parts)
            if not parts or (parts[0] != ir.ANY and parts[-1] != ir.ANY):
                return text
            if parts[0] != ir.ANY:
                start = text
            elif parts[-1] != ir.ANY:
                end = text
            else:
                middle.append(text)
    text = start + "".join(text for text in middle if text not in start + end) + end
    return f"x{text}" if text[:1] == " " else text


def _matching(tree: Any) -> str:
    """Give a text that a parsed regular expression matches, for the few kinds of nodes that public rules have."""
    text = ""
    for kind, said in tree:
        name = str(kind)
        if name == "LITERAL":
            text += chr(said)
        elif name in ("ANY", "CATEGORY", "NOT_LITERAL"):
            text += "a"
        elif name == "IN":
            what, which = said[0]
            text += chr(which[0] if str(what) == "RANGE" else which) if str(what) != "CATEGORY" else "1"
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            text += _matching(said[2]) * said[0]
        elif name == "SUBPATTERN":
            text += _matching(said[3])
        elif name == "BRANCH":
            text += _matching(said[1][0])
    return text


def http(wish: Wish) -> Packets:
    """Make a request and its response, in the clear."""
    said = {field: value(tests) for field, tests in wish.items()}
    keywords = [value([test]) or "" for test in wish.get("", [])]
    texts = {
        "user-agent": _first(said, "cs-user-agent", "c-useragent", "user_agent"),
        "referer": said.get("cs-referer", "http://a.example.vn/"),
        "content-type": said.get("cs-content-type"),
        "host": _first(said, "cs-host", "host") or "a.example.vn",
    }
    stem, query = said.get("cs-uri-stem"), said.get("cs-uri-query") or said.get("c-uri-query")
    target = _first(said, "c-uri", "cs-uri", "uri") or stem or ""
    if not re.match(r"https?://|/", target):
        target = "/" + target if "://" not in target else "http" + target[target.index("://") :]
    if query and query not in target:
        target = target + query if query.startswith(("?", "/")) and len(target) <= 1 else f"{target}?{query}"
        target = target[1:] if target.startswith("//") else target
    if extension := said.get("c-uri-extension"):
        target = f"{target.rstrip('/')}/x.{extension}"
    for word in keywords:
        if word not in target and not word.isdigit() and word not in ("POST", "GET", "PUT"):
            target += ("&" if "?" in target else "?") + word
    numbers = [word for word in keywords if re.fullmatch(r"[1-5]\d\d", word)]
    methods = [word for word in keywords if word in ("POST", "GET", "PUT")]
    method = _first(said, "cs-method", "method") or (methods[0] if methods else "GET")
    status = _first(said, "sc-status", "status_code") or (numbers[0] if numbers else "200")
    headers = [f"{name}: {text}" for name, text in texts.items() if text is not None]
    if user := said.get("cs-username"):
        headers.append("Authorization: Basic " + base64.b64encode(f"{user}:x".encode()).decode())
    body = b"a=b" if method == "POST" else b""
    if body:
        headers.append(f"Content-Length: {len(body)}")
    head = "\r\n".join([f"{method} {target} HTTP/1.1", *headers, "", ""])
    mime = said.get("resp_mime_types") or "text/html"
    answer = f"HTTP/1.1 {status} X\r\nContent-Type: {mime}\r\nContent-Length: 0\r\n\r\n"
    address = _address(said.get("dst_ip"))
    flow = Conversation(CLIENT, 50_000, address, 8080).open().say(head.encode() + body)
    return flow.answer(answer.encode()).close().frames


def _address(text: str | None) -> str:
    return text if text and re.fullmatch(r"[\d.]+|[0-9a-f:]*:[0-9a-f:]*", text) else SERVER


def _first(said: dict[str, str | None], *names: str) -> str | None:
    return next((found for name in names if (found := said.get(name)) is not None), None)


def dns(wish: Wish) -> Packets:
    """Make a question and its answer."""
    from scapy.layers.dns import DNS, DNSQR, DNSRR

    said = {field: value(tests) for field, tests in wish.items()}
    query = (said.get("query") or "www.example.vn").rstrip(".")
    query = f"a{query}" if query[:1] in ("", ".") else query
    if "." not in query:
        query += ".example.vn"
    kind = said.get("record_type") or "A"
    data = said.get("answer") or said.get("answers") or "192.0.2.9"
    asked = DNSQR(qname=query.encode(), qtype=kind)
    question = bytes(DNS(id=7, z=1, qd=asked))
    reply = bytes(DNS(id=7, qr=1, z=1, qd=asked, an=[DNSRR(rrname=query.encode(), type=kind, rdata=data)]))
    return [
        (0.0, frame(CLIENT, OUTSIDE, 17, udp(5000, 53, question))),
        (0.1, frame(OUTSIDE, CLIENT, 17, udp(53, 5000, reply))),
    ]


def _exchange(server: str, port: int, asked: bytes, given: bytes) -> Packets:
    """Give a datagram and its answer."""
    ask, answer = frame(CLIENT, server, 17, udp(5000, port, asked)), frame(server, CLIENT, 17, udp(port, 5000, given))
    return [(0.0, ask), (0.1, answer)]


def firewall(wish: Wish) -> Packets:
    """Make a connection that was let through."""
    said = {field: value(tests) for field, tests in wish.items()}
    port = int(said.get("dst_port") or 443)
    flow = Conversation(said.get("src_ip") or CLIENT, 50_000, said.get("dst_ip") or SERVER, port).open()
    return flow.say(b"\0hello").answer(b"\0world").close().frames


def smb_files(wish: Wish) -> Packets:
    """Make a session in which a share and a file in it are opened."""
    words = {field: value(tests) or "" for field, tests in wish.items()}
    path = words.get("path") or r"\\srv\data"
    path = path if "\\" in path else "\\\\srv\\" + path
    said = (
        (1, windows.tree_connect(path)), (0, windows.tree_answer(5)),
        (1, windows.create(words.get("name") or "odd", 5)), (0, windows.create_answer(b"P" * 16)),
    )  # fmt: skip
    flow = Conversation(CLIENT, 50_000, SERVER, 445).open()
    for from_client, data in said:
        flow.send(bool(from_client), 24, data)
    return flow.close().frames


def dce_rpc(wish: Wish) -> Packets:
    """Make a call of the procedure that is named."""
    from collectors.packets.rpc_names import INTERFACES

    words = {field: (value(tests) or "").lower() for field, tests in wish.items()}
    for interface, (endpoint, names) in INTERFACES.items():
        for operation, name in names.items():
            if words.get("endpoint", endpoint.lower()) == endpoint.lower() and name.lower().startswith(
                words["operation"]
            ):
                flow = Conversation(CLIENT, 50_000, SERVER, 49_667).open()
                return flow.say(windows.rpc_bind(interface)).say(windows.rpc_request(operation)).close().frames
    return []


def kerberos(wish: Wish) -> Packets:
    """Make a request for a ticket that is given with an old cipher."""
    del wish
    asked, given = windows.kerberos_request(12, ("http", "web")), windows.kerberos_ticket(13, ("http", "web"), 23)
    return _exchange(SERVER, 88, asked, given)


def rdp(wish: Wish) -> Packets:
    """Make a remote desktop connection from outside."""
    del wish
    flow = Conversation(CLIENT, 50_000, SERVER, 3389).open()
    return flow.say(windows.rdp_request("a")).answer(windows.rdp_confirm()).close().frames


def x509(wish: Wish) -> Packets:
    """Make a TLS handshake with a certificate of the serial number that is named."""
    serial = int(value(wish["certificate.serial"]) or "1", 16).to_bytes(8, "big")
    body, *signed = elements(first(DER))
    parts = [windows.der(tag, serial if tag == 2 else content) for tag, content in elements(body[1])]
    made = windows.der(0x30, windows.der(body[0], *parts), *(windows.der(tag, content) for tag, content in signed))
    flow = Conversation(CLIENT, 50_000, SERVER, 443).open().say(hello("a.vn"))
    return flow.answer(records(HELLO, certificates(made))).close().frames


MAKERS = {"proxy": http, "webserver": http, "http": http, "dns": dns, "firewall": firewall, "smb_files": smb_files,
          "dce_rpc": dce_rpc, "kerberos": kerberos, "rdp": rdp, "x509": x509}  # fmt: skip
"""By category, or service of Zeek."""


def name_of(rule: ir.Rule) -> str:
    """Give the name of the file of a rule."""
    return Path(rule.info.path).name
