"""How long events are kept."""

from service.domain.privacy.retention.writes import MOST, expire, expiring

__all__ = ["MOST", "expire", "expiring"]
