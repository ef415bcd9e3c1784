"""Faults planted in what is declared of batches that come in."""

from __future__ import annotations

from pathlib import Path

from hub.contract.batch import BatchIn, OwnBatch
from hub.contract.message import ChannelName
from tests.hub.control_bus.plants import REQUEST, Plant, Planted, adapter, both, flow, partner_samples

NAME = ChannelName("enquiry.requests")
_KIND = BatchIn(NAME, "成批协查", REQUEST)


def declared(name: str = NAME, schema: str = "padis/1.0/xc01.xsd", record_schema: str = "padis/1.0/xc01.xsd", element: str = "XC01") -> Plant:  # fmt: skip
    """A kind of batch, and how the national platform would write it."""
    return both(flow(batches=(_KIND,)), adapter(batches={name: OwnBatch(schema, record_schema, element)}))


def _spoilt(samples: Path) -> None:
    (samples / NAME).mkdir()
    (samples / NAME / "spoilt.xml").write_text("<PI><XC01/></PI>", encoding="utf-8")


BATCH_PLANTS = (
    Planted("batch.name", flow(batches=(BatchIn(REQUEST, "x", REQUEST),)), "batch enquiry.request", "name is taken"),
    Planted("batch.name", flow(batches=(_KIND, _KIND)), "batch enquiry.requests", "name is taken"),
    Planted("batch.record", flow(batches=(BatchIn(NAME, "x", ChannelName("enquiry.requst")),)), "batch enquiry.requests", "channel enquiry.requst of its records", "enquiry.request?"),
    Planted("batch.most", flow(batches=(BatchIn(NAME, "x", REQUEST, most=0),)), "batch enquiry.requests", "must be 1 to"),
    Planted("batch.unknown", declared("enquiry.request_batch"), "adapters/padis", "no kind of batch enquiry.request_batch", "enquiry.requests?"),
    Planted("batch.element", declared(element="XC1"), "adapters/padis", "declares no element XC1"),
    Planted("schema.missing", declared(schema="padis/1.0/xc98.xsd"), "adapters/padis · batch", "padis/1.0/xc98.xsd does not exist"),
    Planted("sample.refused", both(declared(), partner_samples(_spoilt)), "samples/enquiry.requests/spoilt.xml", "padis/1.0/xc01.xsd"),
)  # fmt: skip
