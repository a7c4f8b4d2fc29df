"""An hour of an ordinary working day at a province's data centre: what its servers log when nobody attacks.

Ordinary is not clean: people mistype passwords, crawlers follow dead links, and the Internet knocks at every door.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

BEGIN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""Nine o'clock on a Monday morning in Vietnam."""
HOUR_S = 3600
VIETNAM = timezone(timedelta(hours=7))
ADMINS = (("minh", "10.10.5.11"), ("lan", "10.10.5.12"), ("tuan", "10.10.5.13"))
BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
)
PAGES = (
    *("/", "/tin-tuc", "/tin-tuc/chi-tiet?id=4711", "/thu-tuc-hanh-chinh", "/van-ban?trang=2&loai=quyet-dinh"),
    *("/css/site.css", "/js/app.min.js", "/images/logo.png", "/favicon.ico", "/robots.txt", "/sitemap.xml"),
    *("/tim-kiem?q=ch%E1%BB%8Dn+t%E1%BB%AB+danh+m%E1%BB%A5c", "/tim-kiem?q=select+committee+of+the+union"),
    *("/documents/20182/31/baocao-2025.pdf", "/web/guest/home?p_p_id=82&p_p_lifecycle=1", "/api/v1/lich-cong-tac"),
)
DEAD_LINKS = ("/tin-tuc/chi-tiet?id=12", "/images/banner-2019.jpg", "/van-ban/cu", "/apple-touch-icon.png", "/feed")


class Log(NamedTuple):
    """The hour of one log."""

    stream: str
    type: str
    lines: list[tuple[float, str]]
    """Seconds since the beginning, and the line without its newline; in the order of time."""


def logs(seed: int = 1) -> list[Log]:
    """Make all logs of the hour, the same for the same seed."""
    rng = random.Random(seed)
    return [
        Log("auth.log", "syslog", _sorted(_auth(rng))),
        Log("syslog", "syslog", _sorted(_system(rng))),
        Log("mail.log", "syslog", _sorted(_mail(rng))),
        Log("access.log", "access", _sorted(_access(rng))),
        Log("error.log", "nginx_error", _sorted(_errors(rng))),
        Log("firewall.log", "syslog", _sorted(_firewall(rng))),
        Log("named.log", "syslog", _sorted(_names(rng))),
        Log("audit.log", "kv", _sorted(_audit(rng))),
    ]


def _sorted(lines: Iterator[tuple[float, str]]) -> list[tuple[float, str]]:
    return sorted(lines, key=lambda line: line[0])


def _stamp(second: float) -> str:
    return (BEGIN + timedelta(seconds=second)).astimezone(VIETNAM).strftime("%b %e %H:%M:%S")


def _every(rng: random.Random, seconds: float) -> Iterator[float]:
    """Yield moments that lie so far apart on average."""
    moment = rng.random() * seconds
    while moment < HOUR_S - 60:
        yield moment
        moment += rng.expovariate(1 / seconds)


def _outside(rng: random.Random) -> str:
    return f"{rng.choice(('198.51.100', '203.0.113'))}.{rng.randrange(1, 255)}"


def _line(second: float, host: str, text: str) -> tuple[float, str]:
    return second, f"{_stamp(second)} {host} {text}"


def _auth(rng: random.Random) -> Iterator[tuple[float, str]]:
    for host in ("web01", "mail01", "db01"):
        for number in range(12):
            at, pid = number * 300.0 + 1, rng.randrange(1000, 60000)
            yield _line(
                at, host, f"CRON[{pid}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)"
            )
            yield _line(at + 1, host, f"CRON[{pid}]: pam_unix(cron:session): session closed for user root")
        for number in range(12):  # the backup fetches its files
            at, pid = number * 300.0 + 20, rng.randrange(1000, 60000)
            yield _line(
                at,
                host,
                f"sshd[{pid}]: Accepted publickey for backup from 10.10.9.5 port {pid} ssh2: ED25519 SHA256:k{pid}",
            )
            yield _line(at + 15, host, f"sshd[{pid}]: pam_unix(sshd:session): session closed for user backup")
    for user, address in ADMINS:
        for at in _every(rng, 900):
            host, pid = rng.choice(("web01", "mail01", "db01")), rng.randrange(1000, 60000)
            if rng.random() < 0.3:  # a mistyped password
                yield _line(at - 6, host, f"sshd[{pid}]: Failed password for {user} from {address} port {pid} ssh2")
            yield _line(at, host, f"sshd[{pid}]: Accepted password for {user} from {address} port {pid} ssh2")
            yield _line(
                at, host, f"sshd[{pid}]: pam_unix(sshd:session): session opened for user {user}(uid=1000) by (uid=0)"
            )
            yield _line(at, host, f"systemd-logind[612]: New session {pid} of user {user}.")
            command = rng.choice(
                (
                    "/usr/bin/systemctl status nginx",
                    "/usr/bin/apt-get update",
                    "/usr/bin/less /var/log/syslog",
                    "/usr/bin/df -h",
                )
            )
            yield _line(
                at + 30, host, f"sudo:     {user} : TTY=pts/0 ; PWD=/home/{user} ; USER=root ; COMMAND={command}"
            )
            yield _line(
                at + 30, host, f"sudo: pam_unix(sudo:session): session opened for user root(uid=0) by {user}(uid=1000)"
            )
            yield _line(at + 32, host, "sudo: pam_unix(sudo:session): session closed for user root")
            yield _line(at + 300, host, f"sshd[{pid}]: pam_unix(sshd:session): session closed for user {user}")


def _system(rng: random.Random) -> Iterator[tuple[float, str]]:
    texts: tuple[Callable[[], str], ...] = (
        lambda: "systemd[1]: Started Session 4711 of user minh.",
        lambda: "systemd[1]: logrotate.service: Succeeded.",
        lambda: "systemd[1]: Finished Daily apt download activities.",
        lambda: "systemd-timesyncd[512]: Initial synchronization to time server 10.10.1.1:123 (ntp.example.vn).",
        lambda: f"dhclient[700]: DHCPACK of 10.10.{rng.randrange(20)}.{rng.randrange(1, 250)} from 10.10.1.1",
        lambda: (
            f"kernel: [{rng.randrange(99999)}.1] docker0: port 1(veth{rng.randrange(9999):x}) entered forwarding state"
        ),
        lambda: "dbus-daemon[601]: [system] Successfully activated service 'org.freedesktop.timedate1'",
        lambda: "snapd[800]: storehelpers.go:769: cannot refresh: snap has no updates available",
        lambda: "unattended-upgrades[2231]: No packages found that can be upgraded unattended",
        lambda: 'rsyslogd: [origin software="rsyslogd"] rsyslogd was HUPed',
    )
    for at in _every(rng, 8):
        yield _line(at, rng.choice(("web01", "mail01", "db01")), rng.choice(texts)())
    for at in _every(rng, 60):  # the Internet knocks
        port = rng.choice((23, 445, 22, 3389, 8080, 5060, 1433, 6379))
        yield _line(
            at,
            "web01",
            f"kernel: [1.1] [UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:aa SRC={_outside(rng)} DST=10.10.2.10 LEN=40 "
            f"TOS=0x00 "
            f"PREC=0x00 TTL=241 ID=54321 PROTO=TCP SPT={rng.randrange(1024, 65535)} DPT={port} WINDOW=1024 "
            f"RES=0x00 SYN URGP=0",
        )


def _mail(rng: random.Random) -> Iterator[tuple[float, str]]:
    people = [f"{name}@tinh.example.vn" for name in ("an", "binh", "chi", "dung", "giang", "ha", "khanh", "linh")]
    for at in _every(rng, 12):
        pid, client, person = rng.randrange(1000, 60000), _outside(rng), rng.choice(people)
        queue = f"{rng.randrange(1 << 40):X}"
        yield _line(at, "mail01", f"postfix/smtpd[{pid}]: connect from mail.example.org[{client}]")
        yield _line(at, "mail01", f"postfix/smtpd[{pid}]: {queue}: client=mail.example.org[{client}]")
        yield _line(
            at + 1, "mail01", f"postfix/qmgr[812]: {queue}: from=<tin@example.org>, size=48211, nrcpt=1 (queue active)"
        )
        yield _line(
            at + 2,
            "mail01",
            f"postfix/lmtp[{pid}]: {queue}: to=<{person}>, relay=mail01[private/dovecot-lmtp], delay=0.4, dsn=2.0.0, "
            f"status=sent (250 2.0.0 <{person}> Saved)",
        )
        yield _line(
            at + 2,
            "mail01",
            f"postfix/smtpd[{pid}]: disconnect from mail.example.org[{client}] ehlo=1 mail=1 rcpt=1 data=1 "
            f"quit=1 commands=5",
        )
    for at in _every(rng, 240):  # spam that is refused
        client = _outside(rng)
        yield _line(
            at,
            "mail01",
            f"postfix/smtpd[{rng.randrange(60000)}]: NOQUEUE: reject: RCPT from unknown[{client}]: 554 5.7.1 "
            f"Service unavailable; "
            f"Client host [{client}] blocked using zen.example.net; from=<x@example.com> "
            f"to=<{rng.choice(people)}> proto=ESMTP helo=<x>",
        )
    for at in _every(rng, 15):
        person, address = rng.choice(people), f"10.10.7.{rng.randrange(10, 200)}"
        if rng.random() < 0.04:
            yield _line(
                at - 8,
                "mail01",
                f"dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<{person}>, "
                f"method=PLAIN, "
                f"rip={address}, lip=10.10.2.20, TLS, session=<s{rng.randrange(9999)}>",
            )
        yield _line(
            at,
            "mail01",
            f"dovecot: imap-login: Login: user=<{person}>, method=PLAIN, rip={address}, lip=10.10.2.20, "
            f"mpid={rng.randrange(60000)}, "
            f"TLS, session=<s{rng.randrange(9999)}>",
        )


def _access(rng: random.Random) -> Iterator[tuple[float, str]]:
    def line(at: float, client: str, request: str, status: int, browser: str, user: str = "-") -> tuple[float, str]:
        stamp = (BEGIN + timedelta(seconds=at)).astimezone(VIETNAM).strftime("%d/%b/%Y:%H:%M:%S %z")
        return (
            at,
            f'{client} - {user} [{stamp}] "{request} HTTP/1.1" {status} {rng.randrange(200, 90000)} "-" "{browser}"',
        )

    for at in _every(rng, 2):  # visitors, each with a few pages
        client, browser = _outside(rng), rng.choice(BROWSERS)
        for step in range(rng.randrange(1, 6)):
            yield line(
                at + step * 4, client, f"GET {rng.choice(PAGES)}", rng.choice((200, 200, 200, 304, 302)), browser
            )
        if rng.random() < 0.1:
            yield line(at + 5, client, f"GET {rng.choice(DEAD_LINKS)}", 404, browser)
    for at in _every(rng, 10):
        yield line(at, "10.10.1.30", "GET /health", 200, "monitoring/2.1")
    for number, (user, client) in enumerate(
        (("bientap1", "10.10.7.21"), ("bientap2", "10.10.7.22"))
    ):  # who writes the news
        at = 300.0 + number * 900
        yield line(at, client, "GET /c/portal/login", 200, BROWSERS[0])
        yield line(at + 20, client, "POST /c/portal/login", 200, BROWSERS[0])  # mistyped
        yield line(at + 40, client, "POST /c/portal/login", 302, BROWSERS[0])
        for step in range(10):
            yield line(
                at + 60 + step * 90,
                client,
                "POST /group/guest/~/control_panel/manage/journal/upload_image",
                200,
                BROWSERS[0],
                user,
            )
    for at in _every(rng, 1200):  # the Internet knocks here too
        yield line(
            at,
            _outside(rng),
            f"GET {rng.choice(('/wp-login.php', '/.well-known/security.txt', '/phpmyadmin/'))}",
            404,
            BROWSERS[2],
        )


def _errors(rng: random.Random) -> Iterator[tuple[float, str]]:
    for at in _every(rng, 60):
        stamp = (BEGIN + timedelta(seconds=at)).astimezone(VIETNAM).strftime("%Y/%m/%d %H:%M:%S")
        text = rng.choice(
            (
                (
                    f'open() "/var/www/html/favicon.ico" failed (2: No such file or directory), '
                    f"client: {_outside(rng)}, "
                    'server: www.tinh.example.vn, request: "GET /favicon.ico HTTP/1.1", host: "www.tinh.example.vn"'
                ),
                (
                    f"upstream timed out (110: Connection timed out) while reading response header from upstream, "
                    f"client: {_outside(rng)}, "
                    'server: www.tinh.example.vn, request: "GET /tim-kiem?q=bao+cao HTTP/1.1", upstream: '
                    '"http://10.10.2.11:8080/"'
                ),
                f"client {_outside(rng)} closed keepalive connection",
            )
        )
        yield at, f"{stamp} [error] 812#812: *{rng.randrange(99999)} {text}"


def _firewall(rng: random.Random) -> Iterator[tuple[float, str]]:
    for at in _every(rng, 4):
        inside, outside, port = f"10.10.7.{rng.randrange(10, 200)}", _outside(rng), rng.choice((443, 443, 443, 80, 993))
        source_port, number = rng.randrange(1024, 65535), rng.randrange(1 << 30)
        yield _line(
            at,
            "asa01",
            f"%ASA-6-302013: Built outbound TCP connection {number} for outside:{outside}/{port} "
            f"({outside}/{port}) to inside:{inside}/{source_port} ({inside}/{source_port})",
        )
        yield _line(
            at + rng.random() * 60,
            "asa01",
            f"%ASA-6-302014: Teardown TCP connection {number} for outside:{outside}/{port} to "
            f"inside:{inside}/{source_port} duration 0:00:21 bytes {rng.randrange(2000, 400000)} TCP FINs",
        )
    for at in _every(rng, 40):
        yield _line(
            at,
            "asa01",
            f"%ASA-4-106023: Deny tcp src outside:{_outside(rng)}/{rng.randrange(1024, 65535)} dst "
            f"inside:10.10.2.{rng.choice((10, 20))}/"
            f'{rng.choice((23, 445, 3389, 8443))} by access-group "outside_in" [0x0, 0x0]',
        )


def _names(rng: random.Random) -> Iterator[tuple[float, str]]:
    names = (
        *("www.google.com", "zalo.me", "login.microsoftonline.com", "e1234.dsca.akamaiedge.net", "time.windows.com"),
        *("dichvucong.example.vn", "d2f5xgg7y6xxxx.cloudfront.net", "wpad.tinh.example.vn", "fonts.gstatic.com"),
    )
    for at in _every(rng, 1.5):
        client, name = f"10.10.7.{rng.randrange(10, 200)}", rng.choice(names)
        yield _line(
            at,
            "dns01",
            f"named[811]: client @0x7f1c2c0a {client}#{rng.randrange(1024, 65535)} ({name}): query: {name} IN "
            f"{rng.choice(('A', 'AAAA', 'A', 'HTTPS'))} + (10.10.1.2)",
        )


def _audit(rng: random.Random) -> Iterator[tuple[float, str]]:
    """Write what auditd says of a cron job and of an administrator who looks around."""
    commands = (
        ("ls", "/usr/bin/ls", ("ls", "-l", "/var/log")),
        ("df", "/usr/bin/df", ("df", "-h")),
        ("run-parts", "/usr/bin/run-parts", ("run-parts", "--report", "/etc/cron.hourly")),
        ("grep", "/usr/bin/grep", ("grep", "error", "/var/log/syslog")),
        ("systemctl", "/usr/bin/systemctl", ("systemctl", "status", "nginx")),
    )
    for serial, at in enumerate(_every(rng, 20), 1000):
        name, path, words = rng.choice(commands)
        moment = f"{(BEGIN + timedelta(seconds=at)).timestamp():.3f}:{serial}"
        pid = rng.randrange(1000, 60000)
        yield (
            at,
            (
                f"type=SYSCALL msg=audit({moment}): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 "
                f"a3=4 items=2 ppid=900 "
                f"pid={pid} auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3 "
                f'comm="{name}" exe="{path}" key=(null)'
            ),
        )
        arguments = " ".join(f'a{index}="{word}"' for index, word in enumerate(words))
        yield at, f"type=EXECVE msg=audit({moment}): argc={len(words)} {arguments}"
