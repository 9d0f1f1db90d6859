"""Sessions."""

from service.domain.measures.sessions.asking import sessions
from service.domain.measures.sessions.inputs import TIMEOUT, SessionsQuery, Timeout
from service.domain.measures.sessions.session import Sessions

__all__ = ["TIMEOUT", "Sessions", "SessionsQuery", "Timeout", "sessions"]
