"""Whether a text tells of a login, and how that ended: the words that programs use, in English and Vietnamese.

Nobody knows all programs, but what they say of a refused login is much alike: a word for a login, a password or a user
beside one for a refusal. The patterns are those of RE2, so that no text takes long.
"""

import re
import unicodedata

import re2

_CAP = 2048
"""So much of a text is looked at."""

# what nobody wrote into the line to tell of a login: colours, addresses, requests, names of classes and modules
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_URL = re.compile(r"\b[a-z]{2,8}://[^\s\"'|<>,]*", re.IGNORECASE)
_REQUEST = re.compile(r"\"?\b(?:GET|POST|PUT|HEAD|DELETE|PATCH|OPTIONS) [^\"\s]*(?: HTTP/[0-9.]+)?\"?")
_PATH = re.compile(r"(?<![\w<.\])/])/[\w./?&=%~+-]+")
_DOTTED = re.compile(r"\b(?:[A-Za-z_]\w*\.){2,}\w+|\b\w+(?:::\w+)+|\b\w+(?:/\w+)+\.go\b")
_ABOUT = re.compile(
    r"\b(?:component|logger|module|service|svc|handler|caller|source|package|subsystem|plugin|tag|facility|class|thread|"
    r"file|func|scope|app|program|referer|user[_-]?agent|ua|client|provider|method|stage|realm\w*|queue|topic)="
    r"(?:\"[^\"]*\"|'[^']*'|[^\s,;]*)",
    re.IGNORECASE,
)
_NAMED = re.compile(r"fail|denied|invalid|reject|success|succeed|wrong|incorrect", re.IGNORECASE)
"""What a dotted name holds that is that of an event, and not of a class: ``user.login.failed``."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")

_LOGIN = (
    r"(?:log[ -]?(?:ins?|ons?)|log into|sign[ -]?(?:ins?|on)|re-?auth\w*|authenti\w+|authn|passwords?|passwd|"
    r"passphrase|passcode|pwd?|credentials?|creds|(?:totp|2fa|mfa|otp)(?: (?:code|token|pin))?|two[ -]factor\w*|"
    r"second factor|(?:verification|security|backup|recovery|pin|one[ -]time) (?:code|password|pin)|admin token|"
    r"api key|user ?names?|webauthn|passkey)"
)
_REFUSED = (
    r"(?:failed|failures?|fail(?:s|ing)?|unsuccessful(?:ly)?|not successful|invalid|not valid|incorrect|not correct|"
    r"wrong|denied|rejected|refused|declined|mismatch\w*|not? match(?:ed|ing)?|(?:does|did)(?: not|n.?t) match|"
    r"unauthori[sz]ed|not authori[sz]ed|forbidden|bad|not accepted|ko|nok|success\W{1,3}(?:false|no))"
)
_BEFORE = (
    r"(?:failed|failure|fail(?:s|ing)?|unsuccessful|invalid|incorrect|wrong|bad|denied|rejected|refused|illegal|"
    r"mismatched|unauthori[sz]ed|unable to|could ?n.?t|could not|cannot|can ?not|can.?t|no valid|not a valid|"
    r"deny(?:ing)?|reject(?:ing)?|refus(?:e|ing))"
)
_USER = r"(?:users?|accounts?|username|user name|login name|identity|subscriber|peer|endpoint)"
_GONE = (
    r"(?:(?:was |were )?not found|not exists?|does(?: not|n.?t) exists?|did(?: not|n.?t) exist|is (?:unknown|invalid)|"
    r"unknown|not registered|not known|locked(?: out)?|(?:is|was|has been|been|got) (?:temporarily )?(?:locked|banned)|"
    r"denied|is disabled|disabled or expired)"
)
_GAP = r"[ '\"`()\[\]<>/-]{1,3}"
_WORD = r"(?:[^\w\n]{1,4}\w+)"
"""One more word, and what stands before it."""
_PIECE = r"(?:\s+\S*[^\s.;!|])"
"""One more piece between spaces: no sentence ends within."""
_PART = r"(?:\s+\S*[^\s.,;!|])"
"""The same, with no comma either."""
_NO = (
    r"(?:unknown|no such|non-?exist[ae]nt|non-?existing|invalid|illegal|unregistered|unauthori[sz]ed|inactive|disabled|"
    r"locked|no matching)"
)
_UNFOUND = r"(?:no|can.?t find|cannot find|unable to find|could not (?:find|retrieve|load))"
_ENGLISH = (
    rf"{_BEFORE}(?:{_GAP}\w+){{0,4}}?{_GAP}{_LOGIN}",
    rf"{_LOGIN}(?:\W{{1,4}}|{_PIECE}{{0,10}}?\W{{1,6}}){_REFUSED}",
    rf"(?:{_LOGIN}|auth){_WORD}{{0,1}}?[^\w\n]{{1,4}}(?:error|err|{_REFUSED})",
    r"(?:failed|bad|invalid|wrong|no) auth",
    rf"{_USER}{_PART}{{0,4}}?[\s'\"\])>:,]{{1,4}}{_GONE}",
    rf"{_NO} (?:user|account|login|username|endpoint|peer|identity)",
    rf"{_UNFOUND} (?:this |the |such )?{_USER}(?:{_WORD}{{0,3}}?[^\w\n]{{1,4}}(?:found|details))?",
    r"access denied for (?:user|account|login)",
    r"not allowed to (?:log ?in|login|sign ?in)",
    r"account lock(?:ed|out)",
    r"too many (?:\w+ )?(?:log[ -]?in|sign[ -]?in|authentication|auth|password) (?:attempts?|failures?|tries)",
    r"(?:log[ -]?in|sign[ -]?in|authentication) attempts? (?:limit|exceeded|blocked)",
    r"access key (?:id )?(?:\w+ ){0,3}does not exist",
)
_SAI = r"(?:that bai|khong thanh cong|bi tu choi|khong hop le|khong dung|khong chinh xac|khong khop|sai|loi)"
_MA = r"(?:mat khau|ten dang nhap|ma otp|otp|ma xac (?:thuc|nhan)|ma pin)"
_VIETNAMESE = (
    rf"(?:dang nhap|xac thuc)(?:\W{{1,4}}\S+){{0,8}}?\W{{1,4}}{_SAI}",
    r"(?:that bai|loi|tu choi)(?:\W{1,3}\w+){0,3}?\W{1,3}(?:dang nhap|xac thuc)",
    rf"sai(?:\W{{1,3}}\w+){{0,5}}?\W{{1,3}}(?:{_MA}|tai khoan|thong tin)",
    rf"{_MA}(?:\W{{1,4}}\S+){{0,5}}?\W{{1,4}}(?:{_SAI}|khong ton tai)",
    r"(?:tai khoan|nguoi dung)(?:\W{1,4}\S+){0,4}?\W{1,4}(?:khong ton tai|(?:da )?bi khoa|khong hop le)",
)
"""The same, its marks taken off."""
_FAILURE = rf"\b(?:{'|'.join((*_ENGLISH, *_VIETNAMESE))})\b"
_YES = r"(?:success\w*|succeeded|ok|accepted|granted|passed|(?:was|is) successful)"
_ACCEPTED = (
    rf"(?:log[ -]?in|log[ -]?on|sign[ -]?in|authenti\w+|auth){_PIECE}{{0,5}}?\W{{1,4}}{_YES}",
    r"success\w*(?:\W{1,3}\w+){0,2}?\W{1,3}(?:log[ -]?in|logged|log[ -]?on|sign[ -]?in|signed|authenti\w+|auth)",
    r"(?:logged|signed) (?:in|on)",
    r"accepted (?:password|publickey|login|authentication|\w+ \w+ authentication)",
    r"user authenticated",
    r"dang nhap(?:\W{1,4}\S+){0,5}?\W{1,4}thanh cong",
)
_SUCCESS = rf"\b(?:{'|'.join(_ACCEPTED)})\b"
_NO_LOGIN = (
    r"\b(?:rcpt|recipient|relay|bounced?|status=|(?:e-?)?mail (?:was |is )?sent|sent (?:to|an)|forgot\w*|"
    r"password (?:reset|change|policy|strength)|reset (?:mail|e-?mail|link|password)|change password|"
    r"too (?:short|weak|long|simple|common)|[cx]srf|import|article|documentation|knowledge|metrics?|"
    r"tests? (?:run|passed|failed|result)|"
    r"policy (?:updated|changed|created)|sqlstate|using password|mysqli|pdoexception|psycopg\w*|jdbc|hikari\w*|"
    r"fsockopen|smtp error|refresh ?token|re-?captcha score|ignored|"
    r"mat khau thanh cong|bao cao|danh sach|thong ke|tim kiem)\b"
)
"""What says that a line with such words is about something else."""
_NOT = re.compile(rb"(?:\b(?:no|not|never|without|zero|0|if|when|whether|after \d+)|n't) $")
_NOT_INSIDE = re.compile(
    rb"\b(?:not|never|no|without) (?:fail|denied|rejected|refused|invalid|wrong|incorrect|bad|locked|mismatch)"
)
_COUNTED = re.compile(
    rb"s?(?: ?(?:total|counts?|counter|rate|since|threshold|limit|window|interval|policy|policies)\b"
    rb"|[\w ]{0,24}[\"']?\s?[=:]\s?[\"']?(?:false|0|no|none|null)\b|\s*[\"']?\?"
    rb"|[\w ]{0,16} (?:by|boi) (?:admin|quan tri))"
)
"""What follows such words where they are the name of a number, a question, or what an administrator did."""
_FALSE = re.compile(rb"\W{1,3}(?:false|no|0)\b")
_PAGE = re.compile(
    r"(?:log[_-]?in|log[_-]?on|sign[_-]?in|auth(?:enticate)?|sessions?|token|dang-?nhap)(?=[/?.;_]|$)", re.IGNORECASE
)


def _options() -> "re2.Options":
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 64 << 20
    return options


_FAILED = re2.compile(_FAILURE.encode(), _options())
_SUCCEEDED = re2.compile(_SUCCESS.encode(), _options())
_NONE = re2.compile(_NO_LOGIN.encode(), _options())


def outcome(text: str) -> str:
    """Say how the login ended that a text tells of: ``failure`` or ``success``; empty when it tells of none."""
    data = _bare(text)
    failed = _first_failure(data)
    succeeded = _first_success(data)
    if (failed is None and succeeded is None) or _NONE.search(data) is not None:
        return ""
    if failed is None:
        return "success"
    is_first = succeeded is not None and succeeded[0] <= failed[0] and succeeded[1] < failed[1]
    return "success" if is_first else "failure"


def is_login_page(path: str) -> bool:
    """Say whether the path of a request is that of a login."""
    return _PAGE.search(path) is not None


def _first_success(data: bytes) -> tuple[int, int] | None:
    found = _SUCCEEDED.search(data)
    if found is None or _NOT.search(data, 0, found.start()) or _FALSE.match(data, found.end()):
        return None
    return found.start(), found.end()


def _first_failure(data: bytes) -> tuple[int, int] | None:
    start = 0
    while (found := _FAILED.search(data, start)) is not None:
        begin, end = found.span()
        if not (
            _NOT.search(data, max(0, begin - 12), begin)
            or _NOT_INSIDE.search(data, begin, end)
            or _COUNTED.match(data, end)
        ):
            return begin, end
        start = begin + 1
    return None


def _bare(text: str) -> bytes:
    """Give a text in lower case without marks, and without what stands in it for other reasons."""
    text = text[:_CAP]
    if not text.isascii():
        text = unaccented(text)
    if "\x1b" in text:
        text = _COLOUR.sub("", text)
    if "/" in text:
        text = _PATH.sub(" ", _REQUEST.sub(" ", _URL.sub(" ", text)))
    if "." in text or ":" in text:
        text = _DOTTED.sub(_undotted, text)
    if "=" in text:
        text = _ABOUT.sub(" ", text)
    return _CAMEL.sub(" ", text).replace("_", " ").lower().encode("ascii", "replace")


def _undotted(found: re.Match[str]) -> str:
    name = found[0]
    return name.replace(".", " ") if name.islower() and _NAMED.search(name) else " "


def unaccented(text: str) -> str:
    """Give a text without its marks, letter for letter: ``đăng nhập`` becomes ``dang nhap``."""
    return unicodedata.normalize("NFC", text).translate(_LETTERS)


class _Letters(dict[int, str]):
    """Each letter without its marks, worked out when it is first met."""

    def __missing__(self, place: int) -> str:
        letter = chr(place)
        base = letter if letter.isascii() else unicodedata.normalize("NFD", letter)[0]
        known = base if base.isascii() else _STROKED.get(letter, "?")
        if len(self) < _LETTERS_CAP:
            self[place] = known
        return known


_STROKED = {"đ": "d", "Đ": "D"}
_LETTERS_CAP = 2048
_LETTERS = _Letters()
