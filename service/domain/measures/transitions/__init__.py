"""Transitions."""

from service.domain.measures.transitions.asking import transitions, transitions_in
from service.domain.measures.transitions.inputs import TransitionsQuery
from service.domain.measures.transitions.transition import Transitions, TransitionsDefinition

__all__ = [
    "Transitions",
    "TransitionsDefinition",
    "TransitionsQuery",
    "transitions",
    "transitions_in",
]
