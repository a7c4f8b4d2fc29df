"""What an indicator of compromise is: a value to look for, where it is from, and who may know of it."""

from enum import StrEnum

from msgspec import Struct

SUFFIXES = (".txt", ".list", ".ioc", ".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".stix", ".stix2", ".misp")
"""Files of a folder that are lists; a file that is named is read whatever its name."""


class Kind(StrEnum):
    """What a value is."""

    IP = "ip"
    CIDR = "cidr"
    DOMAIN = "domain"
    URL = "url"
    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"

    @property
    def family(self) -> str:
        """What it is to a rule: ``address``, ``domain``, ``url`` or ``hash``."""
        return _FAMILIES.get(self, "hash")


_FAMILIES = {Kind.IP: "address", Kind.CIDR: "address", Kind.DOMAIN: "domain", Kind.URL: "url"}
KINDS = tuple(Kind)
"""All kinds, in an order that files rely on."""


class Tlp(StrEnum):
    """The Traffic Light Protocol 2.0 (https://www.first.org/tlp/): how far a value may be passed on."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    AMBER_STRICT = "amber+strict"
    RED = "red"

    @classmethod
    def parse(cls, word: str) -> "Tlp":
        """Read a mark as feeds write it: ``TLP:AMBER``, ``amber``, and ``white`` of TLP 1.0 for ``clear``.

        :raises ValueError: when it is none.
        """
        plain = word.strip().lower().removeprefix("tlp:").strip().replace(" ", "").replace("_", "+")
        return cls({"white": "clear", "amber-strict": "amber+strict"}.get(plain, plain))


class Meta(Struct, frozen=True, array_like=True):
    """What is said of an indicator besides its value. Many indicators of a list share one."""

    source: str = ""
    """Who says so: the name of the feed, or of the file."""
    tlp: str = Tlp.AMBER.value
    level: str = ""
    """A level of Sigma; empty: that of the rule for its kind."""
    confidence: int = -1
    """0 to 100; -1 when nobody says."""
    comment: str = ""


class Indicator(Struct, frozen=True):
    """One indicator, as it was read from one file."""

    kind: Kind
    value: str
    """In its canonical form: see :mod:`soc_agent.detect.indicators.values`."""
    meta: Meta = Meta()
    expires_s: int = 0
    """When it stops to count, in seconds since 1970 (UTC); 0 is never."""

    def expired(self, now_s: float) -> bool:
        """Say whether it counts no more."""
        return 0 < self.expires_s <= now_s


class FileReport(Struct):
    """What became of one file."""

    path: str
    format: str = ""
    """``text``, ``csv``, ``json lines``, ``misp`` or ``stix``."""
    taken: int = 0
    refused: int = 0
    expired: int = 0
    """Taken, but past their time already."""
    skipped: int = 0
    """Not meant for detection, as the feed says (MISP ``to_ids``, STIX ``revoked``)."""
