"""Refusals about who has a case: dispatching, accepting, returning, disputing, handing over."""

from collections.abc import Mapping

from casesys.domain.refusals.template import Template, template

OF_ASSIGNMENT: Mapping[str, Template] = {
    "already-dispatched": template(
        "事项已经派单，且没有退单。",
        "The case has been dispatched, and has not been returned.",
        "需要更换主办的，办理交接，或者裁定派单异议。",
        "To change the lead, hand the case over, or rule on the dispute.",
    ),
    "no-route": template(
        "章程的派单规则都不适用于本事项。",
        "No row of the charter's routing fits this case.",
        "请指定主办并写明理由。",
        "Name a lead, and give the reason.",
    ),
    "lead-supports-itself": template(
        "协办名单有误：主办“{lead}”不能兼任协办，同一协办也不能重复列出。",
        "The list of supporting parties is wrong: it names the lead {lead}, or one of them twice.",
        "请从协办名单中删去主办和重复的协办。",
        "Leave out the lead, and name each supporting party once.",
    ),
    "respondent-may-not-work": template(
        "事项是针对“{party}”的，不能交由其主办或者协办。",
        "The case is against {party}, which therefore may neither lead it nor support the lead.",
        "请另行指定主办和协办，并写明理由。",
        "Name another lead, or others to support it, and give the reason.",
    ),
    "wrong-status": template(
        "事项的状态是“{status}”，不能办理这项操作。",
        "The case is “{status}”, which does not allow this.",
        "事项处于所列状态之一时方可办理。",
        "It is possible while the assignment is in one of the states listed.",
    ),
    "ruling-binds": template(
        "已经裁定由“{lead}”主办，不能再退单或者提出异议。",
        "It was ruled that {lead} leads; the case cannot be returned or disputed again.",
        "请接单办理；确需更换的，由派单人员办理交接。",
        "Accept the assignment; if another has to lead, have the case handed over.",
    ),
}
"""What may be refused while a case is assigned."""
