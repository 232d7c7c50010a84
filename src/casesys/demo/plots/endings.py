"""Short stories: taken back, not accepted, passed on, answered; and one that has only begun when the season ends."""

from casesys.demo import heyuan
from casesys.demo.plots.turns import NOT_THE_OWNERS, taken_in
from casesys.demo.scene import Plot, Scene
from casesys.domain.cases import commands as c


def withdrawn(s: Scene) -> Plot:
    """Written on paper in the evening, entered in the morning, and taken back the day after."""
    s.collect(
        "volunteer",
        channel="warm_station",
        heard_at=s.later(hours=-15),
        intake_point=heyuan.WARM_STATION,
        category="building_noise",
        grid=heyuan.WILLOW,
        title="Piano practice after ten at night in Building 2",
        facts=NOT_THE_OWNERS,
        initiator_name="Martin Fischer",
        initiator_contact="martin@example.org",
    )
    yield s.later(minutes=90)
    s.do("dispatcher", c.AcceptCase)
    yield s.workday(1, "18:30")
    why = (
        "We talked on the stairs. She practises before nine now, and my son takes lessons with her."
    )
    s.do("grid-worker-2", c.WithdrawCase, reason=why)


def declined(s: Scene) -> Plot:
    """Already before the court: not accepted, with the ground and the reason."""
    s.collect(
        "duty-officer-1",
        channel="hotline",
        intake_point=heyuan.HOTLINE,
        category="service_fee",
        grid=heyuan.NEW_LANE,
        title="对物业费调整有异议",
        description="认为涨价没有经过业主同意。",
        initiator_name="霍建新",
        initiator_contact="138 0000 0107",
    )
    yield s.later(hours=2)
    refused = {"ground": "in_proceedings", "reason": "已就同一争议起诉。"}
    s.refused("not-authorised", "duty-officer-1", c.DeclineCase, **refused)
    yield s.later(hours=1)
    why = "同一争议已由区人民法院立案，由法院处理；社区可以提供合同备案查询。"
    s.do("grid-lead-north", c.DeclineCase, ground="in_proceedings", reason=why)


def referred(s: Scene) -> Plot:
    """Heard on the reception day, and another authority's to decide."""
    s.collect(
        "secretary",
        channel="reception_day",
        intake_point=heyuan.RECEPTION_ROOM,
        case_type="suggestion",
        category="proposal",
        grid=heyuan.RIVERSIDE,
        title="Bus 41 should stop at the health centre",
        description="It drives past the door, and the next stop is six hundred metres on.",
        initiator_name="Ruth Adler",
        initiator_contact="ruth@example.org",
    )
    yield s.workday(1, "11:00")
    why = "Stops are for the district's transport bureau. Our count of passengers goes with it."
    s.do("secretary", c.ReferCase, to="District Transport Bureau", reason=why)


def inquiry_answered(s: Scene) -> Plot:
    """A question asked on the secretary's reception day, and answered by who knows."""
    s.collect(
        "secretary",
        channel="reception_day",
        intake_point=heyuan.RECEPTION_ROOM,
        case_type="inquiry",
        category="policy",
        grid=heyuan.BRICKYARD,
        title="老旧小区加装电梯怎样申请补贴",
        description="三楼以上都想装，一楼还没谈拢。",
        initiator_name="施国强",
        initiator_contact="138 0000 0108",
    )
    yield s.workday(1, "09:10")
    taken_in(s)
    s.do("dispatcher", c.DispatchCase)
    yield s.later(hours=1)
    s.do("committee-clerk", c.AcceptAssignment)
    answer = "先由本单元业主表决，参与表决的业主面积和人数都要四分之三以上同意；再向街道申请，材料清单已发给您。"
    s.do("committee-clerk", c.ReplyToInitiator, reply=answer)
    s.do("committee-clerk", c.ReportResolution, result="resolved", summary="已答复并发送材料清单。")
    yield s.workday(1, "10:30")
    answers = {"contacted": True, "solved": True, "satisfaction": "satisfied"}
    said = "清楚了，先去跟一楼谈。"
    s.do("callback-officer", c.RecordCallback, reached=True, remarks=said, **answers)
    s.do("callback-officer", c.CloseCase)


def still_open(s: Scene) -> Plot:
    """Collected two working days before the end: dispatched, taken up, and its clock is running."""
    s.collect(
        "grid-worker-1",
        channel="visit",
        category="water",
        grid=heyuan.RIVERSIDE,
        title="7号楼顶层早晚水压低",
        description="早晨洗漱时水流很细，热水器打不着火。",
        location="河畔小区7号楼",
        facts=NOT_THE_OWNERS | {"utility_lost": False},
        initiator_name="陆长青",
        initiator_contact="138 0000 0109",
    )
    yield s.later(minutes=30)
    s.refused("not-authorised", "grid-lead-north", c.AcceptCase)
    taken_in(s, "grid-lead-south")
    s.do("grid-lead-south", c.DispatchCase)
    yield s.later(hours=1)
    s.do("water-engineer", c.AcceptAssignment)
    tells = "明天早高峰上门测压。"
    s.do("water-engineer", c.ContactInitiator, reached=True, summary=tells)
    yield s.workday(1, "07:40")
    s.do("water-engineer", c.StartWork)
    s.do("water-engineer", c.ReportProgress, progress="实测0.08兆帕，疑似减压阀堵塞，订购阀芯。")
