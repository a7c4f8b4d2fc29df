from pathlib import Path

import pytest

from collectors.host import timeservice
from collectors.host.timeservice import known_clock, read_chrony, read_ntpq, read_openntpd
from soc_agent.hostclock import HostClock
from tests.collectors.host.making import write

CHRONY = (
    "0A000001,10.0.0.1,3,1795320772.675079698,-1.500000000,0.1,0.2,-7.3,"
    "0.001,0.02,0.010000000,0.002000000,64.0,Normal\n"
)
NTPQ = """associd=0 status=0615 leap_none, sync_ntp, 1 event, clock_sync,
version="ntpd 4.2.8p15", leap=00, stratum=3, precision=-23, rootdelay=10.000, rootdisp=2.000, refid=10.0.0.1,
offset=-1500.000000, frequency=-7.3, sys_jitter=0.03
"""


def test_chrony_says_how_far_off_the_clock_is() -> None:
    clock = read_chrony(CHRONY)
    assert clock is not None
    assert (clock.is_kept, clock.offset_ms, round(clock.error_ms)) == (True, -1500.0, 1507)
    free = read_chrony("00000000,,0,0.0,0.0,0,0,0,0,0,1.0,1.0,0.0,Not synchronised\n")
    assert free is not None
    assert free.is_kept is False


def test_ntpd_says_how_far_off_the_clock_is() -> None:
    clock = read_ntpq(NTPQ)
    assert clock is not None
    assert (clock.is_kept, clock.offset_ms, clock.error_ms) == (True, -1500.0, 1507.0)
    free = read_ntpq(NTPQ.replace("stratum=3", "stratum=16"))
    assert free is not None
    assert free.is_kept is False


def test_openntpd_says_whether_the_clock_is_kept() -> None:
    assert read_openntpd("4/4 peers valid, clock synced, stratum 3\n") == HostClock(True, 0.0, 0.0)
    unsynced = "0/4 peers valid, clock unsynced, clock offset is -250.5ms\n"
    assert read_openntpd(unsynced) == HostClock(False, -250.5, 250.5)


@pytest.mark.parametrize("text", ["", ",", "a,b,c,d,e,f,g,h,i,j,k,l,m,n", "offset=x stratum=3", "506 Cannot talk"])
def test_what_is_no_answer_is_none(text: str) -> None:
    assert read_chrony(text) is None
    assert read_ntpq(text) is None
    assert read_openntpd(text) is None


def test_the_service_that_runs_is_asked_and_else_the_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    kernel = HostClock(True, 1.0, 2.0)
    monkeypatch.setattr(timeservice, "host_clock", lambda: kernel)
    program = write(tmp_path, "chronyc", f'#!/bin/sh\n[ "$*" = "-n -c tracking" ] && printf "{CHRONY.strip()}"\n')
    program.chmod(0o755)
    clock = known_clock()
    assert clock is not None
    assert clock.offset_ms == -1500.0
    program.write_text("#!/bin/sh\necho 506 Cannot talk to daemon; exit 1\n")
    assert known_clock() == kernel
    program.write_text("#!/bin/sh\nexec sleep 30\n")
    monkeypatch.setattr(timeservice, "_WAIT_S", 0.2)
    assert known_clock() == kernel
