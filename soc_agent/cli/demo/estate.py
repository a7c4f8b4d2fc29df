"""The synthetic estate: its hosts, the folders they log to, and the configuration that watches them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

ATTACKER = "203.0.113.66"
ATTACKER_V6 = "2001:db8:bad::66"
COMMAND_SERVER = "203.0.113.200"
COMMAND_DOMAIN = "cdn-update.duckdns.org"
PORTAL = "198.51.100.10"
PORTAL_V6 = "2001:db8:10::10"
CITIZENS = tuple(f"192.0.2.{n}" for n in (21, 35, 48, 77, 102, 140, 163, 201))


class Host(Struct, frozen=True):
    """One host of the estate."""

    name: str
    address: str
    tier: str
    system: str
    logs: tuple[str, ...]


HOSTS = (
    Host("cong-web01", PORTAL, "application", "cong-thong-tin", ("auth.log", "access.log", "error.log")),
    Host("mot-cua-app01", "198.51.100.11", "application", "mot-cua", ("auth.log", "access.log")),
    Host("thu-dien-tu01", "198.51.100.12", "server", "thu-dien-tu", ("auth.log",)),
    Host("csdl-db01", "198.51.100.20", "server", "mot-cua", ("auth.log",)),
    Host("tuong-lua01", "198.51.100.1", "network", "ha-tang", ("firewall.log",)),
)
TYPES = {"auth.log": "syslog", "firewall.log": "syslog", "access.log": "access", "error.log": "nginx_error"}


class Estate:
    """The folder of the demo."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.captures = folder / "sensor"
        self.portal_root = folder / "hosts" / HOSTS[0].name / "www"

    @property
    def config_path(self) -> Path:
        """Path of the demo's configuration file."""
        return self.folder / "config.yaml"

    def log_path(self, host: str, name: str) -> Path:
        """Path of one log file of one host."""
        return self.folder / "hosts" / host / name

    def build(self, language: str) -> None:
        """Make the folders, empty logs, and the configuration."""
        for host in HOSTS:
            for name in host.logs:
                path = self.log_path(host.name, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
        self.captures.mkdir(parents=True, exist_ok=True)
        (self.portal_root / "uploads").mkdir(parents=True, exist_ok=True)
        (self.portal_root / "index.html").write_text("<h1>Cổng thông tin điện tử tỉnh</h1>\n", "utf-8")
        text = yaml.safe_dump(self._config(language), allow_unicode=True, sort_keys=False)
        self.config_path.write_text(text, "utf-8")

    def _config(self, language: str) -> dict[str, Any]:
        sources: list[dict[str, Any]] = [
            {
                "kind": "file",
                "name": f"{host.name}.{name.removesuffix('.log')}",
                "paths": [f"hosts/{host.name}/{name}"],
                "type": TYPES[name],
                "start": "beginning",
                "host": host.name,
                "tier": host.tier,
            }
            for host in HOSTS
            for name in host.logs
        ]
        sources += [
            {"kind": "packets", "name": "sensor", "host": "cam-bien01", "paths": ["sensor/*.pcap"], "flow_idle_s": 5},
            {"kind": "watch", "name": "cong-web01.www", "host": "cong-web01", "paths": ["hosts/cong-web01/www"]},
        ]
        today = datetime.now(UTC).date()
        return {
            "organisation": {
                "name": "Trung tâm dữ liệu tỉnh (mô phỏng)",
                "unit": "Tổ trực an ninh mạng",
                "contacts": [
                    {"name": "Trần Văn Trực", "role": "lead", "phone": "0900000001", "checked": today},
                    {"name": "Lê Thị Phụ", "role": "backup", "phone": "0900000002", "checked": today},
                ],
                "acknowledge_s": 30,
            },
            "console": {"language": language},
            "store": {"path": "soc-agent.db"},
            "rules": {"suppress_s": 600},
            "sources": sources,
            "systems": [
                {"name": "cong-thong-tin", "level": 3, "owner": "UBND tỉnh", "operator": "Trung tâm dữ liệu"},
                {"name": "mot-cua", "level": 3, "owner": "UBND tỉnh", "operator": "Trung tâm dữ liệu"},
                {"name": "thu-dien-tu", "level": 2, "owner": "UBND tỉnh", "operator": "Trung tâm dữ liệu"},
                {"name": "ha-tang", "level": 3, "owner": "UBND tỉnh", "operator": "Trung tâm dữ liệu"},
            ],
            "assets": [
                {"name": host.name, "addresses": [host.address], "system": host.system, "tier": host.tier}
                for host in HOSTS
            ],
            "networks": [{"name": "vung-cong-cong", "cidrs": ["198.51.100.0/24", "2001:db8:10::/48"]}],
            "assessment": {
                "assessor": "Đơn vị đánh giá độc lập (mô phỏng)",
                "provider": "Trung tâm dữ liệu tỉnh (mô phỏng)",
                "last_assessment": today - timedelta(days=150),
            },
            "national": {"mode": "dry-run", "organisation_id": "000.00.00.XXX"},
        }
