"""The sentences of what can happen in any stage: notes, and what time alone brings about."""

from collections.abc import Mapping

from casesys.domain.cases import events as e
from casesys.domain.messages import Event, Text

RUNNING: Mapping[type[Event], Text] = {
    e.NoteAdded: Text("备注：{note:said}", "noted: {note:said}"),
    e.DeadlineReminded: Text(
        "提醒{to:role}：{clock:clock}将于{due_at:due}届满[（{provisional:暂定|}）]",
        "reminded the {to:role}: the {clock:clock} ends {due_at:due}[ ({provisional:provisional|})]",
    ),
    e.DeadlineMissed: Text(
        "记录逾期：{clock:clock}已于{due_at:due}届满，告知{to:role}",
        "recorded a missed deadline: the {clock:clock} ended {due_at:due}; the {to:role} is told",
    ),
    e.CaseEscalated: Text(
        "将事项提级到{to:role}[，因{clock:clock}逾期][，因{counted:counted}已达{count}次]",
        "put the case before the {to:role}[: the {clock:clock} is over][: {count} times {counted:counted}]",
    ),
}
