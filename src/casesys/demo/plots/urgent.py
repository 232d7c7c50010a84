"""Urgent matters: people are made safe first and papers follow. Further measures are ratified within 48 hours, or they lapse."""

from casesys.demo import heyuan
from casesys.demo.plots.meetings import convened
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

SIDES = ("residents", "owners", "property")


def lift_with_people(s: Scene) -> Plot:
    """People trapped in a lift: alerted, freed and made safe before anybody accepts the case; the repair is ratified."""
    s.collect(
        "duty-officer-2",
        channel="hotline",
        intake_point=heyuan.HOTLINE,
        case_type="hazard",
        category="lift_failure",
        grid=heyuan.BRICKYARD,
        title="9号楼1单元电梯停在六七层之间，有人被困",
        description="轿厢里三个人，其中一位老人说胸闷，对讲机能通话。",
        location="砖厂小区9号楼1单元",
        facts={"danger_to_life": True},
        initiator_name="邢小兰",
        initiator_contact="138 0000 0104",
    )
    yield s.later(minutes=2)
    s.do("duty-officer-2", c.AlertEmergencyService, service="119", reference="119接警，消防站出动")
    s.do(
        "duty-officer-2",
        c.AlertEmergencyService,
        service="120",
        reference="120接警，急救车到场待命",
    )
    yield s.later(minutes=27)
    freed = (
        "消防员与维保人员盘车平层，三人全部救出，老人经急救人员检查无碍。电梯断电，各层门贴封条。"
    )
    s.do("duty-officer-2", c.MakeSafe, measures=freed)
    yield s.later(minutes=9)
    taken_in(s, "duty-officer-2")
    yield s.later(minutes=12)
    further = "更换曳引机制动器并全面检验，检验合格前不恢复运行；停梯期间安排志愿者帮老人送菜上楼。"
    s.do("duty-officer-2", c.DecideUrgently, further_measures=further)
    yield s.later(hours=14)
    for side in SIDES:
        s.do("coordinator", c.RatifyDecision, side=side, ratifies=True)
        yield s.later(minutes=50)
    yield from _brake_replaced(s)


def _brake_replaced(s: Scene) -> Plot:
    s.do("grid-lead-north", c.ConfirmDecision)
    s.do("dispatcher", c.DispatchCase)
    work = Work(
        officer="lift-engineer",
        tells="制动器明天到货，换好并检验合格后才开梯。",
        shows="检验报告：制动器更换后检验合格",
        reports="更换曳引机制动器，125%额定载荷制动试验合格，恢复运行。",
    )
    yield s.later(minutes=30)
    s.do(work.officer, c.AcceptAssignment)
    s.do(work.officer, c.ContactInitiator, reached=True, summary=work.tells)
    s.do(work.officer, c.StartWork)
    yield s.workday(1, "17:20")
    progress = "新制动器已到场安装，志愿者今天帮六户老人送菜。"
    s.do("property-manager", c.ReportProgress, progress=progress)
    yield s.workday(2, "15:40")
    done(s, work)
    yield from verified(s, "电梯运行平稳，轿厢内张贴了检验合格标志。")
    yield from called_back(s, "当晚来得快，后来每天都有人送菜，电梯也修好了。")


def burst_pipe(s: Scene) -> Plot:
    """A burst pipe: the water is back the same night, but digging up the path is not ratified, lapses, and is asked for properly."""
    s.collect(
        "duty-officer-1",
        channel="hotline",
        intake_point=heyuan.HOTLINE,
        category="water",
        grid=heyuan.RIVERSIDE,
        title="Building 3 has no water: a pipe has burst under the path",
        description="Water comes up between the slabs, and the taps have been dry since nine.",
        location="Riverside compound, path east of Building 3",
        facts={"utility_lost": True},
        initiator_name="Henry Zhao",
        initiator_contact="henry@example.org",
    )
    yield s.later(minutes=6)
    taken_in(s, "duty-officer-1")
    yield s.later(minutes=44)
    s.do(
        "duty-officer-1",
        c.DecideUrgently,
        made_safe="Valve shut, hole fenced and lit; a hose from Building 4 feeds the riser, so the taps run again.",
        further_measures="Dig up the path and renew 18 metres of pipe at once, at the owners' cost.",
    )
    yield s.later(hours=13)
    s.do("coordinator", c.RatifyDecision, side="residents", ratifies=True)
    yield s.due("step")  # the owners and the company do not answer: what was not ratified lapses
    yield s.workday(1, "09:20")
    late = {"side": "owners", "ratifies": True}
    s.refused("no-step-open", "coordinator", c.RatifyDecision, **late)
    yield from _asked_properly(s)


def _asked_properly(s: Scene) -> Plot:
    facts = NOT_THE_OWNERS | {"utility_lost": False, "payer_unsettled": True}
    facts |= {"households_affected": 22, "estimated_cost": 14_500}
    s.do("grid-lead-south", c.EstablishFacts, facts=facts)
    s.do("grid-lead-south", c.RetriageCase)
    convened(
        s,
        "City Water renews the pipe, Xiang'an Property restores the path; owners pay nothing",
        "The pipe lies before the meter, so it is City Water's.",
    )
    yield s.later(hours=5)
    for side in SIDES:
        s.do("coordinator", c.RecordConsent, side=side, consents=True)
    yield s.later(minutes=30)
    s.do("moderator", c.ConfirmDecision)
    s.do("dispatcher", c.DispatchCase)
    work = Work(
        officer="water-engineer",
        tells="We dig the day after tomorrow; the hose stays until the new pipe runs.",
        shows="The new pipe in its bed, under pressure",
        reports="18 metres of pipe renewed, tested for two hours, path restored with Xiang'an Property.",
        days=3,
    )
    yield from carried_out(s, work)
    yield from verified(s, "Dry path, full pressure on the top floor.", "verifier-2")
    yield from called_back(s, "Water the same night, and no bill. I had feared worse.")
