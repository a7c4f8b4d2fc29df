"""An hour of ordinary mail: what Postfix and Dovecot, Zimbra and Exchange log of three hundred people at work.

People mistype passwords, phones keep old ones, mobile networks put many behind one address, spam is refused, a
newsletter goes out, and administrators do their work.
"""

import random
from collections.abc import Iterator
from datetime import timedelta

from bench.ordinary import BEGIN, HOUR_S, VIETNAM, Log

PEOPLE = tuple(f"canbo{number}" for number in range(300))
_DOMAIN = "tinh.example.vn"
Timed = Iterator[tuple[float, str]]


def mail_logs(seed: int = 1) -> list[Log]:
    """Make all logs of the hour, the same for the same seed."""
    rng = random.Random(seed)
    made = (
        ("mail.log", "syslog", _postfix_and_dovecot(rng)),
        ("audit.log", "zimbra", _zimbra(rng)),
        ("RECV.LOG", "exchange", _exchange(rng)),
    )
    return [Log(stream, kind, sorted(lines)) for stream, kind, lines in made]


def _moments(rng: random.Random, seconds: float) -> Iterator[float]:
    moment = rng.random() * seconds
    while moment < HOUR_S - 60:
        yield moment
        moment += rng.expovariate(1 / seconds)


def _address(rng: random.Random, person: str) -> str:
    """Give where a person sits: mostly inside, sometimes at home, sometimes behind an address that many share."""
    kind, number = rng.random(), int(person.removeprefix("canbo"))
    if kind < 0.8:
        return f"10.20.{7 + number // 200}.{number % 200 + 10}"
    return f"198.51.100.{number % 200 + 10}" if kind < 0.95 else "198.51.100.250"


def _postfix_and_dovecot(rng: random.Random) -> Timed:
    def line(second: float, text: str) -> tuple[float, str]:
        return second, f"{(BEGIN + timedelta(seconds=second)).astimezone(VIETNAM):%b %d %H:%M:%S} mail01 {text}"

    for at in _moments(rng, 0.8):
        person = rng.choice(PEOPLE)
        ends = f"user=<{person}@{_DOMAIN}>, method=PLAIN, rip={_address(rng, person)}, lip=10.20.1.25"
        yield line(at, f"dovecot: imap-login: Login: {ends}, mpid={rng.randrange(60000)}, TLS, session=<a{at:.0f}>")
        end = f"dovecot: imap({person}@{_DOMAIN})<9><8T>: Logged out in=812 out={rng.randrange(9_000_000)} deleted=0"
        yield line(at + 30, end)
    for at in _moments(rng, 45):  # mistyped once
        person = rng.choice(PEOPLE)
        ends = f"user=<{person}@{_DOMAIN}>, method=PLAIN, rip={_address(rng, person)}, lip=10.20.1.25, TLS"
        yield line(at, f"dovecot: imap-login: Disconnected (auth failed, 1 attempts in 4 secs): {ends}, session=<b>")
    for number in range(4):  # a phone with an old password, every ten minutes
        for at in range(number * 40, HOUR_S - 60, 600):
            ends = f"user=<canbo{number}@{_DOMAIN}>, method=PLAIN, rip=10.20.9.{number + 9}, lip=10.20.1.25, TLS"
            yield line(
                at, f"dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): {ends}, session=<c>"
            )
    for at in _moments(rng, 6):  # sent by people
        person, queue = rng.choice(PEOPLE), f"{rng.randrange(1 << 40):X}"
        who = f"client=unknown[{_address(rng, person)}], sasl_method=PLAIN, sasl_username={person}@{_DOMAIN}"
        yield line(at, f"postfix/submission/smtpd[{rng.randrange(60000)}]: {queue}: {who}")
        count = rng.choice((1, 1, 1, 2, 3, 12))
        sender = f"from=<{person}@{_DOMAIN}>, size=21877, nrcpt={count} (queue active)"
        yield line(at + 1, f"postfix/qmgr[812]: {queue}: {sender}")
        answer = (
            "relay=mx.example.org[203.0.113.5]:25, delay=1, delays=0/0/0.5/0.5, dsn=2.0.0, status=sent (250 2.0.0 Ok)"
        )
        yield line(at + 2, f"postfix/smtp[9]: {queue}: to=<a@example.org>, {answer}")
    for at in _moments(rng, 20):  # spam that is refused
        client = f"203.0.113.{rng.randrange(1, 255)}"
        why = f"554 5.7.1 Service unavailable; Client host [{client}] blocked using zen.example.net"
        ends = f"from=<x@example.com> to=<{rng.choice(PEOPLE)}@{_DOMAIN}> proto=ESMTP helo=<x>"
        yield line(at, f"postfix/smtpd[7]: NOQUEUE: reject: RCPT from unknown[{client}]: {why}; {ends}")
    for number in range(300):  # the newsletter
        queue = f"AB{number:06X}"
        yield line(
            900 + number, f"postfix/qmgr[812]: {queue}: from=<bantin@{_DOMAIN}>, size=40122, nrcpt=1 (queue active)"
        )


def _zimbra(rng: random.Random) -> Timed:
    def line(second: float, level: str, context: str, said: str) -> tuple[float, str]:
        stamp = f"{(BEGIN + timedelta(seconds=second)).astimezone(VIETNAM):%Y-%m-%d %H:%M:%S},120"
        thread = f"qtp5093-{rng.randrange(90)}:https://mail.{_DOMAIN}/service/soap/AuthRequest"
        return second, f"{stamp} {level:5} [{thread}] [{context}soapId=1f;] security - {said}"

    for at in _moments(rng, 2):
        person = f"{rng.choice(PEOPLE)}@{_DOMAIN}"
        context = f"name={person};oip={_address(rng, person.partition('@')[0])};ua=ZimbraWebClient - GC130 (Win);"
        yield line(at, "INFO", context, f"cmd=Auth; account={person}; protocol=soap;")
        if rng.random() < 0.04:
            error = f"error=authentication failed for [{person}], invalid password;"
            yield line(at - 9, "WARN", context, f"cmd=Auth; account={person}; protocol=soap; {error}")
    admin = f"name=quantri@{_DOMAIN};ip=10.20.1.9;ua=ZimbraWebClient - GC130 (Win);"
    yield line(60, "INFO", admin, f"cmd=AdminAuth; account=quantri@{_DOMAIN};")
    for number, at in enumerate(_moments(rng, 600)):
        target = f"canbo{number}@{_DOMAIN}"
        yield line(at, "INFO", admin, f"cmd=SetPassword; name={target};")
        yield line(at + 9, "INFO", admin, f"cmd=ModifyAccount; name={target}; id=4f{number}; displayName=Can Bo;")


def _exchange(rng: random.Random) -> Timed:
    for at in _moments(rng, 4):
        stamp = f"{BEGIN + timedelta(seconds=at):%Y-%m-%dT%H:%M:%S}.270Z"
        person = rng.choice(PEOPLE)
        session = f"08DE27D4{rng.randrange(1 << 32):08X}"
        front = f"{stamp},MBX01\\Client Frontend MBX01,{session}"
        ends = f"10.20.1.26:587,{_address(rng, person)}:{rng.randrange(20000, 60000)}"
        yield at, f"{front},4,{ends},<,AUTH LOGIN,"
        if rng.random() < 0.03:
            yield at, f"{front},8,{ends},>,535 5.7.3 Authentication unsuccessful,"
        else:
            yield at, f"{front},8,{ends},*,EXAMPLE\\{person},authenticated"
            yield at, f"{front},9,{ends},>,235 2.7.0 Authentication successful,"
