"""电子婚育证: monthly batches of certificates to the national database, and their verification. Exports ``FLOW``."""

from routes.ehycert.flow import FLOW

__all__ = ["FLOW"]
