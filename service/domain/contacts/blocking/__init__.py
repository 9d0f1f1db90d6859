"""Identifiers of people who were erased: known again when they come, and by nothing else."""

from service.domain.contacts.blocking.reads import (
    beside_erasures,
    blocked,
    erasing_alone,
    storing,
)
from service.domain.contacts.blocking.writes import block, unblock

__all__ = ["beside_erasures", "block", "blocked", "erasing_alone", "storing", "unblock"]
