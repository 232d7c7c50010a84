"""What the specification asserts is told as fully as what a test asserts itself."""

import pytest

pytest.register_assert_rewrite("tests.domain.specification")
