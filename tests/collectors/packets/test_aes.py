"""AES-128 against the published vectors."""

import numpy as np

from collectors.packets.aes import counter_mode, encrypt, round_keys

KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
PLAIN = bytes.fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)


def test_the_key_schedule_of_fips_197() -> None:
    keys = round_keys(KEY)
    assert keys[0].tobytes() == KEY
    assert keys[10].tobytes().hex() == "d014f9a8c9ee2589e13f0cc8b6630ca6"


def test_blocks_of_fips_197_and_sp_800_38a() -> None:
    block = np.frombuffer(bytes.fromhex("00112233445566778899aabbccddeeff"), np.uint8).reshape(1, 16)
    assert encrypt(block, round_keys(bytes(range(16)))).tobytes().hex() == "69c4e0d86a7b0430d8cdb78070b4c55a"
    found = encrypt(np.frombuffer(PLAIN, np.uint8).reshape(4, 16), round_keys(KEY)).tobytes().hex()
    assert found == (
        "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
        "43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4"
    )


def test_counter_mode_of_sp_800_38a_and_of_any_length() -> None:
    """Section F.5.1, whose counter block fits a nonce of 12 bytes and a counter of 4."""
    nonce, first = bytes.fromhex("f0f1f2f3f4f5f6f7f8f9fafb"), 0xFCFDFEFF
    found = counter_mode(PLAIN, KEY, nonce, first)
    assert found.hex().startswith("874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff")
    for size in (1, 15, 16, 17):
        assert counter_mode(PLAIN[:size], KEY, nonce, first) == found[:size]
    assert counter_mode(found, KEY, nonce, first) == PLAIN
