"""Web pages are asked for only when a person says so."""

import socket
from pathlib import Path

from soc_agent.cli.doctor import portals
from tests.cli.doctor.making import codes, make_case


def test_pages_are_reached_or_not(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        config = f"sources:\n- {{kind: portals, name: web, pages: [{{name: home, url: 'http://127.0.0.1:{port}/'}}]}}\n"
        server.settimeout(0.05)
        assert list(portals.portals(make_case(tmp_path, config))) == []
        try:
            server.accept()
        except TimeoutError:
            pass
        else:
            raise AssertionError("nobody asked for a connection")
        assert codes(list(portals.portals(make_case(tmp_path, config, online=True)))) == []
    (check,) = portals.portals(make_case(tmp_path, config, online=True))
    assert codes([check]) == ["doctor.unreachable"]
    assert f"127.0.0.1:{port}" in check.what
