"""What an attacker writes into a log to reach the person who reads it."""

HOSTILE: dict[str, bytes] = {
    "escape": b"\x1b[31mred\x1b[0m\x1b[2J",
    "title": b"\x1b]0;PWNED\x07",
    "title-st": b"\x1b]2;PWNED\x1b\\",
    "clipboard": b"\x1b]52;c;UFdORUQ=\x07",
    "c1": "\x9b31m\x9d0;PWNED\x9c\x85".encode(),
    "raw-c1": b"\x9b31m\x9d0;PWNED\x9c",
    "bidi": "user\u202egpj.exe\u202c \u2066isolate\u2069 \u200f".encode(),
    "zero-width": "pass\u200bword\ufeff\u2060\u200d".encode(),
    "tags": "\U000e0041\U000e0042\U000e0001".encode(),
    "markup": b"[/] [red]x[/red] [/foo] [@click=app.quit]q[/] [link=http://203.0.113.1]z[/link] \\[",
    "cjk": "日本語テキスト한국어中文".encode(),
    "nfd": "Đăng nhập thất bại".encode(),
    "carriage": b"one\rtwo\x08\x08\x0bthree\x0cfour\x00five\x7f",
    "not-utf8": b"\xff\xfe\xc3\x28\xed\xa0\x80",
    "newlines": "a\nb\u2028c\u2029d\x85e\x1cf".encode(),
    "combining": ("z" + "\u0301" * 60).encode(),
    "long": b"A" * 200_000,
    "format": b"{0} {rule.__class__} %s %n {",
}
"""Name to bytes of a line."""

EVERYTHING = b" ".join(value for name, value in HOSTILE.items() if name != "long")


def commands(text: str) -> list[str]:
    """Give the characters of a text that could command a terminal or deceive the eye, as code points."""
    return [f"U+{ord(c):04X}" for c in text if c != "\n" and not c.isprintable()]
