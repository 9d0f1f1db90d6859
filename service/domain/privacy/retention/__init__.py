"""How long events are kept, and messages that were put aside."""

from service.domain.privacy.retention.writes import MOST, expire, expiring

__all__ = ["MOST", "expire", "expiring"]
