"""Every error the hub can state, drawn as one tree.

    HubError
    ├── ClientError   Client.*   the sender must change something; nothing was stored as accepted
    ├── ServerError   Server.*   the hub cannot do it now; repeat with the same MessageID
    └── FlowError     Flow.*     an accepted message cannot go on; an operator or a partner must act

Codes are stable and language-neutral. A sentence may name what the *schema* or the *configuration* says
(a label, a limit, a channel), never a value of the message, masked or not.
"""

from __future__ import annotations

from typing import Final

from hub.contract.batch_errors import BATCH_COUNT, BATCH_DIGEST, BATCH_OFFSET
from hub.contract.flow_errors import (
    ATTEMPTS_EXHAUSTED,
    EMIT_INVALID,
    EXPIRED,
    OUTCOME_UNKNOWN,
    PARTNER_REJECTED,
    RULE_FAILED,
    TRANSLATION,
    TRANSLATION_INVALID,
    UNDECLARED_EMIT,
    UNDECLARED_ROUTE,
    UNREADABLE,
    UNROUTABLE,
    VIEW_INVALID,
)
from hub.contract.hub_error import ClientError, ErrorKind, FlowError, HubError, ServerError

__all__ = [
    "ATTEMPTS_EXHAUSTED", "BATCH_COUNT", "BATCH_DIGEST", "BATCH_OFFSET", "EMIT_INVALID", "EXPIRED", "OUTCOME_UNKNOWN", "PARTNER_REJECTED", "RULE_FAILED", "TRANSLATION", "TRANSLATION_INVALID", "UNDECLARED_EMIT", "UNDECLARED_ROUTE", "UNREADABLE", "UNROUTABLE", "VIEW_INVALID",
    "ClientError", "ErrorKind", "FlowError", "HubError", "ServerError",
]  # fmt: skip

# fmt: off
# -- Client.*: at the door ---------------------------------------------------------------------------------------
MALFORMED: Final = ErrorKind(
    "Client.Malformed", "报文不是格式良好的 XML 1.0 文档。", "The message is not a well-formed XML 1.0 document.",
    "请用 XML 工具检查该行附近的标签、实体与字符后重发。 Check tags, entities and characters near the line, then send again.",
)
EMPTY: Final = ErrorKind("Client.Empty", "请求没有内容。", "The request has no content.", "请发送完整的报文。 Send the whole message.")
DOCTYPE: Final = ErrorKind(
    "Client.Doctype", "报文含有 DOCTYPE 声明，一律拒收。", "The message has a DOCTYPE declaration, which is never accepted.",
    "请去掉 DOCTYPE 与实体声明。 Remove the DOCTYPE and entity declarations.",
)
ENCODING: Final = ErrorKind(
    "Client.Encoding", "报文的字符编码无法识别，或与声明不一致。",
    "The character encoding is unknown or does not agree with what is declared.",
    "请使 HTTP charset、XML 声明与实际编码一致，推荐 UTF-8。 Let charset, XML declaration and bytes agree; prefer UTF-8.",
)
TOO_LARGE: Final = ErrorKind(
    "Client.TooLarge", "报文超过上限 {limit}。", "The message exceeds the limit of {limit}.",
    "单笔报文请拆分；成批数据请走批次接口。 Split the message, or use the batch interface.", http=413,
)
CONTENT_TYPE: Final = ErrorKind(
    "Client.ContentType", "Content-Type 或 Content-Encoding 不受支持。", "The Content-Type or Content-Encoding is not supported.",
    "SOAP 1.1 用 text/xml，SOAP 1.2 用 application/soap+xml，REST 用 application/json、application/xml 或 text/xml，不压缩。 Use text/xml for SOAP 1.1, application/soap+xml for 1.2, application/json, application/xml or text/xml for REST, uncompressed.",
    http=415,
)
METHOD: Final = ErrorKind(
    "Client.Method", "该地址不支持此 HTTP 方法。", "This address does not support the HTTP method.",
    "提交报文请用 POST，取接口定义请用 GET ?wsdl。 POST messages; GET ?wsdl for the contract.", http=405,
)
ENVELOPE: Final = ErrorKind(
    "Client.Envelope", "SOAP 信封结构不正确。", "The shape of the SOAP envelope is wrong.",
    "信封内须依次为至多一个 Header 与恰好一个 Body，Body 内恰好一个元素。 At most one Header, then exactly one Body holding exactly one element.",
)
VERSION: Final = ErrorKind(
    "Client.Version", "SOAP 信封的版本与 Content-Type 不一致。", "The SOAP version of the envelope does not agree with the Content-Type.",
    "SOAP 1.1 信封用 text/xml，SOAP 1.2 信封用 application/soap+xml。 text/xml for a SOAP 1.1 envelope, application/soap+xml for 1.2.",
)
INCOMPLETE: Final = ErrorKind(
    "Client.Incomplete", "请求体没有完整到达，或其长度说明有误。", "The request body did not arrive whole, or its length is stated wrongly.",
    "请检查 Content-Length 或分块传输后重发。 Check Content-Length or the chunked transfer, then send again.",
)
ACTION: Final = ErrorKind(
    "Client.Action", "SOAPAction 缺失或与报文内容不符。", "The SOAPAction is missing or does not agree with the message.",
    "请按 WSDL 中该操作的 soapAction 填写。 Use the soapAction that the WSDL gives for this operation.",
)
MUST_UNDERSTAND: Final = ErrorKind(
    "Client.MustUnderstand", "报文头含有标为必须理解而本枢纽不支持的项。", "A header marked mustUnderstand is not understood here.", "请去掉该报文头，或去掉 mustUnderstand。 Remove that header or its mustUnderstand attribute.",
)
UNKNOWN_OPERATION: Final = ErrorKind(
    "Client.UnknownOperation", "没有这个操作或报文类型。", "There is no such operation or message type.",
    "请对照 /contracts/ 中公布的接口。 Compare with the contracts published under /contracts/.", http=404,
)
MESSAGE_ID: Final = ErrorKind(
    "Client.MessageId", "缺少 MessageID，或其格式不正确。", "The MessageID is missing or not valid.",
    "请为每个新报文填写 1 至 128 个可见字符的唯一标识，重发时保持不变。 Give each new message a unique id of 1 to 128 visible characters; keep it when repeating.",
)
HEADER: Final = ErrorKind(
    "Client.Header", "报文头的内容不正确。", "The content of the message header is wrong.",
    "SOAP 请对照 header-1.0.xsd，REST 请对照 openapi.json 中的 Pophub-* 头。 Compare with header-1.0.xsd, for REST with the Pophub-* fields in openapi.json.",
)
REQUEST: Final = ErrorKind(
    "Client.Request", "请求的参数或 JSON 内容不正确。", "A parameter or the JSON body of the request is wrong.",
    "请对照接口说明检查参数的取值与 JSON 的结构。 Compare parameters and JSON with the description of the interface.",
)
LENGTH: Final = ErrorKind(
    "Client.Length", "请求没有说明长度。", "The request does not state its length.",
    "请填写 Content-Length 或使用分块传输。 State Content-Length or use chunked transfer.", http=411,
)
NOT_ACCEPTABLE: Final = ErrorKind(
    "Client.NotAcceptable", "Accept 所列格式均无法提供。", "None of the formats in Accept can be given.",
    "请接受 application/json 或 application/xml。 Accept application/json or application/xml.", http=406,
)
JSON: Final = ErrorKind(
    "Client.Json", "报文不是有效的 JSON 文档。", "The message is not a valid JSON document.",
    "请按 RFC 8259 检查该行附近：UTF-8、无 BOM、无注释、无 NaN。 Check near the line against RFC 8259: UTF-8 without byte order mark, no comments, no NaN.",
)
JSON_DUPLICATE: Final = ErrorKind(
    "Client.Json.Duplicate", "{label}：同一成员出现多次。", "{label}: the same member stands more than once.",
    "重复的元素请写成数组。 Write repeated elements as one array.",
)
JSON_UNKNOWN: Final = ErrorKind(
    "Client.Json.Unknown", "{label}：含有接口未定义的成员。", "{label}: a member that the contract does not declare.",
    "请对照 openapi.json 检查成员名，区分大小写。 Compare the names with openapi.json; case matters.", http=422,
)
JSON_KIND: Final = ErrorKind(
    "Client.Json.Kind", "{label}：JSON 值的种类不对，应为 {expected}。", "{label}: the wrong kind of JSON value, expected {expected}.",
    "值一律写成字符串；只有是否与整数可写 JSON 字面值；可重复的元素写成数组；没有就不写，不写 null。 Values are strings; only booleans and integers may be JSON literals; repeatable elements are arrays; leave out what is not there, never null.",
    http=422,
)
JSON_CHARACTER: Final = ErrorKind(
    "Client.Json.Character", "{label}：含有 XML 1.0 不容许的字符或孤立的代理项。", "{label}: a character that XML 1.0 does not allow, or a lone surrogate.",
    "请去掉控制字符；扩展区汉字请写成完整的代理对或直接用 UTF-8。 Remove control characters; write characters beyond the BMP as whole pairs or in UTF-8.",
    http=422,
)
SECURITY: Final = ErrorKind(
    "Client.Security", "wsse:Security 的内容不正确或不受支持。", "The content of wsse:Security is wrong or not supported.",
    "只支持一个 UsernameToken：Username、PasswordText 口令、Nonce、Created 俱全，不与 HTTP 凭证并用。 One UsernameToken with Username, PasswordText, Nonce and Created; not beside an HTTP credential.",
)
PASSWORD_DIGEST: Final = ErrorKind(
    "Client.PasswordDigest", "不支持 PasswordDigest：枢纽不保存口令原文。", "PasswordDigest is not supported: the hub keeps no password that could be digested.",
    "请在 TLS 之上改用 PasswordText。 Use PasswordText, over TLS.",
)
CLOCK_SKEW: Final = ErrorKind(
    "Client.ClockSkew", "安全令牌的 Created 或 Expires 与枢纽时间相差超过 5 分钟。", "Created or Expires of the security token is more than 5 minutes from the hub's time.",
    "请校准时钟，并为每次请求生成新的令牌。 Set the clock, and make a new token for each request.",
)
REPLAYED: Final = ErrorKind(
    "Client.Replayed", "该安全令牌的 Nonce 已用过。", "The Nonce of this security token was used before.",
    "每次请求请生成新的 Nonce；重发报文时 MessageID 不变。 Make a new Nonce for each request; keep the MessageID when repeating.",
)
UNAUTHENTICATED: Final = ErrorKind(
    "Client.Unauthenticated", "身份验证未通过。", "The caller could not be authenticated.",
    "请检查接入方名称与密钥。 Check the name and secret of the spoke.", http=401,
)
FORBIDDEN: Final = ErrorKind(
    "Client.Forbidden", "该接入方无权使用 {channel}。", "This spoke may not use {channel}.", "请向枢纽管理员申请开通。 Ask the operator of the hub for a grant.", http=403,
)
NOT_YOUR_PLACE: Final = ErrorKind(
    "Client.NotYourPlace", "报文所称单位不在该接入方的辖区内。", "The unit named by the message lies outside the places of this spoke.",
    "请以本辖区单位的名义提交，或申请扩大辖区。 Submit for a unit of your own, or ask for a wider grant.", http=403,
)
NOT_FOUND: Final = ErrorKind(
    "Client.NotFound", "没有可供该接入方查看的这一项。", "There is no such item for this spoke.", "请核对编号。 Check the id.", http=404,
)
NO_BASIS: Final = ErrorKind(
    "Client.NoBasis", "该业务没有在有效期内的法定依据，暂停受理。", "This business has no declared legal basis in force; acceptance is stopped.", "请由枢纽管理员在设置中登记或复核法定依据。 The operator must declare or review the legal basis.", blame="operator", http=503,
)
RETIRED: Final = ErrorKind(
    "Client.Retired", "该报文类型已停用：{reason}。", "This message type is retired: {reason}.", "请改用公布的替代接口。 Use the replacement given in the contracts.", http=410,
)
SYNTHETIC_ONLY: Final = ErrorKind(
    "Client.SyntheticOnly", "演示/历史口径只接受使用从未启用地址码的虚构证件号码。",
    "The demonstration profile accepts only made-up identity numbers with never-issued address codes.",
    "演示环境请使用 3599 开头的虚构号码；真实数据请用生产口径。 Use made-up numbers starting with 3599 here; real data needs the production profile.", http=422,
)

# -- Client.Schema.*: the document against its XSD ------------------------------------------------------------
SCHEMA: Final = ErrorKind(
    "Client.Schema", "{label}：不符合接口定义。", "{label}: does not agree with the contract.",
    "请对照该报文类型的 XSD。 Compare with the XSD of this message type.", http=422,
)
SCHEMA_MISSING: Final = ErrorKind(
    "Client.Schema.Missing", "{label}：缺少必填内容，期望 {expected}。", "{label}: something required is missing, expected {expected}.",
    "请补齐必填元素，并保持顺序。 Add what is required, in order.", http=422,
)
SCHEMA_UNEXPECTED: Final = ErrorKind(
    "Client.Schema.Unexpected", "{label}：此处不应出现该元素，期望 {expected}。", "{label}: not expected here, expected {expected}.",
    "请检查元素名、命名空间、顺序与出现次数。 Check name, namespace, order and number of occurrences.", http=422,
)
SCHEMA_PATTERN: Final = ErrorKind(
    "Client.Schema.Pattern", "{label}：格式不符合要求。", "{label}: does not have the required form.",
    "请按 XSD 中的格式填写，数字须为半角。 Follow the form in the XSD; digits must be ASCII.", http=422,
)
SCHEMA_ENUMERATION: Final = ErrorKind(
    "Client.Schema.Enumeration", "{label}：不在代码表内。", "{label}: not in the code list.",
    "请使用代码表中的代码。 Use a code of the list.", http=422,
)
SCHEMA_LENGTH: Final = ErrorKind(
    "Client.Schema.Length", "{label}：长度超出允许范围。", "{label}: the length is outside the allowed range.",
    "请按 XSD 规定的长度填写。 Keep to the length in the XSD.", http=422,
)
SCHEMA_TYPE: Final = ErrorKind(
    "Client.Schema.Type", "{label}：类型或取值范围不正确。", "{label}: wrong type or outside its range.",
    "请检查日期、时间、数字的写法与范围。 Check dates, times, numbers and their ranges.", http=422,
)
SCHEMA_CONTENT: Final = ErrorKind(
    "Client.Schema.Content", "{label}：此处只能是文本，或只能是子元素。", "{label}: text where only elements may stand, or elements where only text may.",
    "请对照 XSD 检查该元素的内容。 Compare the content of the element with the XSD.", http=422,
)
SCHEMA_ATTRIBUTE: Final = ErrorKind(
    "Client.Schema.Attribute", "{label}：属性不被允许或缺失。", "{label}: an attribute is not allowed or missing.",
    "请去掉多余属性（含 xsi:nil、xsi:type）。 Remove extra attributes (also xsi:nil, xsi:type).", http=422,
)

# -- Client.*: accepted before ---------------------------------------------------------------------------------
ID_CONFLICT: Final = ErrorKind(
    "Client.IdConflict", "同一 MessageID 已用于内容不同的报文（枢纽编号 {first}）。",
    "This MessageID was used for a message of other content (hub id {first}).",
    "新内容请用新的 MessageID。 Use a new MessageID for new content.", http=409,
)
CONFLICT: Final = ErrorKind(
    "Client.Conflict", "同一业务已由另一份内容不同的报文受理（枢纽编号 {first}）。",
    "The same business was accepted before with other content (hub id {first}).",
    "请查询该编号的办理情况；更正请走更正接口。 Look up that hub id; corrections have their own way.", http=409,
)

# -- Server.* --------------------------------------------------------------------------------------------------
UNAVAILABLE: Final = ErrorKind(
    "Server.Unavailable", "枢纽暂时无法受理，报文未被接收。", "The hub cannot accept now; the message was not taken.",
    "请稍后以同一 MessageID 重发。 Repeat later with the same MessageID.", blame="hub", http=503,
)
BUSY: Final = ErrorKind(
    "Server.Busy", "枢纽繁忙，报文是否受理尚未确定。", "The hub is busy; whether the message was taken is not known yet.",
    "请稍后以同一 MessageID 重发。 Repeat later with the same MessageID.", blame="hub", http=503,
)
INTERNAL: Final = ErrorKind(
    "Server.Internal", "枢纽内部错误，已记录。", "An internal error of the hub, recorded.",
    "请以同一 MessageID 重发；持续出现请提供关联编号。 Repeat with the same MessageID; if it stays, give the correlation id.",
    blame="hub", http=500,
)

THROTTLED: Final = ErrorKind(
    "Server.Throttled", "该接入方超过约定的请求频度或并发。", "This spoke exceeds its agreed rate or concurrency.",
    "请按 Retry-After 所示秒数等待后以同一 MessageID 重发。 Wait as Retry-After says, then repeat with the same MessageID.",
    blame="caller", http=429,
)
QUERY_BUSY: Final = ErrorKind(
    "Server.Busy.Query", "查询通道已满或对方响应过慢，此次查询未进行。", "The partner of this query is full or slow; nothing was asked.",
    "请稍候再查，并遵守 Retry-After。 Ask again later, as Retry-After says.", blame="partner", http=503,
)
QUERY_LATE: Final = ErrorKind(
    "Server.Busy.Late", "对方未在时限内答复。", "The partner did not answer in time.", "请稍候再查。 Ask again later.", blame="partner", http=503,
)
QUERY_FAILED: Final = ErrorKind(
    "Server.PartnerFailed", "对方没有给出可用的答复。", "The partner gave no usable answer.", "请稍候再查；持续出现请联系枢纽管理员。 Ask again later; if it stays, tell the operator.", blame="partner", http=502,
)
QUERY_REFUSED: Final = ErrorKind(
    "Server.PartnerRefused", "对方拒绝了此次查询。", "The partner refused this query.", "请核对查询条件。 Check what is asked.", blame="partner", http=502,
)
QUERY_CAP: Final = ErrorKind(
    "Client.QueryCap", "今日查询次数已达上限（{cap}）。", "The day's limit of looks is used up ({cap}).",
    "请于次日再查，或申请调整上限。 Ask again tomorrow, or ask for another limit.", http=429,
)

# fmt: on

KINDS: Final[dict[str, ErrorKind]] = {k.code: k for k in list(globals().values()) if isinstance(k, ErrorKind)}
