"""The population register (全员人口库): who is managed where. Answers lookups, takes and brings no messages."""

from __future__ import annotations

from adapters.register.certifiable import CERTIFIABLE
from adapters.register.loader import load
from adapters.register.reader import LOOKUPS, Register
from adapters.register.settings import DEFAULTS
from hub.contract.adapter import NO_MESSAGES, Adapter
from hub.contract.lookup import Loader

ADAPTER = Adapter(
    name="register",
    system="QYRK",
    title="全员人口库",
    translator=NO_MESSAGES,
    connect=Register,
    operations=(),
    settings=DEFAULTS,
    limits="只读查询；未连接过 Oracle 实库，见 README.md",
    lookups=LOOKUPS,
    extracts=(CERTIFIABLE,),
    loader=Loader("把 JSON Lines 文件装入（演示）人口库。 Load people into the register.", load),
)
"""The manifest. samples/people.jsonl is a file that loads."""
