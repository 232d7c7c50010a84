"""What a verification has to say, in Chinese and English."""

from collections.abc import Mapping

from casesys.evidence.chain import Damage
from casesys.evidence.languages import Words

KINDS: Mapping[str, Words] = {
    "leaf-altered": Words("记录被改动", "an event was changed"),
    "leaf-unreadable": Words("记录不成格式", "an event is not in the form of one"),
    "leaf-foreign": Words("混入了别的日志的记录", "an event is another log's"),
    "position-wrong": Words(
        "记录被删除、插入或调换", "events were removed, slipped in or reordered"
    ),
    "stream-broken": Words("事项的记录不相衔接", "the events of a case do not follow each other"),
    "command-broken": Words(
        "命令的记录不相衔接", "the events of a command do not follow each other"
    ),
    "time-reversed": Words("记录时间倒退", "the time of recording runs backwards"),
    "columns-altered": Words("索引字段被改动", "what events are found by was changed"),
    "ciphertext-altered": Words("加密内容被改动或调换", "a sealed text was changed or swapped"),
    "ciphertext-missing": Words("加密内容缺失", "a sealed text is missing"),
    "ciphertext-unknown": Words("多出加密内容", "there is a sealed text that no event knows"),
    "head-altered": Words("日志末端与记录不符", "the end of the log contradicts the events"),
    "seal-false": Words("封印与记录不符", "a seal does not hold what the log has"),
    "checkpoint-contradicted": Words("与检查点不符", "the checkpoint is contradicted"),
    "log-shorter": Words(
        "日志短于检查点：尾部被删，或恢复了旧备份",
        "the log is shorter than at the checkpoint: its end was removed, or an older copy restored",
    ),
    "file-damaged": Words("存储文件损坏", "the file is damaged"),
    "proof-false": Words("证明不成立", "a proof does not hold"),
    "document-altered": Words(
        "章程或日历文本被改动或缺失", "the text of a charter or calendar was changed or left out"
    ),
}
"""Every kind of damage."""


def of_damage(damage: Damage) -> Words:
    """Say where the damage is, of which kind, and what was seen there."""
    kind, seen = KINDS[damage.kind], f"({damage.kind}: {damage.detail})"
    where = Words("", "")
    if damage.position is not None:
        where = Words(f"第{damage.position}条：", f"event {damage.position}: ")
    return Words(f"{where.zh}{kind.zh} {seen}", f"{where.en}{kind.en} {seen}")


def joined(*parts: Words) -> Words:
    """Put several parts into one sentence."""
    return Words("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))
