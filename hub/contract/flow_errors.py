"""Flow.*: an accepted message cannot go on; an operator or a partner must act. The tree stands in `errors`."""

from __future__ import annotations

from typing import Final

from hub.contract.hub_error import ErrorKind

# fmt: off
# -- Flow.* ----------------------------------------------------------------------------------------------------
UNDECLARED_ROUTE: Final = ErrorKind(
    "Flow.UndeclaredRoute", "规则选择了未声明的路由。", "The rule chose a route that is not declared.", "请修正流程规则后重放。 Correct the rules of the flow and replay.", blame="hub",
)
UNDECLARED_EMIT: Final = ErrorKind(
    "Flow.UndeclaredEmit", "规则要生成未声明的报文类型。", "The rule emits a message of a channel that is not declared.", "请修正流程规则后重放。 Correct the rules of the flow and replay.", blame="hub",
)
EMIT_INVALID: Final = ErrorKind(
    "Flow.EmitInvalid", "规则生成的报文不符合其接口定义。", "The message that the rule emits does not satisfy its schema.", "请修正流程规则后重放。 Correct the rules of the flow and replay.", blame="hub",
)
RULE_FAILED: Final = ErrorKind(
    "Flow.RuleFailed", "流程规则执行出错。", "A rule of the flow raised an error.", "请修正流程规则后重放。 Correct the rules of the flow and replay.", blame="hub",
)
UNROUTABLE: Final = ErrorKind(
    "Flow.Unroutable", "没有可送达的单位。", "There is no unit to deliver to.", "请由省级管理员指定承办单位。 The provincial administrator must name a unit.", blame="operator",
)
VIEW_INVALID: Final = ErrorKind(
    "Flow.ViewInvalid", "按接收方视图裁剪后的报文不符合视图定义。", "The document cut to the recipient's view does not satisfy the view.", "请修正视图或流程。 Correct the view or the flow.", blame="hub",
)
TRANSLATION: Final = ErrorKind(
    "Flow.Translation", "报文无法转换为对方格式。", "The message cannot be translated for the partner.", "请修正适配器的转换。 Correct the translator of the adapter.", blame="hub",
)
TRANSLATION_INVALID: Final = ErrorKind(
    "Flow.TranslationInvalid", "转换结果不符合对方接口定义。", "The translated document does not satisfy the partner's schema.", "请修正适配器的转换。 Correct the translator of the adapter.", blame="hub",
)
EXPIRED: Final = ErrorKind(
    "Flow.Expired", "在规定期限内一直未能送达。", "It could not be delivered within the age limit.", "请确认对方恢复后重放。 Replay when the partner is back.", blame="partner",
)
UNREADABLE: Final = ErrorKind(
    "Flow.Unreadable", "已存报文无法打开，或其报文类型已不再声明。",
    "The stored message cannot be opened, or its type is not declared any more.",
    "请检查密钥、数据库与接口目录，修复后重放。 Check keys, database and folders, then replay.", blame="operator",
)
PARTNER_REJECTED: Final = ErrorKind(
    "Flow.PartnerRejected", "对方拒收。", "The partner refused it.", "请按对方返回码处理。 Act on the partner's return code.", blame="partner",
)
ATTEMPTS_EXHAUSTED: Final = ErrorKind(
    "Flow.AttemptsExhausted", "多次尝试均因枢纽侧错误失败。", "Every attempt failed by an error on the hub's side.", "请修正适配器后重放。 Correct the adapter and replay.", blame="hub",
)
OUTCOME_UNKNOWN: Final = ErrorKind(
    "Flow.OutcomeUnknown", "对方是否已办理无法确定，不自动重发。", "Whether the partner applied it is not known; it is not repeated by itself.",
    "请与对方核对后由人工处置。 Ask the partner, then decide by hand.", blame="partner",
)
# fmt: on
