"""公安信息共享: a case query at the police platform, and the candidates it pushes. Exports ``FLOW``."""

from routes.police_share.flow import FLOW

__all__ = ["FLOW"]
