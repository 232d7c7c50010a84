"""Which language an answer is in."""

import pytest
from starlette.requests import Request

from casesys.api.languages import language_of


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh-CN,en;q=0.5", "zh"),
        ("zh-Hant;q=0.9,en;q=0.1", "zh"),
        ("en-GB,zh;q=0.9", "en"),
        ("fr,zh-TW;q=0.2,en;q=0.1", "zh"),
        ("en;q=0.1,ZH-cn;q=0.2", "zh"),
        ("zh_CN", "zh"),
        ("zh;q=0", "en"),
        ("fr", "en"),
        ("*", "en"),
        ("", "en"),
        (";;q=,zh;q=x", "en"),
    ],
)
def test_what_is_liked_best_is_spoken(accepted: str, language: str) -> None:
    """Given languages with how much each is liked, then the answer is in the best liked of ours, of whichever country or script."""
    header = (b"accept-language", accepted.encode())
    assert language_of(Request({"type": "http", "headers": [header]})) == language
