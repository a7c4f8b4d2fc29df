"""Containers of a host: which images run, and with what rights; from the files of Docker and Podman.

Names and numbers of containers change with each start; the images that a host runs do not.
"""

from typing import Any

import msgspec

from collectors.host.reading import Root, Section

_DOCKER = "/var/lib/docker/containers"
_PODMAN = "/var/lib/containers/storage/overlay-containers/containers.json"
_LISTED = 2_000
_DANGEROUS_MOUNTS = (
    "/",
    "/etc",
    "/root",
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/proc",
    "/sys",
    "/boot",
    "/home",
)


def containers(root: Root) -> Section:
    """Give image to the rights of the containers made of it: ``privileged``, ``host network``, ``mounts /etc`` ….

    :raises Unreadable: when the files may not be read: only root may.
    """
    found: dict[str, set[str]] = {}
    for name in root.names(_DOCKER)[:_LISTED]:
        about = _object(root, f"{_DOCKER}/{name}/config.v2.json")
        state, config = _part(about, "State"), _part(about, "Config")
        if state.get("Running") is True:
            rights = found.setdefault(str(config.get("Image", "?"))[:200], set())
            rights.update(_rights(_object(root, f"{_DOCKER}/{name}/hostconfig.json")))
    for each in _list(root, _PODMAN)[:_LISTED]:
        if isinstance(each, dict):
            about = _decode(str(each.get("metadata", "")))
            image = about.get("image-name") if isinstance(about, dict) else None
            found.setdefault(str(image or each.get("image", "?"))[:200], set())
    return {image: ", ".join(sorted(rights)) for image, rights in found.items()}


def _rights(about: dict[str, Any]) -> set[str]:
    """Give what a container may do beyond what containers usually may."""
    found = {"privileged"} if about.get("Privileged") is True else set()
    for key, word in (("NetworkMode", "host network"), ("PidMode", "host processes"), ("IpcMode", "host memory")):
        if about.get(key) == "host":
            found.add(word)
    added = about.get("CapAdd") if isinstance(about.get("CapAdd"), list) else []
    found |= {f"capability {name}" for name in map(str, added or ()) if name.upper().removeprefix("CAP_") in _STRONG}
    binds = about.get("Binds") if isinstance(about.get("Binds"), list) else []
    sources = {str(bind).partition(":")[0].rstrip("/") or "/" for bind in binds or ()}
    return found | {f"mounts {source}" for source in sources if source in _DANGEROUS_MOUNTS}


_STRONG = frozenset(
    {"ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH", "BPF", "NET_ADMIN"}
)
"""Capabilities (capabilities(7)) by which a container may leave itself."""


def _object(root: Root, path: str) -> dict[str, Any]:
    """Read an object; one that is damaged, or was removed meanwhile, is empty."""
    found = _decode(root.text(path) or "")
    return found if isinstance(found, dict) else {}


def _list(root: Root, path: str) -> list[Any]:
    found = _decode(root.text(path) or "")
    return found if isinstance(found, list) else []


def _part(about: dict[str, Any], key: str) -> dict[str, Any]:
    found = about.get(key)
    return found if isinstance(found, dict) else {}


def _decode(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None
