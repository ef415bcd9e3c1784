"""The certificates of the demo: the truth is whom the province knows to be out, named as the national base names them."""

from demo.families.ecert.facts import RECORD, facts_of, last_month
from demo.families.ecert.truth import truth
from demo.province import certificate_candidates, generate
from hub.testkit.ledger import entry_id, entry_lane

PEOPLE = tuple(generate(3000, seed=8))


def test_the_register_alone_makes_certificates_due() -> None:
    """Each woman who must be in last month's batch has a line that it was sent and one that it is owed; nobody else has any."""
    due = {facts_of(woman).id for woman in certificate_candidates(PEOPLE, last_month())}
    lines = [line for person in PEOPLE for line in truth(person)]

    assert 100 < len(due) < 900
    assert {line["id"] for line in lines if line["t"] == "sent"} == due == {line["id"] for line in lines if line["t"] == "acked"}
    assert len(lines) == 2 * len(due)


def test_a_certificate_is_named_by_number_and_day_of_leaving() -> None:
    """Id of number and version, lane of the number."""
    woman = next(certificate_candidates(PEOPLE, last_month()))
    assert woman.flow is not None

    facts = facts_of(woman)

    assert facts.id == entry_id(RECORD, woman.id_no, woman.flow.out_date.replace("-", ""))
    assert facts.lane == entry_lane(woman.id_no)
