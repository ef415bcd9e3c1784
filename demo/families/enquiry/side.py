"""A spoke's part in the enquiries: it asks, answers, gives back, takes back, and wants to know how its own ones stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from demo.families.enquiry.answers import Answers
from demo.families.enquiry.questions import Questions
from demo.families.enquiry.reading import EnquiryReading
from demo.families.enquiry.submissions import Enquiries
from demo.province import Person
from demo.spokes.asking import Asking
from demo.spokes.settings import SpokeSettings
from demo.spokes.submission import Submission
from hub.contract.xml import Element


class EnquirySide(EnquiryReading):
    """Implements `demo.spokes.side.Side`."""

    def __init__(self, settings: SpokeSettings, people: Sequence[Person], asking: Asking) -> None:
        super().__init__(settings.mixture.returned)
        self._enquiries = Enquiries(settings, people)
        self._answers = Answers(settings, people, self.applies)
        self._questions = Questions(asking)

    def submissions(self) -> Iterator[Submission]:
        """Its enquiries."""
        return iter(self._enquiries)

    def answers(self, document: Element, system: str) -> Iterator[Submission]:
        """Feedback, a return, the confirmation of a withdrawal."""
        return self._answers.to(document, system)

    def after(self, submission: Submission) -> None:
        """Ask about some of the enquiries."""
        self._questions.after(submission)
