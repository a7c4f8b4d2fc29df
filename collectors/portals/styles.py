"""What a page hides from its visitors by style: its own attributes, and the rules of its ``<style>`` elements.

What rules in files of their own hide is known only where these are watched; scripts are not run, and what they hide
counts as shown.
"""

import re

from collectors.portals.markup import Tag

_HIDES = re.compile(
    r"display:none|visibility:hidden|font-size:0(?![.\d]*[1-9])|opacity:0(?![.\d]*[1-9])|text-indent:-\d{3,}"
    r"|(?:left|top|right|bottom|margin-left|margin-top):-\d{3,}|(?:max-)?(?:height|width):[01](?:px)?(?:;|$|!)"
    r"|clip:rect\(0|transform:scale\(0\)|color:transparent"
)
_BRACE = re.compile(r"[{};]")
_SIMPLE = re.compile(r"^(?:[a-z][a-z0-9]*)?([.#][\w-]{1,100})$", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\b(?:print|width)\b")
"""Of media queries: what is hidden on paper, or on small screens, is shown on others."""
_RULES_READ = 5_000
"""Of all ``<style>`` elements of a page; those of large frameworks lie in files of their own."""
_BODY = 1_000


class Styles:
    """The classes and ids that the rules of a page hide."""

    def __init__(self) -> None:
        self._hidden: set[str] = set()
        self._left = _RULES_READ

    def add(self, text: str) -> None:
        """Take the text of a ``<style>`` element. Only rules for one class or id count, and those for screens."""
        text = _without_comments(text)
        preludes: list[tuple[str, bool]] = []
        begun = 0
        for brace in _BRACE.finditer(text):
            if brace[0] == "{":
                elsewhere = bool(preludes) and (preludes[-1][1] or _ELSEWHERE.search(preludes[-1][0]) is not None)
                preludes.append((text[max(begun, brace.start() - _BODY) : brace.start()].strip(), elsewhere))
            elif brace[0] == "}" and preludes:
                selectors, elsewhere = preludes.pop()
                self._left -= 1
                if self._left < 0:
                    return
                if not elsewhere and hides(self._body(text, brace.start())):
                    self._note(selectors)
            elif preludes:
                continue
            begun = brace.end()

    @staticmethod
    def _body(text: str, end: int) -> str:
        start = max(0, end - _BODY)
        return text[max(text.rfind("{", start, end) + 1, start) : end]

    def _note(self, selectors: str) -> None:
        for selector in selectors.split(","):
            if match := _SIMPLE.match(selector.strip()):
                self._hidden.add(match[1])

    @property
    def names(self) -> tuple[str, ...]:
        """The classes and ids, as ``.class`` and ``#id``, sorted."""
        return tuple(sorted(self._hidden))

    def hide(self, tag: Tag) -> bool:
        """Say whether an element hides what is in it: by its own attributes, or by a rule of the page."""
        attributes = tag.attributes
        if "hidden" in attributes or hides(attributes.get("style", "")):
            return True
        return not self._hidden.isdisjoint(_names_of(tag)) if self._hidden else False


def names_hide(tag: Tag, names: "frozenset[str]") -> bool:
    """Say whether an element has one of these classes or ids."""
    return bool(names) and not names.isdisjoint(_names_of(tag))


def _names_of(tag: Tag) -> set[str]:
    attributes = tag.attributes
    return {f".{name}" for name in attributes.get("class", "").split()[:50]} | {f"#{attributes.get('id', '')}"}


def _without_comments(text: str) -> str:
    parts = []
    at = 0
    while (begin := text.find("/*", at)) >= 0:
        parts.append(text[at:begin])
        end = text.find("*/", begin + 2)
        if end < 0:
            return "".join(parts)
        at = end + 2
    return "".join((*parts, text[at:]))


def hides(style: str) -> bool:
    """Say whether declarations hide an element."""
    if not style:
        return False
    folded = re.sub(r"\s+|/\*.{0,200}?\*/", "", style[:_BODY].lower())
    if _HIDES.search(folded):
        return True
    colours = {name: value for name, _, value in (part.partition(":") for part in folded.split(";")) if value}
    background = colours.get("background-color") or colours.get("background")
    return background is not None and colours.get("color") == background
