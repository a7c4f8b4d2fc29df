"""What of the options of portals does not go together is told by name."""

import pytest

from soc_agent.config import Config, PortalPage, PortalSource, parse_config
from soc_agent.config.consistency import conflicts
from soc_agent.errors import ConfigError

PAGE = PortalPage(name="a", url="https://a.example.vn/")


def found(source: PortalSource) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(code, path) for code, path, _ in conflicts(Config(sources=(source,)))]


def test_right_ones_have_none() -> None:
    pages = (PAGE, PortalPage(name="b", url="http://[2001:db8::1]:8080/x"))
    assert found(PortalSource(name="p", pages=pages, private_networks=("10.0.0.0/8",))) == []


@pytest.mark.parametrize(
    ("source", "code", "path"),
    [
        (PortalSource(name="p", pages=()), "portals.no_pages", ("pages",)),
        (PortalSource(name="p", pages=(PAGE, PAGE)), "portals.duplicate_page", ("pages", 1, "name")),
        (
            PortalSource(name="p", pages=(PortalPage(name="b", url="http://a:99999/"),)),
            "portals.bad_url",
            ("pages", 0, "url"),
        ),
        (
            PortalSource(name="p", pages=(PAGE,), private_networks=("inside",)),
            "config.not_a_network",
            ("private_networks", 0),
        ),
    ],
)
def test_wrong_ones_are_named(source: PortalSource, code: str, path: tuple[str | int, ...]) -> None:
    assert found(source) == [(code, ("sources", 0, *path))]


@pytest.mark.parametrize("url", ["ftp://a.example/", "a.example.vn", "https://", "https:///x", "javascript:alert(1)"])
def test_what_is_no_page_is_refused(url: str) -> None:
    text = f'sources: [{{kind: portals, name: p, pages: [{{name: a, url: "{url}"}}]}}]'
    with pytest.raises(ConfigError):
        parse_config(text.encode())
