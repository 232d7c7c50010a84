"""What a site is made of, and where its worker is."""

from collections.abc import Callable
from pathlib import Path

from benchmarks.community import found
from casesys.api.parts import Parts
from casesys.api.reading import standing_now
from casesys.bootstrap import create_service
from casesys.bootstrap.sites import open_site
from casesys.projections.database import open_views
from casesys.settings import SiteSettings, store_settings
from casesys.worker import Elsewhere
from tests.worker.test_worker import eventually

IN_MEMORY = SiteSettings(store_settings("memory:"))


def current(parts: Parts) -> Callable[[], bool]:
    """Give what says whether all read models are at the end of the log."""

    def asked() -> bool:
        standings = standing_now(parts)
        return {each.position for each in standings} == {parts.log.head().size}

    return asked


def test_a_store_in_memory_has_its_worker_in_the_same_process() -> None:
    """Given a store in memory, when something happens, then its read models follow, and what stands in the way is known."""
    with open_site(IN_MEMORY) as parts:
        found(parts.service)
        eventually(current(parts))
        eventually(lambda: parts.troubles() == {"notary": "checkpoint-key-missing"})


def test_a_site_whose_worker_is_elsewhere_shows_what_there_is_and_leaves_the_rest(
    tmp_path: Path,
) -> None:
    """Given a store without read models, when it is opened without a worker, they are as of then, and anybody may run them."""
    settings = SiteSettings(store_settings(f"sqlite:///{tmp_path / 'store.db'}"))
    with create_service(settings.store) as service:
        found(service)
    with open_site(settings, apart=Elsewhere()) as parts:
        assert current(parts)()
        assert parts.troubles() is None
        with open_views(settings.views) as views:
            assert views.hold()
