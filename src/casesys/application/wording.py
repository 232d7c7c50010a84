"""What store, vault and read models run into, in Chinese and English, by their codes; and the Chinese of what pydantic finds.

The rooms below say in English what happened this time; here stands, for each code, what it means and what to do about it.
"""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from pydantic import ValidationError

from casesys.domain.messages import Text


class Words(NamedTuple):
    """What is wrong and what to do."""

    says: Text
    remedy: Text


def _w(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Words:
    return Words(Text(zh, en), Text(remedy_zh, remedy_en))


_RESTORE = (
    "不要再写入；恢复备份，并保留此文件供检查",
    "do not write to it; restore a backup, and keep this file for examination",
)

_AGAIN = ("再试一次", "try again")

TROUBLE: Mapping[str, Words] = {
    "store-missing": _w(
        "没有这个存储",
        "there is no store there",
        "先用casesys init新建，或检查路径",
        "make one with casesys init, or check the path",
    ),
    "store-exists": _w(
        "存储已经建好，没有作任何改动",
        "the store is set up already; nothing was changed",
        "直接使用它，或换一个路径",
        "use it as it is, or name another path",
    ),
    "store-corrupt": _w("存储文件已损坏", "the store is damaged", *_RESTORE),
    "store-foreign": _w(
        "文件属于别的程序",
        "the file belongs to another program",
        "给出casesys存储的路径，或尚不存在的文件",
        "give the path of a casesys store, or of a file that does not exist yet",
    ),
    "store-newer": _w(
        "存储由更新版本的casesys写成",
        "the store was written by a newer casesys",
        "使用写它的那个版本或更新的版本",
        "use the version that wrote it, or a later one",
    ),
    "store-full": _w(
        "没有空间可写，什么都没有改变",
        "there is no room left to write; nothing was changed",
        "腾出空间后再试",
        "free some space and try again",
    ),
    "store-busy": _w(
        "存储正被别的进程写入",
        "another process is writing to the store",
        "再试一次；若一直如此，找出不放手的进程",
        "try again; if it lasts, find the process that does not let go",
    ),
    "store-readonly": _w(
        "存储不可写",
        "the store cannot be written",
        "给当前用户写这个文件及其文件夹的权限",
        "give this user the right to write to the file and to its folder",
    ),
    "store-unreadable": _w(
        "存储打不开",
        "the store cannot be opened or read",
        "检查路径、磁盘，以及当前用户对文件及其文件夹的权限",
        "check the path, the disk, and this user's rights to the file and its folder",
    ),
    "store-closed": _w("存储已关闭", "the store is closed", "重新打开", "open it again"),
    "clock-behind": _w(
        "时钟比最后一条记录早得多",
        "the clock is far behind the last event",
        "校准本机时钟，或查明哪台机器的时钟快了",
        "set this machine's clock, or find out which machine wrote with a clock ahead of time",
    ),
    "views-foreign": _w(
        "读模型文件属于别的程序",
        "the file of the read models belongs to another program",
        "把它移走：casesys在那里保存读模型",
        "move it away: casesys keeps its read models there",
    ),
    "views-in-use": _w(
        "读模型文件须重建，但另一个casesys正在使用它",
        "the file of the read models must be made anew, and a running casesys uses it",
        "先停止那个casesys",
        "stop that one first",
    ),
    "views-busy": _w(
        "读模型正被别的进程写入", "another process is writing to the read models", *_AGAIN
    ),
    "views-full": _w(
        "没有空间可写读模型；日志不受影响",
        "there is no room left for the read models; the log is not affected",
        "腾出空间，它们会自行继续",
        "free some space: they go on by themselves",
    ),
    "views-corrupt": _w(
        "读模型文件已损坏；日志不受影响",
        "the file of the read models is damaged; the log is not affected",
        "停止casesys并删除该文件，它会从日志重建",
        "stop casesys and delete the file: it is made anew from the log",
    ),
    "views-readonly": _w(
        "读模型不可写",
        "the read models cannot be written",
        "给当前用户写这个文件及其文件夹的权限",
        "give this user the right to write to the file and its folder",
    ),
    "views-unreadable": _w(
        "读模型打不开",
        "the read models cannot be opened or read",
        "检查路径、磁盘，以及当前用户对文件及其文件夹的权限",
        "check the path, the disk, and this user's rights to the file and its folder",
    ),
    "views-closed": _w("读模型已关闭", "the read models are closed", "重新打开", "open them again"),
    "conflict": _w(
        "别人一再抢先，命令没有执行",
        "others were faster again and again; the command was not carried out",
        "再试一次",
        "try again",
    ),
    "command-id-reused": _w(
        "这个命令编号已用于另一条命令",
        "this command id was used for another command",
        "换一个命令编号，或省略",
        "give another command id, or none",
    ),
    "vault-missing": _w(
        "没有个人信息密钥库",
        "the vault of personal keys is missing",
        "用--keys给出密钥文件夹，或从备份恢复它",
        "name the folder of keys with --keys, or restore it from its backup",
    ),
    "vault-exists": _w(
        "密钥库已经存在",
        "there is a vault already",
        "换一个密钥文件夹",
        "name another folder of keys",
    ),
    "vault-foreign": _w(
        "密钥库属于另一个存储",
        "the vault belongs to another store",
        "用--keys给出本存储的密钥文件夹",
        "name this store's own folder of keys with --keys",
    ),
    "vault-corrupt": _w(
        "密钥库已损坏",
        "the vault is damaged",
        "从备份恢复密钥文件夹，并保留损坏的文件",
        "restore the folder of keys from its backup, and keep the damaged file",
    ),
    "vault-full": _w(
        "没有空间写密钥库，什么都没有改变",
        "there is no room left for the vault; nothing was changed",
        "腾出空间后再试",
        "free some space and try again",
    ),
    "vault-busy": _w("密钥库正被别的进程使用", "the vault is in use", "再试一次", "try again"),
    "vault-readonly": _w(
        "密钥库不可写",
        "the vault cannot be written",
        "给当前用户写密钥文件夹的权限",
        "give this user the right to write to the folder of keys",
    ),
    "vault-unreadable": _w(
        "密钥库打不开",
        "the vault cannot be opened or read",
        "检查路径，以及当前用户对密钥文件夹的权限",
        "check the path and this user's rights to the folder of keys",
    ),
    "wrapping-key-missing": _w(
        "没有主密钥文件，或不可读",
        "the file of the wrapping key is missing or cannot be read",
        "用--wrapping-key给出主密钥文件，或恢复它",
        "name the file of the wrapping key with --wrapping-key, or restore it",
    ),
    "wrapping-key-wrong": _w(
        "主密钥不是这个密钥库的",
        "the wrapping key is not that of this vault",
        "用--wrapping-key给出建库时的主密钥文件",
        "name the file that the vault was made with, with --wrapping-key",
    ),
    "subject-forgotten": _w(
        "此人的信息已按规定删除，不再保存其任何信息",
        "this person's data was erased: nothing more is kept about them",
        "不写个人信息，或确认是否为同一人",
        "leave personal data out, or make sure it is the same person",
    ),
    "ciphertext-altered": _w(
        "加密的个人信息被改动过", "sealed personal data was altered", *_RESTORE
    ),
}
"""Every code of StoreError, VaultError and ViewsError, and what the command path itself may answer."""

DAMAGE = frozenset({"store-corrupt", "vault-corrupt", "ciphertext-altered"})
"""The codes that mean that something was damaged, not merely out of reach."""

_FOUND: Mapping[str, str] = {
    "missing": "缺少此字段",
    "extra_forbidden": "没有这个字段",
    "string_type": "须为文字",
    "string_too_short": "文字太短",
    "string_too_long": "文字太长",
    "string_pattern_mismatch": "写法不符合格式",
    "int_type": "须为整数",
    "int_parsing": "须为整数",
    "bool_type": "须为是或否",
    "bool_parsing": "须为是或否",
    "tuple_type": "须为列表",
    "dict_type": "须为对象",
    "enum": "不是可选的值",
    "literal_error": "不是可选的值",
    "timezone_aware": "须写明时区",
    "datetime_from_date_parsing": "不是时刻",
    "datetime_parsing": "不是时刻",
    "date_from_datetime_parsing": "不是日期",
    "greater_than_equal": "数太小",
    "less_than_equal": "数太大",
    "too_short": "太少",
    "too_long": "太多",
}
"""The Chinese of the commonest things that pydantic finds, by its type of error."""


class FieldProblem(msgspec.Struct, frozen=True):
    """One thing wrong with one field or place of what was given."""

    where: str
    says: Text


PROBLEMS_AT_MOST = 20
"""How many of the things wrong are told one by one. Who mends them is told the next."""


def field_problems(error: ValidationError, within: str = "") -> tuple[FieldProblem, ...]:
    """Tell what pydantic found, field by field, without the values: these may be personal; of very much only how much more there is.

    `within` names what holds the fields.
    """
    outside = (within,) if within else ()
    found = error.errors(include_url=False, include_context=False, include_input=False)
    told = (
        FieldProblem(
            ".".join(str(part) for part in (*outside, *each["loc"]))[:200],
            Text(_FOUND.get(each["type"], f"不符合要求（{each['msg']}）"), each["msg"]),
        )
        for each in found[:PROBLEMS_AT_MOST]
    )
    more = len(found) - PROBLEMS_AT_MOST
    return (
        (*told, FieldProblem("", Text(f"另有{more}处", f"and {more} more")))
        if more > 0
        else (*told,)
    )
