from pathlib import Path

from collectors.host import accounts
from tests.collectors.host.making import FINGERPRINT, KEY, make_host, write


def test_users_and_groups(tmp_path: Path) -> None:
    root = make_host(tmp_path)
    write(tmp_path, "etc/passwd", (tmp_path / "etc/passwd").read_text() + "no line\n+::::::\n")
    assert accounts.users(root)["an"] == "uid=1000 gid=1000 /home/an /bin/bash"
    assert set(accounts.users(root)) == {"root", "an", "www"}
    assert accounts.groups(root)["sudo"] == "gid=27 an"


def test_administrators_and_why(tmp_path: Path) -> None:
    root = make_host(tmp_path)
    assert accounts.admins(root) == {"root": "uid 0", "an": "group sudo"}
    with (tmp_path / "etc/passwd").open("a") as file:
        file.write("toor:x:0:0::/root:/bin/sh\nbinh:x:1001:27::/home/binh:/bin/sh\n")
    found = accounts.admins(root)
    assert found["toor"] == "uid 0"
    assert found["binh"] == "group sudo"


def test_sudo_rights_with_those_of_included_files(tmp_path: Path) -> None:
    assert set(accounts.sudoers(make_host(tmp_path))) == {
        "/etc/sudoers: Defaults env_reset",
        "/etc/sudoers: root ALL=(ALL:ALL) ALL",
        "/etc/sudoers: %sudo ALL=(ALL:ALL) ALL",
        "/etc/sudoers.d/10-ops: an ALL=(root) NOPASSWD: /usr/bin/systemctl",
    }


def test_sudoers_that_include_themselves_end(tmp_path: Path) -> None:
    root = make_host(tmp_path)
    write(tmp_path, "etc/sudoers", "#include /etc/sudoers\n#includedir /etc/sudoers.d\n@include /nowhere\nan ALL=ALL\n")
    assert "/etc/sudoers: an ALL=ALL" in accounts.sudoers(root)
    assert "/etc/sudoers.d/10-ops: an ALL=(root) NOPASSWD: /usr/bin/systemctl" in accounts.sudoers(root)


def test_keys_go_by_their_fingerprint(tmp_path: Path) -> None:
    root = make_host(tmp_path)
    assert accounts.authorized_keys(root) == {f"an {FINGERPRINT}": "ssh-ed25519 an@laptop"}


def test_keys_lie_where_sshd_looks(tmp_path: Path) -> None:
    root = make_host(tmp_path)
    write(tmp_path, "etc/ssh/sshd_config.d/keys.conf", "AuthorizedKeysFile /etc/ssh/keys/%u .ssh/authorized_keys\n")
    write(tmp_path, "etc/ssh/keys/www", f"ssh-ed25519 {KEY}\n")
    assert set(accounts.authorized_keys(root)) == {f"an {FINGERPRINT}", f"www {FINGERPRINT}"}


def test_a_key_that_is_no_base64_still_has_a_name() -> None:
    assert accounts.fingerprint("=a").startswith("SHA256:")
