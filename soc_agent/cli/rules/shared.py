"""What the commands on rules share."""

from pathlib import Path

import click

FOLDER = click.Path(path_type=Path, exists=True)
"""A file or folder of rules, which must be there."""
