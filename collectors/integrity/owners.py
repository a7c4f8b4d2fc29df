"""Names of users and groups; numbers where they have none."""

import grp
import pwd


def user_name(uid: int) -> str:
    """Give the name of a user."""
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return str(uid)


def group_name(gid: int) -> str:
    """Give the name of a group."""
    try:
        return grp.getgrgid(gid).gr_name
    except (KeyError, OverflowError):
        return str(gid)
