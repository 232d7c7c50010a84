"""A big matter of the residents, from the first complaint to the last paving stone: studied, announced, voted, published, done."""

from casesys.demo import heyuan
from casesys.demo.plots.meetings import convened, counted, representatives, voting
from casesys.demo.plots.turns import NOT_THE_OWNERS, Work, called_back, done, verified
from casesys.demo.scene import Plot, Scene
from casesys.domain.cases import commands as c
from casesys.domain.messages import Value

PLAN = "和苑二区市政庭院整体改造：重铺地面、加无障碍坡道、移栽三棵树"

WORK = Work(
    officer="roads-foreman",
    tells="分三段施工，每段围挡不超过三天，轮椅通道始终留着。",
    shows="庭院改造完工，坡道坡度实测",
    reports="重铺地面1260平方米，新建坡道两处，移栽树木三棵，结算27.9万元。",
)


def courtyard_rebuilt(s: Scene) -> Plot:
    """A municipal courtyard is rebuilt."""
    s.collect(
        "grid-worker-2",
        channel="visit",
        category="courtyard",
        grid=heyuan.WILLOW,
        title="和苑二区庭院地面破损、没有无障碍坡道，请求整体改造",
        description="坑洼积水多年，两位坐轮椅的老人出不了楼门。",
        location="和苑二区中心庭院",
        initiator_name="柴玉兰",
        initiator_contact="138 0000 0105",
    )
    yield s.later(minutes=50)
    s.do("dispatcher", c.AcceptCase)
    s.refused("facts-needed", "dispatcher", c.TriageCase)
    yield s.workday(1, "10:00")
    facts: dict[str, Value] = {
        "residents_asked": True,
        "households_affected": 126,
        "estimated_cost": 286_000,
    }
    s.do("grid-worker-2", c.EstablishFacts, facts=NOT_THE_OWNERS | facts)
    s.do("dispatcher", c.TriageCase)
    yield s.later(hours=5)
    convened(s, PLAN, "市政资金改造，居民不出资；施工期十个工作日，分段围挡。")
    yield s.workday(1, "19:40")
    opinion = "方案可行，建议保留东侧大槐树，坡道两侧加扶手。"
    s.do("minute-taker", c.RecordOpinion, favourable=True, opinion=opinion)
    yield from _two_meetings(s)
    yield from _published(s)
    yield from _rebuilt(s)


def _two_meetings(s: Scene) -> Plot:
    """Too few come to the first meeting; the second has new notice, and one member stands aside."""
    yield s.workday(1, "10:10")
    proof = s.attach("grid-worker-2", "第一次会议通知张贴照片")
    soon = {"meets_at": s.later(days=6), "agenda": (PLAN,), "proofs": (proof,)}
    s.refused("notice-too-short", "moderator", c.GiveNotice, **soon)
    yield from _announced(s, proof)
    s.do("minute-taker", c.RecordAttendance, present=representatives(8))
    yield s.later(minutes=30)
    s.do("moderator", c.ConcludeDeliberation)

    yield s.workday(1, "09:30")
    proof = s.attach("grid-worker-2", "第二次会议通知张贴照片")
    yield from _announced(s, proof)
    *voters, concerned = representatives(12)
    s.do("minute-taker", c.RecordAttendance, present=(*voters, concerned))
    reason = "其子在投标的施工单位任职，本人申请回避。"
    s.do("moderator", c.RecuseMember, member=concerned, reason=reason)
    s.refused("recused", "teller-1", c.CastVote, member=concerned, choice="for")
    minutes = "按议事厅意见保留东侧大槐树；轮椅通道施工期间不断。"
    yield from counted(s, voting(voters, votes_for=8, abstaining=1), minutes)


def _announced(s: Scene, proof: str) -> Plot:
    meets_at = s.day(11, "19:00")
    s.do("moderator", c.GiveNotice, meets_at=meets_at, agenda=(PLAN,), proofs=(proof,))
    yield meets_at


def _published(s: Scene) -> Plot:
    """The decision hangs for fifteen days; an objection comes and is dismissed; then it stands."""
    yield s.workday(1, "09:00")
    proof = s.attach("grid-worker-2", "公告栏和居民群公示截图")
    s.do("moderator", c.PublishDecision, proofs=(proof,))
    yield s.day(9, "11:20")
    s.refused("too-early", "moderator", c.ConfirmDecision)
    grounds = "移走楼前的树，夏天西晒没有遮挡。"
    s.do("grid-worker-2", c.RaiseObjection, objector="resident-11", grounds=grounds)
    yield s.workday(2, "15:00")
    s.refused("objections-open", "moderator", c.ConfirmDecision)
    reason = "移栽的三棵在坡道线上，西侧遮阴的两棵保留，已当面说明并量给本人看。"
    s.do("supervisor", c.SettleObjection, number=1, upheld=False, reason=reason)
    yield s.due("objections")
    yield s.workday(0, "09:00")
    s.do("moderator", c.ConfirmDecision)


def _rebuilt(s: Scene) -> Plot:
    why = "庭院是市政用地，由市道路养护所施工，物业配合围挡。"
    s.do("dispatcher", c.DispatchCase, lead=heyuan.ROADS, supporting=(heyuan.PROPERTY,), reason=why)
    yield s.later(hours=2)
    s.do(WORK.officer, c.AcceptAssignment)
    s.do(WORK.officer, c.ContactInitiator, reached=True, summary=WORK.tells)
    yield s.workday(1, "08:30")
    s.do(WORK.officer, c.StartWork)
    yield s.workday(3, "17:00")
    s.do(WORK.officer, c.ReportProgress, progress="第一段完工，坡道基础已浇筑。")
    s.do("property-manager", c.ReportProgress, progress="围挡移到第二段，轮椅通道畅通。")
    yield s.workday(4, "16:00")
    done(s, WORK)
    yield from verified(s, "坡道坡度1:12，轮椅试行两次；大槐树还在。", "verifier-2")
    yield s.later(hours=4)
    report = "改造已完工，决算27.9万元，比预计少0.7万元，质保两年。"
    s.do(WORK.officer, c.ReportImplementation, report=report)
    yield from called_back(s, "老伴三年来头一回自己下楼晒太阳。")
