"""Deliberating: a proposal is put before the representatives, who vote on it and are counted."""

from collections.abc import Mapping, Sequence

from casesys.demo import heyuan
from casesys.demo.scene import Plot, Scene
from casesys.domain.cases import commands as c


def representatives(count: int) -> tuple[str, ...]:
    """Name the first so many of those whom the residents elected."""
    return tuple(heyuan.RESIDENTS)[:count]


def voting(members: Sequence[str], votes_for: int, abstaining: int = 0) -> Mapping[str, str]:
    """Let the first so many vote for it, the next so many abstain, and the rest vote against it."""
    choices = ["for"] * votes_for + ["abstain"] * abstaining
    choices += ["against"] * (len(members) - len(choices))
    return dict(zip(members, choices, strict=True))


def convened(s: Scene, title: str, text: str | None = None) -> None:
    """Call the deliberation and say what is to be decided."""
    s.do("moderator", c.ConveneDeliberation, moderator="moderator", minute_taker="minute-taker")
    proposal = {"title": title} if text is None else {"title": title, "text": text}
    s.do("moderator", c.TableProposal, **proposal)


def counted(s: Scene, votes: Mapping[str, str], minutes: str) -> Plot:
    """The tellers take the votes, each of one side of the room; the minutes are written, the moderator states what came of it."""
    yield s.later(minutes=55)
    cast = [{"member": member, "choice": choice} for member, choice in votes.items()]
    middle = len(cast) // 2
    s.do_all("teller-1", c.CastVote, cast[:middle])
    s.do_all("teller-2", c.CastVote, cast[middle:])
    yield s.later(minutes=25)
    s.do("minute-taker", c.RecordMinutes, minutes=minutes)
    s.do("moderator", c.ConcludeDeliberation)
