"""Settings that hold for every test."""

import pytest
from hypothesis import settings

# What it asserts is told as fully as what a test asserts itself: said here, before any test imports it.
pytest.register_assert_rewrite("tests.domain.specification")

# No deadline: the machines that run the tests are shared, and slowness is measured in benchmarks/.
# A failure prints the line that reproduces it, since the examples are random.
settings.register_profile("modest", max_examples=50, deadline=None, print_blob=True)
settings.register_profile("thorough", settings.get_profile("modest"), max_examples=2_000)
settings.load_profile("modest")  # `pytest --hypothesis-profile=thorough` takes the other
