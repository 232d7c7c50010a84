"""Settings that hold for every test."""

from hypothesis import settings

# No deadline: the machines that run the tests are shared, and slowness is measured in benchmarks/.
# A failure prints the line that reproduces it, since the examples are random.
settings.register_profile("modest", max_examples=50, deadline=None, print_blob=True)
settings.register_profile("thorough", settings.get_profile("modest"), max_examples=2_000)
settings.load_profile("modest")  # `pytest --hypothesis-profile=thorough` takes the other
