"""The face of a rule: its metadata, and our own attributes under ``soc:``."""

import re
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import NAMESPACE_URL, uuid5

import msgspec
from msgspec import Meta, Struct

from soc_agent.model import Layer, Level, LogSource, RuleInfo, RuleKind, Tier

UNSET_S = 0
"""In :attr:`RuleInfo.suppress_s` of a rule that was just read: the rule says nothing, the configuration decides."""

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_APPLICATION = frozenset({"webserver", "proxy", "application", "database"})
_NETWORK_CATEGORIES = frozenset({"firewall", "dns"})
_NETWORK_PRODUCTS = frozenset({"zeek", "cisco", "fortigate", "fortios", "juniper", "huawei", "paloalto", "sophos"})
_ENDPOINT_PRODUCTS = frozenset({"windows", "macos"})
_ENDPOINT_CATEGORIES = frozenset({"antivirus"})


class SocAttributes(Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule of ours says beyond Sigma, under its key ``soc``."""

    layer: Layer | None = None
    tier: Tier | None = None
    title_vi: str = ""
    description_vi: str = ""
    response: str = ""
    response_vi: str = ""
    level_reason: str = ""
    level_reason_vi: str = ""
    suppress: Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,8}[smhdw]$")] = ""
    """Such as ``1h``."""
    entity: tuple[str, ...] = ()


def info_of(
    tree: Mapping[str, Any], path: str, log_source: LogSource, kind: RuleKind = RuleKind.SIGMA
) -> tuple[RuleInfo, str]:
    """Give the face of a rule that pySigma found valid, and what is wrong with its ``soc`` attributes, or nothing.

    Attributes that are wrong are left out as a whole; the rule runs without them.
    """
    fault, soc = "", SocAttributes()
    try:
        soc = msgspec.convert(tree.get("soc") or {}, SocAttributes)
    except msgspec.ValidationError as error:
        fault = str(error).replace(" - at `$", " at `soc")
    title = str(tree.get("title") or "")
    return RuleInfo(
        id=_id_of(tree, title),
        title=title,
        kind=kind,
        level=_level(tree.get("level")),
        layer=Layer.MONITORING if soc.layer is None else soc.layer,
        tier=tier_of(log_source) if soc.tier is None else soc.tier,
        description=str(tree.get("description") or "").strip(),
        title_vi=soc.title_vi,
        description_vi=soc.description_vi.strip(),
        response=soc.response.strip(),
        response_vi=soc.response_vi.strip(),
        level_reason=soc.level_reason.strip(),
        level_reason_vi=soc.level_reason_vi.strip(),
        tags=_texts(tree.get("tags")),
        false_positives=_texts(tree.get("falsepositives")),
        references=_texts(tree.get("references")),
        author=str(tree.get("author") or ""),
        path=path,
        suppress_s=_duration_s(soc.suppress),
        entity=soc.entity,
    ), fault


def tier_of(log_source: LogSource) -> Tier:
    """Give where in the estate a log source sits, for rules that do not say."""
    if log_source.category in _APPLICATION:
        return Tier.APPLICATION
    if log_source.category in _NETWORK_CATEGORIES or log_source.product in _NETWORK_PRODUCTS:
        return Tier.NETWORK
    if log_source.product in _ENDPOINT_PRODUCTS or log_source.category in _ENDPOINT_CATEGORIES:
        return Tier.ENDPOINT
    return Tier.SERVER


def _id_of(tree: Mapping[str, Any], title: str) -> str:
    """Give the rule's id as its author wrote it, in lower case; else its name; else one made of its title."""
    given = str(tree.get("id") or "").strip().lower()
    return given or str(tree.get("name") or "") or str(uuid5(NAMESPACE_URL, f"sigma:{title}"))


def _level(word: Any) -> Level:
    try:
        return Level.parse(str(word))
    except KeyError:
        return Level.MEDIUM


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in value if item is not None) if isinstance(value, list) else ()


def _duration_s(text: str) -> int:
    found = re.fullmatch(r"(\d+)([smhdw])", text)
    return int(found[1]) * _SECONDS[found[2]] if found else UNSET_S
