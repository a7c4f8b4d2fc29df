"""``soc-agent hosts``: what hosts say of themselves."""

import sys
from collections.abc import Iterator

import click

from soc_agent.cli.output import json_line, narrate, rfc3339, table
from soc_agent.cli.workspace import Workspace
from soc_agent.store import Store
from soc_agent.text import say

_FIRST = ("system", "antivirus", "firewall", "access_control", "updates", "ports", "admins", "disks")
"""What is shown of a host where nothing was asked for."""


@click.command("hosts", help=say("cli.hosts.help"))
@click.argument("host", required=False)
@click.argument("sections", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help=say("cli.json"))
@click.pass_obj
def command(workspace: Workspace, host: str | None, sections: tuple[str, ...], *, as_json: bool) -> None:
    """List the hosts, or show one. Exit code 1 when there is nothing to show."""
    with Store.open(workspace.store_path, read_only=True) as store:
        shown = _host(store, host, sections, as_json=as_json) if host else _list(store, as_json=as_json)
    if not shown:
        narrate(say("hosts.nothing"))
        sys.exit(1)


def _list(store: Store, *, as_json: bool) -> int:
    hosts = store.hosts()
    if as_json:
        for host, sections in hosts.items():
            json_line({"host": host, "sections": sections})
    elif hosts:
        names = ("host", "system", "packages", "ports", "admins", "antivirus", "firewall")
        table([say(f"hosts.column.{name}") for name in names], _rows(store, list(hosts)), {2, 3, 4})
    return len(hosts)


def _rows(store: Store, hosts: list[str]) -> Iterator[list[str]]:
    for host in hosts:
        known: dict[str, dict[str, str]] = {}
        for section, item, value, _ in store.host_facts(host):
            known.setdefault(section, {})[item] = value
        counts = [str(len(known.get(section, {}))) for section in ("packages", "ports", "admins")]
        protection = [", ".join(known.get(section, {})) or "-" for section in ("antivirus", "firewall")]
        yield [host, known.get("system", {}).get("name", ""), *counts, *protection]


def _host(store: Store, host: str, sections: tuple[str, ...], *, as_json: bool) -> int:
    facts = store.host_facts(host, sections or (() if as_json else _FIRST))
    if as_json:
        for section, item, value, since_ns in facts:
            json_line({"host": host, "section": section, "item": item, "value": value, "since": rfc3339(since_ns)})
    elif facts:
        columns = [say(f"hosts.column.{name}") for name in ("section", "item", "value", "since")]
        table(columns, ([section, item, value, rfc3339(at)[:19]] for section, item, value, at in facts))
        if not sections:
            narrate(say("hosts.sections", names=", ".join(store.hosts()[host])))
    return len(facts)
