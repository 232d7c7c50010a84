"""What stands in a docstring of a field is what the document says of it."""

from casesys.api.describing import EVERYWHERE, describe, told_of

DOCSTRING = """A case as it stands.

`stage` says where; `due` is
the soonest deadline. Nothing else counts. `lead` is `who` works on it.
"""


def test_the_sentences_that_name_a_field_describe_it() -> None:
    """Given a docstring, then a field is told by each sentence that names it, on one line, and by no other."""
    assert told_of("due", DOCSTRING) == "`stage` says where; `due` is the soonest deadline."
    assert told_of("who", DOCSTRING) == "`lead` is `who` works on it."
    assert told_of("case", DOCSTRING) == ""


def test_a_docstring_counts_more_than_what_is_said_everywhere() -> None:
    """Given a name that has words of its own, then they are used unless the docstring has others."""
    assert told_of("lead", DOCSTRING) == "`lead` is `who` works on it."
    assert told_of("lead", "Nothing.") == EVERYWHERE["lead"]


def test_what_speaks_for_itself_is_left_alone() -> None:
    """Given properties that are described, or refer to what is, then they stay as they are; the others are told."""
    reference = {"anyOf": [{"$ref": "#/x"}, {"type": "null"}]}
    schema = {
        "description": DOCSTRING,
        "properties": {
            "stage": {"description": "mine"},
            "lead": dict(reference),
            "due": {"type": "string"},
            "other": {"type": "string"},
        },
    }

    describe(schema)

    assert schema["properties"] == {
        "stage": {"description": "mine"},
        "lead": reference,
        "due": {"type": "string", "description": told_of("due", DOCSTRING)},
        "other": {"type": "string"},
    }
