"""Sessions."""

from service.domain.measures.sessions.asking import sessions
from service.domain.measures.sessions.inputs import SessionsQuery
from service.domain.measures.sessions.session import Sessions

__all__ = ["Sessions", "SessionsQuery", "sessions"]
