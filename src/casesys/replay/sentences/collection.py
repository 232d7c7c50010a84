"""The sentences of collection: what was brought, made safe, found out and answered, and whether it was accepted."""

from collections.abc import Mapping

from casesys.domain.cases import events as e
from casesys.domain.messages import Event, Text

COLLECTION: Mapping[type[Event], Text] = {
    e.CaseCollected: Text(
        "登记“{title}”（{case_type:case_type}，{category:category}，{grid:grid}，渠道：{channel:channel}）[，{anonymous:匿名|}]"
        "[，诉求人{initiator_name:name}][，联系方式{initiator_contact:name}][，收集点：{intake_point:intake_point}]"
        "[，来源编号{source_ref}][，地点：{location:said}][。内容：{description:said}][。已知：{facts:facts}]",
        "recorded “{title}” ({case_type:case_type}, {category:category}, {grid:grid}, through: {channel:channel})"
        "[, {anonymous:anonymous|}][, from {initiator_name:name}][, to be reached at {initiator_contact:name}]"
        "[, intake point: {intake_point:intake_point}][, source number {source_ref}][, place: {location:said}]"
        "[. In their words: {description:said}][. Known: {facts:facts}]",
    ),
    e.MadeSafe: Text("排除险情：{measures:said}", "made safe: {measures:said}"),
    e.EmergencyServiceAlerted: Text(
        "向{service:label}求助[，编号{reference}]",
        "called the {service:label}[, reference {reference}]",
    ),
    e.CaseAmended: Text(
        "更正登记[，标题改为“{title}”][，内容改为{description:said}][，地点改为{location:said}]"
        "[，联系方式改为{initiator_contact:name}]",
        "amended what was recorded[; the title is now “{title}”][; the description {description:said}]"
        "[; the place {location:said}][; to be reached at {initiator_contact:name}]",
    ),
    e.FactsEstablished: Text(
        "记明事实要素（{source:label}）：{facts:facts}",
        "entered these facts ({source:label}): {facts:facts}",
    ),
    e.EvidenceAttached: Text(
        "提交佐证材料[{caption:said}]（{media_type}，{size}字节，摘要{digest:digest}）",
        "attached evidence[: {caption:said}] ({media_type}, {size} bytes, digest {digest:digest})",
    ),
    e.PartyAdded: Text(
        "添加{role:party_role}{party:party}[，姓名{name:name}][，联系方式{contact:name}]",
        "added {party:party} as {role:party_role}[, named {name:name}][, to be reached at {contact:name}]",
    ),
    e.InitiatorContacted: Text(
        "联系诉求人，{reached:联系到|未联系到}[：{summary:said}]",
        "contacted the initiator, {reached:who was reached|who was not reached}[: {summary:said}]",
    ),
    e.InitiatorAnswered: Text("答复诉求人：{reply:said}", "replied to the initiator: {reply:said}"),
    e.InformationRequested: Text(
        "请诉求人补充信息：{question:said}", "asked the initiator: {question:said}"
    ),
    e.InformationSupplied: Text(
        "收到诉求人补充的信息：{answer:said}[。由此知道：{facts:facts}]",
        "received the initiator's answer: {answer:said}[. So it is known: {facts:facts}]",
    ),
    e.InformationRequestLapsed: Text(
        "认定诉求人逾期未补充信息，事项按已有信息继续办理",
        "found the question unanswered in time: the case goes on with what is known",
    ),
    e.UrgingRecorded: Text(
        "记录诉求人第{count}次催促[：{summary:said}]",
        "recorded that the initiator asked again (urging number {count})[: {summary:said}]",
    ),
    e.CaseReclassified: Text(
        "调整分类为{case_type:case_type}、{category:category}[，理由：{reason:said}]",
        "reclassified it as {case_type:case_type}, {category:category}[, because {reason:said}]",
    ),
    e.CaseAccepted: Text(
        "受理事项，此后适用章程{charter:charter}",
        "accepted the case; charter {charter:charter} governs it from here on",
    ),
    e.CaseDeclined: Text(
        "不予受理，理由：{ground:decline_ground}[，{reason:said}]。结果：{result:result}",
        "declined it: {ground:decline_ground}[, {reason:said}]. Result: {result:result}",
    ),
    e.CaseReferred: Text(
        "转送“{to}”[，理由：{reason:said}]。结果：{result:result}",
        "referred it to “{to}”[, because {reason:said}]. Result: {result:result}",
    ),
    e.CaseWithdrawn: Text(
        "记录诉求人撤回事项[：{reason:said}]。结果：{result:result}",
        "recorded that the initiator took it back[: {reason:said}]. Result: {result:result}",
    ),
    e.VisibilityChanged: Text(
        "将知悉范围改为“{level:visibility}”[，理由：{reason:said}]",
        "let it be known to: {level:visibility}[, because {reason:said}]",
    ),
}
