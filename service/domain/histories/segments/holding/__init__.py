"""What is held of events in segments and behind them, in one snapshot."""

from service.domain.histories.segments.holding.reads import ALL, MARKED, NEEDED, found

__all__ = ["ALL", "MARKED", "NEEDED", "found"]
