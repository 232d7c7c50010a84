"""A case's story: told from its events, in both languages, so that an auditor can follow and count along."""

import re
from typing import get_args

import pytest

from casesys.domain.cases.events import CaseEvent
from casesys.replay.history import history
from casesys.replay.phrasing import PLACE
from casesys.replay.sentences import SENTENCES
from casesys.replay.speaking import Language
from casesys.replay.story import WIDTH, outlook, story
from casesys.replay.wrapping import columns
from tests.community import founded, local
from tests.replay.conftest import Season
from tests.replay.lives import LIVES

NAMES = [live.__name__ for live in LIVES]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def told(
    season: Season, name: str, language: Language, *, width: int = 1_000, detailed: bool = False
) -> str:
    """The story of one of the season's cases, each sentence on one line unless a width is given."""
    community = season.community
    found = history(community.log, community.vault, season.cases[name])
    return story(found, language, width=width, detailed=detailed)


def paragraph(text: str, words: str) -> list[str]:
    """The one paragraph of a story that has these words: its lines, without their indents."""
    found = [each for each in text.split("\n\n") if words in each]
    assert len(found) == 1, found
    return [line.strip() for line in found[0].splitlines()]


def test_every_event_of_a_case_has_a_sentence() -> None:
    """Given the catalogue, then each event that a case can have is told in both languages, with the same fields."""
    assert set(SENTENCES) == set(get_args(CaseEvent))
    for sentence in SENTENCES.values():
        zh, en = (set(PLACE.findall(text)) for text in (sentence.zh, sentence.en))
        assert {field for field, _ in zh} == {field for field, _ in en}


def test_every_sentence_is_told_of_a_real_event(season: Season) -> None:
    """Given a season of cases, then every event that a case can have happened in one of them, and was told below."""
    community = season.community
    happened = {
        type(entry.event)
        for case in season.cases.values()
        for entry in history(community.log, community.vault, case).entries
    }
    assert happened == set(SENTENCES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_too_long_and_no_place_unfilled(
    season: Season, name: str, language: Language
) -> None:
    """Given any case, when it is told, then its lines fit a terminal and no place of a sentence is left open."""
    for width in (WIDTH, 60):
        text = told(season, name, language, width=width)
        assert max(columns(line) for line in text.splitlines()) <= width
        assert not re.search(r"[{}\[\]]|None|Text\(", text)


def test_a_heading_says_which_case_this_is(season: Season) -> None:
    """Given a case, when it is told, then its heading names it, its kind, its grid, its source and the clock."""
    zh, en = (told(season, "lamp", language).splitlines()[:2] for language in LANGUAGES)

    assert zh == [
        "事项case-01 “3号楼东侧路灯不亮”",
        "民情诉求 · 小区路灯 · 第3网格 · 来源编号12345-0001 · 当地时间（UTC+08:00）",
    ]
    assert en == [
        "Case case-01: “3号楼东侧路灯不亮”",
        "issue · courtyard lamp · Grid 3 · source number 12345-0001 · local time (UTC+08:00)",
    ]


def test_an_event_is_told_with_who_what_deadline_and_clause(season: Season) -> None:
    """Given the recording of a case, when it is told, then with the words said, the deadline explained and the clause quoted."""
    facts = "已知：一栋楼停水、停电、停暖、停气或电梯停运：是。"
    assert paragraph(told(season, "lapsed_lift", "zh"), "登记“") == [
        "2026-03-06 00:20  网格员 王芳 登记“5号楼电梯停运”（民情诉求，电梯故障，第3网格，渠道：网格巡查）。"
        + facts,
        "受理时限开始计时：应于2026-03-09前完成（含当日），因自2026-03-06次日起算1个工作日；暂停计时0天（art-10）",
        (
            "依据art-08：第八条 谁先接到，谁登记。书记接待日、暖心驿站、入户走访、电话、网上和居民群里反映的事项"
            "一样对待，不得让群众重复跑。"
        ),
    ]


def test_a_lapse_is_told_with_both_times(season: Season) -> None:
    """Given a decision that lapsed before anybody looked, when it is told, then when it lapsed and when that was recorded."""
    zh = paragraph(told(season, "lapsed_lift", "zh"), "失效；")
    en = paragraph(told(season, "lapsed_lift", "en"), "lapse, not")

    assert zh[:3] == [
        "2026-03-08 00:20  时钟 认定后续措施未获追认而失效；为排险所做的不失效（2026-03-08 01:20记录）。",
        (
            "急事决定时限继续计时，其间视为暂停：应于2026-03-08 02:20+08:00前完成，"
            "因自2026-03-06 00:20+08:00起算2个小时；暂停计时48小时（art-44）"
        ),
        "步骤期限期满（art-33）",
    ]
    assert en[0] == (
        "2026-03-08 00:20  the clock found that the further measures lapse, not being ratified; "
        "what was done to make safe stays done (recorded 2026-03-08 01:20)."
    )


def test_a_vote_is_told_so_that_one_can_count_along(season: Season) -> None:
    """Given a meeting without quorum, when it is told, then with each threshold and where the matter went."""
    assert paragraph(told(season, "courtyard", "en"), ": without quorum") == [
        "2026-03-20 10:25  moderator 冯立新 stated what came of “meeting of the representatives”: without quorum.",
        "→ next step: notice of the meeting (attempt 2)",
        "notice period is over (art-24)",
        "The vote: 15 seated, 8 present, 1 recused; 0 for, 0 against, 7 abstained",
        "7 taking part of 14 (those seated); at least 2/3, which is 10, needed: not reached",
        "0 in favour of 7 (those present); more than 1/2, which is 4, needed: not reached",
        "under art-25 (above)",
    ]


def test_votes_recorded_one_after_the_other_are_one_paragraph(season: Season) -> None:
    """Given eleven votes, when they are told, then in one paragraph; in a detailed story each by itself."""
    short = told(season, "courtyard", "en")
    detailed = told(season, "courtyard", "en", detailed=True)

    assert short.count("recorded the vote of") == detailed.count("recorded the vote of") == 18
    assert len([p for p in short.split("\n\n") if "recorded the vote of" in p]) == 2
    assert len([p for p in detailed.split("\n\n") if "recorded the vote of" in p]) == 18


def test_a_missed_deadline_is_explained_again(season: Season) -> None:
    """Given a missed deadline and its ladder, when they are told, then why it was due is said where it was missed."""
    text = told(season, "silent", "en")

    missed, escalated = (
        "\n".join(paragraph(text, words))
        for words in ("recorded a missed deadline", "put the case before the secretary")
    )
    assert "is overdue: due 2026-05-19 because 2 working days after 2026-05-17" in missed
    assert "because" not in escalated


def test_a_detailed_story_names_right_way_and_changes(season: Season) -> None:
    """Given a deed, when it is told in detail, then with position, version, mandate, client and the fields it changed."""
    text = told(season, "declined", "en", detailed=True)

    assert paragraph(text, "declined it")[-2:] == [
        (
            "position 285, version 2, case-declined.v1; decided 2026-06-08 12:30; "
            "mandate mandate-grid_lead; through console (local)"
        ),
        (
            "changed: stage: collection → closed; endings: – → "
            '[{"result":"declined","at":"2026-06-08T04:30:00Z"}]; status: collected → closed'
        ),
    ]


def test_what_was_erased_is_told_as_such() -> None:
    """Given an initiator who was erased, when the case is told, then it says so in place of their words."""
    community = founded()
    case = community.collect(description="我家门口")
    community.vault.forget(f"initiator:{case}")

    text = story(history(community.log, community.vault, case), "zh", width=1_000)

    assert "内容：（已删除）" in text
    assert "我家门口" not in text


def test_the_outlook_says_how_a_case_stands_at_the_moment(season: Season) -> None:
    """Given a case replayed as of an instant, when its outlook is told, then stage, status and deadlines as of then."""
    community, case = season.community, season.cases["lamp"]
    then = history(community.log, community.vault, case, as_of=local("2026-03-02 10:00"))
    now = history(community.log, community.vault, case)

    assert outlook(then, "zh")[0] == "截至2026-03-02 10:00（位置165，第17版）：议事阶段，议事中"
    assert outlook(then, "en")[1].strip().startswith("time to decide is running: due 2026-03-09")
    assert "result: partly resolved, lead: Anju" in outlook(now, "en")[0]
    assert outlook(now, "en")[-1].strip() == "no deadline is open"


def test_a_text_is_told_whole_whatever_it_holds() -> None:
    """Given words with braces, brackets and line breaks, when they are told, then as they are, on one line of thought."""
    community = founded()
    case = community.collect(description="{title} [见附件]\n第二行")

    text = story(history(community.log, community.vault, case), "zh", width=1_000)

    assert "内容：“{title} [见附件] 第二行”" in text
