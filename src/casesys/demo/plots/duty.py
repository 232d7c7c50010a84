"""Where the duty is clear there is nothing to deliberate: done at once, returned as not ours, done badly first, come back."""

from casesys.demo import heyuan
from casesys.demo.plots.turns import Work, called_back, carried_out, done, taken_in, verified
from casesys.demo.scene import Plot, Scene
from casesys.domain.cases import commands as c


def street_lamp(s: Scene) -> Plot:
    """A street lamp whose keeper is clear."""
    s.collect(
        "duty-officer-1",
        channel="hotline",
        intake_point=heyuan.HOTLINE,
        category="street_lamp",
        grid=heyuan.RIVERSIDE,
        title="河畔路南段三盏路灯不亮",
        description="从公交站到小学门口一路全黑，接孩子放学看不清路。",
        location="河畔路南段，公交站至河畔小学",
        initiator_name="刘福生",
        initiator_contact="138 0000 0101",
    )
    yield s.later(minutes=25)
    taken_in(s)
    s.do("dispatcher", c.DispatchCase)
    work = Work(
        officer="lighting-foreman",
        tells="今晚派车检修，明天修好后再告诉您。",
        shows="更换镇流器后三盏路灯全部亮起",
        reports="三盏路灯镇流器烧坏，已更换，当晚试亮正常。",
        days=1,
    )
    yield from carried_out(s, work)
    yield from verified(s, "昨晚七点到现场，三盏路灯都亮。")
    yield from called_back(s, "路亮了，谢谢你们。")


def outside_duty_list(s: Scene) -> Plot:
    """Returned as outside the duty list, ruled on by somebody who did not dispatch it, and then done."""
    s.collect(
        "grid-worker-2",
        channel="patrol",
        category="street_trees",
        grid=heyuan.WILLOW,
        title="Tree roots have lifted the pavement at the Willow Street school gate",
        description="Two grandmothers have tripped this week. The slabs stand up by a hand's breadth.",
        location="Willow Street, school gate, the second plane tree from the corner",
        initiator_name="Oliver Wang",
        initiator_contact="oliver@example.org",
    )
    yield s.later(minutes=35)
    taken_in(s)
    s.do("secretary", c.DispatchCase)
    yield s.later(hours=3)
    ground = "outside_duty_list"
    why = "The tree stands inside the school's wall line; schools look after their own trees."
    s.do("greenery-foreman", c.ReturnAssignment, ground=ground, reason=why)
    yield s.workday(1, "09:15")
    ruling = {
        "lead": heyuan.GREENERY,
        "supporting": (heyuan.PROPERTY,),
        "reason": "By the survey of 2023 the wall line is a metre behind the trunk: the tree stands in the public green.",
    }
    s.refused("separation-of-duties", "secretary", c.RuleOnDispute, **ruling)
    s.do("coordinator", c.RuleOnDispute, **ruling)
    again = {"ground": "wrong_lead", "reason": "We still think that it is not ours."}
    s.refused("ruling-binds", "greenery-foreman", c.ReturnAssignment, **again)
    yield from _roots_cut_back(s)


def _roots_cut_back(s: Scene) -> Plot:
    work = Work(
        officer="greenery-foreman",
        tells="We cut the roots back and lay the slabs anew; please use the other side until then.",
        shows="The pavement lies level, with a root barrier along the trunk",
        reports="Roots cut back under an arborist's eye, barrier set, 14 square metres of slabs laid anew.",
    )
    yield s.later(minutes=50)
    s.do(work.officer, c.AcceptAssignment)
    s.do(work.officer, c.ContactInitiator, reached=True, summary=work.tells)
    s.do(work.officer, c.StartWork)
    yield s.workday(3, "11:00")
    why = "The arborist can come in four days only; without her we might fell the tree."
    s.do(work.officer, c.RequestExtension, clock="resolve", amount=3, reason=why)
    yield s.later(hours=3)
    s.do("grid-lead-south", c.GrantExtension)
    s.do(
        "dispatcher",
        c.ReplyToInitiator,
        reply="It takes three working days more, for the sake of the tree.",
    )
    yield s.workday(4, "14:30")
    done(s, work)
    yield from verified(s, "Walked over it twice: level, and the tree stands.")
    yield from called_back(s, "My mother walks there again. Well done.")


def verification_refused(s: Scene) -> Plot:
    """Reported as done too early: the verifier sends it back, the clock goes on, and it is done again."""
    s.collect(
        "grid-worker-3",
        channel="visit",
        category="stairwell_lamp",
        grid=heyuan.BRICKYARD,
        title="14号楼2单元楼道灯多层不亮",
        description="三层到六层的声控灯都不亮，晚上下楼靠手机照。",
        location="砖厂小区14号楼2单元",
        facts={"common_parts": False, "maintenance_fund": False},
        initiator_name="何秀珍",
        initiator_contact="138 0000 0102",
    )
    yield s.later(minutes=40)
    taken_in(s)
    s.do("dispatcher", c.DispatchCase)
    work = Work(
        officer="property-foreman",
        tells="两天内换好声控开关。",
        shows="三层、五层楼道灯已亮",
        reports="已更换声控开关，楼道灯恢复照明。",
    )
    yield from carried_out(s, work)
    yield s.later(minutes=20)
    s.refused("not-authorised", work.officer, c.VerifyResolution, remarks="都亮了。")
    yield s.workday(1, "19:10")
    why = "四层、六层仍不亮，只换了两层的开关。"
    s.do("verifier-2", c.RejectResolution, reason=why)
    yield s.workday(1, "09:30")
    s.do(work.officer, c.ReportProgress, progress="四层、六层是线路断了，今天重新穿线。")
    yield s.workday(1, "16:00")
    done(
        s,
        work._replace(shows="三至六层楼道灯全部亮起", reports="四层、六层重新穿线，逐层试灯正常。"),
    )
    yield from verified(s, "逐层试过，四盏都亮。", "verifier-2")
    yield from called_back(s, "这回真亮了，一层层都看过。")


def reopened(s: Scene) -> Plot:
    """Closed without reaching the initiator, who is dissatisfied when reached: reopened, done again, solved."""
    s.collect(
        "grid-worker-3",
        channel="residents_group",
        category="waste",
        grid=heyuan.BRICKYARD,
        title="Bins at the north gate overflow every evening",
        description="By eight the bags lie on the ground and the cats are at them.",
        location="Brickyard compound, north gate",
        facts={"common_parts": False, "maintenance_fund": False},
        initiator_name="Emily Carter",
        initiator_contact="emily@example.org",
    )
    yield s.later(minutes=30)
    taken_in(s)
    s.do("dispatcher", c.DispatchCase)
    work = Work(
        officer="property-manager",
        tells="An extra collection at seven in the evening, from tomorrow.",
        shows="Empty bins at eight in the evening",
        reports="The bins are emptied at seven as well.",
    )
    yield from carried_out(s, work)
    yield from verified(s, "Came at eight: clean.")
    yield s.workday(1, "16:10")
    s.do("callback-officer", c.RecordCallback, reached=False)
    s.do("callback-officer", c.CloseCase, result="resolved_unreached")
    yield s.workday(5, "10:00")
    answers = {"contacted": True, "solved": False, "satisfaction": "dissatisfied"}
    said = "Two good evenings, then the same as before. And at weekends nobody comes at all."
    s.do("callback-officer", c.RecordCallback, reached=True, remarks=said, **answers)
    s.refused("not-authorised", "callback-officer", c.ReopenCase)
    yield s.later(hours=4)
    s.do("grid-lead-north", c.ReopenCase, reason="The extra collection stopped after two days.")
    again = work._replace(
        shows="A fourth bin, and the collection plan with weekends on the gate",
        reports="A fourth bin, and collections at seven on all days of the week, by contract.",
    )
    yield s.workday(1, "09:00")
    s.do(work.officer, c.StartWork)
    yield s.workday(2, "17:00")
    done(s, again)
    yield from verified(
        s, "Came at eight again: clean, and the plan hangs on the gate.", "verifier-2"
    )
    yield from called_back(s, "No bags, no cats. Thank you for coming back to it.")
