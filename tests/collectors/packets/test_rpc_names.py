"""The names of procedures."""

import uuid

from collectors.packets.rpc_names import INTERFACES, name_of


def test_every_interface_is_named_by_a_uuid_in_lower_case() -> None:
    assert all(str(uuid.UUID(key)) == key for key in INTERFACES)
    assert all(0 <= number < 256 and name for _, names in INTERFACES.values() for number, name in names.items())


def test_known_and_unknown() -> None:
    assert name_of("e3514235-4b06-11d1-ab04-00c04fc2dcd2", 3) == ("drsuapi", "DRSGetNCChanges")
    assert name_of("e3514235-4b06-11d1-ab04-00c04fc2dcd2", 77) == ("drsuapi", "unknown-77")
    assert name_of("x", 1) == ("unknown-x", "unknown-1")
