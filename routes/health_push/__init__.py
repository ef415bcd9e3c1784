"""卫生推送: what health systems report is compared with the population register. Exports ``FLOW``."""

from routes.health_push.flow import FLOW

__all__ = ["FLOW"]
