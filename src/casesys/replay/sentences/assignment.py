"""The sentences of assignment: who was given a case, took it, gave it back, disputed it or handed it over."""

from collections.abc import Mapping

from casesys.domain.cases import events as e
from casesys.domain.messages import Event, Text

ASSIGNMENT: Mapping[type[Event], Text] = {
    e.CaseDispatched: Text(
        "派给{lead:party}主办[，{supporting:parties}协办][（派单规则：{row}）][（手工派单，理由：{reason:said}）]",
        "dispatched it to {lead:party} as its lead[, supported by {supporting:parties}]"
        "[ (routing row: {row})][ (by hand, because {reason:said})]",
    ),
    e.AssignmentAccepted: Text("接单", "accepted the assignment"),
    e.AssignmentReturned: Text(
        "将派给{lead:party}的事项退单（第{count}次），理由：{ground:return_ground}[，{reason:said}]",
        "returned the assignment of {lead:party} (return number {count}): {ground:return_ground}[, {reason:said}]",
    ),
    e.AssignmentDisputed: Text(
        "对派单提出异议[，认为应由{proposed:party}主办][，理由：{reason:said}]；裁定之前，{lead:party}{lead_stays:仍为主办|不再主办}",
        "disputed the assignment[, the duty being that of {proposed:party}][, because {reason:said}]; "
        "until it is ruled, {lead:party} {lead_stays:stays the lead|does not lead}",
    ),
    e.DisputeRuled: Text(
        "裁定由{lead:party}主办[，{supporting:parties}协办][，理由：{reason:said}]；不得再退单",
        "ruled that {lead:party} leads[, supported by {supporting:parties}][, because {reason:said}]; "
        "it cannot be returned again",
    ),
    e.HandedOver: Text(
        "将主办由{before:party}交接给{lead:party}[，理由：{reason:said}]",
        "handed the lead over from {before:party} to {lead:party}[, because {reason:said}]",
    ),
}
