"""From host to host: shares, pipes, remote procedures, tickets."""

from scapy.layers.inet import UDP

from tests.collectors.packets import craft_windows as windows
from tests.rules.network.guessing import CONTROLLER, SESSION
from tests.rules.network.kit import CLIENT, SERVER, Case, Packets, frame, joined, tcp_flow
from tests.rules.network.talks import called, shares

SAMR, SRVSVC = "12345778-1234-abcd-ef00-0123456789ac", "4b324fc8-1670-01d3-1278-5a47bf6ee188"
WINREG, EVENTS = "338cd001-2244-31f1-aaaa-900038001003", "f6beaff7-1e19-4fbb-9f8f-b89e2018337c"
WMI, SHUTDOWN = "9556dc99-828c-11cf-a37e-00aa003240c7", "894de0c0-0d55-11d3-a322-00c04fa321a1"
DRSUAPI, SVCCTL = "e3514235-4b06-11d1-ab04-00c04fc2dcd2", "367abb81-9844-35f1-ad32-98f038001003"
SPOOLSS = "12345678-1234-abcd-ef00-0123456789ab"
RC4, AES = 23, 18


def hosts(count: int) -> list[str]:
    return [f"10.20.1.{number + 10}" for number in range(count)]


def opened(targets: list[str], share: str) -> Packets:
    return joined(
        shares(rf"\\{target}\{share}", at=number * 5.0, number=number, server=target)
        for number, target in enumerate(targets)
    )


def asked(targets: list[str], interface: str, operation: int) -> Packets:
    return joined(
        called(interface, operation, at=number * 5.0, number=number, server=target)
        for number, target in enumerate(targets)
    )


def tickets(count: int, etype: int, services: int = 99) -> Packets:
    """Give requests for tickets of services, and the tickets."""
    packets: Packets = []
    for number in range(count):
        service = ("HTTP", f"web{number % services}.a.vn")
        port, at = 5000 + number, number * 0.5
        asking = windows.kerberos_request(12, service)
        packets.append((at, frame(CLIENT, CONTROLLER, UDP(sport=port, dport=88), asking)))
        answer = windows.kerberos_ticket(13, service, etype)
        packets.append((at + 0.01, frame(CONTROLLER, CLIENT, UDP(sport=88, dport=port), answer)))
    return packets


def first_ticket(proof: int) -> Packets:
    service = ("krbtgt", "A.VN")
    asking = windows.kerberos_request(10, service, client="may-quet", proof=proof)
    answer = windows.kerberos_ticket(11, service, RC4, client="may-quet")
    return [(0.0, frame(CLIENT, CONTROLLER, UDP(sport=5000, dport=88), asking)),
            (0.1, frame(CONTROLLER, CLIENT, UDP(sport=88, dport=5000), answer))]  # fmt: skip


def deleted(count: int) -> Packets:
    """Give files that go, in several sessions as clients have them."""
    each = 40
    return joined(
        shares(r"\\srv01\chung", *(rf"ho-so\{number}-{place}.docx" for place in range(each)), at=number * 9.0,
               number=number, deleted=True)
        for number in range(count // each)
    )  # fmt: skip


def sessions(count: int, targets: list[str]) -> Packets:
    return joined(
        tcp_flow(CLIENT, targets[number % len(targets)], 22, *SESSION, at=number * 9.0, number=number)
        for number in range(count)
    )


CASES = {
    "Administrative Shares Of Many Hosts Opened": Case(
        lambda: opened(hosts(8), "ADMIN$"), lambda: opened(hosts(8), "chung")
    ),
    "Program Opened On An Administrative Share": Case(
        lambda: shares(r"\\10.20.1.10\ADMIN$", r"Temp\kqxz.exe"), lambda: shares(r"\\srv01\chung", r"cai-dat\7zip.exe")
    ),
    "Pipe Of A Remote Execution Tool": Case(
        lambda: shares(r"\\10.20.1.10\IPC$", "PSEXESVC", kind=2), lambda: shares(r"\\10.20.1.10\IPC$", "wkssvc", kind=2)
    ),
    "Secrets Of The Domain Asked For": Case(lambda: called(DRSUAPI, 3), lambda: called(DRSUAPI, 0, 12)),
    "Service Or Task Made On Another Windows Host": Case(lambda: called(SVCCTL, 12), lambda: called(SVCCTL, 15, 6)),
    "Registry Hive Saved Over The Network": Case(lambda: called(WINREG, 2, 20), lambda: called(WINREG, 2, 15, 17)),
    "Event Log Cleared Over The Network": Case(lambda: called(EVENTS, 6), lambda: called(EVENTS, 5)),
    "Method Run On Another Host By WMI": Case(lambda: called(WMI, 24), lambda: called(WMI, 20)),
    "Account Made Or Put Into A Group Over The Network": Case(
        lambda: called(SAMR, 64, 31), lambda: called(SAMR, 64, 33)
    ),
    "Many Hosts Told To Shut Down Over The Network": Case(
        lambda: asked(hosts(6), SHUTDOWN, 2), lambda: asked(hosts(1) * 6, SHUTDOWN, 2)
    ),
    "Domain Listed In Many Ways": Case(
        lambda: called(SAMR, 11, 13, 15, 25, 33, 40), lambda: joined(called(SAMR, 13, number=n) for n in range(6))
    ),
    "Many Hosts Asked Who Is Logged In": Case(
        lambda: asked(hosts(12), SRVSVC, 12), lambda: asked(hosts(12), SRVSVC, 16)
    ),
    "Shares Of Many Hosts Listed": Case(lambda: asked(hosts(16), SRVSVC, 15), lambda: asked(hosts(1) * 16, SRVSVC, 15)),
    "Printer Driver Installed Over The Network": Case(lambda: called(SPOOLSS, 69, 89), lambda: called(SPOOLSS, 69, 11)),
    "Many Kerberos Service Tickets With RC4": Case(lambda: tickets(8, RC4), lambda: tickets(8, AES)),
    "Kerberos Login Without A Proof, With RC4": Case(lambda: first_ticket(0), lambda: first_ticket(2)),
    "Many Files Deleted On Shares, Seen On The Wire": Case(lambda: deleted(200), lambda: deleted(40)),
    "File Of Ransomware On A Share": Case(
        lambda: shares(r"\\srv01\chung", "HOW_TO_DECRYPT.txt"), lambda: shares(r"\\srv01\chung", "README.txt")
    ),
    "Sessions Of Administration With Many Hosts": Case(lambda: sessions(22, hosts(22)), lambda: sessions(22, [SERVER])),
}
