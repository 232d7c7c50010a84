"""Canonical JSON (RFC 8785), narrowed to what a leaf may hold, so that a fast encoder writes it exactly.

No floats and only integers that every JSON reader keeps; keys are ASCII, because RFC 8785 orders them by UTF-16 and msgspec by
code point, and only there both agree.
"""

from typing import NewType

import msgspec

from casesys.evidence.leaf_form import admit

Canonical = NewType("Canonical", msgspec.Raw)
"""A JSON object in canonical form. Only the functions below make one; what a leaf gives back was made by it once."""

_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder()


def canonical(value: object) -> Canonical:
    """Write a mapping or a structure as canonical JSON; what it holds may be anything that msgspec makes builtins of.

    A `msgspec.Raw` is checked to be canonical and given back. Raises ValueError for floats, integers beyond ±(2^53-1),
    keys that are not ASCII, lone surrogates, nesting without end, raw text that is not canonical, and anything but an
    object; TypeError for what JSON has no form for.
    """
    try:
        if isinstance(value, msgspec.Raw):
            plain, written = _decoder.decode(value), value
            if _encoder.encode(plain) != bytes(value):
                raise ValueError(
                    "raw JSON of a leaf has sorted keys, each once, and no white space"
                )
        else:
            plain = msgspec.to_builtins(value, order="sorted", str_keys=True)
            written = msgspec.Raw(_encoder.encode(plain))
        if type(plain) is not dict:
            raise ValueError("a part of a leaf is a JSON object")
        admit(plain)
    except UnicodeError as error:
        raise ValueError("a leaf holds whole characters, no lone surrogates") from error
    except RecursionError as error:
        raise ValueError("a leaf is not nested that deeply") from error
    return Canonical(written)


def canonical_message(value: object) -> Canonical:
    """Write a message of the catalogue as canonical JSON, without looking at its values.

    The types of the catalogue admit nothing that has no canonical form, which a test proves type by type.
    """
    return Canonical(msgspec.Raw(_encoder.encode(value)))
