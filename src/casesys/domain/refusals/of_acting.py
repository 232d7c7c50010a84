"""Refusals of any command: who may act, by what right and when, and what is wrong with the command itself."""

from collections.abc import Mapping

from casesys.domain.refusals.template import Template, template

OF_ACTING: Mapping[str, Template] = {
    "unknown-command": template(
        "没有名为“{command}”的操作。",
        "There is no command “{command}”.",
        "请从所列操作中选择。",
        "Give one of the commands listed.",
    ),
    # -- by what right ----------------------------------------------------------------------------
    "not-authorised": template(
        "“{person}”无权在此办理“{command}”。",
        "{person} holds no mandate here to {command}.",
        "请由具有所列角色、授权涵盖本网格和本事项的人员办理。",
        "It takes one of the roles listed, under a mandate that covers this grid and matter.",
    ),
    "unknown-mandate": template(
        "“{person}”名下没有编号为“{mandate}”的授权。",
        "{person} holds no mandate “{mandate}”.",
        "请核对授权编号，使用该人员名下的授权。",
        "Name one of the mandates that this person holds.",
    ),
    "mandate-not-valid": template(
        "授权“{mandate}”现在无效：已经撤销，或者不在授权期限内。",
        "The mandate “{mandate}” is not valid now: it was revoked, or its term does not run.",
        "请使用有效的授权，或者申请重新授权。",
        "Use a mandate that is valid, or have a new one given.",
    ),
    "own-mandate": template(
        "“{person}”不能给自己授权。",
        "{person} cannot give a mandate to themself.",
        "请由其他有权授权的人员办理。",
        "Let somebody else give it who may.",
    ),
    "not-their-principal": template(
        "授权“{mandate}”不能用来代表“{party}”办理。",
        "Under the mandate “{mandate}” nobody acts for {party} here.",
        "请代表授权的委托方（如已列出）办理；办理事项的，也可以代表其诉求人、当事人或者承办单位；不代表谁的，无需填写。",
        "Act for the principal of the mandate, listed if it has one; on a case, also for whoever takes part in it; or for nobody.",
    ),
    "separation-of-duties": template(
        "“{person}”已对本事项办理过“{earlier}”，不得再办理“{command}”。",
        "{person} was the one to {earlier} on this case, and so may not {command}.",
        "请由没有经手前述环节的人员办理。",
        "Let somebody do it who had no part in that.",
    ),
    "only-time-may": template(
        "“{command}”只在到期时由系统自动办理，不由人员办理。",
        "Only time itself may {command}; no person may.",
        "无需操作，到期后系统自动办理。",
        "There is nothing to do: it happens by itself when the time has come.",
    ),
    "time-may-not": template(
        "“{command}”须由人员办理，系统不能自动办理。",
        "It takes a person to {command}; it does not happen by itself.",
        "请由有权办理的人员提交。",
        "Let somebody give the command who may.",
    ),
    # -- when -------------------------------------------------------------------------------------
    "effective-in-future": template(
        "填写的实际发生时间{effective_at}晚于现在。",
        "The instant at which it is said to have happened, {effective_at}, is still to come.",
        "请填写已经过去的时间；未填写的，以提交时间为准。",
        "Give an instant that has passed; without one, it happened when the command was given.",
    ),
    "effective-before-collection": template(
        "填写的实际发生时间早于事项登记时间{collected_at}。",
        "It is said to have happened before the case was collected, at {collected_at}.",
        "请填写不早于{collected_at}的时间。",
        "Give an instant from {collected_at} on.",
    ),
    "effective-before-last-move": template(
        "填写的实际发生时间早于事项进入目前状态、或者被终止的期限起算的时间{moved_at}。",
        "It is said to have happened before the case came to stand as it does, or before the clock began that it ends, at {moved_at}.",
        "请填写不早于{moved_at}的时间；更早的情况，可以添加备注补充说明。",
        "Give an instant from {moved_at} on; what happened earlier can be told in a note.",
    ),
    "not-yet": template(
        "时间未到，还不能办理。",
        "The time for this has not come.",
        "无需操作，到期后系统自动办理。",
        "There is nothing to do: it happens by itself when the time has come.",
    ),
    "too-late": template(
        "“{what}”的时间已过。",
        "The time for “{what}” is over.",
        "逾期不再受理，事项按章程关于期满的规定继续办理。",
        "It is not taken any more; the case goes on as the charter says for when the time is over.",
    ),
    # -- what is given ----------------------------------------------------------------------------
    "unknown-code": template(
        "“{code}”不是此处可用的{what}。",
        "“{code}” is no {what} that can be used here.",
        "请使用所列代码之一。",
        "Use one of the codes listed.",
    ),
    "id-reserved": template(
        "编号“{name}”由系统专用，不能用来指称本事项的诉求人或者当事人。",
        "The id “{name}” is the engine's own: nobody who takes part in this case can be named by it.",
        "请使用登记册或者来源系统中的编号；登记事项时诉求人没有编号的，无需填写。",
        "Name them by the id of the register or of another system; leave an initiator out who has none.",
    ),
    "id-is-a-number": template(
        "编号以明文永久保存，不能使用电话、证件之类的号码。",
        "An id is kept in the clear for ever: a number, such as a telephone's or an identity card's, is none.",
        "号码请填入个人信息字段；编号使用登记册或者来源系统中带字母的编号，登记事项时诉求人没有编号的，无需填写。",
        "Put the number into a personal field; name them by an id with letters in it, or leave an initiator out who has none.",
    ),
    "unknown-subject": template(
        "个人信息“{field}”所属的人不是本事项的诉求人或者当事人，也没有登记。",
        "The personal text “{field}” is said to be of somebody who has no part in this and is not registered.",
        "请写明诉求人、当事人或者已经登记的人员；不写明的，归属于内容所涉及的人。",
        "Say that it is the initiator's, a party's or a registered person's; without that it is of whom it is about.",
    ),
    "already-exists": template(
        "“{name}”已经存在，不能重复登记。",
        "“{name}” exists already.",
        "请使用已有的记录；确属另一项的，请另取编号。",
        "Use the one there is; if it is another, give it another name.",
    ),
    "already-recorded": template(
        "“{what}”已有记录，同一轮中只记录一次。",
        "“{what}” is on record already, and is recorded once in a round.",
        "请以已有记录为准；需要说明的，添加备注。",
        "Rely on what is on record; add a note if there is more to say.",
    ),
    "nothing-to-change": template(
        "没有需要更改的内容：所填与现状相同，或者没有填写。",
        "Nothing would change: what is given is as it is, or nothing is given.",
        "请填写与现状不同的内容。",
        "Give something that differs from how it is.",
    ),
    "reason-needed": template(
        "改变章程给出的安排，须写明理由。",
        "Whoever departs from what the charter provides has to say why.",
        "请写明理由；章程给出的安排将一并保留。",
        "Give a reason; what the charter provides is kept beside it.",
    ),
    "no-rule": template(
        "章程没有关于“{what}”的规定。",
        "The charter has no rule on how to {what}.",
        "请先修订章程，补充相应条款。",
        "Have the charter amended by a rule for it first.",
    ),
}
"""What may be refused of any command."""
