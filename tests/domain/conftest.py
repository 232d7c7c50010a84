"""What chance reaches does not count as covered: the tests that say which branch they mean have to cover the domain alone."""

import pytest


@pytest.hookimpl(trylast=True)  # hypothesis has marked its tests by then
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure no coverage where hypothesis chooses, since another day it chooses otherwise."""
    for item in items:
        if item.get_closest_marker("hypothesis"):
            item.add_marker("no_cover")
