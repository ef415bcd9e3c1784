"""通报: the place of residence tells the place of hukou of a check, and gets a receipt. Exports ``FLOW``."""

from routes.notice.flow import FLOW

__all__ = ["FLOW"]
