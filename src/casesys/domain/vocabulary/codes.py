"""The engine's own codes: stages, standings, tracks, moments, choices."""

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
    INITIATOR_CONTACTED = "initiator_contacted", "联系诉求人", "initiator contacted"
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
