"""Privacy: what is held of a person shown, left alone or erased."""

from service.domain.privacy.devices import MOST_LOOKED_AT, forget_devices
from service.domain.privacy.inputs import (
    ErasureList,
    ExportQuery,
    NewErasure,
    PersonExport,
    Restriction,
)
from service.domain.privacy.reads import STAFF, export, reached, unreached
from service.domain.privacy.retention import MOST, expire, expiring
from service.domain.privacy.tables import erasures
from service.domain.privacy.writes import ERASURES, restrict, unrestrict

__all__ = [
    "ERASURES",
    "MOST",
    "MOST_LOOKED_AT",
    "STAFF",
    "ErasureList",
    "ExportQuery",
    "NewErasure",
    "PersonExport",
    "Restriction",
    "erasures",
    "expire",
    "expiring",
    "export",
    "forget_devices",
    "reached",
    "restrict",
    "unreached",
    "unrestrict",
]
