"""Refusals in a deliberation: its steps, proposals and notice, meetings and votes, consent, publication, objections."""

from collections.abc import Mapping

from casesys.domain.refusals.template import Template, template

OF_DELIBERATION: Mapping[str, Template] = {
    # -- the procedure ----------------------------------------------------------------------------
    "nothing-to-deliberate": template(
        "事项“{case}”没有进入议事程序。",
        "The case “{case}” is in no procedure of deliberation.",
        "请先将事项分流到议事程序。",
        "Have the case triaged to a procedure first.",
    ),
    "already-convened": template(
        "本次议事已经召集。",
        "This deliberation has been convened.",
        "请办理正在进行的步骤。",
        "Go on with the step that is open.",
    ),
    "no-step-open": template(
        "现在没有正在进行的议事步骤。",
        "No step of the deliberation is open.",
        "请办理所列操作之一。",
        "Give one of the commands listed.",
    ),
    "wrong-step": template(
        "正在进行的步骤是“{step}”，不能办理这项操作。",
        "The step that is open is “{step}”, and this is no part of it.",
        "请先办完“{step}”。",
        "Finish “{step}” first.",
    ),
    "step-not-executable": template(
        "系统的这一版本还不能办理步骤“{step}”（{kind}）。",
        "This version of the engine cannot carry out the step “{step}” ({kind}).",
        "请重新分流到其他程序，或者升级系统。",
        "Triage the case to another procedure, or use a later version.",
    ),
    # -- proposal and notice ----------------------------------------------------------------------
    "no-proposal": template(
        "尚未提出议案，没有可以议定的内容。",
        "No proposal has been tabled, so there is nothing to decide on.",
        "请先提出议案。",
        "Table a proposal first.",
    ),
    "agenda-locked": template(
        "已经发出通知或者已有一方表态，议案不能再改。",
        "Notice has been given or a side has answered: the proposal cannot change any more.",
        "确需修改的，请重新分流后再提出议案。",
        "If it has to change, triage the case again and table the new proposal then.",
    ),
    "already-decided": template(
        "本次议事已有结果，不能再改变。",
        "This deliberation has come to its decision, which this would change.",
        "决定不再适用的，请先撤销决定，再重新分流。",
        "If the decision no longer fits, annul it and triage the case again.",
    ),
    "proof-needed": template(
        "通知须附送达凭据。",
        "The notice has to be proved.",
        "请先提交所列凭据作为佐证材料，再随通知引用其摘要值。",
        "Attach a proof of a kind listed as evidence, and name its digest with the notice.",
    ),
    "notice-too-short": template(
        "通知期不足：会议最早可于{earliest}召开。",
        "The notice is too short: the meeting can be held from {earliest} on.",
        "请将会议定在{earliest}或者之后。",
        "Let the meeting be at {earliest} or later.",
    ),
    "no-notice": template(
        "尚未发出会议通知。",
        "No notice of a meeting has been given.",
        "请先发出通知。",
        "Give notice first.",
    ),
    "not-later": template(
        "新的会议时间不晚于原定时间{before}。",
        "The meeting is to be at {before}; it can only be held later than that.",
        "请选择{before}之后的时间。",
        "Choose a time after {before}.",
    ),
    # -- meeting and vote -------------------------------------------------------------------------
    "notice-period-running": template(
        "会议通知期到{until}才届满，此前不能开会。",
        "The period of notice runs until {until}; the meeting cannot begin before.",
        "请在{until}之后记录到会。",
        "Record the attendance after {until}.",
    ),
    "meeting-not-yet": template(
        "会议定于{meets_at}召开，时间未到。",
        "The meeting is to be at {meets_at}, which has not come.",
        "请在会议召开后记录到会；需要改期的，延期召开。",
        "Record the attendance when it has begun; postpone it if it is to be later.",
    ),
    "meeting-not-begun": template(
        "会议尚未开始：还没有记录到会。",
        "The meeting has not begun: no attendance is on record.",
        "请先记录到会。",
        "Record the attendance first.",
    ),
    "meeting-begun": template(
        "会议已经开始，不能延期召开。",
        "The meeting has begun, and cannot be postponed any more.",
        "请继续会议并宣布结果；未达法定人数的，由章程规定是否再次召集。",
        "Go on and conclude it; without a quorum, the charter says whether there is another.",
    ),
    "not-a-member": template(
        "“{person}”不是议事组织“{body}”的成员。",
        "{person} has no seat in the body “{body}”.",
        "请核对名单；新就任的，须在开会之前登记席位。",
        "Check the list; who is new has to be seated before the meeting.",
    ),
    "not-present": template(
        "“{person}”没有到会，不能表决。",
        "{person} is not present, and so cannot vote.",
        "只记录到会成员的表决。",
        "Record the votes of those who are present.",
    ),
    "recused": template(
        "“{person}”已经回避，不参与表决。",
        "{person} was recused, and so does not vote.",
        "只记录没有回避的成员的表决。",
        "Record the votes of those who were not recused.",
    ),
    "already-voted": template(
        "“{person}”已经表决。",
        "{person} has voted.",
        "请以已经记录的表决为准：每人只表决一次，表决之后不再回避。",
        "The vote on record counts: nobody votes twice, or stands aside after voting.",
    ),
    # -- urgent decisions -------------------------------------------------------------------------
    "nothing-decided": template(
        "没有写明已经排除的险情，也没有写明后续措施。",
        "It says neither what was made safe nor which further measures are needed.",
        "请至少写明其中一项。",
        "Say at least one of the two.",
    ),
    "only-making-safe": template(
        "本步骤只能决定排除险情，不能决定后续措施。",
        "In this step one can decide to make safe, but not on further measures.",
        "请只写明排除险情的措施；后续措施重新分流后议定。",
        "Say what was made safe only; triage the case again for further measures.",
    ),
    # -- decision, publication, objections --------------------------------------------------------
    "not-decided": template(
        "还没有可供办理的决定：议案尚未通过，或者决定尚未确认。",
        "There is no decision for this: none was carried, or it is still to be confirmed.",
        "请先办完议事程序；报告落实情况的，须先确认决定。",
        "Finish the deliberation first; to report what was carried out, confirm the decision.",
    ),
    "publication-incomplete": template(
        "公示地点不全。",
        "The decision has to be published in more places.",
        "请在所列地点一并公示。",
        "Publish it in the places listed as well.",
    ),
    "unknown-objection": template(
        "没有这个编号的异议等待处理。",
        "No objection of this number is waiting to be settled.",
        "请从所列编号中选择；没有列出的，即无待处理的异议。",
        "Choose one of those listed; if there are none, none is waiting.",
    ),
    "objections-open": template(
        "尚有异议没有处理，不能确认决定。",
        "The decision cannot be confirmed while objections are open.",
        "请先处理所列各号异议。",
        "Settle the objections listed first.",
    ),
    "too-early": template(
        "公示期或者异议期到{until}才届满，此前不能确认决定。",
        "Publication, or the window for objections, runs until {until}; confirming has to wait.",
        "请在{until}之后确认决定。",
        "Confirm the decision after {until}.",
    ),
    "calendar-too-short": template(
        "公示期或者异议期的届满日期是暂定的：所采用的日历“{calendar}”没有涵盖相应日期，不能确认决定。",
        "Publication, or the window for objections, ends on a day that the calendar “{calendar}” does not cover.",
        "请先采用涵盖相应日期的日历，期满后再确认决定。",
        "Adopt an edition of the calendar that covers those days; confirm the decision when the time is over.",
    ),
}
"""What may be refused while a case is deliberated."""
