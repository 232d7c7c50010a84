"""Refusals in the register: grids, people, bodies and their seats, intake points, calendars, charters, keys."""

from collections.abc import Mapping

from casesys.domain.refusals.template import Template, template

OF_REGISTER: Mapping[str, Template] = {
    # -- founding ---------------------------------------------------------------------------------
    "not-founded": template(
        "尚未建档。",
        "The register has not been founded.",
        "请先建档，设立根网格并登记第一位管理员。",
        "Found the register first: its root grid and its first operator.",
    ),
    "already-founded": template(
        "已经建档，建档只办理一次。",
        "The register has been founded, which is done once.",
        "请在现有档案中继续登记。",
        "Go on with the register there is.",
    ),
    "founder-acts": template(
        "建档须由第一位管理员“{person}”本人办理。",
        "The register is founded by its first operator, {person}, in person.",
        "请以“{person}”的身份提交。",
        "Give the command as {person}.",
    ),
    # -- who and what is known --------------------------------------------------------------------
    "unknown-grid": template(
        "没有编号为“{grid}”的网格。",
        "There is no grid “{grid}”.",
        "请核对网格编号，或者先设立该网格。",
        "Check its id, or establish the grid first.",
    ),
    "unknown-person": template(
        "没有编号为“{person}”的人员。",
        "There is no person “{person}”.",
        "请核对人员编号，或者先登记该人员。",
        "Check the id, or register the person first.",
    ),
    "unknown-body": template(
        "没有编号为“{body}”的议事组织。",
        "There is no body “{body}”.",
        "请核对议事组织编号，或者先设立该组织。",
        "Check its id, or establish the body first.",
    ),
    "unknown-party": template(
        "没有编号为“{party}”的单位、议事组织或者人员。",
        "There is no organisation, body or person “{party}”.",
        "请核对编号，或者先行登记。",
        "Check the id, or register the party first.",
    ),
    "unknown-intake-point": template(
        "没有编号为“{intake_point}”的收集点，或者已经撤销。",
        "There is no intake point “{intake_point}”, or it was closed.",
        "请选择正在使用的收集点，或者先设立该收集点。",
        "Name one that is open, or open the intake point first.",
    ),
    "unknown-api-key": template(
        "没有这个密钥，或者已经吊销。",
        "There is no such key, or it was revoked.",
        "请核对密钥的摘要值。",
        "Check the hash of the key.",
    ),
    "grid-too-deep": template(
        "网格“{grid}”层级过深：连同根网格最多八级。",
        "The grid “{grid}” would lie too deep: there are eight levels at most, the root among them.",
        "请设在更上级的网格之下。",
        "Establish it below a grid that is further up.",
    ),
    "nobody-appointed": template(
        "网格“{grid}”没有确定服务单位“{kind}”，没有可以终止的。",
        "Nobody was appointed to the grid {grid} as “{kind}”, so there is nothing to end.",
        "请核对网格和种类；由上级网格确定的，请在上级网格办理。",
        "Check the grid and the kind; who serves by a grid above is ended there.",
    ),
    "nobody-stands-for-side": template(
        "本网格及其上级网格没有确定由谁作为“{side}”。",
        "Nobody serves this grid, or one above it, as “{side}”.",
        "请先为网格确定所列服务单位之一。",
        "Appoint a party of one of the kinds listed to the grid first.",
    ),
    # -- seats and terms --------------------------------------------------------------------------
    "seat-not-free": template(
        "议事组织“{body}”的第{seat}席不是空席。",
        "Seat {seat} of the body “{body}” is not free.",
        "请选择空席；原任者离任的，先办理离任。",
        "Choose a free seat, or have this one vacated first.",
    ),
    "seat-empty": template(
        "议事组织“{body}”的第{seat}席本来就是空席。",
        "Nobody sits in seat {seat} of the body “{body}”.",
        "请核对席位号。",
        "Check the number of the seat.",
    ),
    "already-seated": template(
        "“{person}”已是议事组织“{body}”的成员，一人只占一席。",
        "{person} has a seat in the body “{body}”, and nobody has two.",
        "需要换席的，先办理离任。",
        "To change seats, have the other one vacated first.",
    ),
    "term-ends-before-it-begins": template(
        "期限的终止时间不晚于起始时间。",
        "The term would end before it begins.",
        "请填写晚于起始时间的终止时间；密钥的期限自签发时起算。",
        "Give an end after its beginning; the term of a key begins when it is issued.",
    ),
    "last-operator": template(
        "不能撤销“{person}”的授权“{mandate}”：撤销后可能没有人管理全部档案。",
        "The mandate “{mandate}” of {person} cannot be revoked: nobody might be left to keep the whole register.",
        "请先授予他人一份管理员授权（在根网格、不限操作、期限不短于此授权），再由其撤销。",
        "Have somebody else made an operator first, over the root, for all commands and for as long; they may revoke this one.",
    ),
    # -- documents --------------------------------------------------------------------------------
    "calendar-invalid": template(
        "日历有误，不能采用：{problem}",
        "The calendar cannot be adopted: {problem}",
        "请按提示修改日历后再提交。",
        "Mend the document where it says so, and adopt it again.",
    ),
    "calendar-counts-already": template(
        "日历“{calendar}”正在使用的就是这一版。",
        "This edition of the calendar “{calendar}” is the one that counts already.",
        "无需操作；需要更换的，请提交另一版。",
        "There is nothing to do; adopt another edition to replace it.",
    ),
    "calendar-not-adopted": template(
        "尚未采用日历“{calendar}”，无法计算期限。",
        "No calendar “{calendar}” has been adopted to count time by.",
        "请先采用该日历。",
        "Adopt the calendar first.",
    ),
    "charter-invalid": template(
        "章程有误，不能安装：{problem}",
        "The charter cannot be installed: {problem}",
        "请按提示修改章程后再提交。",
        "Mend the document where it says so, and install it again.",
    ),
    "no-charter": template(
        "网格“{grid}”及其上级网格都没有生效的章程。",
        "No charter is in force for the grid “{grid}” or for one above it.",
        "请先为该网格或者其上级网格安装章程。",
        "Install a charter for this grid, or for one above it, first.",
    ),
    # -- the log ----------------------------------------------------------------------------------
    "already-sealed": template(
        "日志已封印至第{size}条。",
        "The log is sealed up to event {size} already.",
        "无需操作，有新记录后再封印。",
        "Seal it again when there is more.",
    ),
}
"""What may be refused for the sake of the register."""
