"""Signatures by Ed25519, verified by Python alone (RFC 8032, section 5.1.7); they are made by `cryptography`.

Nothing here is secret: key, signature and text are known to everybody. So it may take a different time for each, as this does, where
making a signature must not. A signature takes some milliseconds, and whoever verifies has one or two.
"""

from hashlib import sha512
from typing import Final, NamedTuple, Self

PUBLIC_KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64

_PRIME: Final = 2**255 - 19
_ORDER: Final = 2**252 + 27742317777372353535851937790883648493
"""How many multiples the generator has."""

_D: Final = -121665 * pow(121666, -1, _PRIME) % _PRIME
"""The curve is -x² + y² = 1 + d·x²·y²."""

_ROOT_OF_MINUS_ONE: Final = pow(2, (_PRIME - 1) // 4, _PRIME)


class _Point(NamedTuple):
    """A point of the curve: x/z and y/z are its coordinates, and t/z is their product."""

    x: int
    y: int
    z: int
    t: int

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read a point from its y and the lowest bit of its x. Raises ValueError for what no point is written as."""
        both = int.from_bytes(data, "little")
        odd, y = both >> 255, both & (1 << 255) - 1
        square = (y * y - 1) * pow(_D * y * y + 1, -1, _PRIME) % _PRIME
        x = pow(square, (_PRIME + 3) // 8, _PRIME)
        if x * x % _PRIME != square:
            x = x * _ROOT_OF_MINUS_ONE % _PRIME
        if y >= _PRIME or x * x % _PRIME != square or (odd and not x):
            raise ValueError("no point is written so")
        if x & 1 != odd:
            x = _PRIME - x
        return cls(x, y, 1, x * y % _PRIME)

    def encode(self) -> bytes:
        """Write it in the one form it has."""
        inverse = pow(self.z, -1, _PRIME)
        x, y = self.x * inverse % _PRIME, self.y * inverse % _PRIME
        return (y | (x & 1) << 255).to_bytes(PUBLIC_KEY_BYTES, "little")

    def plus(self, other: "_Point") -> "_Point":
        """Add a point, the same one or another (RFC 8032, section 5.1.4)."""
        a = (self.y - self.x) * (other.y - other.x)
        b = (self.y + self.x) * (other.y + other.x)
        c = 2 * self.t * other.t * _D
        d = 2 * self.z * other.z
        e, f, g, h = (b - a) % _PRIME, (d - c) % _PRIME, (d + c) % _PRIME, (b + a) % _PRIME
        return _Point(e * f % _PRIME, g * h % _PRIME, f * g % _PRIME, e * h % _PRIME)

    def times(self, factor: int) -> "_Point":
        """Add it to itself, so many times in all."""
        found, power = _ZERO, self
        while factor:
            if factor & 1:
                found = found.plus(power)
            power, factor = power.plus(power), factor >> 1
        return found

    def negative(self) -> "_Point":
        """Give the point that together with it is none."""
        return _Point(-self.x % _PRIME, self.y, self.z, -self.t % _PRIME)


_ZERO: Final = _Point(0, 1, 1, 0)
_GENERATOR: Final = _Point.decode((4 * pow(5, -1, _PRIME) % _PRIME).to_bytes(32, "little"))
_COFACTOR: Final = 8


def verifies(public: bytes, signature: bytes, data: bytes) -> bool:
    """Say whether a signature of some data is one by the key with this public half.

    Each has one form only. A key of small order is no key: a signature by it could be true of any text.
    """
    if len(public) != PUBLIC_KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    commitment, response = signature[:32], int.from_bytes(signature[32:], "little")
    if response >= _ORDER:
        return False
    try:
        key = _Point.decode(public)
    except ValueError:
        return False
    if key.times(_COFACTOR).encode() == _ZERO.encode():
        return False
    challenge = int.from_bytes(sha512(commitment + public + data).digest(), "little") % _ORDER
    # As bytes, so that the commitment, too, has its one form.
    return _GENERATOR.times(response).plus(key.negative().times(challenge)).encode() == commitment
