"""The picture of a whole map: what it shows, the forms it is drawn in, links that open it."""

from service.domain.insights.maps.drawing import Drawn, MapOf, Wish, drawn
from service.domain.insights.maps.reads import pictured_map, pictured_maps
from service.domain.insights.maps.sharing import MapFormat, MapTheme, NewShare, Shared, share

__all__ = [
    "Drawn",
    "MapFormat",
    "MapOf",
    "MapTheme",
    "NewShare",
    "Shared",
    "Wish",
    "drawn",
    "pictured_map",
    "pictured_maps",
    "share",
]
