"""The sentences of triage: which way a case went, and what was overruled."""

from collections.abc import Mapping

from casesys.domain.cases import events as e
from casesys.domain.messages import Event, Text

_ZH = "：{to:way}，优先级{priority}[，因为{because:text}][。章程的答案原为：{overruled:overruled}][，理由：{reason:said}]"
_EN = (
    ": {to:way}, priority {priority}[, because {because:text}]"
    "[. The charter's answer was: {overruled:overruled}][; overruled because {reason:said}]"
)

TRIAGE: Mapping[type[Event], Text] = {
    e.CaseTriaged: Text(f"分流{_ZH}", f"triaged it{_EN}"),
    e.CaseRetriaged: Text(f"重新分流{_ZH}", f"triaged it again{_EN}"),
}
