"""What each event of a case says, as one sentence in Chinese and in English.

A sentence follows the name of who acted, so it begins with what they did. `{field:kind}` is a field of the event, told as that
kind of thing (see `casesys.replay.speaking`); with `{field:yes|no}` a boolean chooses the words. What stands in brackets is left
out when a field in it says nothing.
"""

from collections.abc import Mapping

from casesys.domain.messages import Event, Text
from casesys.replay.sentences.assignment import ASSIGNMENT
from casesys.replay.sentences.collection import COLLECTION
from casesys.replay.sentences.deliberation import DELIBERATION
from casesys.replay.sentences.resolution import RESOLUTION
from casesys.replay.sentences.running import RUNNING
from casesys.replay.sentences.triage import TRIAGE

SENTENCES: Mapping[type[Event], Text] = {
    **COLLECTION,
    **TRIAGE,
    **DELIBERATION,
    **ASSIGNMENT,
    **RESOLUTION,
    **RUNNING,
}
