"""Lines of every encoding that programs write them in, with whatever text, whole and damaged."""

import json
import re
from collections.abc import Callable
from urllib.parse import quote

from hypothesis import strategies as st

# what encodings treat in their own way, letters whose case is odd, and words that rules look for
CHARACTERS = (
    "aAkKsSiI019 .,:;=|/\\\"'<>&%+?*#()[]{}-_$^~\t\x1b\x7f\xa0\xad" + "éÉđĐßſİıΣς\u212a\u2028\u200b\ufeff😀𐐀\u202e"
)
WORDS = r"""
evil
Mimikatz
C:\Windows\System32
/etc/passwd
../../
%2e%2e%2f
<script>
union select
a=b
x||y
\\host\share
cmd.exe /c
-enc
192.0.2.7
2001:db8::1
::ffff:192.0.2.7
4625
0x1f4
1e3
-7
true
null
2026-11-20T08:14:03Z
1795000000
đăng nhập
ĐĂNG
😀
ſK
`id`
${jndi:ldap}
\u0041
\/
say "hi" to \'an\'
it's
"x"
&#x41;
""".strip().splitlines()

characters = st.one_of(st.sampled_from(CHARACTERS), st.sampled_from(CHARACTERS[:20]), st.characters(codec="utf-8"))
values = st.one_of(
    st.sampled_from(WORDS),
    st.lists(st.one_of(st.sampled_from(WORDS), characters), min_size=1, max_size=5).map("".join),
)


@st.composite
def json_strings(draw: st.DrawFn, text: str) -> str:
    """A JSON string as any encoder may write it."""
    short = {'"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    style = draw(st.sampled_from(["plain", "ascii", "mixed"]))
    pieces = []
    for character in text:
        must = character in '"\\' or character < " "
        how = draw(st.sampled_from(["raw", "short", "number", "NUMBER"])) if style == "mixed" else "raw"
        if style == "ascii" and not character.isascii():
            how = "number"
        if how == "raw" and must:
            how = "short"
        if how == "short" and character not in short:
            how = "number" if must else "raw"
        if how == "raw":
            pieces.append(character)
        elif how == "short":
            pieces.append(short[character])
        else:
            units = character.encode("utf-16-be").hex()
            units = units.upper() if how == "NUMBER" else units
            pieces.extend(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
    return f'"{"".join(pieces)}"'


@st.composite
def json_lines(draw: st.DrawFn) -> bytes:
    one, two, three = draw(values), draw(values), draw(values)
    spelled = [draw(json_strings(text)) for text in (one, two, three)]
    number = draw(st.sampled_from(["7", "-7", "4.04e2", "1E3", "0.5", "18446744073709551616", "404"]))
    shape = draw(
        st.sampled_from(
            [
                '{{"f": {0}, "g": {1}, "n": {n}}}',
                '{{"f": [{0}, {1}, null, true], "n": {n}}}',
                '{{"f": {{"g": {0}, "h": [{{"i": {1}}}, {{"i": {2}}}]}}}}',
                '{{"EventID": 7, "Channel": "Security", "EventData": {{"f": {0}, "g": {1}}}, "Event": {{"n": {n}}}}}',
                '{{"f": {0}, "g": null, "b": false, "e": "", "l": [], "n": {n}}}',
                '{{ "f" : {0} ,"\\u0067":{1},\t"n":{n} }}',
            ]
        )
    )
    return shape.format(*spelled, n=number).encode("utf-8", "surrogatepass")


@st.composite
def xml_strings(draw: st.DrawFn, text: str) -> str:
    """A text of XML as any writer may write it: what must be by name or number, anything else too, and in parts."""
    named = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
    style = draw(st.sampled_from(["plain", "named", "mixed", "mixed"]))
    pieces: list[str] = []
    for character in text:
        must = character in "&<" or (character == ">" and pieces[-1:] == ["]"])
        how = draw(st.sampled_from(["raw", "raw", "name", "10", "16", "XV", "016"])) if style == "mixed" else "raw"
        if how == "name" or must or (style == "named" and character in named):
            pieces.append(named.get(character, character))
        elif how == "raw":
            pieces.append(character)
        else:
            code = ord(character)
            numbers = {"10": f"{code}", "16": f"x{code:x}", "XV": f"x{code:X}", "016": f"x0{code:x}"}
            pieces.append(f"&#{numbers[how]};")
        if style == "mixed" and draw(st.integers(0, 30)) == 0:
            pieces.append(draw(st.sampled_from(["<!-- x -->", "<![CDATA[<&]]>", "<![CDATA[]]>", "&#13;&#10;", "&#9;"])))
    return "".join(pieces)


@st.composite
def xml_lines(draw: st.DrawFn) -> bytes:
    one, two, three = (draw(xml_strings(draw(values))) for _ in range(3))
    quoted = draw(xml_strings(draw(st.sampled_from(["Evil Provider", "it's", "a\tb", "k K"])))).replace(
        "<!-- x -->", ""
    )
    quoted = re.sub(r"<!\[CDATA\[.*?\]\]>", "", quoted).replace('"', "&quot;")
    system = f'<System><Provider Name="{quoted}"/><EventID>{{0}}</EventID><Channel>{{1}}</Channel></System>'
    number = draw(st.sampled_from(["7", "4625", "&#55;", "x"]))
    channel = draw(st.sampled_from(["Security", "", "S&#101;curity"]))
    shape = draw(
        st.sampled_from(
            [
                "{system}<EventData><Data Name='f'>{one}</Data><Data Name=\"g\" >{two}</Data></EventData>",
                "{system}<EventData><Data>{one}</Data><Data>{two}</Data><Data/></EventData>",
                "{system}<UserData><x:L xmlns:x='u'><f>{one}</f><x:g><h>{two}</h><h>{three}</h></x:g></x:L></UserData>",
                "{system}<EventData/><RenderingInfo Culture='en-US'><Message>{one} {two}</Message></RenderingInfo>",
                "<EventID>{number}</EventID><Channel>Security</Channel><f>{one}</f><g>{two}</g>",
                "{system}<EventData>{one}<Data Name='f'>{two}</Data>{three}</EventData>",
            ]
        )
    )
    inner = shape.format(system=system.format(number, channel), one=one, two=two, three=three, number=number)
    before = draw(st.sampled_from(["", "", "<?xml version='1.0' encoding='utf-16'?>", "x "]))
    return f"{before}<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>{inner}</Event>".encode()


@st.composite
def urls(draw: st.DrawFn) -> str:
    """A path with a query, encoded in one of the ways of clients."""
    path, key, value = draw(values), draw(values), draw(values)
    how = draw(st.sampled_from(["", "/", "/?&=+", "all"]))

    def encoded(text: str) -> str:
        done = "".join(f"%{byte:02x}" for byte in text.encode()) if how == "all" else quote(text, safe=how)
        done = done.replace("%20", "+") if draw(st.booleans()) else done
        done = re.sub("%..", lambda match: match[0].lower(), done) if draw(st.booleans()) else done
        return done.replace("%", "%25") if draw(st.booleans()) else done

    raw = draw(st.booleans())
    parts = (path, key, value) if raw else (encoded(path), encoded(key), encoded(value))
    return "/{}?{}={}".format(*parts).replace(" ", "%20").replace("\n", "%0a").replace("\r", "%0d")


@st.composite
def access_lines(draw: st.DrawFn) -> bytes:
    url, agent = draw(urls()), draw(values)
    quoted = agent.replace("\\", "\\\\").replace('"', draw(st.sampled_from(['\\"', "\\x22", '"'])))
    status = draw(st.sampled_from(["200", "404", "500", "-"]))
    line = f'192.0.2.1 - - [20/Nov/2026:10:05:03 +0700] "GET {url} HTTP/1.1" {status} 404 "-" "{quoted}"'
    return line.encode("utf-8", "replace")


@st.composite
def cef_lines(draw: st.DrawFn) -> bytes:
    def escaped(text: str, characters: str) -> str:
        text = re.sub(f"([{re.escape(characters)}])", r"\\\1", text)
        return text.replace("\n", "\\n").replace("\r", "\\r")

    name, message, extra = draw(values), draw(values), draw(values)
    head = draw(st.sampled_from(["", "Nov 20 08:14:03 web01 ", "<134>Nov 20 08:14:03 web01 "]))
    bare = draw(st.booleans())
    extension = message if bare else escaped(message, "\\=")
    line = (
        f"{head}CEF:0|Vendor|Product|1|7|{escaped(name, chr(92) + '|')}|5|"
        f"src=192.0.2.1 spt=4625 msg={extension} cs1={escaped(extra, chr(92) + '=')} cs1Label=f g"
    )
    return line.encode("utf-8", "replace")


@st.composite
def audit_lines(draw: st.DrawFn) -> bytes:
    one, two = draw(values), draw(values)

    def argument(text: str) -> str:
        plain = text.isascii() and text.isprintable() and '"' not in text and " " not in text
        coded = text.encode("utf-8", "replace").hex()
        return f'"{text}"' if plain and draw(st.booleans()) else coded.upper() if draw(st.booleans()) else coded

    joined = "\0".join((one, two)).encode("utf-8", "replace").hex().upper()
    stamp = "msg=audit(1772414047.579:2995):"
    return draw(
        st.sampled_from(
            [
                f"type=EXECVE {stamp} argc=2 a0={argument(one)} a1={argument(two)}",
                f"type=PROCTITLE {stamp} proctitle={joined}",
                f"node=web01 type=PATH {stamp} item=0 name={argument(one)} inode=7 nametype=NORMAL",
                f"type=USER_CMD {stamp} pid=7 uid=0 msg='cwd=\"/\" cmd={argument(one)} res=success'",
            ]
        )
    ).encode("utf-8", "replace")


@st.composite
def syslog_lines(draw: st.DrawFn) -> bytes:
    text, other = draw(values), draw(values)
    data = re.sub(r'(["\\\]])', r"\\\1", text)
    shapes = [
        f"Nov 20 08:14:03 web01 sshd[7]: Failed password for invalid user {text} from 192.0.2.1 port 5 ssh2".encode(),
        f'<34>1 2026-11-20T08:14:03Z web01 app 7 - [x@1 f="{data}"] {other}'.encode(),
        f"<13>Nov 20 08:14:03 web01 app[7]: {text} {other}".encode(),
        b"<13>Nov 20 08:14:03 web01 app[7]: " + draw(json_lines()),
        b"<13>Nov 20 08:14:03 web01 app[7]: " + draw(xml_lines()),
        b"Nov 20 08:14:03 web01 audispd: " + draw(audit_lines()),
        b"Nov 20 08:14:03 web01 fw: " + draw(cef_lines()),
        b"Nov 20 08:14:03 web01 httpd[7]: " + draw(access_lines()),
        f"Nov 20 08:14:03 web01 sudo: an : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND={text}".encode(),
    ]
    return draw(st.sampled_from(shapes))


@st.composite
def syslog_json_lines(draw: st.DrawFn) -> bytes:
    """Syslog within JSON: what escaped itself already is escaped once more."""
    line = draw(json_strings(draw(syslog_lines()).decode("utf-8", "replace")))
    text, program = draw(json_strings(draw(values))), draw(json_strings(draw(st.sampled_from(["sshd", "sudo", "a/b"]))))
    shapes = [
        f'{{"message": {line}, "file": {text}}}',
        f'{{"log": {line}, "stream": "stdout", "f": {text}}}',
        f'{{"appname": {program}, "procid": 7, "message": {text}, "n": 4.04e2}}',
        f'{{"ident": {program}, "pri": "38", "message": {line}, "g": [{text}]}}',
    ]
    return draw(st.sampled_from(shapes)).encode("utf-8", "surrogatepass")


@st.composite
def keyvalue_lines(draw: st.DrawFn) -> bytes:
    one, two = draw(values), draw(values)
    quoted = re.sub(r'(["\\])', r"\\\1", one).replace("\n", "\\n")
    return f"level=info f=\"{quoted}\" g={two} n=404 msg='{two}'".encode()


@st.composite
def zeek_lines(draw: st.DrawFn) -> bytes:
    agent, url = draw(json_strings(draw(values))), json.dumps(draw(urls()))
    tree = f'"ts": 1795000000.5, "id.orig_h": "192.0.2.1", "uri": {url}, "user_agent": {agent}, "status_code": 404'
    return f'{{"_path": "http", {tree}}}'.encode()


LINES: dict[str, Callable[[], st.SearchStrategy[bytes]]] = {
    "json": json_lines,
    "eventxml": xml_lines,
    "access": access_lines,
    "cef": cef_lines,
    "kv": lambda: st.one_of(audit_lines(), keyvalue_lines()),
    "auditd": audit_lines,
    "syslog": syslog_lines,
    "syslog_json": lambda: st.one_of(syslog_json_lines(), json_lines()),
    "zeek": zeek_lines,
    "nginx_error": lambda: st.builds(
        lambda text, url: (
            f'2026/11/20 08:14:03 [error] 7#7: *1 {text}, client: 192.0.2.1, request: "GET {url} HTTP/1.1"'.encode()
        ),
        values,
        urls(),
    ),
    "plain": lambda: values.map(str.encode),
}


@st.composite
def damaged(draw: st.DrawFn, line: bytes) -> bytes:
    """The line as it is, or with bytes in it that no text has."""
    line = re.sub(rb"[\r\n]", b" ", line)
    what = draw(st.sampled_from(["", "", "", "nul", "latin", "cut", "overlong", "half"]))
    at = draw(st.integers(0, len(line)))
    extra = {"nul": b"\0", "latin": b"\xe9", "overlong": b"\xc0\xaf", "half": b"\xed\xa0\xbd"}
    return line[:at] if what == "cut" else line[:at] + extra.get(what, b"") + line[at:]


@st.composite
def blocks(draw: st.DrawFn, lines: list[bytes]) -> bytes:
    """The lines with every kind of ending, empty lines between, and perhaps none at the end."""
    ends = st.sampled_from([b"\n", b"\n", b"\r\n", b"\n\n", b"\r\n\r\n", b" \n", b"\r\r\n"])
    block = b"".join(line + draw(ends) for line in lines)
    return block.rstrip(b"\r\n") if draw(st.booleans()) else block
