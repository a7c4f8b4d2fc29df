"""AES-128 (FIPS 197), many blocks at once in NumPy: what opening a QUIC Initial packet takes.

It reads what anybody on the way may read (the keys come from the packet itself), so it need not hide its timing, and is
to be used for nothing that is secret.
"""

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
_ROUNDS = 10


def _double(value: int) -> int:
    return (value << 1 ^ 0x11B) if value & 0x80 else value << 1


def _sbox() -> list[int]:
    """Make the substitution box: the inverse in GF(2^8), and an affine map (FIPS 197 section 5.1.1)."""
    box = [0x63] * 256
    p = q = 1
    while True:
        p ^= _double(p)  # times 3
        for shift in (1, 2, 4):
            q ^= q << shift
        q &= 0xFF
        q ^= 0x09 if q & 0x80 else 0  # divided by 3
        rotated = q
        for shift in (1, 2, 3, 4):
            rotated ^= (q << shift | q >> 8 - shift) & 0xFF
        box[p] = rotated ^ 0x63
        if p == 1:
            return box


_SBOX = _sbox()
_BOX = np.array(_SBOX, np.uint8)
_TWICE = np.array([_double(value) for value in range(256)], np.uint8)
_SHIFTED = np.array([0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11])
_NEXT = np.array([1, 2, 3, 0])


def round_keys(key: bytes) -> Bytes:
    """Give the 11 round keys of a key of 16 bytes (FIPS 197 section 5.2)."""
    words = [list(key[place : place + 4]) for place in range(0, 16, 4)]
    constant = 1
    for number in range(4, 4 * (_ROUNDS + 1)):
        word = words[-1]
        if number % 4 == 0:
            word = [_SBOX[byte] for byte in (*word[1:], word[0])]
            word[0] ^= constant
            constant = _double(constant)
        words.append([one ^ other for one, other in zip(words[number - 4], word, strict=True)])
    return np.array(words, np.uint8).reshape(_ROUNDS + 1, 16)


def encrypt(blocks: Bytes, keys: Bytes) -> Bytes:
    """Encrypt blocks, an array of n times 16 bytes, each by itself (FIPS 197 section 5.1)."""
    state = blocks ^ keys[0]
    for number in range(1, _ROUNDS):
        state = _BOX[state][:, _SHIFTED].reshape(-1, 4, 4)
        after = state[:, :, _NEXT]
        both = state[:, :, 0] ^ state[:, :, 1] ^ state[:, :, 2] ^ state[:, :, 3]
        state = (state ^ _TWICE[state ^ after] ^ both[:, :, None]).reshape(-1, 16) ^ keys[number]
    result: Bytes = _BOX[state][:, _SHIFTED] ^ keys[_ROUNDS]
    return result


def counter_mode(data: bytes, key: bytes, nonce: bytes, first: int) -> bytes:
    """Decrypt with a nonce of 12 bytes and a counter of 32 bits from ``first`` on; 2 in GCM (SP 800-38D)."""
    count = -(-len(data) // 16)
    blocks = np.empty((count, 16), np.uint8)
    blocks[:, :12] = np.frombuffer(nonce, np.uint8)
    blocks[:, 12:] = np.arange(first, first + count, dtype=">u4").view(np.uint8).reshape(count, 4)
    stream = encrypt(blocks, round_keys(key)).reshape(-1)[: len(data)]
    return (np.frombuffer(data, np.uint8) ^ stream).tobytes()
