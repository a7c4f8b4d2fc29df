"""Contact with those who control a host, and data that leave."""

import random

from scapy.layers.dns import DNSQR, DNSRR
from scapy.layers.inet import ICMP, TCP, UDP
from scapy.layers.llmnr import LLMNRQuery, LLMNRResponse

from tests.rules.network.kit import (
    CLIENT,
    CLIENT_SAYS,
    INTRUDER,
    OUTSIDE,
    SERVER,
    SERVER_SAYS,
    Case,
    Packets,
    Said,
    datagrams,
    frame,
    joined,
    tcp_flow,
    unanswered,
)
from tests.rules.network.talks import certificate, name_asked, tls, web

CHAT: tuple[Said, ...] = ((CLIENT_SAYS, b"\x01" * 300), (SERVER_SAYS, b"\x02" * 200))
MEGABYTE = 1_000_000


def moments(count: int, period_s: float, jitter: float, seed: int = 1) -> list[float]:
    """Give when a program that sleeps wakes up, by a period with jitter as control programs have it."""
    chance, at, found = random.Random(seed), 0.0, []
    for _ in range(count):
        found.append(at)
        at += period_s * (1 - jitter * chance.random())
    return found


def clicks(count: int, mean_s: float, seed: int = 2) -> list[float]:
    """Give when a person does something."""
    chance, at, found = random.Random(seed), 0.0, []
    for _ in range(count):
        found.append(at)
        at += chance.expovariate(1 / mean_s)
    return found


def calls(times: list[float], port: int, server: str = OUTSIDE) -> Packets:
    return joined(tcp_flow(CLIENT, server, port, *CHAT, at=at, number=number) for number, at in enumerate(times))


def nameless(times: list[float]) -> Packets:
    return joined(tls("", at=at, number=number) for number, at in enumerate(times))


def named_calls(times: list[float], name: str) -> Packets:
    return joined(tls(name, at=at, number=number) for number, at in enumerate(times))


def requests(times: list[float], host: str) -> Packets:
    return joined(web("/gate.php?n=4", host=host, at=at, number=number) for number, at in enumerate(times))


def names(asked: list[str], kind: str = "A", *, missing: bool = False) -> Packets:
    return joined(name_asked(name, kind, at=number * 0.5, number=number, missing=missing)
                  for number, name in enumerate(asked))  # fmt: skip


def noise(count: int, length: int, seed: int = 3) -> list[str]:
    chance = random.Random(seed)
    return ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz234567", k=length)) for _ in range(count)]


def upload(size: int, *, port: int = 443, count: int = 1, server: str = OUTSIDE) -> Packets:
    """Give connections that each send so many bytes: the client's segments are few, as large as there are."""
    return joined(sent(size, port, at=number * 60.0, number=number, server=server) for number in range(count))


def sent(size: int, port: int, *, at: float, number: int, server: str) -> Packets:
    """Give one long connection; the segments carry so much that the capture stays small."""
    said: tuple[Said, ...] = ((CLIENT_SAYS, b"\x17\x03\x03\x3f\xfc" + bytes(1395)), (SERVER_SAYS, bytes(100)))
    packets = tcp_flow(CLIENT, server, port, *said, at=at, number=number, end="")
    bulk = frame(CLIENT, server, _segment(port, number), bytes(64_000))
    times = max(1, size // 64_000)
    packets += [(at + 0.1 + place * 0.001, bulk) for place in range(times)]
    return packets


def _segment(port: int, number: int) -> TCP:
    return TCP(sport=20_000 + number % 40_000, dport=port, flags="PA", seq=5000, ack=9200)


def echoes(payloads: list[bytes]) -> Packets:
    return [
        (number * 0.3, frame(CLIENT, OUTSIDE, ICMP(id=7, seq=number), data)) for number, data in enumerate(payloads)
    ]


def local_names(asked: list[str]) -> Packets:
    """Give questions for names on the local network, and the one host that answers them all."""
    packets: Packets = []
    for number, name in enumerate(asked):
        query = LLMNRQuery(id=number + 1, qd=[DNSQR(qname=name)])
        answer = LLMNRResponse(id=number + 1, qd=[DNSQR(qname=name)], an=[DNSRR(rrname=name, rdata="10.20.7.66")])
        port, at = 50_000 + number, number * 20.0
        packets.append((at, frame(CLIENT, "224.0.0.252", UDP(sport=port, dport=5355), bytes(query))))
        packets.append((at + 0.01, frame("10.20.7.66", CLIENT, UDP(sport=5355, dport=port), bytes(answer))))
    return packets


def mails(count: int) -> Packets:
    said: tuple[Said, ...] = ((SERVER_SAYS, b"220 SMTP\r\n"), (CLIENT_SAYS, b"EHLO x\r\n"), (SERVER_SAYS, b"250 x\r\n"))
    return joined(tcp_flow(CLIENT, f"203.0.113.{n % count + 1}", 25, *said, at=n * 2.0, number=n) for n in range(70))


def talk(port: int, server: str = OUTSIDE, client: str = CLIENT) -> Packets:
    return tcp_flow(client, server, port, *CHAT)


CASES = {
    "Host Calls Home Again And Again": Case(
        lambda: calls(clicks(14, 200.0), 8443), lambda: calls(clicks(14, 200.0), 443)
    ),
    "Host Calls Home Slowly In A Regular Rhythm": Case(
        lambda: calls(moments(9, 7200.0, 0.2), 8443), lambda: calls(clicks(9, 7200.0), 8443)
    ),
    "TLS Without A Name In A Regular Rhythm": Case(
        lambda: nameless(moments(14, 60.0, 0.25)), lambda: nameless(clicks(14, 600.0))
    ),
    "Web Requests To A Bare Address In A Regular Rhythm": Case(
        lambda: requests(moments(14, 60.0, 0.25), OUTSIDE), lambda: requests(moments(14, 60.0, 0.25), "www.example.vn")
    ),
    "Unknown Protocol On A Well-Known Port In A Regular Rhythm": Case(
        lambda: calls(moments(14, 60.0, 0.25), 443), lambda: calls(clicks(14, 600.0), 443)
    ),
    "One Internet Server Called In A Regular Rhythm": Case(
        lambda: named_calls(moments(30, 60.0, 0.25), "cdn.example.net"),
        lambda: named_calls(moments(30, 60.0, 0.25), "settings-win.data.microsoft.com"),
    ),
    "Certificate Of A Known Control Server": Case(
        lambda: tls("", certificate("AsyncRAT Server", "AsyncRAT Server")),
        lambda: tls("", certificate("Server of Async Parts", "Example CA")),
    ),
    "Data Carried In DNS Queries": Case(
        lambda: names([f"{word}.t.example.net" for word in noise(24, 50)], "TXT"),
        lambda: names([f"www{number}.example.vn" for number in range(24)]),
    ),
    "Many DNS Names That Do Not Exist": Case(
        lambda: names([f"{word}.com" for word in noise(64, 14)], missing=True),
        lambda: names(["maychu-cu.example.vn"] * 64, missing=True),
    ),
    "Much Data In One DNS Connection": Case(
        lambda: datagrams(CLIENT, OUTSIDE, 53, (CLIENT_SAYS, b"\0" * 200), (SERVER_SAYS, b"\0" * 200), times=700),
        lambda: joined(name_asked("www.example.vn", at=n * 0.1, number=n, resolver=OUTSIDE) for n in range(200)),
    ),
    "Data Carried In ICMP Echoes": Case(
        lambda: echoes([random.Random(n).randbytes(80 + n * 9) for n in range(60)]),
        lambda: echoes([bytes(range(16, 64))] * 60),
    ),
    "Contact With A Cryptocurrency Mining Pool": Case(
        lambda: tls("pool.supportxmr.com"), lambda: tls("www.example.vn")
    ),
    "Connection To A Port That Mining Pools And Backdoors Use": Case(lambda: talk(3333), lambda: talk(3333, SERVER)),
    "IRC From Inside": Case(lambda: talk(6667), lambda: unanswered(CLIENT, OUTSIDE, 6667)),
    "Contact With An Anonymity Network": Case(
        lambda: names(["abcdefghijklmnop.onion"], missing=True), lambda: names(["www.onion-soup.example.vn"])
    ),
    "Contact With A Dynamic DNS Or Tunnel Service": Case(
        lambda: tls("nha-toi.duckdns.org"), lambda: tls("duckdns.example.vn")
    ),
    "SSH To The Internet On The Port Of Another Service": Case(
        lambda: tcp_flow(CLIENT, OUTSIDE, 443, (True, b"SSH-2.0-Go\r\n"), (False, b"SSH-2.0-OpenSSH_9.7\r\n")),
        lambda: tcp_flow(CLIENT, OUTSIDE, 22, (True, b"SSH-2.0-Go\r\n"), (False, b"SSH-2.0-OpenSSH_9.7\r\n")),
    ),
    "LDAP Or RMI Asked On The Internet": Case(lambda: talk(1389, client=SERVER), lambda: talk(389, "10.20.0.10")),
    "SMB Connection To The Internet": Case(lambda: talk(445), lambda: unanswered(CLIENT, OUTSIDE, 445)),
    "Proxy Of Ours Answered To The Internet": Case(
        lambda: talk(1080, SERVER, INTRUDER), lambda: unanswered(INTRUDER, SERVER, 1080, refused=True)
    ),
    "Very Large Upload To The Internet": Case(lambda: upload(510 * MEGABYTE), lambda: upload(5 * MEGABYTE)),
    "Much Data Sent To One Internet Host In Parts": Case(
        lambda: upload(110 * MEGABYTE, count=10), lambda: upload(2 * MEGABYTE, count=10)
    ),
    "Much Data Sent Out By SSH, FTP, DNS Or An Unusual Port": Case(
        lambda: upload(60 * MEGABYTE, port=22), lambda: upload(60 * MEGABYTE, port=22, server="10.20.9.5")
    ),
    "Program Or Script Fetched Over Plain HTTP From An Address": Case(
        lambda: web("/bins/a.sh", host=OUTSIDE), lambda: web("/bins/a.sh", host="www.example.vn")
    ),
    "Download By PowerShell Or Another Tool Of The System": Case(
        lambda: web("/a.txt", agent="Mozilla/5.0 (Windows NT; vi-VN) WindowsPowerShell/5.1.19041.1"),
        lambda: web("/a.txt", agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/131.0"),
    ),
    "One Host Answers To Many Names": Case(
        lambda: local_names([f"may-chu{n}" for n in range(5)]), lambda: local_names(["may-in"] * 5)
    ),
    "Mails Sent To Many Mail Servers By One Host": Case(lambda: mails(66), lambda: mails(12)),
    "Contact With A Site That Takes Files From Anybody": Case(
        lambda: tls("transfer.sh"), lambda: tls("profile.io")
    ),
    "Contact With A Site That Carries Orders For Malware": Case(
        lambda: tls("api.telegram.org"), lambda: tls("web.telegram.org")
    ),
}  # fmt: skip
