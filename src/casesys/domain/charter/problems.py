"""What can be wrong with a charter, each with a stable code and a sentence in Chinese and English.

All that is wrong is listed at once, each with the place where it stands.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from casesys.domain.messages import Text


class Problem(NamedTuple):
    """One thing that is wrong: what, where in the document (dotted), and in words."""

    code: str
    where: str
    says: Text


class CharterInvalid(ValueError):
    """A document that is no charter. `problems` lists everything; the first also stands by itself."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems, in the order in which they were found."""
        self.problems = tuple(problems)
        super().__init__(
            "\n".join(f"{p.where or 'charter'}: {p.code}: {p.says.en}" for p in self.problems)
        )

    @property
    def code(self) -> str:
        """The code of the first problem."""
        return self.problems[0].code

    @property
    def message(self) -> Text:
        """What the first problem says."""
        return self.problems[0].says

    @property
    def says(self) -> Text:
        """All the problems, each with its place."""
        told = [(f"{p.where or 'charter'}: ", p.says) for p in self.problems]
        return Text(
            "；".join(where + says.zh for where, says in told),
            "; ".join(where + says.en for where, says in told),
        )

    @property
    def where(self) -> str:
        """Where the first problem stands."""
        return self.problems[0].where


def problem(code: str, where: str, **particulars: object) -> Problem:
    """Make a problem; its sentences are filled with the particulars."""
    says = PROBLEMS[code]
    return Problem(
        code, where, Text(says.zh.format_map(particulars), says.en.format_map(particulars))
    )


PROBLEMS: Mapping[str, Text] = {
    # The document
    "too-large": Text("章程超过{most}", "the charter is larger than {most}"),
    "not-utf8": Text("章程不是UTF-8文本：{detail}", "the charter is not text in UTF-8: {detail}"),
    "syntax": Text("章程不是合法的{form}：{detail}", "the charter is not {form}: {detail}"),
    "too-deep": Text("嵌套超过{most}层", "more than {most} levels deep"),
    "number": Text(
        "数字必须是{most}以内的整数，份额写成“2/3”",
        'a number is whole and at most {most}; a share is written "2/3"',
    ),
    "no-value": Text("不允许{kind}类型的值", "a value of type {kind} has no place here"),
    "malformed": Text("不符合章程格式：{detail}", "not as the format says: {detail}"),
    # What is named has to exist
    "unknown-name": Text("{tables}里没有“{name}”", "there is no {name} among {tables}"),
    "name-twice": Text("“{name}”出现了两次", "{name} is there twice"),
    "unfilled-place": Text(
        "{{{path}}}在章程里找不到数、期限、份额或名称",
        "{{{path}}} leads to no number, period, share or label of the charter",
    ),
    "stray-brace": Text("多余的花括号", "a brace that belongs to no place"),
    # Guards
    "guard-too-long": Text("条件太长：{detail}", "the guard is too long: {detail}"),
    "guard-syntax": Text("条件写法有误：{detail}", "the guard is not CEL: {detail}"),
    "guard-not-allowed": Text("条件里不允许这样写：{detail}", "a guard may not say this: {detail}"),
    "guard-unknown-variable": Text(
        "条件用了没有声明的变量：{detail}", "the guard uses an undeclared variable: {detail}"
    ),
    "guard-type": Text("条件的类型不对：{detail}", "the types of the guard do not fit: {detail}"),
    "guard-not-boolean": Text(
        "条件的结果不是真假：{detail}", "the guard is neither true nor false: {detail}"
    ),
    # Rows
    "last-row-conditional": Text("最后一行不能有条件", "the last row has no condition"),
    "row-never-asked": Text(
        "这一行没有限制，后面的行永远用不到",
        "this row always fits, so those after it are never asked",
    ),
    "case-type-without-way": Text(
        "事项类型“{case_type}”可能分流不到任何程序",
        "a case of type {case_type} may find no row that sends it anywhere",
    ),
    # Catalogue
    "fact-name": Text(
        "事实要素的代码只能用小写字母、数字和下划线",
        "the code of a fact has only small letters, digits and _, for guards to name it",
    ),
    "fact-default": Text("未知时的取值不是{type}类型", "when_unknown is not of type {type}"),
    "category-levels": Text("类别只有两级", "there are two levels of categories only"),
    "stages": Text(
        "阶段须按次序，从收集开始，不列办结",
        "the stages stand in order, begin with collection, and leave out closed",
    ),
    "no-stage-for-procedures": Text(
        "有议事程序的事项类型须有议事阶段",
        "a case type with procedures passes the stage of deliberation",
    ),
    "no-stage-for-direct": Text(
        "可以直办的事项类型须有派单或办理阶段",
        "a case type that may go direct passes assignment or resolution",
    ),
    "one-result": Text(
        "须有且只有一个{kind}类结果", "there has to be exactly one result of the kind {kind}"
    ),
    "not-carried-kind": Text(
        "“{name}”不是未获通过类结果", "{name} is not a result of the kind not_carried"
    ),
    "metric-answer": Text(
        "“{name}”不是这个问题的回答", "{name} is no answer to what this metric asks"
    ),
    # Procedures
    "procedure-decides-nothing": Text(
        "程序里没有作出决定的步骤", "no step of the procedure decides anything"
    ),
    "track": Text(
        "调解程序不分轨道，其他程序须属于一个轨道",
        "a mediation has no track; any other procedure has one",
    ),
    "mediation-alone": Text(
        "调解与表决、协商不能在同一程序", "mediation is by consent: it shares no procedure with it"
    ),
    "second-attempt": Text(
        "第二次须回到会议之前的步骤", "a second attempt goes back to a step before the meeting"
    ),
    "nothing-to-ratify": Text(
        "追认之前没有可作后续措施的决定",
        "before ratify there is no officer_decision with further measures",
    ),
    "nothing-decided-yet": Text("{kind}之前还没有作出决定", "nothing is decided before {kind}"),
    "nothing-published-yet": Text("异议之前没有公示", "nothing is published before objections"),
    "nothing-to-count-again": Text(
        "没有表决，无从复核计票", "without a vote there is nothing to count again"
    ),
    "objection-circle": Text(
        "反对后转来转去回到原程序", "objections lead from procedure to procedure in a circle"
    ),
    "objection-not-allowed": Text(
        "事项类型“{case_type}”不允许反对后的程序“{name}”",
        "an objection leads to {name}, which the case type {case_type} does not allow",
    ),
    "electorate-body": Text(
        "组织成员表决须指明有席位的组织，其他表决人范围不指明组织",
        "members_of_body names a body with seats; other electorates name none",
    ),
    "denominator": Text(
        "这里的基数只能是{allowed}", "the whole can only be {allowed} in this place"
    ),
    "measure": Text(
        "按面积计票只适用于业主", "floor area is a measure of owners who share a part only"
    ),
    "secret-by-area": Text(
        "按面积计票不能无记名：面积会暴露投票人",
        "a secret ballot cannot be weighted by area: the area names the voter",
    ),
    "never-reached": Text("超过全部，永远达不到", "more than the whole can never be reached"),
    "window": Text(
        "表决期的下限和上限须同单位，且下限不大于上限",
        "the least and the most of a window have one unit, and the least is not the greater",
    ),
    # Time
    "timer-calendar": Text(
        "定时器的日历须与时限的日历相同",
        "a timer counts by the calendar of the clock's rows; each row has to name the same",
    ),
    "extension-unit": Text(
        "延期的单位须与时限的单位相同", "an extension is in the unit of all rows of its clock"
    ),
}
"""Every problem by its code."""
