"""What was lost is counted at once; what went wrong is told once a minute."""

import socket
from pathlib import Path

from collectors.listener.losses import Losses
from collectors.listener.messages import Told
from collectors.listener.sockets import open_door
from collectors.reports import Reports
from soc_agent.model import Block, Problem
from tests.collectors.listener.listening import door, source


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def losses_of(tmp_path: Path, clock: Clock) -> tuple[Losses, Reports]:
    reports = Reports(clock)
    return Losses(source(tmp_path, door("tcp")), reports, clock), reports


def taken(losses: Losses) -> list[Block]:
    found = []
    while (block := losses.block()) is not None:
        found.append(block)
    return found


def told(**more: object) -> Told:
    return Told("ab", 0, 0, **more)  # type: ignore[arg-type]


def test_each_loss_is_a_block_without_lines_that_says_why(tmp_path: Path) -> None:
    losses, _ = losses_of(tmp_path, Clock())
    losses.add(told(lost={"limit": 3, "spool": 4}))
    assert [(block.stream, block.lost.dropped, block.data) for block in taken(losses) if block.lost] == [
        ("limit", 3, b""),
        ("spool", 4, b""),
    ]
    assert taken(losses) == []


def test_what_went_wrong_is_told_at_once_and_then_by_the_minute(tmp_path: Path) -> None:
    clock = Clock()
    losses, reports = losses_of(tmp_path, clock)
    for second in range(130):
        losses.add(told(counts={"malformed": (2, "192.0.2.1", 2, "")}))
        losses.look(clock.now)
        clock.now = 1000.0 + second
    problems = reports.current()
    assert [problem.values["count"] for problem in problems] == [2, 122, 120]
    assert {problem.values["sender"] for problem in problems} == {"192.0.2.1"}


def test_what_lasts_is_told_until_it_ends(tmp_path: Path) -> None:
    losses, reports = losses_of(tmp_path, Clock())
    full = Problem("listener.spool_full", values={"bytes": 5})
    losses.add(told(problems=(full,)))
    assert reports.current() == [full]
    losses.add(told())
    assert reports.current() == []


def test_reasons_of_senders_are_made_safe(tmp_path: Path) -> None:
    clock = Clock()
    losses, reports = losses_of(tmp_path, clock)
    losses.add(told(counts={"handshake": (1, "192.0.2.1", 1, "certificate of \x1b[31mevil")}))
    losses.look(clock.now)
    assert "\x1b" not in str(reports.current()[0].values["reason"])


def test_doors_without_drops_say_nothing(tmp_path: Path) -> None:
    options = source(tmp_path, door("udp"))
    losses = Losses(options, Reports(Clock()), Clock())
    with open_door(options.listen[0], 65_536) as opened:
        losses.watch([opened])
        losses.look(1000.0)
    assert taken(losses) == []


def test_what_waits_when_the_doors_close_is_counted(tmp_path: Path) -> None:
    options = source(tmp_path, door("udp"))
    losses = Losses(options, Reports(Clock()), Clock())
    with open_door(options.listen[0], 4096) as opened, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        losses.watch([opened])
        for number in range(300):
            sender.sendto(b"<13>%d" % number, ("127.0.0.1", options.listen[0].port))
        assert losses.left() == 300
        assert losses.left() == 0
    lost = {block.stream: block.lost.dropped for block in taken(losses) if block.lost}
    assert sum(lost.values()) == 300
    assert set(lost) == {"stop", f"udp port {options.listen[0].port} of 127.0.0.1: kernel"}
