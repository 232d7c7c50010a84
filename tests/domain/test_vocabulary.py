"""The vocabulary has a word for everything that is stored, and no word for what is not there."""

from collections.abc import Mapping

import pytest

from casesys.domain import catalogue, vocabulary
from casesys.domain.messages import Text, message_type


def test_every_command_has_a_label() -> None:
    """Given the catalogue, then the labelled commands are just those that can be given."""
    assert set(vocabulary.COMMANDS) == set(catalogue.COMMANDS)


def test_every_event_has_a_label() -> None:
    """Given the catalogue, then the labelled events are just those that can happen."""
    assert set(vocabulary.EVENTS) == {message_type(event) for event in catalogue.EVENTS.values()}


@pytest.mark.parametrize("words", [vocabulary.TERMS, vocabulary.COMMANDS, vocabulary.EVENTS])
def test_every_label_is_in_two_languages(words: Mapping[str, Text]) -> None:
    """Given a table of words, then each is there in Chinese and in English."""
    assert [code for code, text in words.items() if not text.zh.strip() or not text.en] == []


@pytest.mark.parametrize("words", [vocabulary.COMMANDS, vocabulary.EVENTS])
def test_no_two_labels_are_alike(words: Mapping[str, Text]) -> None:
    """Given the labels of commands or events, then readers can tell them apart in either language."""
    assert len({text.zh for text in words.values()}) == len(words)
    assert len({text.en for text in words.values()}) == len(words)
