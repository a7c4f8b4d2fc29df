"""Databases in the MaxMind DB format, and what is asked of them, for tests."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter
from netaddr import IPSet

from soc_agent.model import Event

MAXMIND_CITY = {
    "country": {"iso_code": "VN", "names": {"en": "Vietnam"}},
    "registered_country": {"iso_code": "US"},
    "location": {"latitude": 21.03, "longitude": 105.85, "time_zone": "Asia/Ho_Chi_Minh"},
}
MAXMIND_ASN = {"autonomous_system_number": 7552, "autonomous_system_organization": "Viettel Group"}


def write_database(
    path: Path, records: Mapping[str, Any], *, kind: str = "GeoLite2-City", ip_version: int = 6, built_s: int = 0
) -> Path:
    """Write a database: range to record. It is put in its place as ``geoipupdate`` does, by renaming."""
    writer = MMDBWriter(ip_version=ip_version, ipv4_compatible=ip_version == 6, database_type=kind)
    for cidr, record in records.items():
        writer.insert_network(IPSet([cidr]), record)
    fresh = path.with_suffix(".new")
    writer.to_db_file(str(fresh))
    if built_s:
        data = fresh.read_bytes()
        at = data.rindex(b"build_epoch") + len(b"build_epoch")
        size = data[at] & 0x1F
        fresh.write_bytes(data[: at + 2] + built_s.to_bytes(size, "big") + data[at + 2 + size :])
    os.replace(fresh, path)  # noqa: PTH105 - as the tool that is meant does it
    return path


def event(host: str = "web01", **fields: Any) -> Event:
    """Make an event with these fields."""
    return Event(raw=b"", text="", type="sshd", log_sources=(), fields=fields, host=host)
