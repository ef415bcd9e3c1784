"""Receipts as a stranger verifies them: with the public key alone, against what the answer said."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.testkit.checker import check
from hub.testkit.evidence import Line


def answered(hub: str, lane_no: int, key: Ed25519PrivateKey, claims: Mapping[str, Any]) -> list[Line]:
    """A document sent and acknowledged with a receipt as the hub signs it, some claims exchanged, and applied."""
    said = {"hub": hub, "lane": lane_no, "seg": 1, "no": int(hub[0]), **claims}
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "EdDSA"}, said)]
    parts.append(urlsafe_b64encode(key.sign(b".".join(parts))).rstrip(b"="))
    named = {"id": f"enquiry.request:{hub}", "digest": "d", "lane": hub}
    acked = {"t": "acked", "hub": hub, "laneNo": lane_no, "duplicate": False, "receipt": b".".join(parts).decode()}
    return [{"t": "sent", "kind": "valid", **named}, acked | {"id": named["id"]}, {"t": "effect", "hub": hub, **named}]


@pytest.mark.parametrize(
    ("claims", "wrong"), [({}, False), ({"hub": "2-0"}, True), ({"lane": 9}, True), ({"seg": 2}, False), ({"no": 3}, True)]
)
def test_receipts_are_verified_as_a_stranger_would(claims: dict[str, Any], wrong: bool) -> None:
    """With the public key a receipt must verify and fit its answer, and no two receipts may carry one number."""
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    day = {"spoke": [*answered("1-0", 1, key, claims), *answered("3-0", 1, key, {})]}

    assert bool(check(day, receipt_key=key.public_key().public_bytes_raw()).faults["receipt_bad"]) is wrong
    assert len(check(day, receipt_key=other.public_key().public_bytes_raw()).faults["receipt_bad"]) == 2


@pytest.mark.parametrize("receipt", ["", "a.b.c", "..", "长", None])
def test_what_is_no_receipt_is_bad(receipt: object) -> None:
    """A missing or unreadable receipt is a bad one, and no error."""
    key = Ed25519PrivateKey.generate()
    day = {"spoke": [line | {"receipt": receipt} if "receipt" in line else line for line in map(dict, answered("1-0", 1, key, {}))]}

    assert check(day, receipt_key=key.public_key().public_bytes_raw()).faults["receipt_bad"] == ("enquiry.request:1-0",)


@pytest.mark.parametrize(("claims", "wrong"), [({"lane": 9}, False), ({"hub": "2-0"}, True)])
def test_an_answer_without_a_lane_number_is_held_to_what_it_states(claims: dict[str, Any], wrong: bool) -> None:
    """A system whose vocabulary knows no lane number still gets a receipt; the hub id must fit."""
    key = Ed25519PrivateKey.generate()
    lines = [{name: value for name, value in line.items() if name != "laneNo"} for line in answered("1-0", 1, key, claims)]

    assert bool(check({"spoke": lines}, receipt_key=key.public_key().public_bytes_raw()).faults["receipt_bad"]) is wrong
