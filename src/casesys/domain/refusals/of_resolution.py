"""Refusals while a case is worked on: its clocks, reporting and closing, reopening and review, timers."""

from collections.abc import Mapping

from casesys.domain.refusals.template import Template, template

OF_RESOLUTION: Mapping[str, Template] = {
    # -- clocks -----------------------------------------------------------------------------------
    "no-clock-runs": template(
        "相应的时限现在没有在计时。",
        "None of the clocks that this is about is running.",
        "请从所列时限中选择正在计时的。",
        "It takes one of the clocks listed, while it runs.",
    ),
    "already-suspended": template(
        "事项已经暂停计时。",
        "The clocks of the case are suspended already.",
        "请先恢复计时，再以其他理由暂停。",
        "Resume them first, to suspend them on another ground.",
    ),
    "not-suspended": template(
        "事项没有暂停计时。",
        "No clock of the case is suspended.",
        "请先暂停计时。",
        "Suspend the clock first.",
    ),
    "extension-pending": template(
        "此前的延期申请尚未答复，一次只能提出一项申请。",
        "An extension has been requested that is still to be answered.",
        "请先对此前的申请作出答复。",
        "Grant or refuse that one first.",
    ),
    "extended-enough": template(
        "这一时限最多延期{times}次，已经用完。",
        "This clock has been extended as often as the charter allows: {times} in all.",
        "请按现有期限办理；因故无法办理的，可以按章程规定的理由暂停计时。",
        "Keep to the time there is; where the charter has a ground for it, suspend the clock.",
    ),
    "extension-too-long": template(
        "申请延期的时间过长，一次最多{at_most}。",
        "The extension is too long: {at_most} at most.",
        "请申请不超过{at_most}的延期。",
        "Ask for no more than {at_most}.",
    ),
    "no-extension-requested": template(
        "没有等待答复的延期申请。",
        "No extension has been requested that is still to be answered.",
        "请先由主办申请延期。",
        "Let the lead request one first.",
    ),
    # -- reporting, callback, closing -------------------------------------------------------------
    "already-reported": template(
        "已经报告办结，正在等待核查。",
        "The resolution has been reported, and waits to be verified.",
        "请先核查；核查不通过的，可以再次报告。",
        "Have it verified; if it is rejected, it can be reported again.",
    ),
    "not-reported": template(
        "尚未报告办结，没有办理结果。",
        "The resolution has not been reported, so there is no result.",
        "请先报告办结，写明办理结果。",
        "Report the resolution with its result first.",
    ),
    "answers-of-nobody": template(
        "没有联系上诉求人，不能填写其回答。",
        "The initiator was not reached, and so cannot have answered.",
        "请不要填写回答；确已联系上的，如实记录。",
        "Leave the answers out; if the initiator was reached after all, say so.",
    ),
    "closing-requirement": template(
        "不符合办结条件：{because}。",
        "The case cannot be closed so: {because}.",
        "请先补齐这一条件，或者选择符合实际的办理结果。",
        "See to that first, or choose the result that is true.",
    ),
    # -- afterwards -------------------------------------------------------------------------------
    "nobody-asked": template(
        "诉求人没有申请重办，复核也没有推翻原办理结果。",
        "The initiator has not asked for it, and no review has overturned the result.",
        "请先申请重办或者申请复核。",
        "Request the reopening, or lodge a review, first.",
    ),
    "reopened-enough": template(
        "章程规定最多重办{times}次，已经用完。",
        "The case has been reopened as often as the charter allows: {times} in all.",
        "出现新情况的，可以作为新事项登记。",
        "If something new has come up, collect it as a case of its own.",
    ),
    "no-review": template(
        "没有正在进行的复核。",
        "No review is open.",
        "请先申请复核。",
        "Lodge a review first.",
    ),
    # -- timers: only the clock is refused these --------------------------------------------------
    "unknown-timer": template(
        "本事项的时限“{clock}”没有名为“{timer}”的定时。",
        "The case has no clock “{clock}” with a timer “{timer}”.",
        "无需操作，系统按现行章程重新计算。",
        "There is nothing to do: timers follow from the charter that governs the case now.",
    ),
    "timer-over": template(
        "定时“{timer}”已经办理，或者相应的时限已经停止计时。",
        "The timer “{timer}” has been dealt with, or its clock has stopped.",
        "无需操作。",
        "There is nothing to do.",
    ),
    "provisional": template(
        "期限是暂定的：所采用的日历没有涵盖相应日期，只催办，不记逾期，也不提级。",
        "The deadline is provisional, as no adopted calendar covers its days: it only reminds.",
        "请采用涵盖相应日期的日历。",
        "Adopt an edition of the calendar that covers those days.",
    ),
}
"""What may be refused while a case is worked on, and after it has ended."""
