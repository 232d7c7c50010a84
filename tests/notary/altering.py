"""What may be done to a bundle by hand, and what is told of it. The table of docs/evidence.md is the one in here."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from casesys.evidence.leaf_form import canonical_text
from tests.notary.bundles import Parts


def written(told: object) -> bytes:
    """Write what a bundle says in the one form it has."""
    return canonical_text(told).encode()


def lines_of(parts: Parts) -> list[bytes]:
    """Give the lines of the leaves, the last of which is the seal's and the one before it the case's last."""
    lines = parts["leaves.jsonl"].splitlines(keepends=True)
    assert [json.loads(line)["stream"][:5] for line in lines[-2:]] == ["case/", "log"]
    return lines


def _change(parts: Parts, lines: list[bytes]) -> None:
    parts["leaves.jsonl"] = b"".join(lines)


def _placed(parts: Parts, change: Callable[[list[int]], object]) -> None:
    """Change the positions of the leaves."""
    manifest = json.loads(parts["manifest.json"])
    manifest["positions"] = change(manifest["positions"])
    parts["manifest.json"] = written(manifest)


def _edit_last(parts: Parts) -> None:
    parts["leaves.jsonl"] = parts["leaves.jsonl"].replace(b"grid_lead", b"grid_lord")


def _swap_leaves(parts: Parts) -> None:
    *before, one, other = lines_of(parts)
    _change(parts, [*before, other, one])


def _remove_a_leaf(parts: Parts) -> None:
    _change(parts, lines_of(parts)[1:])


def _a_leaf_twice(parts: Parts) -> None:
    _change(parts, [*lines_of(parts), lines_of(parts)[-1]])
    _placed(parts, lambda positions: [*positions, positions[-1]])


def _blank_line(parts: Parts) -> None:
    _change(parts, [b"\n", *lines_of(parts)])


def _blank_line_with_a_place(parts: Parts) -> None:
    _blank_line(parts)
    _placed(parts, lambda positions: [positions[0] - 1, *positions])


def _no_last_line_end(parts: Parts) -> None:
    parts["leaves.jsonl"] = parts["leaves.jsonl"].removesuffix(b"\n")


def _line_ends_of_others(parts: Parts) -> None:
    parts["leaves.jsonl"] = parts["leaves.jsonl"].replace(b"\n", b"\r\n")


def _no_leaves(parts: Parts) -> None:
    parts["leaves.jsonl"] = b""
    _placed(parts, lambda _: [])


def _other_place(parts: Parts) -> None:
    _placed(parts, lambda positions: [*positions[:-1], positions[-1] - 1])


def _swap_places(parts: Parts) -> None:
    _placed(parts, lambda positions: positions[::-1])


def _place_beyond(parts: Parts) -> None:
    _placed(parts, lambda positions: [*positions[:-1], 10**18])


def _place_before(parts: Parts) -> None:
    _placed(parts, lambda positions: [0, *positions[1:]])


def _place_in_words(parts: Parts) -> None:
    _placed(parts, lambda positions: [*map(str, positions)])


def _true_for_one(parts: Parts) -> None:
    _placed(parts, lambda positions: [True, *positions[1:]])


def _no_places(parts: Parts) -> None:
    _placed(parts, lambda _: None)


def _no_proof(parts: Parts) -> None:
    del parts["proof.bin"]


def _empty_proof(parts: Parts) -> None:
    parts["proof.bin"] = b""


def _other_hash(parts: Parts) -> None:
    parts["proof.bin"] = bytes(32) + parts["proof.bin"][32:]


def _hash_missing(parts: Parts) -> None:
    parts["proof.bin"] = parts["proof.bin"][32:]


def _hash_added(parts: Parts) -> None:
    parts["proof.bin"] += bytes(32)


def _hash_cut(parts: Parts) -> None:
    parts["proof.bin"] = parts["proof.bin"][:-1]


def _hashes_swapped(parts: Parts) -> None:
    proof = parts["proof.bin"]
    parts["proof.bin"] = proof[32:64] + proof[:32] + proof[64:]


def _other_stream(parts: Parts) -> None:
    parts["manifest.json"] = parts["manifest.json"].replace(b'"case/', b'"cave/')


def _named(parts: Parts, field: str, change: Callable[[int], object]) -> None:
    """Change what the manifest says."""
    manifest = json.loads(parts["manifest.json"])
    manifest[field] = change(manifest[field])
    parts["manifest.json"] = written(manifest)


def _other_log(parts: Parts) -> None:
    _named(parts, "log", lambda _: "00000000-0000-0000-0000-000000000000")


def _other_seal(parts: Parts) -> None:
    _named(parts, "seal", lambda _: json.loads(parts["manifest.json"])["positions"][-2])


def _seal_with_a_fraction(parts: Parts) -> None:
    _named(parts, "seal", float)


def _seal_in_words(parts: Parts) -> None:
    _named(parts, "seal", str)


def _told(parts: Parts, change: Callable[[dict[str, Any]], object]) -> None:
    """Change what is said of the last event below the seal."""
    told = json.loads(parts["completeness.json"])
    change(told)
    parts["completeness.json"] = written(told)


def _other_last(parts: Parts) -> None:
    _told(parts, lambda told: told["last"].update(seq=told["last"]["seq"] - 1))


def _last_in_words(parts: Parts) -> None:
    _told(parts, lambda told: told["last"].update(seq=str(told["last"]["seq"])))


def _last_with_a_fraction(parts: Parts) -> None:
    _told(parts, lambda told: told["last"].update(seq=float(told["last"]["seq"])))


def _capitals(parts: Parts) -> None:
    _told(parts, lambda told: told.update(beside=[each.upper() for each in told["beside"]]))


def _said_besides(parts: Parts) -> None:
    _told(parts, lambda told: told["last"].update(type="case-closed"))


def _said_twice(parts: Parts) -> None:
    way = parts["completeness.json"]
    parts["completeness.json"] = way.replace(b'{"beside"', b'{"beside":[],"beside"', 1)


def _white_space(parts: Parts) -> None:
    parts["completeness.json"] += b"\n"


def _strange_way(parts: Parts) -> None:
    parts["completeness.json"] = b'{"beside":3,"last":{"leaf_hash":7,"seq":"x"}}'


def _other_checkpoint(parts: Parts) -> None:
    lines = parts["checkpoint.txt"].split(b"\n")
    parts["checkpoint.txt"] = b"\n".join([*lines[:2], b"A" * 43 + b"=", *lines[3:]])


def _no_way(parts: Parts) -> None:
    del parts["completeness.json"]


ALTERED: Mapping[str, tuple[Callable[[Parts], None], str]] = {
    "edit the last event": (_edit_last, "proof-false"),
    "swap two leaves": (_swap_leaves, "proof-false"),
    "remove a leaf": (_remove_a_leaf, "proof-false"),
    "put a leaf in twice, with its position": (_a_leaf_twice, "proof-false"),
    "put in an empty line": (_blank_line, "proof-false"),
    "put in an empty line with a position": (_blank_line_with_a_place, "proof-false"),
    "end the lines as other systems do": (_line_ends_of_others, "proof-false"),
    "take the end of the last line": (_no_last_line_end, "proof-false"),
    "remove all leaves": (_no_leaves, "proof-false"),
    "move a leaf to another position": (_other_place, "proof-false"),
    "reverse the positions": (_swap_places, "proof-false"),
    "name a position that the log does not have": (_place_beyond, "proof-false"),
    "name position 0": (_place_before, "proof-false"),
    "write the positions as text": (_place_in_words, "proof-false"),
    "write true for position 1": (_true_for_one, "proof-false"),
    "remove the positions": (_no_places, "proof-false"),
    "remove the proof": (_no_proof, "proof-false"),
    "empty the proof": (_empty_proof, "proof-false"),
    "change a hash of the proof": (_other_hash, "proof-false"),
    "remove a hash of the proof": (_hash_missing, "proof-false"),
    "add a hash to the proof": (_hash_added, "proof-false"),
    "cut a byte off the proof": (_hash_cut, "proof-false"),
    "swap two hashes of the proof": (_hashes_swapped, "proof-false"),
    "name another case": (_other_stream, "stream-broken"),
    "name another log": (_other_log, "leaf-foreign"),
    "name another event as the seal": (_other_seal, "seal-false"),
    "name the seal's position with a fraction": (_seal_with_a_fraction, "seal-false"),
    "name the seal's position as text": (_seal_in_words, "seal-false"),
    "name an earlier event as the last below the seal": (_other_last, "seal-false"),
    "name the last event below the seal as text": (_last_in_words, "seal-false"),
    "name the last event below the seal with a fraction": (_last_with_a_fraction, "seal-false"),
    "write the way to the seal in capitals": (_capitals, "seal-false"),
    "say more about the last event below the seal": (_said_besides, "seal-false"),
    "say twice what leads to the seal": (_said_twice, "seal-false"),
    "add white space to what leads to the seal": (_white_space, "seal-false"),
    "write nonsense about the seal": (_strange_way, "seal-false"),
    "remove what leads to the seal": (_no_way, "seal-false"),
    "change the root of the checkpoint": (_other_checkpoint, "proof-false"),
}
"""What is done to a bundle, and the kind of damage that is told."""

LEFT_OUT: Mapping[str, tuple[bytes, str]] = {
    "leave out the case's last event, and prove the rest": (b'"stream":"case/', "stream-broken"),
    "leave out a charter, and prove the rest": (b'"stream":"document/', "document-altered"),
    "leave out the seal, and prove the rest": (b'"stream":"log"', "seal-false"),
}
"""What the last leaf that is left out has in it, and the kind of damage that is told."""
