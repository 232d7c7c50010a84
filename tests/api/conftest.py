"""The site that the tests of the API ask, served once for all of them."""

from collections.abc import Iterator

import pytest

from tests.api.site import Played, Site, played, served


@pytest.fixture(scope="session")
def heyuan_played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The store of the demo's community, with a key for everybody."""
    return played(tmp_path_factory.mktemp("heyuan"))


@pytest.fixture(scope="session")
def site(heyuan_played: Played) -> Iterator[Site]:
    """The community, served in development. Tests add to it, and expect others to."""
    with served(*heyuan_played, "--environment", "development") as site:
        yield site
