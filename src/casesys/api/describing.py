"""What the OpenAPI document says of single properties and parameters: what the docstring of their structure says of them.

A docstring names a field between backticks and says what nobody would guess. The sentences that name it are its description, so that
what stands in the code is said once. Names that mean the same wherever they occur are told here.
"""

import re
from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

EVERYWHERE: Mapping[str, str] = {
    "accepted_at": "When the case was accepted.",
    "actor_id": "The id of the person who did it, or `clock` for what time brought about.",
    "actor_role": "The role that it was done in.",
    "as_of": "The instant that this is told of.",
    "body_id": "The id of a body.",
    "called_back_at": "When the initiator was called back.",
    "case_id": "The id of a case.",
    "case_type": "A code of the charter: what sort of case it is.",
    "case_types": "Codes of the charter: the sorts of cases that are meant; none for all.",
    "categories": "Codes of the charter: what the cases that are meant are about; none for all.",
    "category": "A code of the charter: what the case is about.",
    "changed_at": "When it was last changed.",
    "channel": "A code of the charter: through what cases come, or what is recorded.",
    "charter_version": "The charter that was applied, as `charter@version`.",
    "clause": "The clause of the charter that it rests on.",
    "client_id": "The program that was used, as its key names it.",
    "clock": "The clock of the charter that is meant.",
    "closed_at": "When the case was closed.",
    "closed_since": "Closed from this instant on.",
    "closed_until": "Closed before this instant.",
    "code": "A stable code, for programs.",
    "collected_at": "When the case was collected.",
    "collected_since": "Collected from this instant on.",
    "collected_until": "Collected before this instant.",
    "command": "The type of a command, as in its address.",
    "command_id": "The id of the command, a UUID.",
    "cursor": "Where the page begins, as the page before it says in `next`.",
    "decided_at": "When it was decided.",
    "digest": "SHA-256 in hex.",
    "direct": "Whether the case goes straight to assignment, without deliberation.",
    "due_at": "When it is due.",
    "effective_at": "When it happened, as whoever recorded it says; when it was recorded, if nobody says otherwise.",
    "event_id": "The id of an event: that of its command, and its number among the command's events, from 0.",
    "fields": "The fields of the items that are wanted; all by default.",
    "grid": "The id of a grid.",
    "grid_id": "The id of a grid.",
    "intake_point_id": "The id of an intake point.",
    "is": "The kind of the fact.",
    "key_hash": "SHA-256 of the secret of an API key, in hex.",
    "lead": "The party that does the work.",
    "limit": "How many items a page has at most.",
    "mandate_id": "The mandate that it was done by.",
    "min_position": "The position of the log that the answer must not be older than; that of a command's answer shows its effect.",
    "on_behalf_of": "The party that it was done for.",
    "party": "The id of an organisation, a body or a person.",
    "person": "The id of a person.",
    "person_id": "The id of a person.",
    "position": "A position of the log: the number of an event in it, from 1.",
    "principal": "The party that a mandate is held for.",
    "priority": "How urgent it is, from 1, the most urgent.",
    "procedure": "The procedure of the charter that the case is deliberated by.",
    "reason": "Why, in words.",
    "reason_code": "Why, as a code of the charter.",
    "recorded_at": "When it was written into the log.",
    "result": "A code of the charter: how the case ended.",
    "seat": "The number of a seat, from 1.",
    "since": "The instant that it begins at.",
    "source_ref": "The number that the case has in another system.",
    "stage": "Where in its life a case stands.",
    "stream": "A stream of the log, as `kind/id`.",
    "title": "What it is about, in one line.",
    "track": "Which of the three ways the case takes: big, small or urgent.",
    "until": "The instant that it ends before.",
    "visibility": "A code of the charter: who may know of the case.",
}
"""What a name means wherever the docstring of its structure says nothing of it."""

_SENTENCES = re.compile(r"(?<=\.)\s+(?=[A-Z`])|\n\n")


def told_of(name: str, docstring: str) -> str:
    """Give what is said of a field: by the docstring of its structure, else wherever it occurs; nothing if that is nothing."""
    sentences = (" ".join(each.split()) for each in _SENTENCES.split(docstring))
    named = [each for each in sentences if f"`{name}`" in each]
    return " ".join(named) or EVERYWHERE.get(name, "")


def describe(schema: Schema) -> None:
    """Describe the properties of a structure as its description tells, those that neither say what they are nor refer to what does."""
    for name, told in schema.get("properties", {}).items():
        description = told_of(name, schema.get("description", ""))
        if description and not _speaks(told):
            told["description"] = description


def _speaks(told: Schema) -> bool:
    parts = (told, *told.get("anyOf", ()))
    return "description" in told or any("$ref" in part for part in parts)
