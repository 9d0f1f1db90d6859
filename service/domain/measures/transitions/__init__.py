"""Transitions."""

from service.domain.measures.transitions.asking import transitions
from service.domain.measures.transitions.inputs import TransitionsQuery
from service.domain.measures.transitions.transition import Transitions

__all__ = ["Transitions", "TransitionsQuery", "transitions"]
