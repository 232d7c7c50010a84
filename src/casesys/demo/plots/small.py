"""Small matters: the sides are asked. All agree, one is silent for too long to matter, or one objects and makes it a big matter."""

from casesys.demo import heyuan
from casesys.demo.plots.meetings import convened, counted, representatives, voting
from casesys.demo.plots.turns import (
    NOT_THE_OWNERS,
    Work,
    called_back,
    carried_out,
    done,
    taken_in,
    verified,
)
from casesys.demo.scene import Plot, Scene
from casesys.domain.cases import commands as c


def courtyard_lamp(s: Scene) -> Plot:
    """A lamp inside the compound, which the property company is to pay: all three sides agree."""
    s.collect(
        "volunteer",
        channel="warm_station",
        intake_point=heyuan.WARM_STATION,
        category="courtyard_lamp",
        grid=heyuan.WILLOW,
        title="Two courtyard lamps at Building 6 are dark, and nobody agreed who pays",
        description="The company says the fee does not cover lamp heads; the owners say it does.",
        location="Willow compound, between Buildings 6 and 7",
        facts=NOT_THE_OWNERS
        | {"payer_unsettled": True, "households_affected": 12, "estimated_cost": 1800},
        initiator_name="Grace Liu",
        initiator_contact="grace@example.org",
    )
    yield s.later(minutes=45)
    taken_in(s)
    yield s.workday(1, "09:30")
    convened(
        s,
        "Xiang'an Property replaces both lamp heads and pays for them",
        "Lamp heads are wear and tear under section 4 of the service contract.",
    )
    agreed = {"side": "residents", "consents": True}
    s.do("coordinator", c.RecordConsent, **agreed, statement="Light before winter is what counts.")
    yield s.later(hours=5)
    agreed = {"side": "owners", "consents": True}
    s.do("coordinator", c.RecordConsent, **agreed, statement="Agreed, as section 4 says.")
    yield s.workday(1, "10:40")
    agreed = {"side": "property", "consents": True}
    s.refused("not-authorised", "property-manager", c.RecordConsent, **agreed)
    statement = "We read section 4 again. Agreed; the lamps are in the store."
    s.do("coordinator", c.RecordConsent, **agreed, statement=statement)
    yield s.later(minutes=50)
    s.do("moderator", c.ConfirmDecision)
    s.do("dispatcher", c.DispatchCase)
    work = Work(
        officer="property-foreman",
        tells="Both lamp heads go up the day after tomorrow, at our cost.",
        shows="Both lamps alight",
        reports="Two LED heads fitted and tested after dark.",
    )
    yield from carried_out(s, work)
    yield from verified(s, "Both alight at seven in the evening.")
    yield from called_back(s, "Bright, and nobody sent me a bill.")


def rain(s: Scene) -> Plot:
    """A drain to be laid; one side says nothing, and the rain stops the clock for as long as it lasts."""
    s.collect(
        "grid-worker-2",
        channel="patrol",
        category="drainage",
        grid=heyuan.WILLOW,
        title="Water stands ankle-deep before Building 12 after every shower",
        location="Willow compound, path before Building 12",
        facts=NOT_THE_OWNERS | {"households_affected": 18, "estimated_cost": 6800},
        initiator_name="Daniel Qiu",
        initiator_contact="daniel@example.org",
    )
    yield s.later(minutes=30)
    taken_in(s)
    convened(s, "Xiang'an Property lays a drain to the street gully and pays for it")
    yield s.later(hours=3)
    s.do("coordinator", c.RecordConsent, side="residents", consents=True)
    s.do("coordinator", c.RecordConsent, side="property", consents=True)
    yield s.due("step")  # the owners' committee says nothing until silence counts as agreeing
    yield s.workday(0, "09:10")
    s.do("moderator", c.ConfirmDecision)
    why = "The sides have agreed that Xiang'an Property does it."
    s.do("dispatcher", c.DispatchCase, lead=heyuan.PROPERTY, reason=why)
    yield from _drain_laid(s)


def _drain_laid(s: Scene) -> Plot:
    work = Work(
        officer="property-foreman",
        tells="We dig tomorrow, if the weather holds.",
        shows="The drain before it was covered",
        reports="22 metres of drain laid to the street gully, path closed again.",
    )
    yield s.later(minutes=70)
    s.do(work.officer, c.AcceptAssignment)
    s.do(work.officer, c.ContactInitiator, reached=True, summary=work.tells)
    s.do(work.officer, c.StartWork)
    yield s.workday(2, "14:00")
    why = "Rain without end: the trench fills as fast as it is dug."
    s.do("dispatcher", c.SuspendClock, ground="weather", reason=why)
    yield s.workday(3, "08:40")
    s.do("dispatcher", c.ResumeClock)
    yield s.workday(3, "16:30")
    done(s, work)
    yield from verified(s, "Poured two buckets: gone in a minute.")
    yield from called_back(s, "It rained on Building 12 and nobody noticed.")


def consent_objection(s: Scene) -> Plot:
    """Small until the owners object: then big, studied, put to the representatives, and not carried."""
    s.collect(
        "grid-worker-4",
        channel="residents_group",
        category="courtyard_parking",
        grid=heyuan.NEW_LANE,
        title="5号楼北侧道路划定限时停车位",
        description="白天路边空着，晚上乱停，建议划十二个夜间限时车位。",
        location="新里小区5号楼北侧",
        facts=NOT_THE_OWNERS
        | {"residents_asked": True, "households_affected": 26, "estimated_cost": 9800},
        initiator_name="蔡文静",
        initiator_contact="138 0000 0103",
    )
    yield s.later(minutes=50)
    taken_in(s)
    yield s.workday(1, "09:40")
    title = "5号楼北侧划定十二个夜间限时停车位"
    convened(s, title, "限二十一时至次日七时，标牌和划线由物业负责。")
    agreed = {"side": "residents", "consents": True}
    s.do("moderator", c.RecordConsent, **agreed, statement="夜间车位确实紧张，同意。")
    yield s.workday(1, "15:20")
    objection = {"side": "owners", "consents": False}
    why = "北侧是消防登高操作场地，划了车位云梯车就展不开。"
    s.do("moderator", c.RecordConsent, **objection, statement=why)
    yield s.workday(1, "10:00")
    yield from _put_to_the_representatives(s, title)
    yield s.workday(1, "11:00")
    reply = "代表会议没有通过：那里是消防登高场地。东门外划线的建议已转交警部门研究。"
    s.do("grid-worker-4", c.ReplyToInitiator, reply=reply)


def _put_to_the_representatives(s: Scene, title: str) -> Plot:
    convened(s, title)
    yield s.workday(2, "19:30")
    opinion = "登高场地不宜停车，建议改划在东门外市政道路。"
    s.do("minute-taker", c.RecordOpinion, favourable=False, opinion=opinion)
    yield s.workday(1, "10:30")
    proof = s.attach("grid-worker-4", "公告栏张贴的会议通知")
    meets_at = s.day(11, "19:00")
    s.do("moderator", c.GiveNotice, meets_at=meets_at, agenda=(title,), proofs=(proof,))
    yield meets_at
    present = representatives(13)
    s.do("minute-taker", c.RecordAttendance, present=present)
    votes = voting(present, votes_for=4, abstaining=1)
    yield from counted(s, votes, "多数代表认为消防场地不能动，建议另行选址。")
