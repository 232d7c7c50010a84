"""Signatures by Ed25519: the examples of RFC 8032, what another implementation says, and keys that are none."""

from hashlib import sha512
from typing import NamedTuple

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from casesys.evidence.ed25519 import verifies

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493


class Published(NamedTuple):
    """An example of RFC 8032, section 7.1."""

    public: str
    data: bytes
    signature: str


PUBLISHED = (
    Published(
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        b"",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    Published(
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        b"\x72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    Published(
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        b"\xaf\x82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    Published(
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        sha512(b"abc").digest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
)

ORDER_8 = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
OTHER_ORDER_8 = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")


def written(y: int, *, odd: bool = False) -> bytes:
    """Write a point by its y, which may be too large, and by whether its x is odd."""
    return (y | odd << 255).to_bytes(32, "little")


SMALL = (
    written(1),
    written(PRIME - 1),
    written(0),
    written(0, odd=True),
    ORDER_8,
    OTHER_ORDER_8,
    *(bytes([*each[:-1], each[-1] | 0x80]) for each in (ORDER_8, OTHER_ORDER_8)),
)
"""All points of which eight make none."""

OTHERWISE_WRITTEN = (
    written(1, odd=True),
    written(PRIME - 1, odd=True),
    written(PRIME),
    written(PRIME, odd=True),
    written(PRIME + 1),
    written(PRIME + 1, odd=True),
)
"""The same, in forms that they do not have."""


def others_say(public: bytes, signature: bytes, data: bytes) -> bool:
    """Verify by another implementation."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize("example", PUBLISHED)
def test_the_published_examples_are_true(example: Published) -> None:
    """Given an example of the RFC, then its signature is true, and of another text it is not."""
    public, signature = bytes.fromhex(example.public), bytes.fromhex(example.signature)

    assert verifies(public, signature, example.data)
    assert not verifies(public, signature, example.data + b"x")


@settings(max_examples=30)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=300), st.data())
def test_another_implementation_says_the_same(
    secret: bytes, data: bytes, draw: st.DataObject
) -> None:
    """Given any key and text, then a signature of another implementation is true, and with one bit changed both say the same."""
    key = Ed25519PrivateKey.from_private_bytes(secret)
    public = key.public_key().public_bytes_raw()
    whole = public + key.sign(data) + data
    assert verifies(public, key.sign(data), data)

    at = draw.draw(st.integers(0, 8 * len(whole) - 1))
    changed = (int.from_bytes(whole) ^ 1 << at).to_bytes(len(whole))
    parts = changed[:32], changed[32:96], changed[96:]
    assert not verifies(*parts)
    assert not others_say(*parts)


def test_a_signature_has_one_form() -> None:
    """Given a true signature, when the order of the curve is added to its second half, then it is another, and not true."""
    public, data, text = PUBLISHED[1]
    signature = bytes.fromhex(text)
    response = int.from_bytes(signature[32:], "little")
    for times in range(1, 16):
        other = signature[:32] + (response + times * ORDER).to_bytes(32, "little")
        assert not verifies(bytes.fromhex(public), other, data)


def test_a_key_of_small_order_is_no_key() -> None:
    """Given a key by which a signature can be true of any text, or one in a form that no key has, then none is true."""
    nothing = written(1) + bytes(32)
    texts = [str(number).encode() for number in range(24)]

    assert all(any(others_say(key, nothing, text) for text in texts) for key in SMALL)
    for key in (*SMALL, *OTHERWISE_WRITTEN):
        for commitment in (*SMALL, *OTHERWISE_WRITTEN):
            assert not any(verifies(key, commitment + bytes(32), text) for text in texts[:2])


def test_what_has_another_length_or_is_no_point_is_not_true() -> None:
    """Given a true signature, when it or its key is longer or shorter, or the key is the y of no point, then it is not true."""
    public, data, signature = bytes.fromhex(PUBLISHED[0].public), b"", PUBLISHED[0].signature
    true = bytes.fromhex(signature)

    for key, tried in (
        (public[:-1], true),
        (public + b"\0", true),
        (public, true[:-1]),
        (public, true + b"\0"),
        (public, b""),
        (written(2), true),
    ):
        assert not verifies(key, tried, data)
