"""The picture of a whole map: what it shows, the forms it is drawn in, links that open it."""

from service.domain.insights.maps.drawing import FORMS, Drawn, Wish
from service.domain.insights.maps.lanes import Beside
from service.domain.insights.maps.reads import MapOf, beside, pictured_map, pictured_maps
from service.domain.insights.maps.sharing import (
    MapFormat,
    MapTheme,
    NewShare,
    Shared,
    share,
)

__all__ = [
    "FORMS",
    "Beside",
    "Drawn",
    "MapFormat",
    "MapOf",
    "MapTheme",
    "NewShare",
    "Shared",
    "Wish",
    "beside",
    "pictured_map",
    "pictured_maps",
    "share",
]
