"""What the tests of bundles share: a sealed community, and the files of one of its bundles."""

import io
import zipfile

import pytest

from tests.notary.bundles import Parts, Proved


@pytest.fixture(scope="module")
def proved() -> Proved:
    """Give a community with a sealed log."""
    made = Proved()
    made.seal()
    return made


@pytest.fixture(scope="module")
def parts(proved: Proved) -> Parts:
    """Give the files of a bundle."""
    with zipfile.ZipFile(io.BytesIO(proved.bundle(proved.case))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
