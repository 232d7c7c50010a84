"""A verifier of bundles that somebody else could have written: from docs/evidence.md alone, knowing nothing of casesys.

Whatever it takes that the page does not say is a fault of the page.
"""

import base64
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PAGE = Path("docs/evidence.md").read_text(encoding="utf-8")
_, _, _LEAVES = PAGE.partition("\n### Leaves\n")
FIELDS = {
    name: meaning
    for names, meaning in re.findall(
        r"^\| (`.*?`) \| (.*) \|$", _LEAVES.partition("\n### ")[0], re.MULTILINE
    )
    for name in re.findall(r"`(\w+)`", names)
}
"""The fields of a leaf, and what stands there, as the page says."""

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.(?!000000)\d{6})?Z", re.ASCII)


class Shown(NamedTuple):
    """What a bundle shows: whose case, how many events, and up to which position they are all (0: that is not shown)."""

    log: str
    stream: str
    events: int
    upto: int


class Checkpoint(NamedTuple):
    """The text above the empty line."""

    origin: str
    size: int
    root: bytes


def show(data: bytes, key: str) -> Shown:
    """Verify a bundle by the public key of its log. Raises whatever comes of it when it does not."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = canonical(files["manifest.json"], {"format", "log", "positions", "seal", "stream"})
    insist(manifest["format"] == "casesys-bundle.v2")
    checkpoint = opened(files["checkpoint.txt"], key)
    insist(checkpoint.origin.rpartition("/")[2] == manifest["log"])
    positions, lines = manifest["positions"], files["leaves.jsonl"]
    insist(all(type(each) is int for each in positions) and lines.endswith(b"\n"))
    leaves = lines[:-1].split(b"\n")
    root = documented("root_from")(positions, leaves, checkpoint.size, files["proof.bin"])
    insist(root == checkpoint.root)
    told = {place: leaf(each) for place, each in zip(positions, leaves, strict=True)}
    hashes = {
        place: sha256(b"\x00" + each).digest()
        for place, each in zip(positions, leaves, strict=True)
    }
    insist(all(each["log"] == manifest["log"] for each in told.values()))
    own = [place for place in positions if told[place]["stream"] == manifest["stream"]]
    insist(len(own) > 0)
    follow(own, told, hashes)
    rest_on_documents(own, told)
    upto = 0
    if (position := manifest["seal"]) is not None:
        seal = told[position]
        upto = seal["public_data"]["size"]
        insist(type(position) is type(upto) is int and 0 < upto < position)
        way = canonical(files["completeness.json"], {"beside", "last"})
        below = [hashes[place] for place in own if place <= upto]
        complete(seal, way, manifest["stream"], below)
    return Shown(manifest["log"], manifest["stream"], len(own), upto)


def insist(holds: bool) -> None:  # noqa: FBT001 - that is all it is about
    """Raise ValueError for what does not hold."""
    if not holds:
        raise ValueError("it does not hold")


def canonical(data: bytes, fields: set[str]) -> dict[str, Any]:
    """Read an object of canonical JSON that has these fields."""
    found = json.loads(data)
    again = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    insist(again.encode() == data and found.keys() == fields)
    return dict(found)


def leaf(data: bytes) -> dict[str, Any]:
    """Read a leaf."""
    found = canonical(data, set(FIELDS))
    for name, meaning in FIELDS.items():
        kind = type(found[name])
        if meaning in {"text", "text or null"}:
            insist(kind is str or (found[name] is None and meaning != "text"))
        elif meaning.startswith("an integer"):
            insist(kind is int)
        elif name.endswith("_at"):
            insist(INSTANT.fullmatch(found[name]) is not None)
    insist(type(found["public_data"]) is dict and type(found["pd"]) is list and found["v"] == 1)
    insist(found["command"] is None or found["command"].keys() == {"data", "schema_v", "type"})
    return found


def opened(note: bytes, key: str) -> Checkpoint:
    """Read a checkpoint that a key of its log has signed."""
    name, key_id, encoded = key.split("+", 2)
    public = base64.b64decode(encoded, validate=True)
    insist(public[:1] == b"\x01" and len(public) == 33)
    insist(sha256(name.encode() + b"\x0a" + public).hexdigest()[:8] == key_id)
    text, _, lines = note.decode().rpartition("\n\n")
    signed = 0
    for line in lines.removesuffix("\n").split("\n"):
        dash, signer, signature = line.split(" ")
        insist(dash == "\u2014")
        data = base64.b64decode(signature, validate=True)
        if (signer, data[:4].hex()) == (name, key_id):
            Ed25519PublicKey.from_public_bytes(public[1:]).verify(data[4:], f"{text}\n".encode())
            signed += 1
    origin, size, root, *_ = text.split("\n")
    insist(signed > 0 and origin == name and re.fullmatch("[1-9][0-9]*", size) is not None)
    return Checkpoint(origin, int(size), base64.b64decode(root, validate=True))


def documented(name: str) -> Callable[..., bytes]:
    """Give the function that the page prints."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    found: dict[str, Any] = {}
    exec(code, found)  # noqa: S102 - it is ours
    printed: Callable[..., bytes] = found[name]
    return printed


Told = Mapping[int, Mapping[str, Any]]


def follow(own: Sequence[int], told: Told, hashes: Mapping[int, bytes]) -> None:
    """Insist that the events of a stream follow each other."""
    before: int | None = None
    recorded_at = ""
    for number, place in enumerate(own, 1):
        each = told[place]
        expected = None if before is None else hashes[before].hex()
        insist((each["stream_seq"], each["prev_stream_leaf"]) == (number, expected))
        command_id, _, event = each["event_id"].rpartition(".")
        insist(command_id == each["command_id"] and str(int(event)) == event)
        insist((each["command"] is not None) is (event == "0"))
        insist(0 <= each["read_index"] < place)
        instant = each["recorded_at"].removesuffix("Z")  # as text, a fraction is behind none
        insist(instant >= recorded_at)
        before, recorded_at = place, instant


def rest_on_documents(own: Sequence[int], told: Told) -> None:
    """Insist that the documents which the events cite are there."""
    there = {
        each["stream"]
        for each in told.values()
        if each["stream"].startswith("document/")
        and each["stream"] == f"document/{sha256(each['public_data']['text'].encode()).hexdigest()}"
    }
    for place in own:
        for cited in (told[place]["rule_digest"], told[place]["calendar_digest"]):
            insist(cited is None or f"document/{cited}" in there)


def complete(
    seal: Mapping[str, Any], way: Mapping[str, Any], stream: str, below: Sequence[bytes]
) -> None:
    """Insist that a stream has no other events below a seal than those of these leaf hashes."""
    insist((seal["stream"], seal["type"]) == ("log", "log-sealed"))
    last = way["last"]
    insist(last.keys() == {"leaf_hash", "seq"} and type(last["seq"]) is int)
    insist((last["seq"], in_hex(last["leaf_hash"])) == (len(below), below[-1]))
    insist(len(way["beside"]) <= 256)
    key = sha256(stream.encode()).digest()
    digest = sha256(b"\x02" + key + last["seq"].to_bytes(8, "big") + below[-1]).digest()
    bits = f"{int.from_bytes(key, 'big'):0256b}"
    for depth in range(len(way["beside"]) - 1, -1, -1):
        other = in_hex(way["beside"][depth])
        both = digest + other if bits[depth] == "0" else other + digest
        digest = sha256(b"\x03" + both).digest()
    insist(digest == in_hex(seal["public_data"]["map_root"]))


def in_hex(text: str) -> bytes:
    """Read a hash."""
    insist(re.fullmatch("[0-9a-f]{64}", text) is not None)
    return bytes.fromhex(text)
