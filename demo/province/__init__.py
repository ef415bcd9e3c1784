"""The synthetic province: invented people in real townships, and the enquiries about them.

Nobody here exists. Citizen numbers begin with the address codes 359901 to 359999, which were never issued; mobiles begin
with 1390000; streets and officials are called 示例. The same seed always gives the same people.
"""

from demo.province.enquiry_bodies import (
    enquiry_feedback,
    enquiry_request,
    enquiry_return,
    enquiry_types,
    enquiry_withdraw,
    enquiry_withdrawn,
)
from demo.province.people import generate
from demo.province.person import ChildRef, Flow, Person, PersonRef, Role
from demo.province.spoil import SPOIL_KINDS, spoil

__all__ = [
    "SPOIL_KINDS",
    "ChildRef",
    "Flow",
    "Person",
    "PersonRef",
    "Role",
    "enquiry_feedback",
    "enquiry_request",
    "enquiry_return",
    "enquiry_types",
    "enquiry_withdraw",
    "enquiry_withdrawn",
    "generate",
    "spoil",
]
