"""Lives of cases in a founded community, so many that together they hold every event a case can have."""

import json
from datetime import timedelta
from functools import partial

from casesys.domain.register.commands import InstallCharter
from casesys.domain.vocabulary import Choice, EmergencyService, FactSource
from tests.community import Community, members
from tests.domain.charter.stock import document
from tests.domain.neighbourhood import variant

PHOTO = "a" * 64
RECEIPT = "b" * 64
SMALL = {
    "payer_unsettled": True,
    "common_parts": False,
    "maintenance_fund": False,
    "households_affected": 12,
    "estimated_cost": 800,
}
LIGHTS = "lead-property_company"


def lamp(community: Community) -> str:
    """A courtyard lamp: asked about, agreed on, returned, repaired, refused, verified, reopened, reviewed, corrected."""
    case = community.collect(
        description="晚上回家看不见路，老人摔过一跤。",
        location="3号楼东侧",
        initiator_name="刘阿姨",
        initiator_contact="13800000000",
        source_ref="12345-0001",
    )
    do = partial(community.do, case)
    community.wait(minutes=20)
    do("add-party", "grid_worker", party="zhang-san", role="co_reporter", name="张三")
    do("attach-evidence", "grid_worker", digest=PHOTO, media_type="image/jpeg", size=81234)
    do("request-information", "duty_officer", question="是哪一盏灯？")
    do("supply-information", "grid_worker", answer="东头第二盏", facts={"households_affected": 12})
    do("amend-case", "grid_worker", title="3号楼东侧路灯不亮")
    do("reclassify-case", "duty_officer", category="stairwell_lamp", reason="先以为在楼道")
    do("reclassify-case", "duty_officer", category="courtyard_lamp")
    do("change-visibility", "secretary", level="public")
    do("establish-facts", "grid_worker", facts=SMALL, source=FactSource.INSPECTED)
    do("accept-case", "duty_officer")
    do("contact-initiator", "duty_officer", reached=True, summary="已告知受理")
    do("reply-to-initiator", "duty_officer", reply="三日内协商")
    do("record-urging", "duty_officer", summary="又打来电话")
    do("triage-case", "duty_officer")
    agreed(community, case)
    returned_and_ruled(community, case)
    repaired(community, case)
    return case


def agreed(community: Community, case: str) -> None:
    """All sides of a small matter agree, and the decision is confirmed."""
    do = partial(community.do, case)
    do("convene-deliberation", "moderator", moderator="moderator", minute_taker="minute_taker")
    do("table-proposal", "moderator", title="由物业出资更换灯具", text="约800元")
    for side in ("residents", "owners", "property"):
        community.wait(hours=1)
        do("record-consent", "coordinator", side=side, consents=True)
    do("confirm-decision", "moderator")


def returned_and_ruled(community: Community, case: str) -> None:
    """The lead gives the case back, and it is ruled that it leads all the same."""
    do = partial(community.do, case)
    do("dispatch-case", "dispatcher")
    do("return-assignment", LIGHTS, ground="outside_duty_list", reason="路灯归市政")
    do("rule-on-dispute", "secretary", lead="property_company", reason="小区内路灯由物业负责")
    do("accept-assignment", LIGHTS)


def repaired(community: Community, case: str) -> None:
    """Work with rain and a longer deadline, refused once, verified, called back, closed, reopened, closed again, reviewed."""
    do = partial(community.do, case)
    do("start-work", LIGHTS)
    do("report-progress", LIGHTS, progress="灯具已采购")
    do("suspend-clock", "dispatcher", ground="weather", reason="暴雨")
    community.wait(days=2)
    do("resume-clock", "dispatcher")
    do("request-extension", LIGHTS, clock="resolve", amount=2, reason="缺配件")
    do("grant-extension", "grid_lead")
    community.wait(days=1)
    do("report-resolution", LIGHTS, result="resolved", summary="已更换")
    do("reject-resolution", "verifier", reason="灯还是不亮")
    finished(community, case)
    do("reopen-case", "grid_lead", reason="又不亮了")
    finished(community, case, satisfaction="satisfied")
    do("request-reopening", "grid_worker", reason="偶尔闪烁")
    do("lodge-review", "grid_worker", grounds="对结果有意见")
    do("decide-review", "supervisor", upheld=True, reason="灯已正常")
    do("correct-result", "secretary", result="partly_resolved", reason="仍需观察")
    do("add-note", "grid_worker", note="春节后再看一次")


def finished(community: Community, case: str, satisfaction: str = "dissatisfied") -> None:
    """The lead reports, somebody verifies, the initiator is called back and the case is closed."""
    do = partial(community.do, case)
    community.wait(hours=5)
    do("report-resolution", LIGHTS, result="resolved", summary="已更换镇流器")
    do("verify-resolution", "verifier", remarks="现场查看，灯亮")
    do(
        "record-callback",
        "callback_officer",
        reached=True,
        contacted=True,
        solved=True,
        satisfaction=satisfaction,
        remarks="太慢了",
    )
    do("close-case", "callback_officer")


def lift(community: Community) -> str:
    """A lift with people in it: made safe before acceptance, further measures ratified by all sides, then withdrawn."""
    case = community.collect("lift_failure", "2号楼电梯困人", facts={"danger_to_life": True})
    do = partial(community.do, case)
    do("alert-emergency-service", "grid_worker", service=EmergencyService.FIRE)
    do("make-safe", "grid_worker", measures="断电，安抚被困人员")
    do("accept-case", "duty_officer")
    do("triage-case", "duty_officer")
    decided_at_once(community, case)
    for side in ("residents", "owners", "property"):
        do("ratify-decision", "coordinator", side=side, ratifies=True)
    do("confirm-decision", "moderator")
    do("dispatch-case", "dispatcher")
    do("withdraw-case", "duty_officer", reason="另行报修")
    return case


def lapsed_lift(community: Community) -> str:
    """Another lift: nobody ratifies the further measures in time."""
    case = community.collect("lift_failure", "5号楼电梯停运", facts={"utility_lost": True})
    do = partial(community.do, case)
    do("accept-case", "duty_officer")
    do("triage-case", "duty_officer")
    decided_at_once(community, case)
    community.wait(hours=49)
    community.tick(case)
    return case


def decided_at_once(community: Community, case: str) -> None:
    """The officer on duty decides."""
    do = partial(community.do, case)
    do(
        "decide-urgently",
        "duty_officer",
        made_safe="已停梯",
        further_measures="更换曳引机，费用两万元",
    )


def courtyard(community: Community) -> str:
    """An objection makes a small matter big: study, no quorum, a second meeting, published, objected to, confirmed, annulled."""
    case = community.collect("courtyard", "翻修庭院路面", facts=SMALL | {"estimated_cost": 9000})
    do = partial(community.do, case)
    do("accept-case", "duty_officer")
    do("triage-case", "dispatcher", to="small", reason="先小议")
    do("convene-deliberation", "moderator", moderator="moderator")
    do("table-proposal", "moderator", title="翻修路面")
    do("record-consent", "coordinator", side="owners", consents=False, statement="费用太高")
    do("convene-deliberation", "moderator", moderator="moderator")
    do("table-proposal", "moderator", title="翻修路面，物业出资一半")
    do("record-opinion", "minute_taker", favourable=True, opinion="可行")
    do("attach-evidence", "grid_worker", digest=RECEIPT, media_type="image/png", size=5)
    met(community, case, present=8, votes=0)
    met(community, case, present=12, votes=9)
    published_and_objected(community, case)
    return case


def met(community: Community, case: str, *, present: int, votes: int) -> None:
    """Notice is given, the day comes a day later than told, so many come and so many of them vote for it."""
    do = partial(community.do, case)
    meets_at = community.wait(minutes=5).now.replace(hour=2) + timedelta(days=12)
    do("give-notice", "moderator", meets_at=meets_at, agenda=("翻修路面",), proofs=(RECEIPT,))
    later = meets_at + timedelta(days=1)
    do("postpone-deliberation", "moderator", meets_at=later, reason="场地占用")
    community.now = later
    people = members("residents_representatives")[:present]
    do("record-attendance", "minute_taker", present=people)
    do("recuse-member", "moderator", member=people[-1], reason="施工方亲属")
    for number, person in enumerate(people[:-1]):
        choice = Choice.FOR if number < votes else Choice.ABSTAIN
        do("cast-vote", "teller", member=person, choice=choice)
    do("record-minutes", "minute_taker", minutes="会议情况如实记录", evidence=RECEIPT)
    do("conclude-deliberation", "moderator")


def published_and_objected(community: Community, case: str) -> None:
    """The decision is published, an objection dismissed, confirmed, dispatched, disputed, handed over, reported, annulled."""
    do = partial(community.do, case)
    do("publish-decision", "moderator", where=("notice_board", "residents_group"))
    community.wait(days=3)
    do("raise-objection", "grid_worker", objector="li-si", grounds="施工噪声")
    do("settle-objection", "supervisor", number=1, upheld=False, reason="只在白天施工")
    community.wait(days=30)
    community.tick(case)
    do("confirm-decision", "moderator")
    do("dispatch-case", "dispatcher")
    do("dispute-assignment", LIGHTS, proposed="street_office", reason="应由街道出资")
    do("rule-on-dispute", "secretary", lead="property_company")
    do("hand-over", "grid_lead", to="municipal_roads", reason="改由道路养护施工")
    lead = "lead-municipal_roads"
    do("accept-assignment", lead)
    do("request-extension", lead, clock="resolve", amount=5, reason="雨季")
    do("refuse-extension", "grid_lead", reason="工期够用")
    do("report-implementation", "moderator", report="路面已完成一半")
    do("annul-decision", "secretary", reason="发现侵占绿地")


def silent(community: Community) -> str:
    """Nobody answers a question, nobody objects: time alone goes on; then the dispatch is missed and goes up the ladder."""
    case = community.collect("courtyard", "长椅损坏", facts=SMALL)
    do = partial(community.do, case)
    do("accept-case", "duty_officer")
    do("request-information", "duty_officer", question="哪一处长椅？")
    do("triage-case", "duty_officer")
    do("convene-deliberation", "moderator", moderator="moderator")
    do("table-proposal", "moderator", title="修长椅")
    community.wait(days=12)
    community.tick(case)
    do("confirm-decision", "moderator")
    community.wait(days=20)
    community.tick(case)
    return case


def declined(community: Community) -> str:
    """A case that is not accepted, entered two days late from paper."""
    at = community.now
    community.wait(days=2)
    case = community.collect("noise", "邻街施工", by="duty_officer", effective_at=at)
    do = partial(community.do, case)
    do("decline-case", "grid_lead", ground="outside_duties", reason="不在本社区")
    return case


def referred(community: Community) -> str:
    """A case that belongs elsewhere, from somebody who gives no name."""
    case = community.collect("public_noise", "工地夜间施工", anonymous=True)
    do = partial(community.do, case)
    do("refer-case", "grid_lead", to="区城管局")
    return case


def published_twice(community: Community) -> str:
    """A grid of its own mind publishes small decisions, hears nobody object, and publishes them once more."""
    publish, objections = document()["procedures"]["big-residents"]["steps"][-2:]
    steps = document()["procedures"]["small"]["steps"]
    again = [*steps, publish, objections, publish | {"id": "publish-again"}]
    charter = variant(("code", "grid-1"), ("procedures.small.steps", again))
    text = json.dumps(charter, ensure_ascii=False)
    community.register(InstallCharter(grid_id="grid-1", document=text))
    case = community.collect("courtyard", "长椅移位", grid="grid-1", facts=SMALL)
    do = partial(community.do, case)
    do("accept-case", "duty_officer")
    do("triage-case", "duty_officer")
    do("convene-deliberation", "moderator", moderator="moderator")
    do("table-proposal", "moderator", title="长椅移到树下")
    for side in ("residents", "owners", "property"):
        do("record-consent", "coordinator", side=side, consents=True)
    for _ in range(2):
        do("publish-decision", "moderator")
        community.wait(days=30)
        community.tick(case)
    do("confirm-decision", "moderator")
    return case


LIVES = (lamp, lift, lapsed_lift, courtyard, silent, declined, referred, published_twice)
