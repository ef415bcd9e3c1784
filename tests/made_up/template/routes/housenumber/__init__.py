"""门牌: a unit asks for a house number, the register gives one. Exports ``FLOW``."""

from routes.housenumber.flow import FLOW

__all__ = ["FLOW"]
