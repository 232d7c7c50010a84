"""What can be wrong with a mapping, a file or a row, each with a stable code and a sentence in Chinese and English.

What is wrong with a mapping or a file as a whole stops the import before anything is written; what is wrong with one row
refuses that row and no other.
"""

from collections.abc import Mapping
from typing import NoReturn

from casesys.domain.messages import Text
from casesys.domain.refusals import Template


class ImportFailed(Exception):
    """The import cannot be done as asked. Nothing was written.

    `code` is stable; `says` is what is wrong, `remedy` what to do about it; `accepted` lists what would have been accepted,
    where that is a list.
    """

    def __init__(self, code: str, *, accepted: tuple[str, ...] = (), **particulars: object) -> None:
        """Fill the sentences of a code with the particulars."""
        template = FAILURES[code]
        self.code = code
        self.says = _filled(template.says, particulars)
        self.remedy = _filled(template.remedy, particulars)
        self.accepted = accepted
        super().__init__(f"{code}: {self.says.en}")


class RowRefused(Exception):
    """One row cannot become a case, or not the whole of its life; the others can.

    The codes are those of `ROWS`, and those of the domain's refusals.
    """

    def __init__(self, code: str, says: Text) -> None:
        """Keep the stable code for programs and the sentence for people."""
        super().__init__(f"{code}: {says.en}")
        self.code = code
        self.says = says


def fail(code: str, *, accepted: tuple[str, ...] = (), **particulars: object) -> NoReturn:
    """Stop the import before anything is written."""
    raise ImportFailed(code, accepted=accepted, **particulars)


def refuse_row(code: str, **particulars: object) -> NoReturn:
    """Refuse the row that is being read."""
    raise RowRefused(code, _filled(ROWS[code], particulars))


def _filled(text: Text, particulars: Mapping[str, object]) -> Text:
    return Text(text.zh.format_map(particulars), text.en.format_map(particulars))


def _t(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Template:
    return Template(Text(zh, en), Text(remedy_zh, remedy_en))


_SEE = ("格式见docs/import-mapping.md", "docs/import-mapping.md explains the format")

FAILURES: Mapping[str, Template] = {
    # The mapping and the documents it names
    "mapping-unreadable": _t(
        "无法读取映射文件{path}：{detail}",
        "the mapping {path} cannot be read: {detail}",
        "检查--mapping的路径和读取权限",
        "check the path given with --mapping and the right to read it",
    ),
    "mapping-syntax": _t(
        "映射文件不是合法的TOML：{detail}", "the mapping is not TOML in UTF-8: {detail}", *_SEE
    ),
    "mapping-malformed": _t(
        "映射文件不合格式：{detail}", "the mapping is malformed: {detail}", *_SEE
    ),
    "mapping-unknown-command": _t(
        "{where}：没有“{name}”这条命令",
        "{where}: there is no command {name}",
        "使用可接受的命令之一",
        "use one of the commands that are accepted",
    ),
    "mapping-unknown-field": _t(
        "{where}：命令{command}没有“{name}”这个字段",
        "{where}: {command} has no field {name} for a mapping to fill",
        "使用可接受的字段之一",
        "use one of the fields that are accepted",
    ),
    "mapping-missing-field": _t(
        "{where}：命令{command}缺少字段“{name}”",
        "{where}: {command} needs the field {name}",
        "在fields中说明该字段从哪里来",
        "say under fields where it comes from",
    ),
    "mapping-bad-value": _t(
        "{where}：值不合格式：{detail}", "{where}: a value that cannot be: {detail}", *_SEE
    ),
    "mapping-unknown-step": _t(
        "{where}：没有定义步骤“{name}”",
        "{where}: there is no step {name}",
        "在steps中定义它，或使用已定义的步骤",
        "define it under steps, or use one that is defined",
    ),
    "mapping-life": _t(
        "{where}：一生须以collect-case开始，且只有一次",
        "{where}: a life begins with collect-case, once",
        "调整lives中的步骤",
        "mend the steps under lives",
    ),
    "mapping-unknown-code": _t(
        "{where}：章程的{table}中没有“{name}”",
        "{where}: the charter has no {name} among its {table}",
        "使用章程中已有的代码，或在章程中补上",
        "use a code of the charter, or add it there",
    ),
    "mapping-nobody": _t(
        "{where}：没有说明由people中的谁执行",
        "{where} does not say which of the people takes the step",
        "写明people中的一个",
        "name one of the people",
    ),
    "mapping-role-may-not": _t(
        "章程不允许角色“{role}”下达命令{command}",
        "the charter does not let the role {role} give {command}",
        "换一个角色，或在章程的authority中授予",
        "take another role, or grant it under the charter's authority",
    ),
    "document-unreadable": _t(
        "映射文件所指的{path}无法读取：{detail}",
        "{path}, which the mapping names, cannot be read: {detail}",
        "路径相对于映射文件；随附文件写作shipped:名称",
        "a path counts from the mapping's folder; what ships with casesys is written shipped:NAME",
    ),
    "charter-invalid": _t(
        "章程{path}无效：{detail}",
        "the charter {path} is not valid: {detail}",
        "修改章程",
        "mend the charter",
    ),
    "calendar-invalid": _t(
        "日历{path}无效：{detail}",
        "the calendar {path} is not valid: {detail}",
        "修改日历",
        "mend the calendar",
    ),
    "calendar-not-named": _t(
        "章程用到日历“{name}”，映射文件没有给出",
        "the charter counts by the calendar {name}, which the mapping does not bring",
        "在calendars中加上它",
        "add it to calendars",
    ),
    # The file
    "file-unreadable": _t(
        "无法读取文件{path}：{detail}",
        "the file {path} cannot be read: {detail}",
        "检查路径和读取权限",
        "check the path and the right to read it",
    ),
    "file-empty": _t(
        "文件是空的", "the file is empty", "给出带表头的文件", "give a file with a header line"
    ),
    "file-encoding": _t(
        "第{line}行之后不是{encoding}编码",
        "after line {line} the file is not text in {encoding}",
        "在映射文件的file.encoding中写明真正的编码",
        "say the true encoding under file.encoding of the mapping",
    ),
    "file-nul": _t(
        "第{line}行含有NUL字节",
        "line {line} holds a NUL byte",
        "这不是文本文件，或编码不对（如UTF-16）：重新导出",
        "it is no text, or in another encoding such as UTF-16: export it anew",
    ),
    "file-line-too-long": _t(
        "第{line}行超过{most}个字符",
        "line {line} is longer than {most} characters",
        "检查引号和换行：多半有引号没有闭合",
        "check quotes and line ends: a quote is probably never closed",
    ),
    "file-quoting": _t(
        "从第{line}行起引号或分隔有误：{detail}",
        "quotes are broken from line {line} on: {detail}",
        "修改文件，或在映射文件的file中写明引号和分隔符",
        "mend the file, or say quote and delimiter under file of the mapping",
    ),
    "file-ragged": _t(
        "第{line}行有{found}个字段，表头有{expected}个",
        "line {line} has {found} fields, the header {expected}",
        "修改文件：多半有分隔符或引号没有转义",
        "mend the file: a delimiter or quote is probably not escaped",
    ),
    "file-column-missing": _t(
        "文件没有映射所需的列：{names}（文件的列：{found}）",
        "the file lacks columns that the mapping asks for: {names} (it has: {found})",
        "检查文件、映射中的列名和分隔符（现为“{delimiter}”）",
        "check the file, the mapping's names of columns, and the delimiter (now {delimiter!r})",
    ),
    "file-column-twice": _t(
        "表头中“{name}”出现了两次",
        "the header has the column {name} twice",
        "给每列一个自己的名称",
        "give every column a name of its own",
    ),
}
"""What stops an import before anything is written."""

ROWS: Mapping[str, Text] = {
    "number-missing": Text("没有编号（{column}）", "there is no number ({column})"),
    "number-twice": Text(
        "编号与第{line}行相同，以先出现的为准",
        "line {line} has the same number and came first",
    ),
    "life-unknown": Text(
        "{column}为“{value}”，映射没有说明该如何处理",
        "{column} is {value!r}, and the mapping says no life for that",
    ),
    "value-missing": Text("{field}没有值", "there is no value for {field}"),
    "value-unknown": Text(
        "{column}为“{value}”，映射的对照表里没有",
        "{column} is {value!r}, which the mapping's table does not have",
    ),
    "value-not-integer": Text("{column}不是整数", "{column} is no whole number"),
    "field-invalid": Text("{field}不合要求：{detail}", "{field} is not acceptable: {detail}"),
    "time-missing": Text("步骤{step}没有时间（{columns}）", "{step} has no time ({columns})"),
    "time-unreadable": Text(
        "{column}不符合时间格式{form}", "{column} is not a time in the form {form}"
    ),
    "time-skipped": Text(
        "{column}在{zone}不存在：那一小时被拨快跳过了",
        "{column} does not exist in {zone}: the clock was put forward over that hour",
    ),
    "time-out-of-order": Text(
        "步骤{step}的时间{at}早于步骤{earlier}的时间{before}",
        "{step} at {at} comes before {earlier} at {before}",
    ),
    "time-before-start": Text(
        "{at}早于映射的start（{start}）", "{at} is before the mapping's start ({start})"
    ),
    "command-id-reused": Text(
        "同一步骤以前用别的内容下达过", "the same step was given before with other content"
    ),
    "time-in-future": Text("{at}还没有到", "{at} has not come yet"),
}
"""What refuses one row before any command of it is given."""
