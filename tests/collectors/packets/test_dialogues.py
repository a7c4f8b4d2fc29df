"""Requests and their answers as one line: HTTP, FTP logins, DNS."""

from typing import Any

import msgspec

from collectors.packets import http
from collectors.packets.dialogues import DnsDialogue, FtpDialogue, HttpDialogue
from collectors.packets.lines import Names

NAMES = Names("Cx", "10.0.0.1", 1, "10.0.0.2", 80, "tcp", "edge", False)
GROUP = Names("Cx", "10.0.0.1", 5353, "224.0.0.251", 5353, "udp", "edge", True)


def read(lines: list[bytes] | None) -> list[dict[str, Any]]:
    assert lines is not None
    return [msgspec.json.decode(line) for line in lines]


def get(uri: bytes) -> http.Request:
    return http.Request(b"GET", uri, b"1.1", b"a.vn", None, None)


def none(_: bytes, __: int) -> None:
    """Dissect nothing."""


class TestHttp:
    def test_requests_are_answered_in_order(self) -> None:
        talk = HttpDialogue()
        assert talk.request(NAMES, get(b"/1"), 10**9) == talk.request(NAMES, get(b"/2"), 2 * 10**9) == []
        [first] = read(talk.response(NAMES, b"HTTP/1.1 200 OK\r\n"))
        [second] = read(talk.response(NAMES, b"HTTP/1.1 404 Not Found\r\n"))
        assert (first["uri"], first["status_code"], first["ts"], first["host"]) == ("/1", 200, 1.0, "a.vn")
        assert (second["uri"], second["status_code"], second["ts"]) == ("/2", 404, 2.0)
        assert "user_agent" not in first
        assert talk.held == 0

    def test_interim_responses_answer_nothing_but_switching_does(self) -> None:
        talk = HttpDialogue()
        talk.request(NAMES, get(b"/"), 0)
        assert talk.response(NAMES, b"HTTP/1.1 100 Continue\r\n") == []
        assert talk.response(NAMES, b"no response") == []
        assert read(talk.response(NAMES, b"HTTP/1.1 101 Switching\r\n"))[0]["status_code"] == 101
        assert talk.response(NAMES, b"HTTP/1.1 200 OK\r\n") == []

    def test_what_was_never_answered_is_told_at_the_end(self) -> None:
        talk = HttpDialogue()
        talk.request(NAMES, get(b"/lost"), 0)
        [line] = read(talk.finish(NAMES))
        assert line["uri"] == "/lost"
        assert "status_code" not in line
        assert talk.finish(NAMES) == []

    def test_waiting_requests_are_bounded(self) -> None:
        talk = HttpDialogue()
        early = [line for number in range(100) for line in read(talk.request(NAMES, get(b"/%d" % number), 0))]
        assert [line["uri"] for line in early] == [f"/{number}" for number in range(84)]
        assert talk.held < 16 * 1000

    def test_texts_are_bounded(self) -> None:
        talk = HttpDialogue()
        talk.request(NAMES, http.Request(b"GET", b"/" * 20_000, b"1.1", b"h" * 9000, b"u" * 9000, b"r" * 9000), 0)
        [line] = talk.finish(NAMES)
        assert len(line) < 12_000


class TestFtp:
    def test_a_login_is_told_with_its_outcome_and_never_the_password(self) -> None:
        talk = FtpDialogue()
        talk.commands(b"USER bob\r\n", 10**9)
        assert talk.replies(NAMES, b"331 Password required for bob.\r\n") == []
        talk.commands(b"PASS hunter2\r\n", 2 * 10**9)
        lines = talk.replies(NAMES, b"530 Login incorrect.\r\n")
        assert b"hunter2" not in b"".join(lines)
        [line] = read(lines)
        wanted = ("user", "command", "reply_code", "reply_msg", "ts")
        assert [line[key] for key in wanted] == ["bob", "PASS", 530, "Login incorrect.", 2.0]

    def test_a_user_without_a_password_and_one_refused(self) -> None:
        talk = FtpDialogue()
        talk.commands(b"user anonymous\r\n", 0)
        assert read(talk.replies(NAMES, b"230 Welcome\r\n"))[0]["command"] == "USER"
        talk.commands(b"USER root\r\n", 0)
        assert read(talk.replies(NAMES, b"530 Not you\r\n"))[0]["reply_code"] == 530

    def test_a_reply_over_many_lines_counts_once(self) -> None:
        talk = FtpDialogue()
        talk.commands(b"USER a\r\nPASS b\r\n", 0)
        assert talk.replies(NAMES, b"331 go on\r\n") == []
        lines = talk.replies(NAMES, b"230-Welcome\r\n230-to this\r\n230 server\r\n")
        assert [line["reply_code"] for line in read(lines)] == [230]

    def test_other_commands_greetings_and_preliminary_replies_are_nothing(self) -> None:
        talk = FtpDialogue()
        assert talk.replies(NAMES, b"220 ready\r\n") == []
        talk.commands(b"SYST\r\n\r\n", 0)
        assert talk.replies(NAMES, b"215 UNIX\r\n") == []
        talk.commands(b"PASS x", 0)
        assert talk.replies(NAMES, b"150 wait\r\nxyz\r\n") == []
        assert talk.finish(NAMES) == []


class TestDns:
    QUESTION = b"\0\x07\x01\0\0\x01\0\0\0\0\0\0\x01a\x02vn\0\0\x01\0\x01"
    ANSWER = (
        b"\0\x07\x81\x80\0\x01\0\x01\0\0\0\0\x01a\x02vn\0\0\x01\0\x01\xc0\x0c\0\x01\0\x01\0\0\0\x05\0\x04\xc0\0\2\1"
    )

    def test_question_and_answer_are_one_line_with_the_time_of_the_question(self) -> None:
        talk = DnsDialogue()
        assert talk.message(NAMES, self.QUESTION, 10**9, none) == []
        [line] = read(talk.message(NAMES, self.ANSWER, 2 * 10**9, none))
        wanted = ("query", "qtype_name", "rcode_name", "answers", "ts")
        assert [line[key] for key in wanted] == ["a.vn", "A", "NOERROR", ["192.0.2.1"], 1.0]
        assert talk.finish(NAMES) == []

    def test_an_answer_alone_and_a_question_alone(self) -> None:
        talk = DnsDialogue()
        assert read(talk.message(NAMES, self.ANSWER, 0, none))[0]["answers"] == ["192.0.2.1"]
        talk.message(NAMES, self.QUESTION, 0, none)
        [line] = read(talk.finish(NAMES))
        assert "rcode_name" not in line

    def test_a_question_to_a_group_waits_for_nothing(self) -> None:
        assert read(DnsDialogue().message(GROUP, self.QUESTION, 0, none))[0]["query"] == "a.vn"

    def test_a_repeated_question_is_told(self) -> None:
        talk = DnsDialogue()
        talk.message(NAMES, self.QUESTION, 0, none)
        assert len(read(talk.message(NAMES, self.QUESTION, 1, none))) == 1
        assert len(read(talk.message(NAMES, self.ANSWER, 2, none))) == 1

    def test_waiting_questions_are_bounded(self) -> None:
        talk = DnsDialogue()
        early = [talk.message(NAMES, number.to_bytes(2, "big") + self.QUESTION[2:], 0, none) for number in range(100)]
        assert sum(len(lines or []) for lines in early) == 84
        assert 0 < talk.held < 20_000

    def test_what_is_no_message(self) -> None:
        assert DnsDialogue().message(NAMES, b"junk", 0, none) is None

    def test_dissection_is_told_the_time(self) -> None:
        asked: list[int] = []

        def dissect(_: bytes, time_ns: int) -> tuple[str, ...]:
            asked.append(time_ns)
            return ("dissected",)

        answer = self.ANSWER.replace(b"\xc0\x0c\0\x01", b"\xc0\x0c\0\x63")
        [line] = read(DnsDialogue().message(NAMES, answer, 77, dissect))
        assert (line["answers"], asked) == (["dissected"], [77])
