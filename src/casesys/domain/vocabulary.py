"""The engine's own codes, each with its label in Chinese and English.

What a charter defines (case types, categories, roles, facts, results, …) carries its labels in the charter. The glossary in the
docs is generated from this module.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Self

from casesys.domain.messages import Text


class Labelled(StrEnum):
    """A stable code with a label; members are written `CODE = "code", "中文", "English"`."""

    label: Text

    def __new__(cls, code: str, zh: str, en: str) -> Self:
        """Make the member from its code and keep the label beside it."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = Text(zh, en)
        return member


class Stage(Labelled):
    """Where in its way a case stands."""

    COLLECTION = "collection", "收集", "collection"
    DELIBERATION = "deliberation", "议事", "deliberation"
    ASSIGNMENT = "assignment", "派单", "assignment"
    RESOLUTION = "resolution", "办理", "resolution"
    CLOSED = "closed", "办结", "closed"


class Status(Labelled):
    """The finer standing of a case, which follows from its events."""

    COLLECTED = "collected", "已登记", "collected"
    INFORMATION_REQUESTED = "information_requested", "待补充信息", "information requested"
    ACCEPTED = "accepted", "已受理", "accepted"
    DELIBERATING = "deliberating", "议事中", "deliberating"
    DECIDED = "decided", "已作出决定", "decided"
    AWAITING_DISPATCH = "awaiting_dispatch", "待派单", "awaiting dispatch"
    DISPATCHED = "dispatched", "已派单", "dispatched"
    DISPUTED = "disputed", "派单异议中", "assignment disputed"
    RETURNED = "returned", "已退单", "returned"
    ASSIGNED = "assigned", "主办已接单", "accepted by the lead"
    WORKING = "working", "办理中", "being worked on"
    SUSPENDED = "suspended", "暂停计时", "clock suspended"
    REPORTED = "reported", "已报办结", "resolution reported"
    VERIFIED = "verified", "已核查", "verified"
    CLOSED = "closed", "已办结", "closed"


class Track(Labelled):
    """How big a deliberation a matter needs."""

    BIG = "big", "大事", "big"
    SMALL = "small", "小事", "small"
    URGENT = "urgent", "急事", "urgent"


class ResultKind(Labelled):
    """What the engine makes of a charter's result."""

    RESOLVED = "resolved", "已解决", "resolved"
    PARTLY_RESOLVED = "partly_resolved", "部分解决", "partly resolved"
    DECLINED = "declined", "不予受理", "declined"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"
    MERGED = "merged", "已并案", "merged"
    NOT_CARRIED = "not_carried", "未获通过", "not carried"
    REFERRED = "referred", "已转送", "referred"
    NOT_SOLVABLE = "not_solvable", "无法解决", "not solvable"


class Moment(Labelled):
    """The moments in the life of a case that start or stop a clock of the charter."""

    COLLECTED = "collected", "登记", "collected"
    ACCEPTED = "accepted", "受理", "accepted"
    TRIAGED = "triaged", "分流", "triaged"
    DECIDED = "decided", "作出决定", "decided"
    CONFIRMED = "confirmed", "确认决定", "confirmed"
    MADE_SAFE = "made_safe", "排除险情", "made safe"
    DISPATCHED = "dispatched", "派单", "dispatched"
    LEAD_ACCEPTED = "lead_accepted", "主办接单", "accepted by the lead"
    RESOLUTION_REPORTED = "resolution_reported", "报告办结", "resolution reported"
    VERIFIED = "verified", "核查通过", "verified"
    CLOSED = "closed", "办结", "closed"
    REOPENED = "reopened", "重办", "reopened"


class Choice(Labelled):
    """What a member votes."""

    FOR = "for", "赞成", "for"
    AGAINST = "against", "反对", "against"
    ABSTAIN = "abstain", "弃权", "abstain"


class TallyOutcome(Labelled):
    """What came of a meeting's vote."""

    CARRIED = "carried", "通过", "carried"
    NOT_CARRIED = "not_carried", "未通过", "not carried"
    NO_QUORUM = "no_quorum", "未达法定人数", "without quorum"


class FactSource(Labelled):
    """Where a fact of a case was learned."""

    REPORTED = "reported", "诉求人陈述", "told by the initiator"
    INSPECTED = "inspected", "现场核实", "established on the spot"
    DOCUMENT = "document", "书面材料", "taken from a document"
    EXPERT = "expert", "专业鉴定", "stated by an expert"


class EmergencyService(Labelled):
    """The emergency numbers."""

    POLICE = "110", "公安110", "police (110)"
    FIRE = "119", "消防119", "fire service (119)"
    AMBULANCE = "120", "急救120", "ambulance (120)"
    TRAFFIC = "122", "交警122", "traffic police (122)"


TERMS: Mapping[str, Text] = {
    "case": Text("事项", "case"),
    "case_type": Text("事项类型", "case type"),
    "category": Text("类别", "category"),
    "channel": Text("渠道", "channel"),
    "intake_point": Text("收集点", "intake point"),
    "initiator": Text("诉求人", "initiator"),
    "co_reporter": Text("共同诉求人", "co-reporter"),
    "accept": Text("受理", "accept"),
    "decline": Text("不予受理", "decline"),
    "refer": Text("转送", "refer"),
    "withdraw": Text("撤回", "withdraw"),
    "triage": Text("分流", "triage"),
    "track": Text("议事轨道", "track"),
    "direct": Text("直办", "direct"),
    "facts": Text("事实要素", "facts"),
    "charter": Text("协商议事章程", "charter"),
    "clause": Text("条款", "clause"),
    "procedure": Text("程序", "procedure"),
    "step": Text("步骤", "step"),
    "body": Text("议事组织", "body"),
    "electorate": Text("表决人范围", "electorate"),
    "measure": Text("计票口径", "measure"),
    "session": Text("会议", "session"),
    "notice": Text("通知", "notice"),
    "quorum": Text("法定人数", "quorum"),
    "participation": Text("参与表决", "participation"),
    "vote": Text("表决", "vote"),
    "abstain": Text("弃权", "abstain"),
    "proxy": Text("委托表决", "proxy"),
    "recusal": Text("回避", "recusal"),
    "minutes": Text("会议纪要", "minutes"),
    "decision": Text("决定", "decision"),
    "ratify": Text("追认", "ratify"),
    "lapse": Text("失效", "lapse"),
    "publish": Text("公示", "publish"),
    "objection": Text("异议", "objection"),
    "mediation": Text("调解", "mediation"),
    "mediation_agreement": Text("调解协议", "mediation agreement"),
    "judicial_confirmation": Text("司法确认", "judicial confirmation"),
    "dispatch": Text("派单", "dispatch"),
    "lead": Text("主办", "lead"),
    "supporting": Text("协办", "supporting"),
    "coordinator": Text("协调人", "coordinator"),
    "return": Text("退单", "return"),
    "assignment_dispute": Text("派单异议", "assignment dispute"),
    "hand_over": Text("交接", "hand over"),
    "claim": Text("认领", "claim"),
    "micro_wish": Text("微心愿", "micro-wish"),
    "assisted_service": Text("帮办代办", "assisted service"),
    "mandate": Text("授权", "mandate"),
    "suspension": Text("暂停计时", "suspension"),
    "extension": Text("延期", "extension"),
    "backlog_listed": Text("挂账", "listed in the backlog"),
    "reminder": Text("催办", "reminder"),
    "escalation": Text("提级", "escalation"),
    "supervision": Text("督办", "supervision"),
    "resolution": Text("办理", "resolution"),
    "verification": Text("核查", "verification"),
    "callback": Text("回访", "callback"),
    "satisfaction": Text("满意度", "satisfaction"),
    "close": Text("办结", "close"),
    "solved": Text("解决", "solved"),
    "reopen": Text("重办", "reopen"),
    "review": Text("复核", "review"),
    "evidence": Text("佐证材料", "evidence"),
    "visibility": Text("知悉范围", "visibility"),
    "retention": Text("保存期限", "retention"),
    "grid": Text("网格", "grid"),
    "grid_worker": Text("网格员", "grid worker"),
    "community": Text("社区", "community"),
    "street_office": Text("街道办事处", "street office"),
    "residents_committee": Text("居民委员会", "residents' committee"),
    "property_company": Text("物业服务企业", "property company"),
    "owners_committee": Text("业主委员会", "owners' committee"),
    "management_committee": Text("物业管理委员会", "property management committee"),
    "response_rate": Text("响应率", "response rate"),
    "resolution_rate": Text("解决率", "resolution rate"),
    "satisfaction_rate": Text("满意率", "satisfaction rate"),
    "audit_trail": Text("审计轨迹", "audit trail"),
    "replay": Text("回放", "replay"),
    "checkpoint": Text("检查点", "checkpoint"),
    "proof": Text("证明", "proof"),
    "seal": Text("封存", "seal"),
}
"""The words of the field, for every surface and for the glossary."""

COMMANDS: Mapping[str, Text] = {
    "collect-case": Text("登记事项", "collect the case"),
    "make-safe": Text("排除险情", "make safe"),
    "alert-emergency-service": Text("报警求助", "alert an emergency service"),
    "amend-case": Text("更正事项", "amend the case"),
    "establish-facts": Text("核实事实", "establish facts"),
    "attach-evidence": Text("提交佐证", "attach evidence"),
    "add-party": Text("添加当事人", "add a party"),
    "contact-initiator": Text("联系诉求人", "contact the initiator"),
    "reply-to-initiator": Text("答复诉求人", "reply to the initiator"),
    "request-information": Text("要求补充信息", "request information"),
    "supply-information": Text("补充信息", "supply information"),
    "record-urging": Text("记录催促", "record an urging"),
    "reclassify-case": Text("调整分类", "reclassify the case"),
    "accept-case": Text("受理", "accept the case"),
    "decline-case": Text("不予受理", "decline the case"),
    "refer-case": Text("转送", "refer the case"),
    "withdraw-case": Text("撤回", "withdraw the case"),
    "change-visibility": Text("调整知悉范围", "change the visibility"),
    "triage-case": Text("分流", "triage the case"),
    "retriage-case": Text("重新分流", "triage the case again"),
    "convene-deliberation": Text("召集议事", "convene the deliberation"),
    "give-notice": Text("发出通知", "give notice"),
    "postpone-deliberation": Text("延期召开", "postpone the deliberation"),
    "record-opinion": Text("记录意见", "record an opinion"),
    "record-attendance": Text("记录到会", "record the attendance"),
    "recuse-member": Text("回避", "recuse a member"),
    "table-proposal": Text("提出议案", "table a proposal"),
    "cast-vote": Text("表决", "cast a vote"),
    "record-consent": Text("记录同意与否", "record consent or objection"),
    "record-minutes": Text("形成会议纪要", "record the minutes"),
    "conclude-deliberation": Text("宣布结果", "conclude the deliberation"),
    "decide-urgently": Text("急事快定", "decide urgently"),
    "ratify-decision": Text("追认", "ratify the decision"),
    "publish-decision": Text("公示", "publish the decision"),
    "raise-objection": Text("提出异议", "raise an objection"),
    "settle-objection": Text("处理异议", "settle an objection"),
    "confirm-decision": Text("确认决定", "confirm the decision"),
    "annul-decision": Text("撤销决定", "annul the decision"),
    "dispatch-case": Text("派单", "dispatch the case"),
    "accept-assignment": Text("接单", "accept the assignment"),
    "return-assignment": Text("退单", "return the assignment"),
    "dispute-assignment": Text("提出派单异议", "dispute the assignment"),
    "rule-on-dispute": Text("裁定派单异议", "rule on the dispute"),
    "hand-over": Text("交接", "hand over"),
    "start-work": Text("开始办理", "start work"),
    "report-progress": Text("报告进展", "report progress"),
    "suspend-clock": Text("暂停计时", "suspend the clock"),
    "resume-clock": Text("恢复计时", "resume the clock"),
    "request-extension": Text("申请延期", "request an extension"),
    "grant-extension": Text("同意延期", "grant the extension"),
    "refuse-extension": Text("不同意延期", "refuse the extension"),
    "report-resolution": Text("报告办结", "report the resolution"),
    "verify-resolution": Text("核查通过", "verify the resolution"),
    "reject-resolution": Text("核查不通过", "reject the resolution"),
    "report-implementation": Text("向决定机构报告落实", "report the implementation"),
    "record-callback": Text("回访", "record the callback"),
    "close-case": Text("办结", "close the case"),
    "request-reopening": Text("申请重办", "request reopening"),
    "reopen-case": Text("重办", "reopen the case"),
    "correct-result": Text("更正办理结果", "correct the result"),
    "lodge-review": Text("申请复核", "lodge a review"),
    "decide-review": Text("复核决定", "decide the review"),
    "add-note": Text("添加备注", "add a note"),
    "remind-of-deadline": Text("催办", "remind of the deadline"),
    "record-missed-deadline": Text("记录逾期", "record the missed deadline"),
    "escalate-case": Text("提级", "escalate the case"),
    "lapse-information-request": Text("补充信息逾期", "let the information request lapse"),
    "presume-consent": Text("视为同意", "presume consent"),
    "lapse-decision": Text("决定失效", "let the decision lapse"),
    "found-register": Text("建档", "found the register"),
    "establish-grid": Text("设立网格", "establish a grid"),
    "register-person": Text("登记人员", "register a person"),
    "register-organisation": Text("登记单位", "register an organisation"),
    "appoint-party": Text("确定服务单位", "appoint a party to a grid"),
    "establish-body": Text("设立议事组织", "establish a body"),
    "fill-seat": Text("就任", "fill a seat"),
    "vacate-seat": Text("离任", "vacate a seat"),
    "give-mandate": Text("授权", "give a mandate"),
    "revoke-mandate": Text("撤销授权", "revoke a mandate"),
    "open-intake-point": Text("设立收集点", "open an intake point"),
    "close-intake-point": Text("撤销收集点", "close an intake point"),
    "set-roster": Text("排定值班", "set the duty roster"),
    "adopt-calendar": Text("采用日历", "adopt a calendar"),
    "install-charter": Text("安装章程", "install a charter"),
    "issue-api-key": Text("签发密钥", "issue an API key"),
    "revoke-api-key": Text("吊销密钥", "revoke an API key"),
}
"""Every command by its stored type. A charter's authority names commands by these."""
