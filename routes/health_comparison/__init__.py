"""二网整合: comparisons become tasks of the unit that must act, and end with its handling. Exports ``FLOW``."""

from routes.health_comparison.flow import FLOW

__all__ = ["FLOW"]
