"""The files that come with the product: ``rules/`` and ``config.example.yaml``."""

from pathlib import Path

_INSTALLED = Path(__file__).parent / "data"
_CHECKOUT = Path(__file__).parent.parent


def resource(name: str) -> Path:
    """Give the path of a file or folder that comes with the product: installed as data, or in a checkout."""
    installed = _INSTALLED / name
    return installed if installed.exists() else _CHECKOUT / name
