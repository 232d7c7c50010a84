"""Refusals on the way into a case: its order of stages, facts, evidence, information, acceptance and triage."""

from collections.abc import Mapping

from casesys.domain.refusals.template import Template, template

OF_COLLECTION: Mapping[str, Template] = {
    # -- any case ---------------------------------------------------------------------------------
    "unknown-case": template(
        "没有编号为“{case}”的事项。",
        "There is no case “{case}”.",
        "请核对事项编号，或者先登记该事项。",
        "Check its id, or collect the case first.",
    ),
    "out-of-order": template(
        "事项处于“{stage}”阶段，不能办理“{command}”。",
        "The case is in the stage of {stage}, where nobody can {command}.",
        "请从所列操作中选择。",
        "Give one of the commands listed.",
    ),
    "case-closed": template(
        "事项处于“{stage}”阶段，不能再办理“{command}”。",
        "The case is {stage}: nobody can {command} any more.",
        "请从所列操作中选择；需要继续办理的，先申请重办。",
        "Give one of the commands listed; to go on with the case, request its reopening.",
    ),
    # -- facts, evidence, information -------------------------------------------------------------
    "fact-of-wrong-type": template(
        "事实要素“{fact}”须填写{type}。",
        "The fact “{fact}” has to be {type}.",
        "请按要求填写{type}。",
        "Give it as {type}.",
    ),
    "fact-negative": template(
        "事实要素“{fact}”以{unit}计，不能少于零。",
        "The fact “{fact}” is so many {unit}: there are never fewer than none.",
        "请填写零或者正整数；不清楚的，无需填写。",
        "Give zero or more; leave it out if it is not known.",
    ),
    "unknown-evidence": template(
        "本事项没有摘要值为“{digest}”的佐证材料。",
        "No evidence with the digest {digest} is attached to this case.",
        "请先提交该佐证材料，再引用其摘要值。",
        "Attach the file first, then refer to its digest.",
    ),
    "information-already-requested": template(
        "此前要求补充的信息尚未答复，一次只能提出一项要求。",
        "The initiator has not answered yet what was asked before; one request waits at a time.",
        "请先记录诉求人的答复，或者等待期满。",
        "Record the answer first, or wait until the time for it is over.",
    ),
    "nothing-requested": template(
        "没有等待答复的补充信息要求。",
        "No information has been requested that is still to be answered.",
        "请先要求补充信息；诉求人主动提供的，核实事实或者更正事项即可。",
        "Request information first; what the initiator says unasked is a fact or an amendment.",
    ),
    # -- acceptance and triage --------------------------------------------------------------------
    "already-accepted": template(
        "事项已经受理。",
        "The case has been accepted.",
        "请继续分流、办理；应由其他单位办理的，予以转送。",
        "Go on with it; if it belongs elsewhere, refer it.",
    ),
    "not-accepted": template(
        "事项尚未受理，不能分流。",
        "The case has not been accepted, and so cannot be triaged.",
        "请先受理；有险情的，可以先行排除。",
        "Accept it first; a danger can be made safe before that.",
    ),
    "facts-needed": template(
        "以下事实要素不清楚，无法分流：{facts}。",
        "Triage cannot answer before this is known: {facts}.",
        "请先核实所列事实要素；有险情的，可以先行排除。",
        "Establish the facts listed first; a danger can be made safe before that.",
    ),
}
"""What may be refused while a case is collected and triaged."""
