import json
from pathlib import Path

from collectors.host.containers import containers
from tests.collectors.host.making import make_host, write

DOCKER = "var/lib/docker/containers"


def docker(folder: Path, name: str, image: str, host: object, *, running: bool = True) -> None:
    write(
        folder,
        f"{DOCKER}/{name}/config.v2.json",
        json.dumps({"State": {"Running": running}, "Config": {"Image": image}}),
    )
    write(folder, f"{DOCKER}/{name}/hostconfig.json", json.dumps(host))


def test_images_that_run_with_docker_and_their_rights(tmp_path: Path) -> None:
    root = make_host(tmp_path)
    docker(tmp_path, "a1", "nginx:1.27", {"NetworkMode": "bridge", "Binds": ["/srv/www:/usr/share/nginx/html:ro"]})
    docker(tmp_path, "a2", "nginx:1.27", {"NetworkMode": "host", "Binds": None, "CapAdd": ["NET_BIND_SERVICE"]})
    docker(tmp_path, "a3", "alpine", {"Privileged": True, "Binds": ["/:/host"], "CapAdd": ["CAP_SYS_ADMIN"]})
    docker(tmp_path, "a4", "stopped", {"Privileged": True}, running=False)
    assert containers(root) == {
        "nginx:1.27": "host network",
        "alpine": "capability CAP_SYS_ADMIN, mounts /, privileged",
    }


def test_images_that_run_with_podman(tmp_path: Path) -> None:
    root = make_host(tmp_path)
    listed = [{"id": "x", "image": "sha", "metadata": json.dumps({"image-name": "docker.io/library/redis:7"})}, 7]
    write(tmp_path, "var/lib/containers/storage/overlay-containers/containers.json", json.dumps(listed))
    assert containers(root) == {"docker.io/library/redis:7": ""}


def test_damaged_files_are_no_containers(tmp_path: Path) -> None:
    root = make_host(tmp_path)
    assert containers(root) == {}
    write(tmp_path, f"{DOCKER}/x/config.v2.json", "{")
    docker(tmp_path, "y", "image", [1])
    write(tmp_path, f"{DOCKER}/z/config.v2.json", json.dumps({"State": 1, "Config": 2}))
    assert containers(root) == {"image": ""}
