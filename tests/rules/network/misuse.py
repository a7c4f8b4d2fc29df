"""Windows services misused with passwords and files, and talk that shows a miner, a shell or Tor."""

from tests.collectors.packets import craft_windows as windows
from tests.rules.network.guessing import REFUSED_LOGIN, SESSION, flows
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
    joined,
    tcp_flow,
)
from tests.rules.network.lateral import AES, hosts, tickets
from tests.rules.network.talks import certificate, tls

ACCEPTED, REFUSED, EXPIRED = 0, 0xC000006D, 0xC0000071
HALF_HOUR_S = 1800.0
MADE_UP, MADE_UP_ISSUER = "www.q7zkx3vbtr.net", "www.mmxq2plv7k.com"


def logins(count: int, status: int, *, accounts: int = 1, targets: list[str] | None = None) -> Packets:
    """Give logins at SMB, each in a connection of its own, and how they end."""
    places = targets or [SERVER]
    return joined(
        tcp_flow(CLIENT, places[number % len(places)], 445,
                 (CLIENT_SAYS, windows.login(f"can-bo-{number % accounts}", "TINH", "MAY7")),
                 (SERVER_SAYS, windows.login_answer(status)), at=number * 12.0, number=number)
        for number in range(count)
    )  # fmt: skip


def renamed(*names: tuple[str, str]) -> Packets:
    """Give a session in which files of a share get other names: each by its name before and after."""
    said: list[Said] = [(CLIENT_SAYS, windows.tree_connect(r"\\srv01\chung")), (SERVER_SAYS, windows.tree_answer(5))]
    for place, (before, after) in enumerate(names):
        number, file_id = 2 + 2 * place, place.to_bytes(16, "big")
        said += [(CLIENT_SAYS, windows.create(before, 5, number)),
                 (SERVER_SAYS, windows.create_answer(file_id, number, tree=5)),
                 (CLIENT_SAYS, windows.rename(file_id, after, 5, number + 1))]  # fmt: skip
    return tcp_flow(CLIENT, SERVER, 445, *said)


def managed(count: int, *codes: bytes) -> Packets:
    """Give sessions of remote management, in each of which requests are answered so."""
    asked = b"POST /wsman HTTP/1.1\r\nHost: srv01\r\nUser-Agent: Microsoft WinRM Client\r\nContent-Length: 2\r\n\r\n<>"
    said: list[Said] = []
    for code in codes:
        said.append((CLIENT_SAYS, asked))
        said.append((SERVER_SAYS, b"HTTP/1.1 " + code + b" a\r\nContent-Length: 0\r\n\r\n"))
    return flows(CLIENT, 5985, tuple(said), count, 3.0)


def asked_once(message: bytes, answer: bytes) -> Packets:
    return tcp_flow(CLIENT, OUTSIDE, 443, (CLIENT_SAYS, message), (SERVER_SAYS, answer))


CASES = {
    "Passwords Guessed At SMB": Case(lambda: logins(12, REFUSED), lambda: logins(12, EXPIRED)),
    "One Password Tried On Many Accounts Over SMB": Case(
        lambda: logins(9, REFUSED, accounts=9), lambda: logins(9, REFUSED, accounts=2)
    ),
    "Login Refused By Many Hosts Over SMB": Case(
        lambda: logins(9, REFUSED, targets=hosts(9)), lambda: logins(9, ACCEPTED, targets=hosts(9))
    ),
    "Very Many Files On Shares Renamed": Case(
        lambda: renamed(*((f"van-ban-{number}.docx", f"van-ban-{number}.docx.x7") for number in range(104))),
        lambda: renamed(*((f"~WRD{number:04}.tmp", f"van-ban-{number}.docx") for number in range(104))),
    ),
    "Passwords Guessed At Windows Remote Management": Case(
        lambda: managed(24, b"401"), lambda: managed(15, b"401", b"200", b"200")
    ),
    "Tickets For Very Many Services": Case(lambda: tickets(28, AES), lambda: tickets(28, AES, services=6)),
    "Slow Password Guessing From The Internet": Case(
        lambda: flows(INTRUDER, 22, REFUSED_LOGIN, 22, HALF_HOUR_S),
        lambda: flows(INTRUDER, 22, SESSION, 22, HALF_HOUR_S),
    ),
    "Talk With A Mining Pool": Case(
        lambda: asked_once(b'{"id":1,"method":"mining.subscribe","params":["a/4"]}\n', b'{"id":1,"result":[]}\n'),
        lambda: asked_once(b'{"id":1,"method":"login","params":{"user":"an"}}\n', b'{"id":1,"result":[]}\n'),
    ),
    "Shell Over A Bare Connection": Case(
        lambda: asked_once(b"bash: no job control in this shell\nwww-data@web01:/$ ", b"id\n"),
        lambda: asked_once(b"<30>Nov 22 09:00:00 web01 bash: no job control in this shell\n", b"ok\n"),
    ),
    "Certificate Of A Tor Relay": Case(
        lambda: tls("", certificate(MADE_UP, MADE_UP_ISSUER)), lambda: tls("", certificate("www.example.net", "R11"))
    ),
}  # fmt: skip
