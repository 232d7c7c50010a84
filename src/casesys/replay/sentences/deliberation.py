"""The sentences of deliberation: who was asked and told, who came, how they voted, and what came of it."""

from collections.abc import Mapping

from casesys.domain.cases import events as e
from casesys.domain.messages import Event, Text

DELIBERATION: Mapping[type[Event], Text] = {
    e.DeliberationConvened: Text(
        "召集议事，主持人{moderator:party}[，记录员{minute_taker:party}][；各方：{parties:standing}]",
        "convened the deliberation, led by {moderator:party}[, minutes by {minute_taker:party}][; the parties: {parties:standing}]",
    ),
    e.NoticeGiven: Text(
        "发出会议通知，定于{meets_at:instant}召开，议题自此锁定[：{agenda:titles}][；送达凭证{proofs:digests}]",
        "gave notice of a meeting at {meets_at:instant}; the agenda is locked[: {agenda:titles}][; proved by {proofs:digests}]",
    ),
    e.DeliberationPostponed: Text(
        "将会议推迟到{meets_at:instant}[，理由：{reason:said}]",
        "put the meeting off to {meets_at:instant}[, because {reason:said}]",
    ),
    e.OpinionRecorded: Text(
        "记录{body:party}的研究意见：{favourable:赞成|不赞成}[，{opinion:said}]",
        "recorded the opinion of {body:party}: {favourable:favourable|not favourable}[, {opinion:said}]",
    ),
    e.ProposalTabled: Text(
        "提出第{number}号议案“{title}”[：{text:said}]",
        "tabled proposal {number}, “{title}”[: {text:said}]",
    ),
    e.AttendanceRecorded: Text(
        "记录{body:party}到会情况：应到{members:count}人，到会{present:count}人[（{present:parties}）]",
        "recorded who came to {body:party}: {present:count} of {members:count}[ ({present:parties})]",
    ),
    e.MemberRecused: Text(
        "记录成员{member:party}回避[，理由：{reason:said}]",
        "recorded that {member:party} stands aside[, because {reason:said}]",
    ),
    e.VoteCast: Text(
        "记录成员{member:party}投票：{choice:label}",
        "recorded the vote of {member:party}: {choice:label}",
    ),
    e.ConsentRecorded: Text(
        "记录{side:side}（{party:party}）{consents:同意|反对}[：{statement:said}]",
        "recorded for {side:side} ({party:party}): {consents:consent|objection}[, {statement:said}]",
    ),
    e.ConsentPresumed: Text(
        "认定{sides:sides}在期限内没有表态，视为同意",
        "found {sides:sides} silent until the time was over, which counts as agreeing",
    ),
    e.MinutesRecorded: Text(
        "形成会议纪要：{minutes:said}[，原件摘要{evidence:digest}]",
        "recorded the minutes: {minutes:said}[, original with digest {evidence:digest}]",
    ),
    e.DecisionReached: Text(
        "认定“{step:step}”[（第{attempt:again}次）]的结果：{outcome:label}[。事项的结果：{result:result}]",
        "stated what came of “{step:step}”[ (attempt {attempt:again})]: {outcome:label}[. Result of the case: {result:result}]",
    ),
    e.DecidedUrgently: Text(
        "当即决定[，已排险：{made_safe:said}][，后续措施：{further_measures:said}][；各方：{parties:standing}]",
        "decided at once[; made safe: {made_safe:said}][; further measures: {further_measures:said}]"
        "[; the parties: {parties:standing}]",
    ),
    e.DecisionRatified: Text(
        "记录{side:side}（{party:party}）{ratifies:追认|不追认}后续措施[，{complete:各方均已追认|}]",
        "recorded for {side:side} ({party:party}): {ratifies:ratifies|does not ratify} the further measures"
        "[; {complete:all sides have|}]",
    ),
    e.DecisionLapsed: Text(
        "认定后续措施未获追认而失效；为排险所做的不失效",
        "found that the further measures lapse, not being ratified; what was done to make safe stays done",
    ),
    e.DecisionPublished: Text(
        "公示决定，公示于：{where:channels}[；凭证{proofs:digests}]",
        "published the decision: {where:channels}[; proved by {proofs:digests}]",
    ),
    e.ObjectionRaised: Text(
        "记录{objector:party}提出第{number}号异议：{grounds:said}",
        "recorded objection {number} by {objector:party}: {grounds:said}",
    ),
    e.ObjectionSettled: Text(
        "认定第{number}号异议{upheld:成立|不成立}[，后果：{effect:effect}][，理由：{reason:said}]",
        "{upheld:upheld|dismissed} objection {number}[, with this effect: {effect:effect}][, because {reason:said}]",
    ),
    e.ObjectionsClosed: Text(
        "异议期满，没有未处理的异议，进入下一步骤",
        "the window for objections ended with none open, and the next step began",
    ),
    e.DecisionConfirmed: Text(
        "确认决定，交付落实", "confirmed the decision: it stands and is to be carried out"
    ),
    e.DecisionAnnulled: Text(
        "撤销决定，须重新分流，理由：{reason:said}",
        "annulled the decision, so that it is triaged again, because {reason:said}",
    ),
}
