"""Sessions of everybody in a range, of sums that are kept; and these kept up."""

from service.domain.histories.sessioning.reads import SessionSums, session_sums
from service.domain.histories.sessioning.writes import fold_sessions, sessions_behind

__all__ = ["SessionSums", "fold_sessions", "session_sums", "sessions_behind"]
