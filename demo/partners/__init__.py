"""The partners of the demo: one simulator for each external system, in the order of their ports."""

from typing import Final

from demo.partners.ehycert import EHYCERT
from demo.partners.health import HEALTH
from demo.partners.padis import PADIS
from demo.partners.partner import KNOWN, HubSeen, Partner, Simulator
from demo.partners.police import POLICE

SIMULATORS: Final = {simulator.name: simulator for simulator in (PADIS, POLICE, HEALTH, EHYCERT)}

__all__ = ["KNOWN", "SIMULATORS", "HubSeen", "Partner", "Simulator"]
