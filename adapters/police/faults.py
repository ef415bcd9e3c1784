"""What each return code of the police platform means. The codes stand in schemas/police/1.0/SOURCE.md; [assumed] until the real ones are known."""

from __future__ import annotations

from typing import Final

DONE: Final = "00"
NO_SUCH_BATCH: Final = "21"
"""Ours, to a question about a batch that was never pushed."""
REFUSED: Final = frozenset({"11", "12", "13"})
"""They will not answer this question, asked again or not: not authorised, unusable conditions, a purpose they do not serve."""
# Everything else (91 busy, 92 maintenance, 99 broken) is no answer: the asker may ask again.
