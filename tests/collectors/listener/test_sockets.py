"""Opening doors: what cannot be opened is said with its remedy."""

import os
import shutil
import socket
import sys
from pathlib import Path
from subprocess import run

import pytest

from collectors.listener.sockets import buffer_of, door_name, drops_of, open_door, plain_address
from soc_agent.config import ListenOptions
from soc_agent.errors import SourceError, describe
from tests.collectors.listener.listening import door

BUFFER = 65_536


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_port_in_use_is_said_with_the_command_that_names_its_user(transport: str) -> None:
    options = door(transport)
    with open_door(options, BUFFER), pytest.raises(SourceError) as caught:
        open_door(options, BUFFER)
    problem = caught.value.problem
    assert problem.code == "listener.port_in_use"
    assert f"sport = :{options.port}" in describe(problem)
    open_door(options, BUFFER).close()


def test_a_door_for_both_families_meets_one_that_has_the_port_on_one(tmp_path: Path) -> None:
    options = door("tcp")
    with open_door(options, BUFFER), pytest.raises(SourceError) as caught:
        open_door(ListenOptions(transport="tcp", port=options.port), BUFFER)
    assert caught.value.problem.code == "listener.port_in_use"


def test_an_address_of_another_host_is_said() -> None:
    with pytest.raises(SourceError) as caught:
        open_door(door("udp", address="192.0.2.1"), BUFFER)
    assert caught.value.problem.code == "listener.no_address"


PRIVILEGED = """
import sys
from collectors.listener.sockets import open_door
from soc_agent.config import ListenOptions
from soc_agent.errors import SourceError, describe
try:
    open_door(ListenOptions(transport=sys.argv[1], port=514, address="127.0.0.1"), 65536)
except SourceError as error:
    print(error.problem.code, describe(error.problem))
"""


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_privileged_port_without_the_right_is_said_with_the_remedy(transport: str) -> None:
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text("ascii")) <= 514:
        pytest.skip("this system lets everybody open port 514")
    command = [sys.executable, "-c", PRIVILEGED, transport]
    if os.getuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root without setpriv cannot give up the right")
        command = ["setpriv", "--inh-caps=-net_bind_service", "--bounding-set=-net_bind_service", *command]
    done = run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).resolve().parents[3])
    assert done.stdout.startswith("listener.no_permission "), done.stderr
    assert "CAP_NET_BIND_SERVICE" in done.stdout


def test_drops_are_counted_by_the_kernel_and_only_for_this_socket() -> None:
    options = door("udp")
    with open_door(options, 4096) as opened, open_door(door("udp"), 4096) as other:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for _ in range(500):
                sender.sendto(b"x" * 200, ("127.0.0.1", options.port))
        waiting = 0
        try:
            while opened.recv(300):
                waiting += 1
        except BlockingIOError:
            assert drops_of(opened) == 500 - waiting > 0
        assert drops_of(other) == 0


def test_a_larger_buffer_is_asked_of_the_kernel() -> None:
    with open_door(door("udp"), 1_048_576) as opened, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as usual:
        limit = int(Path("/proc/sys/net/core/rmem_max").read_text("ascii"))
        if os.getuid() == 0 or limit >= 1_048_576:
            assert buffer_of(opened) >= 1_048_576
        else:
            assert buffer_of(opened) >= buffer_of(usual)


@pytest.mark.parametrize(
    ("address", "plain"),
    [("::ffff:192.0.2.1", "192.0.2.1"), ("fe80::1%eth0", "fe80::1"), ("2001:db8::1", "2001:db8::1"), ("10.0.0.1",) * 2],
)
def test_addresses_are_plain(address: str, plain: str) -> None:
    assert plain_address(address) == plain


def test_a_door_is_called_by_transport_and_port() -> None:
    assert door_name(ListenOptions(transport="udp", port=514)) == "udp port 514"
    assert door_name(ListenOptions(transport="tls", port=6514, address="::1")) == "tls port 6514 of ::1"
