"""What time does to a case: a deadline nobody keeps climbs the ladder, a question nobody answers lapses."""

from casesys.demo import heyuan
from casesys.demo.plots.turns import (
    NOT_THE_OWNERS,
    Work,
    called_back,
    done,
    taken_in,
    verified,
    worked_on,
)
from casesys.demo.scene import Plot, Scene
from casesys.domain.cases import commands as c


def deadline_missed(s: Scene) -> Plot:
    """The lead takes it up and does nothing: reminded, missed, escalated step by step, and handed over in the end."""
    s.collect(
        "grid-worker-4",
        channel="patrol",
        category="public_road",
        grid=heyuan.NEW_LANE,
        title="新里路口人行道塌陷约一平方米",
        description="地砖下面空了，雨天看不出深浅。",
        location="新里路与和苑街路口东南角",
        initiator_name="侯德胜",
        initiator_contact="138 0000 0106",
    )
    yield s.later(minutes=30)
    s.do("grid-worker-4", c.MakeSafe, measures="已摆放锥桶和警示带，夜间挂警示灯。")
    taken_in(s)
    s.do("dispatcher", c.DispatchCase)
    yield s.later(hours=2)
    s.do("roads-foreman", c.AcceptAssignment)
    s.do("roads-foreman", c.ContactInitiator, reached=True, summary="本周安排抢修。")
    yield s.workday(4, "09:50")
    s.do("grid-worker-4", c.RecordUrging, summary="锥桶还在，没有人来修。")
    yield s.workday(1, "14:00")
    why = "养护队在赶主干道工期，请求延长五个工作日。"
    s.do("roads-foreman", c.RequestExtension, clock="resolve", amount=5, reason=why)
    yield s.later(hours=2)
    refusal = "一平方米的塌陷不该再等，先派一个班组。"
    s.do("grid-lead-north", c.RefuseExtension, reason=refusal)
    yield s.due("resolve")
    yield s.workday(1, "10:30")
    again = {"clock": "resolve", "amount": 3, "reason": "班组下周到位。"}
    s.refused("too-late", "roads-foreman", c.RequestExtension, **again)
    s.do("grid-worker-4", c.RecordUrging, summary="第二次来问：孩子每天从旁边过。")
    yield s.workday(4, "09:20")
    yield from _taken_over(s)


def _taken_over(s: Scene) -> Plot:
    why = "逾期五个工作日，监督委员已过问；由祥安物业先修，费用另与市道路养护所结算。"
    s.do("secretary", c.HandOver, to=heyuan.PROPERTY, reason=why)
    work = Work(
        officer="property-foreman",
        tells="",
        shows="塌陷处回填夯实、地砖复原",
        reports="回填夯实，重铺地砖，警示设施撤除。",
        days=1,
    )
    yield from worked_on(s, work)
    yield from verified(s, "踩实了，没有空响。")
    yield from called_back(s, "修是修好了，等得太久。", "basically_satisfied")


def information_unanswered(s: Scene) -> Plot:
    """An anonymous complaint without an address: the question lapses by itself, and the case goes on with what is known."""
    s.collect(
        "dispatcher",
        channel="online",
        category="building_noise",
        grid=heyuan.BRICKYARD,
        title="砖厂小区有住户深夜装修",
        description="夜里十一点还有电钻声，孩子睡不着。",
        anonymous=True,
        facts=NOT_THE_OWNERS,
    )
    yield s.later(minutes=45)
    taken_in(s)
    s.do("dispatcher", c.DispatchCase)
    yield s.later(hours=1)
    s.do("property-manager", c.AcceptAssignment)
    s.do("property-manager", c.StartWork)
    s.do("duty-officer-2", c.RequestInformation, question="请问是哪栋楼？大约几点到几点？")
    yield s.due("information")
    yield s.workday(0, "09:30")
    walked = "连续三晚巡楼，查到8号楼一户二十二时后施工，已书面制止，装修时间表贴在门上。"
    s.do("property-manager", c.ReportProgress, progress=walked)
    yield s.later(hours=6)
    work = Work(
        "property-manager",
        "",
        "8号楼单元门上的装修时间表",
        "施工已停在二十时，三晚复查无夜间噪声。",
    )
    done(s, work)
    yield from verified(s, "二十一时到场，楼内安静。")
    yield s.workday(1, "16:10")
    s.do("callback-officer", c.RecordCallback, reached=False, remarks="匿名反映，无法回访。")
    s.do("callback-officer", c.CloseCase, result="resolved_unreached")
