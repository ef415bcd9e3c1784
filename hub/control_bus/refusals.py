"""What the operator is told when a command cannot be carried out: a Chinese and an English sentence and what to do.

Exit codes of every command: 0 done · 1 done and something is wrong (faults found, nothing found, refused) · 2 could not be
carried out (usage, settings, keys, database).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from hub.assembly import NotReady
from hub.backends.keyring_files import UnsafeKeys
from hub.backends.schema_files import SchemaFault
from hub.backends.sql.engine import UnsafeStore
from hub.contract.errors import HubError
from hub.settings import SettingsFault

WRONG: Final = 1
CANNOT: Final = 2


class Refused(Exception):
    """A command that says no in its own words. ``code`` is the exit code."""

    def __init__(self, zh: str, en: str, advice: str = "", *, code: int = CANNOT) -> None:
        super().__init__(en)
        self.said, self.code = Sentence(zh, en, advice), code


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is wrong, twice, and what to do."""

    zh: str
    en: str
    advice: str = ""

    def __str__(self) -> str:
        return "\n".join(part for part in (self.zh, self.en, self.advice) if part)


_INIT: Final = "请先运行 pophub init。 Run 'pophub init' first."
_CHECK: Final = "详情请运行 pophub check。 See 'pophub check'."
_SENTENCES: Final[tuple[tuple[type[Exception], Sentence], ...]] = (
    (
        SettingsFault,
        Sentence(
            "设置有误：\n{fault}",
            "the settings cannot be used.",
            "请改正 pophub.toml 或环境变量。 Correct pophub.toml or the environment.",
        ),
    ),
    (UnsafeKeys, Sentence("密钥不可用：{fault}", "the keys cannot be used.", f"文件权限须为 0600；{_INIT}")),
    (
        UnsafeStore,
        Sentence(
            "数据库设置不安全：{fault}", "the database would lose what it acknowledged.", "请改正数据库设置。 Correct its settings."
        ),
    ),
    (NotReady, Sentence("枢纽尚不能运行：\n{fault}", "the hub cannot run yet.", _CHECK)),
    (SchemaFault, Sentence("XSD 不可用：{fault}", "a schema cannot be used.", _CHECK)),
    (
        SQLAlchemyError,
        Sentence(
            "数据库无法访问或正忙。",
            "the database cannot be reached or is busy ({kind}).",
            "请运行 pophub doctor。 Run 'pophub doctor'.",
        ),
    ),
    (
        OSError,
        Sentence("系统拒绝：{reason}", "the system refused: {file}", "请检查权限、磁盘与端口。 Check permissions, disk and ports."),
    ),
    (Exception, Sentence("程序内部错误 {kind}。", "an internal error.", "请报告此命令与时间。 Report the command and the time.")),
)
"""The first type that fits speaks. Their texts come from settings, files and schemas; a database error's own text is left out."""


def explain(fault: Exception) -> tuple[Sentence, int]:
    """The sentence and the exit code for whatever a command raised. Nothing of a stack trace, nothing of a value."""
    if isinstance(fault, Refused):
        return fault.said, fault.code
    if isinstance(fault, HubError):
        return Sentence(f"{fault.zh}（{fault.code}）", fault.en, fault.kind.advice), CANNOT
    said = next(sentence for kind, sentence in _SENTENCES if isinstance(fault, kind))
    facts = {
        "fault": str(fault), "kind": type(fault).__name__, "reason": getattr(fault, "strerror", None) or type(fault).__name__,
        "file": getattr(fault, "filename", None) or "-",
    }  # fmt: skip
    return Sentence(said.zh.format_map(facts), said.en.format_map(facts), said.advice), CANNOT
