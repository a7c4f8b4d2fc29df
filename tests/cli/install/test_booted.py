"""The unit under systemd itself: it starts, detects, reloads, is started anew when it hangs, and goes without a trace.

systemd is booted in namespaces of its own, which takes most of a minute and a system that has it: only on request.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.skipif("SOC_AGENT_BOOT" not in os.environ, reason="boots systemd: only with SOC_AGENT_BOOT=1"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to boot systemd"),
    pytest.mark.skipif(not Path("/lib/systemd/systemd").exists(), reason="systemd is not installed"),
]
CONFIG = """
store: {path: /var/lib/soc-agent/soc-agent.db}
sources:
  - {kind: file, name: auth, paths: [/out/auth.log], type: syslog}
  - {kind: packets, name: lan, interface: lo}
  - {kind: watch, name: web, paths: [/etc/cron.d]}
  - {kind: listener, name: net, listen: [{transport: udp, port: 514}]}
  - {kind: host, name: self}
"""
PROBE = """
PROGRAM=%(program)s
export SOC_AGENT_LANG=en
cd /
systemctl start soc-agent; echo "started $?"
grep -E 'CapEff|Seccomp:|NoNewPrivs' /proc/$(systemctl show soc-agent -p MainPID --value)/status
NOW=$(date '+%%b %%e %%H:%%M:%%S')
echo "$NOW h useradd[7]: new user: name=x, UID=0, GID=0, home=/home/x, shell=/bin/bash" >> /out/auth.log
for turn in $(seq 60); do [ -n "$($PROGRAM alerts list --json 2>/dev/null)" ] && break; sleep 0.5; done
echo "alerts $($PROGRAM alerts list --json | wc -l)"
children() {
  for process in /proc/[0-9]*; do
    case "$(tr '\\0' ' ' < $process/cmdline 2>/dev/null)" in *-m" collectors."*)
      echo "child $(grep -h CapPrm $process/status) nice $(cut -d' ' -f19 < $process/stat)" \\
        "$(tr '\\0' ' ' < $process/cmdline)";;
    esac
  done
}
for turn in $(seq 120); do [ $(children | grep -c 'CapPrm:.0000000000000000') -ge 2 ] && break; sleep 0.5; done
children
$PROGRAM doctor --json | sed 's/^/doctor /'
systemctl reload soc-agent; echo "reloaded $?"
mkdir -p /etc/systemd/system/soc-agent.service.d
printf '[Service]\\nWatchdogSec=4s\\n' > /etc/systemd/system/soc-agent.service.d/watchdog.conf
systemctl daemon-reload; systemctl restart soc-agent
kill -STOP $(systemctl show soc-agent -p MainPID --value)
for turn in $(seq 60); do sleep 1; [ "$(systemctl show soc-agent -p NRestarts --value)" -gt 0 ] && break; done
for turn in $(seq 60); do systemctl is-active -q soc-agent && break; sleep 0.5; done
echo "after a hang $(systemctl show soc-agent -p ActiveState --value)"
rm -r /etc/systemd/system/soc-agent.service.d
$PROGRAM install --systemd --undo --yes; echo "undone $?"
echo "left $(systemctl show soc-agent -p LoadState --value) $(ls /etc/systemd/system | grep -c soc-agent)"
systemctl poweroff -ff
"""


@pytest.fixture
def out() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="soc-agent-booted-", dir="/var/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def group() -> Iterator[Path]:
    """A control group of its own, which systemd takes for the root of all: what it makes is removed with it."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    top = next((Path(fields[1]) for fields in mounts if fields[2] == "cgroup2"), None)
    if top is None:
        pytest.skip("needs control groups of the second version")
    made = top / f"soc-agent-booted-{os.getpid()}"
    made.mkdir()
    yield made
    for folder in sorted((path for path in made.rglob("*") if path.is_dir()), reverse=True):
        folder.rmdir()
    made.rmdir()


def may_raise_limits() -> bool:
    """Say whether root may raise hard limits here (CAP_SYS_RESOURCE): in some machines it may not."""
    rights = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("CapEff"))
    return bool(int(rights.split()[1], 16) >> 24 & 1)


def test_the_service_under_systemd(out: Path, group: Path) -> None:
    program = Path(sys.executable).parent / "soc-agent"
    (out / "config.yaml").write_text(CONFIG)
    (out / "probe.sh").write_text(PROBE % {"program": program})
    (out / "auth.log").touch()
    words = ["unshare", "--mount", "--pid", "--fork", "--net", "--uts", "--ipc", "--cgroup", "--kill-child"]
    script = Path(__file__).with_name("boot.sh")
    done = subprocess.run(
        [
            "sh",
            "-c",
            'echo $$ > "$0/cgroup.procs" && exec "$@"',
            str(group),
            *words,
            "bash",
            str(script),
            str(out),
            str(program),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    said = (out / "probe.log").read_text() if (out / "probe.log").exists() else done.stderr
    lines = said.splitlines()
    for wanted in ("started 0", "alerts 1", "reloaded 0", "after a hang active", "undone 0", "left not-found 0"):
        assert wanted in lines, said
    assert f"CapEff:\t{(1 << 2) | (1 << 10) | (1 << 13):016x}" in lines
    assert "NoNewPrivs:\t1" in lines
    assert "Seccomp:\t2" in lines
    children = {line.split(" -m ")[1].split()[0]: line.partition(" -m ")[0] for line in lines if "child Cap" in line}
    assert {"collectors.packets.worker", "collectors.listener.child"} <= children.keys(), said
    assert all(f"CapPrm:\t{0:016x} " in told for told in children.values()), children
    if may_raise_limits():
        assert " nice -10 " in children["collectors.packets.worker"], "by its limit, without CAP_SYS_NICE"
    wrong = [line for line in lines if line.startswith("doctor ") and '"error"' in line]
    assert wrong == []
