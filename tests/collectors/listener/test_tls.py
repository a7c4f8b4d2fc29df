"""Lines over TLS: who may send, under which name, and certificates that change while it runs."""

import os
import shutil
import ssl
from pathlib import Path
from typing import Any

import pytest

from collectors.listener import Listener
from collectors.listener.tls import Certificates, may_send, server_context
from soc_agent.config import ListenOptions
from soc_agent.errors import SourceError, describe
from soc_agent.model import Sender
from tests.collectors.listener.authority import Authority
from tests.collectors.listener.listening import (
    PATIENCE_S,
    connect,
    door,
    guess,
    lines_in,
    listening,
    read_lines,
    read_problem,
    read_until,
    source,
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


def tls_door(authority: Authority, **more: Any) -> ListenOptions:
    certificate, key = authority.server
    return door("tls", certificate=str(certificate), key=str(key), **more)


def verified(authority: Authority, how: str = "required", **more: Any) -> ListenOptions:
    return tls_door(authority, client_ca=str(authority.certificate), client_certificates=how, **more)


def secured(context: ssl.SSLContext, to: ListenOptions) -> ssl.SSLSocket:
    return context.wrap_socket(connect(to), server_hostname="localhost")


def send_and_wait(context: ssl.SSLContext, to: ListenOptions, data: bytes) -> None:
    """Send, say that this is all, and wait until the other end says that it has it."""
    with secured(context, to) as stream:
        stream.sendall(data)
        stream.unwrap().close()


def test_lines_come_encrypted_and_a_name_from_a_certificate(tmp_path: Path, authority: Authority) -> None:
    tls = verified(authority, "optional", type="syslog")
    named = authority.sign("web01", names="DNS:web01.example,DNS:other.example")
    with listening(source(tmp_path, tls)) as listener:
        message = b"<13>1 - web01 app - - - " + b"x" * 40_000
        send_and_wait(authority.client(named), tls, b"%d %s" % (len(message), message) * 3)
        blocks = read_lines(listener, 3)
        assert lines_in(blocks) == [message] * 3
        assert {sender for block in blocks for _, sender in block.senders} == {
            Sender("127.0.0.1", "web01.example", "tls")
        }
        send_and_wait(authority.client(), tls, b"<13>1 - web01 app - - - forged\n")
        assert read_lines(listener, 1)[0].senders == ((0, Sender("127.0.0.1", "", "tls")),)


def test_json_lines_over_tls(tmp_path: Path, authority: Authority) -> None:
    tls = tls_door(authority)
    with listening(source(tmp_path, tls)) as listener:
        send_and_wait(authority.client(), tls, b'{"EventID":4625}\n{"EventID":4624}\n')
        blocks = read_lines(listener, 2)
    assert [block.type for block in blocks] == ["json"]


def refused(context: ssl.SSLContext, to: ListenOptions) -> bool:
    """Whether the other end takes nothing from this sender (with TLS 1.3, it says so after the handshake)."""
    try:
        with secured(context, to) as stream:
            stream.sendall(b"<13>forged\n")
            return stream.recv(1) == b""
    except (ssl.SSLError, ConnectionError):
        return True


def test_a_certificate_of_another_authority_is_refused_and_told(tmp_path: Path, authority: Authority) -> None:
    tls = verified(authority)
    stranger = Authority(tmp_path / "other", "Other CA").sign("web01")
    with listening(source(tmp_path / "spool", tls)) as listener:
        assert refused(authority.client(stranger), tls)
        assert refused(authority.client(), tls)
        assert "certificate" in str(read_problem(listener, "listener.handshake")["reason"]).lower()
        send_and_wait(authority.client(authority.sign("db01")), tls, b"<13>mine\n")
        blocks = read_lines(listener, 1)
        assert lines_in(blocks) == [b"<13>mine"]
        assert blocks[0].senders[0][1].name == "db01"


def test_an_expired_certificate_is_refused(tmp_path: Path, authority: Authority) -> None:
    tls = verified(authority)
    expired = authority.sign("late", days=-1)
    with listening(source(tmp_path, tls)) as listener:
        assert refused(authority.client(expired), tls)
        assert "expired" in str(read_problem(listener, "listener.handshake")["reason"])


def test_only_named_senders_may_send(tmp_path: Path, authority: Authority) -> None:
    tls = verified(authority, client_names=("web*.example",))
    with listening(source(tmp_path, tls)) as listener:
        assert refused(authority.client(authority.sign("db01", names="DNS:db01.example")), tls)
        send_and_wait(authority.client(authority.sign("web7", names="DNS:web7.example")), tls, b"<13>web\n")
        assert lines_in(read_lines(listener, 1)) == [b"<13>web"]


def test_a_handshake_that_stands_still_is_closed_and_holds_up_nobody(tmp_path: Path, authority: Authority) -> None:
    tls = tls_door(authority)
    with listening(source(tmp_path, tls, handshake_s=1)) as listener, connect(tls) as slow:
        slow.sendall(b"\x16\x03")
        send_and_wait(authority.client(), tls, b"<13>quick\n")
        assert lines_in(read_lines(listener, 1)) == [b"<13>quick"]
        slow.settimeout(PATIENCE_S)
        assert slow.recv(1) == b""


def test_plain_text_at_a_tls_door_is_refused_and_told(tmp_path: Path, authority: Authority) -> None:
    tls = tls_door(authority)
    with listening(source(tmp_path, tls)) as listener, connect(tls) as plain:
        plain.sendall(b"<13>Nov 22 01:00:00 web01 app: in the clear\n")
        assert read_problem(listener, "listener.handshake")["sender"] == "127.0.0.1"


def test_an_orderly_close_over_tls_says_that_all_lines_are_on_disk(tmp_path: Path, authority: Authority) -> None:
    tls = tls_door(authority)
    with listening(source(tmp_path, tls, sync_ms=60_000)) as listener:
        send_and_wait(authority.client(), tls, b"".join(b"<13>%d\n" % number for number in range(3000)))
        process = listener._process
        assert process is not None
        os.kill(process.pid, 9)
        assert len(lines_in(read_lines(listener, 3000))) == 3000


def test_changed_certificates_are_taken_while_it_runs(tmp_path: Path, authority: Authority) -> None:
    certificate, key = (Path(shutil.copy(path, tmp_path)) for path in authority.server)
    other = Authority(tmp_path / "other", "Other CA")
    tls = door("tls", certificate=str(certificate), key=str(key))
    with listening(source(tmp_path / "spool", tls)) as listener:
        send_and_wait(authority.client(), tls, b"<13>before\n")
        certificate.write_bytes(b"not a certificate")
        assert "PEM" in str(read_problem(listener, "listener.old_certificate")["reason"]).upper()
        send_and_wait(authority.client(), tls, b"<13>meanwhile\n")
        shutil.copy(other.server[1], key)
        shutil.copy(other.server[0], certificate)
        tries = 0
        while refused_name(other.client(), tls):
            tries += 1
            assert tries < 100
            listener.read(0.1)
        assert not any(problem.code == "listener.old_certificate" for problem in settled(listener))


def test_a_renewed_link_to_a_certificate_is_taken(tmp_path: Path, authority: Authority) -> None:
    """As certbot renews: the configured path is a link, which is turned to a new file."""
    certificate, key = tmp_path / "fullchain.pem", tmp_path / "privkey.pem"
    other = Authority(tmp_path / "other", "Other CA")
    certificate.symlink_to(authority.server[0])
    key.symlink_to(authority.server[1])
    tls = door("tls", certificate=str(certificate), key=str(key))
    with listening(source(tmp_path / "spool", tls)) as listener:
        send_and_wait(authority.client(), tls, b"<13>before\n")
        for link, to in ((certificate, other.server[0]), (key, other.server[1])):
            (tmp_path / "next").symlink_to(to)
            (tmp_path / "next").rename(link)
        tries = 0
        while refused_name(other.client(), tls):
            tries += 1
            assert tries < 100
            listener.read(0.1)


def test_a_revoked_certificate_is_refused_also_where_it_is_connected_already(tmp_path: Path) -> None:
    ours = Authority(tmp_path / "ca")
    lost, kept = ours.sign("lost"), ours.sign("kept")
    crl = Path(shutil.copy(ours.revoke(), tmp_path / "list.crl"))
    tls = verified(ours, crl=str(crl))
    with listening(source(tmp_path / "spool", tls)) as listener:
        with secured(ours.client(kept), tls) as going_on, secured(ours.client(lost), tls) as ended:
            going_on.sendall(b"<13>kept\n")
            ended.sendall(b"<13>before\n")
            assert len(lines_in(read_lines(listener, 2))) == 2
            ours.revoke(lost[0])
            shutil.copy(ours.folder / "ca.crl", crl)
            ended.settimeout(PATIENCE_S)
            assert ended.recv(1) == b"", "closed in order: what came before is kept"
            assert read_problem(listener, "listener.revoked")["sender"] == "127.0.0.1"
            going_on.sendall(b"<13>still\n")
            assert lines_in(read_lines(listener, 1)) == [b"<13>still"]
        assert refused(ours.client(lost), tls)
        assert "revoked" in str(read_problem(listener, "listener.handshake")["reason"])
        send_and_wait(ours.client(kept), tls, b"<13>and anew\n")


def test_a_list_that_counts_no_more_refuses_and_is_told_and_a_new_one_is_taken(tmp_path: Path) -> None:
    ours = Authority(tmp_path / "ca")
    pair = ours.sign("web01")
    crl = Path(shutil.copy(ours.revoke(days=1 / 86_400), tmp_path / "list.crl"))
    tls = verified(ours, crl=str(crl))
    with listening(source(tmp_path / "spool", tls)) as listener:
        assert read_problem(listener, "listener.crl_ended")["path"] == str(crl)
        assert refused(ours.client(pair), tls)
        shutil.copy(ours.revoke(), crl)
        read_until(listener, lambda _: not any(each.code == "listener.crl_ended" for each in listener.problems()))
        send_and_wait(ours.client(pair), tls, b"<13>again\n")


def test_a_certificate_that_ends_soon_is_told(tmp_path: Path, authority: Authority) -> None:
    certificates = Certificates(tls_door(authority), "tls port 1")
    assert [problem.code for problem in certificates.problems()] == ["listener.certificate_ends"], "in two days"
    long = authority.sign("long", days=60)
    assert Certificates(door("tls", certificate=str(long[0]), key=str(long[1])), "tls port 1").problems() == []


def test_who_comes_again_shows_its_certificate_again(tmp_path: Path, authority: Authority) -> None:
    """A session that is taken up again would go by what was true when it began."""
    tls = verified(authority)
    context = authority.client(authority.sign("web02"))
    with listening(source(tmp_path, tls)):
        with secured(context, tls) as first:
            first.sendall(b"<13>one\n")
            session = first.session
            first.unwrap().close()
        with context.wrap_socket(connect(tls), server_hostname="localhost", session=session) as second:
            second.sendall(b"<13>two\n")
            assert not second.session_reused


def refused_name(context: ssl.SSLContext, to: ListenOptions) -> bool:
    try:
        secured(context, to).close()
    except ssl.SSLCertVerificationError:
        return True
    return False


def settled(listener: Listener) -> list[Any]:
    for _ in range(20):
        listener.read(0.1)
    return listener.problems()


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ({"certificate": "absent.pem"}, "absent.pem"),
        ({"certificate": "garbage.pem"}, "garbage.pem"),
        ({"client_ca": "garbage.pem", "client_certificates": "required"}, "garbage.pem"),
        ({"crl": "garbage.pem", "client_ca": "ca.pem", "client_certificates": "required"}, "garbage.pem"),
        ({"crl": "ca.pem", "client_ca": "ca.pem", "client_certificates": "required"}, "ca.pem"),
        ({"key": "other.key"}, "other.key"),
        ({"key": "locked.key"}, "locked.key"),
    ],
)
def test_wrong_files_are_missing_before_anything_begins(
    tmp_path: Path, authority: Authority, files: dict[str, str], named: str
) -> None:
    certificate, key = authority.server
    (tmp_path / "garbage.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    shutil.copy(authority.certificate, tmp_path / "ca.pem")
    shutil.copy(authority.sign("elsewhere")[1], tmp_path / "other.key")
    Authority._run("ec", "-in", str(key), "-aes256", "-passout", "pass:secret", "-out", str(tmp_path / "locked.key"))
    paths = {name: value if name == "client_certificates" else str(tmp_path / value) for name, value in files.items()}
    tls = door("tls", **{"certificate": str(certificate), "key": str(key), **paths})
    problem = Listener(source(tmp_path / "spool", tls), guess).missing()
    assert problem is not None
    assert problem.code == "listener.bad_certificate"
    assert named in describe(problem)


def test_certificates_that_did_not_change_are_not_read_again(authority: Authority) -> None:
    certificates = Certificates(tls_door(authority), "tls port 1")
    before = certificates.context
    assert not certificates.look()
    assert certificates.context is before


def test_old_versions_of_tls_are_not_spoken(authority: Authority) -> None:
    assert server_context(tls_door(authority), "x").minimum_version >= ssl.TLSVersion.TLSv1_2


def test_names_are_compared_without_case() -> None:
    options = ListenOptions(transport="tls", port=1, client_names=("*.Example",))
    assert may_send(options, "WEB01.example")
    assert not may_send(options, "web01.test")
    assert may_send(ListenOptions(transport="tls", port=1), "anybody")


def test_a_door_without_files_raises() -> None:
    with pytest.raises(SourceError):
        server_context(ListenOptions(transport="tls", port=1, certificate="/nowhere"), "x")
