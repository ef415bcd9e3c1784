"""The synthetic province: invented people in real townships, the enquiries about them, and what other systems know of them.

One population for all: `generate` makes it, and `deliveries` (hospitals), `vaccinations` (the vaccination table), `police_rows`
and `residents_known_to_police`, `certificate_candidates` and `certificate_holders`, `known_to_national` tell each simulator its
share, with the truth that a right hub comes to, written where the record is made.

Nobody here exists. Citizen numbers begin with the address codes 359901 to 359999, which were never issued; mobiles begin
with 1390000; streets and officials are called 示例. The same seed always gives the same people.
"""

from demo.province.certificates import Holder, certificate_candidates, certificate_holders
from demo.province.deliveries import Delivery, Newborn, deliveries
from demo.province.enquiry_bodies import (
    enquiry_feedback,
    enquiry_request,
    enquiry_return,
    enquiry_types,
    enquiry_withdraw,
    enquiry_withdrawn,
)
from demo.province.parties import Party
from demo.province.people import generate, known_to_national
from demo.province.person import ChildRef, Flow, Person, PersonRef, Role
from demo.province.police import PoliceRow, police_rows, residents_known_to_police
from demo.province.spoil import SPOIL_KINDS, spoil
from demo.province.vaccinations import Vaccination, vaccinations

__all__ = [
    "SPOIL_KINDS",
    "ChildRef",
    "Delivery",
    "Flow",
    "Holder",
    "Newborn",
    "Party",
    "Person",
    "PersonRef",
    "PoliceRow",
    "Role",
    "Vaccination",
    "certificate_candidates",
    "certificate_holders",
    "deliveries",
    "enquiry_feedback",
    "enquiry_request",
    "enquiry_return",
    "enquiry_types",
    "enquiry_withdraw",
    "enquiry_withdrawn",
    "generate",
    "known_to_national",
    "police_rows",
    "residents_known_to_police",
    "spoil",
    "vaccinations",
]
