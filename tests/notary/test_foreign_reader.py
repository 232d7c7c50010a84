"""The page for those who write verifiers says enough: a reader written from it agrees with ours about every bundle."""

import pytest

from casesys.evidence.bundle import verify_bundle
from tests.notary import foreign_reader
from tests.notary.altering import ALTERED
from tests.notary.bundles import Parts, Proved, packed


def test_what_ours_finds_whole_a_foreign_reader_finds_whole(proved: Proved) -> None:
    """Given bundles with a seal and without one, then both readers tell of the same events, up to the same position."""
    key = str(proved.signer.verifier)
    bundles = [proved.bundle(case) for case in proved.cases]
    unsealed = Proved()
    for data, public in (
        *((data, key) for data in bundles),
        (unsealed.bundle(unsealed.case), str(unsealed.signer.verifier)),
    ):
        ours = verify_bundle(data)
        shown = foreign_reader.show(data, public)
        assert shown == (ours.log, ours.stream, ours.events, ours.upto)


@pytest.mark.parametrize("what", ALTERED)
def test_what_was_altered_a_foreign_reader_finds_too(
    proved: Proved, parts: Parts, what: str
) -> None:
    """Given a bundle that was altered in any way that the page names, then the foreign reader does not take it, either."""
    altered = dict(parts)
    ALTERED[what][0](altered)

    with pytest.raises(Exception):  # noqa: B017, PT011 - it is no program of ours
        foreign_reader.show(packed(altered), str(proved.signer.verifier))
