"""协查: an enquiry to the place that knows a person, and its feedback. Exports ``FLOW``."""

from routes.enquiry.flow import FLOW

__all__ = ["FLOW"]
