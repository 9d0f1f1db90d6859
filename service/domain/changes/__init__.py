"""Changes: everything that changed in a workspace, in an order in which nothing is skipped."""

from service.domain.changes.inputs import NOW, ChangesQuery
from service.domain.changes.kinds import OPERATIONS, RESOURCES
from service.domain.changes.positions import EXAMPLE, LONGEST
from service.domain.changes.reads import news
from service.domain.changes.writes import CHANNEL, announce, named

__all__ = [
    "CHANNEL",
    "EXAMPLE",
    "LONGEST",
    "NOW",
    "OPERATIONS",
    "RESOURCES",
    "ChangesQuery",
    "announce",
    "named",
    "news",
]
