"""Lists with named columns: CSV with a header, and objects of JSON, one a line or in one list."""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import msgspec

from soc_agent.detect.indicators.feeds.dates import seconds_of
from soc_agent.detect.indicators.feeds.intake import Intake
from soc_agent.detect.indicators.indicator import Kind
from soc_agent.text import fold

_COLUMNS = {
    "value": "indicator ioc ioc_value value observable indicator_value artifact pattern_value gia_tri chi_dau",
    "type": "type ioc_type indicator_type kind value_type loai loai_chi_dau",
    "source": "source provider feed source_name feed_name nguon don_vi",
    "tlp": "tlp marking tlp_level",
    "expires": "expires expiry expiration expires_at expire valid_until expiration_date het_han ngay_het_han",
    "seen": "first_seen first_seen_utc first_seen_at date dateadded date_added added created ngay valid_from",
    "confidence": "confidence confidence_level score do_tin_cay",
    "level": "level severity muc_do muc",
    "comment": "comment comments description malware malware_printable threat signature note notes mo_ta ghi_chu",
}
_NAMED = {name: column for column, names in _COLUMNS.items() for name in names.split()}
_HOLDING: tuple[tuple[Kind | None, str], ...] = (
    (Kind.IP, "ip ip_address dst_ip src_ip ipv4 ipv6 ipaddress dia_chi_ip cidr network"),
    (Kind.DOMAIN, "domain domain_name fqdn host hostname ten_mien"),
    (Kind.URL, "url uri"),
    (Kind.MD5, "md5 md5_hash"),
    (Kind.SHA1, "sha1 sha1_hash"),
    (Kind.SHA256, "sha256 sha256_hash"),
    (None, "hash file_hash filehash"),
)
_VALUES_BY_NAME = {name: kind for kind, names in _HOLDING for name in names.split()}
"""Columns that are named for what they hold. A row may fill several."""
_TYPED: tuple[tuple[Kind | None, str], ...] = (
    (Kind.IP, "ip ipv4 ipv6 ip_address ip:port ip_port ip-src ip-dst cidr network ipv4-addr ipv6-addr"),
    (Kind.DOMAIN, "domain hostname host fqdn domain-name domain_name ten_mien"),
    (Kind.URL, "url uri link"),
    (Kind.MD5, "md5 md5_hash filehash-md5"),
    (Kind.SHA1, "sha1 sha-1 sha1_hash filehash-sha1"),
    (Kind.SHA256, "sha256 sha-256 sha256_hash filehash-sha256"),
    (None, "hash file file_hash filehash"),
)
_TYPES = {name: kind for kind, names in _TYPED for name in names.split()}
"""Words for the kind of a value."""
_WORD = re.compile(r"[^a-z0-9:-]+")
_DELIMITERS = ",;\t|"
_COLUMN_CAP = 100


def columns_of(names: Iterable[str]) -> dict[int, str]:
    """Give what columns mean, by their place: a name of ``_COLUMNS``, or ``=`` with the column that holds values."""
    found: dict[int, str] = {}
    for place, name in enumerate(list(names)[:_COLUMN_CAP]):
        word = _word(name)
        meaning = _NAMED.get(word) or (f"={word}" if word in _VALUES_BY_NAME else "")
        if meaning and (meaning not in found.values()):
            found[place] = meaning
    has_values = any(meaning == "value" or meaning.startswith("=") for meaning in found.values())
    return found if has_values else {}


def delimiter_of(header: str) -> str:
    """Give the character between the columns of a header."""
    return max(_DELIMITERS, key=header.count)


def read_csv(lines: Iterable[tuple[int, str]], intake: Intake) -> None:
    """Read CSV. The header may stand in the last comment before the data, as some feeds have it."""
    intake.report.format = "csv"
    columns: dict[int, str] = {}
    commented: dict[int, str] = {}
    delimiter = ","
    for number, text in lines:
        line = partial(int, number)
        bare = text.lstrip("# ") if text.startswith("#") else text
        if not bare.strip():
            continue
        if not columns:
            between = delimiter_of(bare)
            meaning = columns_of(_cells(bare, between))
            if meaning and (between in bare or not text.startswith("#")):
                delimiter, commented = between, meaning
                columns = {} if text.startswith("#") else meaning
                continue
            if not text.startswith("#"):
                if not commented:
                    intake.refuse("no_header", line)
                    return
                columns = commented
        if text.startswith("#"):
            continue
        cells = _cells(text, delimiter)
        record = {meaning: cells[place] for place, meaning in columns.items() if place < len(cells)}
        take_record(record, intake, line)


def read_json_lines(lines: Iterable[tuple[int, str]], intake: Intake) -> None:
    """Read one JSON object a line."""
    intake.report.format = "json lines"
    for number, text in lines:
        line = partial(int, number)
        if not text.strip():
            continue
        try:
            record = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            intake.refuse("not_json", line)
            continue
        take_object(record, intake, line)


def take_object(record: Any, intake: Intake, line: Callable[[], int]) -> None:
    """Take what an object of JSON names."""
    if not isinstance(record, dict):
        intake.refuse("not_json", line)
        return
    names = list(record)
    columns = columns_of(names)
    if not columns:
        intake.refuse("no_value", line)
        return
    take_record({meaning: record[names[place]] for place, meaning in columns.items()}, intake, line)


def take_record(record: Mapping[str, Any], intake: Intake, line: Callable[[], int]) -> None:
    """Take every value that a row names."""
    kind: Kind | None = None
    if "value" in record and (word := _word(_text(record.get("type")))):
        if word not in _TYPES:
            intake.refuse("type", line, type=word)
            return
        kind = _TYPES[word]
    meta = intake.meta_of(
        line,
        source=_text(record.get("source")),
        tlp=_text(record.get("tlp")),
        level=_text(record.get("level")),
        confidence=record.get("confidence"),
        comment=_text(record.get("comment")),
    )
    expires_s, seen_s = intake.expiry(record.get("expires"), line), seconds_of(record.get("seen"))
    values = [(kind, _text(record["value"]))] if "value" in record else []
    for name, value in record.items():
        if name.startswith("=") and (text := _text(value)) and ("value" not in record):
            values.append((_VALUES_BY_NAME[name[1:]], text))
    if not values:
        intake.refuse("empty", line, value="")
    for kind, text in values:
        intake.take(text, line, kind, meta, expires_s=expires_s, seen_s=seen_s)


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []


def _word(name: str) -> str:
    return _WORD.sub("_", fold(name)).strip("_")


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value[:10])
    return str(value).strip() if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
