"""What the HTTP surface itself may answer instead of doing what was asked: each kind with its status, its words and what to do.

What the rules refuse, and what store and vault run into, has its words elsewhere; here is what only a program that speaks HTTP meets.
"""

from collections.abc import Mapping
from typing import NamedTuple

from casesys.domain.messages import Text


class Kind(NamedTuple):
    """One kind of problem: its status, what is wrong and what to do, with `{particulars}` where they belong."""

    status: int
    says: Text
    remedy: Text


def _k(status: int, zh: str, en: str, remedy_zh: str, remedy_en: str) -> Kind:
    return Kind(status, Text(zh, en), Text(remedy_zh, remedy_en))


NOT_OF_THIS_CASE = _k(
    412,
    "If-Match中没有此事项的ETag；没有作任何改动。",
    "None of the tags in If-Match is one of this case; nothing was changed.",
    "查看此事项，再以它的ETag重试。",
    "Look at this case, and try again with its own ETag.",
)
"""What `case-changed` says to whoever named no version of the case at all."""

KINDS: Mapping[str, Kind] = {
    # -- who asks ---------------------------------------------------------------------------------
    "key-missing": _k(
        401,
        "没有说明以谁的密钥行事。",
        "Nobody's key was given to act by.",
        "在Authorization中写Bearer和密钥。",
        "Send the key as Authorization: Bearer KEY.",
    ),
    "key-not-valid": _k(
        401,
        "密钥未在此存储中签发，或已吊销、已到期。",
        "The key was never issued in this store, or is revoked or has expired.",
        "使用有效的密钥，或请操作员签发。",
        "Use a key that counts, or ask the operator for one.",
    ),
    "key-ambiguous": _k(
        400,
        "请求中有不止一个不同的Authorization。",
        "The request has Authorization headers that differ.",
        "只写一个。",
        "Send one.",
    ),
    "for-operators": _k(
        403,
        "此处只供操作员查看。",
        "This is for operators.",
        "由操作员以自己的密钥查看。",
        "Let an operator ask, with their own key.",
    ),
    # -- what is asked for ------------------------------------------------------------------------
    "unknown-path": _k(
        404,
        "没有这个地址。",
        "There is nothing at this address.",
        "地址见/openapi.json。",
        "The addresses there are stand in /openapi.json.",
    ),
    "unknown-problem": _k(
        404,
        "没有名为“{code}”的问题代码。",
        "There is no problem code “{code}”.",
        "请从所列代码中选择。",
        "Ask for one of the codes listed.",
    ),
    "method-not-allowed": _k(
        405,
        "此地址不接受这种请求方法。",
        "This address does not take requests of this method.",
        "使用Allow中所列的方法。",
        "Use one of the methods that Allow lists.",
    ),
    "invalid-query": _k(
        400,
        "查询参数有误。",
        "The parameters of the query are not as they should be.",
        "按所列各处改正；没有列入文档的参数不接受。",
        "Mend what is listed; parameters that are not documented are not taken.",
    ),
    "one-moment-only": _k(
        400,
        "版本、位置和时刻只能给出一个。",
        "A version, a position and an instant exclude each other.",
        "请只给出其中一个。",
        "Give one of them.",
    ),
    "position-ahead": _k(
        400,
        "日志还没有位置{position}。",
        "The log has no position {position} yet.",
        "写此存储的某个答复所给出的位置。",
        "Give a position that an answer of this store has named.",
    ),
    "instant-in-future": _k(
        400,
        "该时刻尚未到来。",
        "That instant is yet to come.",
        "请给出已过去的时刻。",
        "Give one that has passed.",
    ),
    "cursor-not-valid": _k(
        400,
        "游标不属于这个查询。",
        "The cursor does not belong to this query.",
        "从第一页开始，并原样跟随next所给的链接。",
        "Begin with the first page, and follow the links it gives as they are.",
    ),
    # -- files ------------------------------------------------------------------------------------
    "file-type-not-taken": _k(
        415,
        "不接收“{media_type}”类型的文件。",
        "Files of the type “{media_type}” are not taken.",
        "请改用所列类型之一。",
        "Bring the file as one of the types listed.",
    ),
    "file-not-as-declared": _k(
        422,
        "文件内容不是所声明的“{media_type}”。",
        "What the file holds is not the “{media_type}” that it is said to be.",
        "请如实声明类型；文件损坏的，请重新导出。",
        "Declare the type that it has; if it is damaged, export it again.",
    ),
    "file-size-not-as-declared": _k(
        422,
        "文件大小与所声明的{declared}字节不符。",
        "The file does not have the {declared} bytes that it is said to have.",
        "请完整上传文件。",
        "Send the whole file.",
    ),
    "file-digest-not-as-declared": _k(
        422,
        "文件内容与所声明的摘要不符。",
        "The file does not have the digest that it is said to have.",
        "请重新上传，或更正摘要。",
        "Send it again, or correct the digest.",
    ),
    "file-too-large": _k(
        413,
        "文件超过{limit}字节。",
        "The file is larger than {limit} bytes.",
        "请压缩或拆分后上传。",
        "Make it smaller, or bring it in parts.",
    ),
    "file-empty": _k(
        422,
        "文件是空的。",
        "The file is empty.",
        "请选择有内容的文件。",
        "Choose one that holds something.",
    ),
    "unknown-file": _k(
        404,
        "此事项没有这份文件，或此处没有保存其内容。",
        "The case has no such file, or its content is not kept here.",
        "请核对摘要。",
        "Check the digest.",
    ),
    "files-unavailable": _k(
        503,
        "暂时无法读写文件。",
        "Files cannot be written or read just now.",
        "稍后再试；若一直如此，请操作员检查磁盘。",
        "Try again in a moment; if it lasts, have the operator check the disk.",
    ),
    # -- evidence ---------------------------------------------------------------------------------
    "no-checkpoint-yet": _k(
        404,
        "还没有签署过检查点。",
        "No checkpoint has been signed yet.",
        "稍后再试；若一直没有，请操作员用casesys keys generate生成密钥。",
        "Try again later; if it lasts, have the operator make a key with casesys keys generate.",
    ),
    "unknown-checkpoint": _k(
        404,
        "没有恰好覆盖这么多条记录的检查点。",
        "There is no checkpoint over just so many events.",
        "写检查点第二行的数；不写则按适用的检查点。",
        "Give the number on the second line of a checkpoint, or none.",
    ),
    "unknown-event": _k(
        404,
        "没有这条记录。",
        "There is no such event.",
        "写审计记录中的event_id，或其在日志中的位置。",
        "Name it by its event_id in the audit trail, or by its position in the log.",
    ),
    "not-proved-yet": _k(
        404,
        "检查点尚未覆盖所要证明的内容。",
        "The checkpoint does not cover yet what is to be proved.",
        "等下一个检查点，或按更新的检查点来问。",
        "Wait for the next checkpoint, or ask for a newer one.",
    ),
    "not-sealed-yet": _k(
        404,
        "日志的封印尚未及于此事项。",
        "No seal of the log reaches the case yet.",
        "等下一次封印。",
        "Wait for the next seal.",
    ),
    "evidence-unavailable": _k(
        503,
        "暂时无法出具证据。",
        "Evidence cannot be given just now.",
        "稍后再试；若一直如此，请操作员查看日志。",
        "Try again later; if it lasts, have the operator look at what the server has logged.",
    ),
    # -- what is sent -----------------------------------------------------------------------------
    "request-unreadable": _k(
        400,
        "这不是可读的HTTP请求。",
        "This is not a request in HTTP that can be read.",
        "检查客户端，或它与服务器之间的代理。",
        "Look at the client, or at what stands between it and the server.",
    ),
    "head-too-large": _k(
        431,
        "请求头太大。",
        "The header fields of the request are too large.",
        "减少请求头。",
        "Send less in them.",
    ),
    "json-invalid": _k(
        400,
        "JSON无法读取。",
        "The JSON cannot be read.",
        "改正后再试。",
        "Mend it and try again.",
    ),
    "json-too-deep": _k(
        400,
        "JSON嵌套太深。",
        "The JSON is nested too deep.",
        "减少嵌套。",
        "Nest less.",
    ),
    "json-too-many": _k(
        400,
        "JSON里的内容太多。",
        "There is too much in the JSON.",
        "减少内容。",
        "Give less.",
    ),
    "text-invalid": _k(
        400,
        "文字里有不完整的字符。",
        "A text holds half a character.",
        "用UTF-8重新输入。",
        "Enter it again, in UTF-8.",
    ),
    "body-too-large": _k(
        413,
        "请求体超过{limit}字节。",
        "The body is larger than {limit} bytes.",
        "分成几次发送；文件请作为附件上传。",
        "Send less at a time; files go up as attachments.",
    ),
    "body-too-slow": _k(
        408,
        "请求体在{seconds}秒内没有收完。",
        "The body did not arrive within {seconds} seconds.",
        "再试一次。",
        "Try again.",
    ),
    "body-cut-short": _k(
        400,
        "请求体没有收完，连接就断了。",
        "The connection ended before the body did.",
        "再试一次。",
        "Try again.",
    ),
    "media-type-unsupported": _k(
        415,
        "不接受这种内容类型或编码。",
        "The body is of a media type, character set or encoding that is not taken here.",
        "以所列内容类型发送，UTF-8，不压缩。",
        "Send one of the media types listed, in UTF-8, not compressed.",
    ),
    "body-unreadable": _k(
        400,
        "请求体不是有效的UTF-8文字。",
        "The body is not text in UTF-8.",
        "改正后再发。",
        "Mend it and send it again.",
    ),
    "invalid-command": _k(
        422,
        "命令的字段不对。",
        "The fields of the command are not as they should be.",
        "按所列各处改正；各命令的字段见GET /v1/commands。",
        "Mend what is listed; GET /v1/commands tells the fields of each command.",
    ),
    "case-named-twice": _k(
        422,
        "事项编号已在地址中，字段中不再写。",
        "The case stands in the address, and is not named among the fields again.",
        "去掉case_id。",
        "Leave case_id out.",
    ),
    "case-id-assigned": _k(
        422,
        "事项编号由系统给出，不能自定。",
        "A case is given its id here; it cannot be chosen.",
        "去掉case_id；自己的编号写在source_ref中。",
        "Leave case_id out; a number of your own goes into source_ref.",
    ),
    # -- preconditions and repetition -------------------------------------------------------------
    "version-missing": _k(
        428,
        "没有说明依据事项的哪一版。",
        "It was not said which version of the case this rests on.",
        "在If-Match中写所见事项的ETag；不论版本则写*。",
        "Send the ETag of the case you have seen as If-Match, or * for whichever there is.",
    ),
    "if-match-invalid": _k(
        400,
        "If-Match写法不对。",
        "The If-Match is not written as it should be.",
        "写所见事项的ETag，连同双引号；多个之间用逗号；不论版本则只写*。",
        "Send the ETag of the case as it was given, in its double quotes, several with commas, or nothing but *.",
    ),
    "case-changed": _k(
        412,
        "您查看之后，事项又有了变化；没有作任何改动。",
        "The case has gone on since you looked at it; nothing was changed.",
        "查看其后的事件，再以新的ETag重试。",
        "Look at the events since, and try again with the new ETag.",
    ),
    "idempotency-key-invalid": _k(
        400,
        "Idempotency-Key写法不对。",
        "The Idempotency-Key is not written as it should be.",
        '写成双引号内1至200个字符，如"8e03978e-40d5"。',
        'Write a string of 1 to 200 characters in double quotes, as "8e03978e-40d5".',
    ),
    "command-id-reused": _k(
        422,
        "这个Idempotency-Key已用于另一条命令。",
        "This Idempotency-Key was used for another command.",
        "换一个，或原样重发原来的命令。",
        "Take another, or send the first command again just as it was.",
    ),
    "not-there-yet": _k(
        503,
        "所要的内容还没有到日志的位置{position}。",
        "What was asked for has not come to position {position} of the log yet.",
        "稍后再试。",
        "Try again in a moment.",
    ),
    # -- the server itself ------------------------------------------------------------------------
    "overloaded": _k(
        503,
        "请求太多，暂时无法受理。",
        "There are too many requests to take this one now.",
        "稍后再试。",
        "Try again in a moment.",
    ),
    "conflict": _k(
        503,
        "别人一再抢先，命令没有执行。",
        "Others were faster again and again; the command was not carried out.",
        "再试一次。",
        "Try again.",
    ),
    "internal-error": _k(
        500,
        "casesys出了错。",
        "This is a fault of casesys.",
        "再试一次；若一直如此，把请求编号报告给操作员。",
        "Try again; if it lasts, report the id of the request to the operator.",
    ),
}
"""Every kind by its code."""
