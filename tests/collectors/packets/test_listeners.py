"""Services whose flows have lines of their own, frame by frame through the whole pipeline."""

from typing import Any

import pytest

from collectors.packets.listeners import listener_of
from tests.collectors.packets import craft_windows as windows
from tests.collectors.packets.craft import Conversation, frame, udp
from tests.collectors.packets.test_pipeline import lines_of, only

C, S = "10.0.0.1", "10.0.0.2"
SVCCTL = "367abb81-9844-35f1-ad32-98f038001003"


def flow(port: int, *said: tuple[int, bytes]) -> list[tuple[float, bytes]]:
    talk = Conversation(C, 50_000, S, port).open()
    for side, data in said:
        talk.send(not side, 24, data)
    return talk.close().frames


def of(lines: list[dict[str, Any]], path: str) -> list[dict[str, Any]]:
    return [line for line in lines if line["_path"] == path]


def test_a_service_made_through_a_pipe() -> None:
    """Late in a long flow too, after much that nobody looks at."""
    junk = [(0, windows.netbios(windows.smb2(8, bytes(100), number=n))) for n in range(100, 140)]
    said = [
        (0, windows.tree_connect(rf"\\{S}\IPC$")), (1, windows.tree_answer(5, 2)), *junk,
        (0, windows.create("svcctl", 5)), (1, windows.create_answer(b"P" * 16)), *junk,
        (0, windows.write(b"P" * 16, windows.rpc_bind(SVCCTL))),
        (0, windows.transceive(b"P" * 16, windows.rpc_request(12))),
    ]  # fmt: skip
    lines = lines_of(flow(445, *said))
    assert only(lines, "smb_mapping")["share_type"] == "PIPE"
    assert (only(lines, "smb_files")["path"], only(lines, "smb_files")["name"]) == (rf"\\{S}\IPC$", "svcctl")
    call = only(lines, "dce_rpc")
    assert (call["endpoint"], call["operation"], call["named_pipe"]) == ("svcctl", "CreateServiceW", "svcctl")
    assert only(lines, "conn")["service"] == "smb"


def test_procedures_over_tcp_on_any_port() -> None:
    lines = lines_of(
        flow(
            49_667, (0, windows.rpc_bind(SVCCTL)), (1, b"\x05\0\x0c\x03\x10" + bytes(40)), (0, windows.rpc_request(24))
        )
    )
    assert (only(lines, "dce_rpc")["operation"], only(lines, "conn")["service"]) == ("CreateServiceA", "dce_rpc")


def test_kerberos_over_both_transports() -> None:
    asked, given = windows.kerberos_request(12, ("cifs", "x")), windows.kerberos_ticket(13, ("cifs", "x"), 23)
    framed = [len(data).to_bytes(4, "big") + data for data in (asked, given)]
    tcp = lines_of(flow(88, (0, framed[0]), (1, framed[1][:90]), (1, framed[1][90:])))
    datagrams = [(0.0, frame(C, S, 17, udp(5000, 88, asked))), (0.1, frame(S, C, 17, udp(88, 5000, given)))]
    for lines in (tcp, lines_of(datagrams)):
        line = only(lines, "kerberos")
        assert (line["request_type"], line["cipher"], line["success"], line["service"]) == (
            "TGS",
            "rc4-hmac",
            True,
            "cifs/x",
        )


def test_a_refused_and_an_unanswered_request_for_a_ticket() -> None:
    asked = windows.kerberos_request(10, ("krbtgt", "A.VN"))
    packets = [
        (0.0, frame(C, S, 17, udp(5000, 88, asked))),
        (0.1, frame(S, C, 17, udp(88, 5000, windows.kerberos_error(6)))),
    ]
    line = only(lines_of(packets), "kerberos")
    assert (line["request_type"], line["error_msg"], line["success"]) == ("AS", "KDC_ERR_C_PRINCIPAL_UNKNOWN", False)
    assert "success" not in only(lines_of(packets[:1]), "kerberos")


def test_remote_desktop() -> None:
    lines = lines_of(flow(3389, (0, windows.rdp_request("quantri")), (1, windows.rdp_confirm(1))))
    assert (only(lines, "rdp")["cookie"], only(lines, "rdp")["security_protocol"]) == ("quantri", "SSL")
    assert "result" not in only(lines_of(flow(3389, (0, windows.rdp_request("a")))), "rdp")


@pytest.mark.parametrize("service", ["", "http", "ftp", "dns", "vnc"])
def test_what_has_no_listener(service: str) -> None:
    assert listener_of(service) is None
