"""The sentences of resolution: work and its clocks, verification, callback, the end and what comes after it."""

from collections.abc import Mapping

from casesys.domain.cases import events as e
from casesys.domain.messages import Event, Text

RESOLUTION: Mapping[type[Event], Text] = {
    e.WorkStarted: Text("开始办理", "began the work"),
    e.ProgressReported: Text("报告进展：{progress:said}", "reported progress: {progress:said}"),
    e.ClockSuspended: Text(
        "因{ground:suspension}暂停计时（{clocks:clocks}）[：{reason:said}]",
        "let the clock stand still for {ground:suspension} ({clocks:clocks})[: {reason:said}]",
    ),
    e.ClockResumed: Text(
        "恢复计时（{clocks:clocks}）", "let the clock run again ({clocks:clocks})"
    ),
    e.ExtensionRequested: Text(
        "申请将{clock:clock}延长{amount:extension}，理由：{reason:said}",
        "asked that the {clock:clock} run {amount:extension} longer, because {reason:said}",
    ),
    e.ExtensionGranted: Text(
        "同意将{clock:clock}延长{amount:extension}，并须告知诉求人",
        "let the {clock:clock} run {amount:extension} longer; the initiator is told",
    ),
    e.ExtensionRefused: Text(
        "不同意延长{clock:clock}[，理由：{reason:said}]",
        "refused to let the {clock:clock} run longer[, because {reason:said}]",
    ),
    e.ResolutionReported: Text(
        "报告办结，结果：{result:result}[。{summary:said}]",
        "reported it done, with the result: {result:result}[. {summary:said}]",
    ),
    e.ResolutionVerified: Text(
        "核查通过[：{remarks:said}]", "verified that it is done[: {remarks:said}]"
    ),
    e.ResolutionRejected: Text(
        "核查不通过，退回继续办理：{reason:said}",
        "found it not done, to be gone on with: {reason:said}",
    ),
    e.ImplementationReported: Text(
        "向{body:party}报告落实情况：{report:said}",
        "reported to {body:party} what became of the decision: {report:said}",
    ),
    e.CallbackRecorded: Text(
        "回访诉求人，{reached:回访到|未回访到}[；{contacted:承办单位联系过|承办单位没有联系}][；{solved:认可已解决|认为没有解决}]"
        "[；满意度：{satisfaction:grade}][；{asks_reopening:按章程视为申请重办|}][；原话：{remarks:said}]",
        "called the initiator back, {reached:who was reached|who was not reached}"
        "[; {contacted:was contacted|was not contacted}][; {solved:says it is solved|says it is not solved}]"
        "[; satisfaction: {satisfaction:grade}][; {asks_reopening:which asks for reopening|}][; in their words: {remarks:said}]",
    ),
    e.CaseClosed: Text(
        "办结，结果：{result:result}", "closed the case, with the result: {result:result}"
    ),
    e.ReopeningRequested: Text(
        "记录诉求人申请重办：{reason:said}",
        "recorded that the initiator wants it reopened: {reason:said}",
    ),
    e.CaseReopened: Text(
        "决定重办（第{count}次），原结果保留[，理由：{reason:said}]",
        "reopened it (time {count}); the earlier result stays on record[, because {reason:said}]",
    ),
    e.ResultCorrected: Text(
        "将结果由“{before:result}”更正为“{result:result}”，原结果保留，理由：{reason:said}",
        "corrected the result from “{before:result}” to “{result:result}”; the earlier one stays on record, "
        "because {reason:said}",
    ),
    e.ReviewLodged: Text(
        "记录复核申请：{grounds:said}", "recorded that a review is asked for: {grounds:said}"
    ),
    e.ReviewDecided: Text(
        "作出复核决定：{upheld:维持原结果|不维持原结果，可以重办}[，理由：{reason:said}]",
        "decided the review: the result is {upheld:upheld|not upheld, and the case may be reopened}[, because {reason:said}]",
    ),
}
