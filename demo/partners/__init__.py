"""The partners of the demo: one simulator for each external system, in the order of their ports."""

from typing import Final

from demo.partners.padis import PADIS
from demo.partners.partner import KNOWN, HubSeen, Partner, Simulator

SIMULATORS: Final = {simulator.name: simulator for simulator in (PADIS,)}

__all__ = ["KNOWN", "SIMULATORS", "HubSeen", "Partner", "Simulator"]
