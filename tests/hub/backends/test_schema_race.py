"""Validation from several threads: a fault is about the thread's own document."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.contract.errors import ClientError
from hub.contract.xml import parse

THREADS, ROUNDS = 6, 500
SCHEMA = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:simpleType name="T"><xs:restriction base="xs:string"><xs:pattern value="[a-z]*"/></xs:restriction></xs:simpleType>
<xs:element name="r"><xs:complexType><xs:sequence>
{"".join(f'<xs:element name="f{n}" type="T"/>' for n in range(THREADS))}
</xs:sequence></xs:complexType></xs:element></xs:schema>"""


@pytest.fixture
def _hasty_switching() -> Iterator[None]:
    """Let threads change places as often as the interpreter can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def provoke(registry: LxmlSchemaRegistry, own: int, start: Barrier) -> set[tuple[str | None, int | None]]:
    """Validate a document whose only bad field is ``f<own>``, on a line of its own; the places the faults named."""
    lines = "".join(f"\n<f{n}>{'9' if n == own else 'a'}</f{n}>" for n in range(THREADS))
    element = parse(f"<r>{lines}</r>".encode())
    places = set()
    start.wait(timeout=30)
    for _ in range(ROUNDS):
        try:
            registry.validate("s.xsd", element)
        except ClientError as fault:
            places.add((fault.path, fault.line))
        else:
            places.add((None, None))
    return places


@pytest.mark.usefixtures("_hasty_switching")
def test_no_fault_shows_another_threads_place(tmp_path: Path) -> None:
    """Each thread's document is bad in another field; each fault names that field and its line, every time."""
    (tmp_path / "s.xsd").write_text(SCHEMA)
    registry, start = LxmlSchemaRegistry([tmp_path]), Barrier(THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        seen = list(pool.map(lambda own: provoke(registry, own, start), range(THREADS)))
    assert seen == [{(f"/r/f{own}", own + 2)} for own in range(THREADS)]
