"""A vote as a reader is told it: each threshold with the number it takes, so that anybody can count along."""

from fractions import Fraction
from math import ceil, floor

import msgspec

from casesys.domain.cases.events import Requirement, Tally
from casesys.domain.messages import Text

_WHOLES = {
    "seated": Text("应到人数", "those seated"),
    "electorate": Text("表决权人总数", "the electorate"),
    "present": Text("到会人数", "those present"),
    "participating": Text("参与表决人数", "those taking part"),
    "votes_cast": Text("赞成与反对票总数", "the votes for and against"),
}


class ThresholdTold(msgspec.Struct, frozen=True):
    """One threshold of a vote: `votes` of `whole` were there, `needed` would do; `says` it in words."""

    of: str
    share: str
    comparator: str
    votes: int
    whole: int
    needed: int
    reached: bool
    says: Text


class TallyTold(msgspec.Struct, frozen=True):
    """A vote: who could, came and voted how, and how it was held against each threshold."""

    says: Text
    participation: tuple[ThresholdTold, ...]
    majority: tuple[ThresholdTold, ...]


def told(tally: Tally) -> TallyTold:
    """Tell a vote."""
    return TallyTold(
        Text(
            f"应到{tally.seated}人，到会{tally.present}人，回避{tally.recused}人；"
            f"赞成{tally.votes_for}票，反对{tally.votes_against}票，弃权{tally.abstained}票",
            f"{tally.seated} seated, {tally.present} present, {tally.recused} recused; "
            f"{tally.votes_for} for, {tally.votes_against} against, {tally.abstained} abstained",
        ),
        tuple(_threshold(each, Text("参与", "taking part")) for each in tally.participation),
        tuple(_threshold(each, Text("赞成", "in favour")) for each in tally.majority),
    )


def _threshold(held: Requirement, what: Text) -> ThresholdTold:
    share = Fraction(held.share)
    at_least = held.comparator == "at_least"
    needed = ceil(share * held.whole) if at_least else floor(share * held.whole) + 1
    whole = _WHOLES[held.of]
    zh_share = f"{share.denominator}分之{share.numerator}"
    zh = "不少于" if at_least else "超过"
    en = "at least" if at_least else "more than"
    zh_reached, en_reached = ("达到", "reached") if held.reached else ("未达到", "not reached")
    return ThresholdTold(
        of=held.of,
        share=held.share,
        comparator=held.comparator,
        votes=held.votes,
        whole=held.whole,
        needed=needed,
        reached=held.reached,
        says=Text(
            f"{what.zh}{held.votes}人，{whole.zh}{held.whole}人，须{zh}{zh_share}即{needed}人以上，{zh_reached}",
            f"{held.votes} {what.en} of {held.whole} ({whole.en}); {en} {held.share}, which is {needed}, needed: {en_reached}",
        ),
    )
