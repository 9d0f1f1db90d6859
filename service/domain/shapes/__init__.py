"""Shapes: which members a resource shows, declared once, compiled to SQL.

A shape and a selection become one expression that Postgres answers with finished JSON; no row
becomes an object on the way. REST asks for a whole shape, GraphQL for the members it selects, or
by a projection for a document of its own.
"""

from service.domain.shapes import paged, projection
from service.domain.shapes.compiling import document, json_array, json_object
from service.domain.shapes.paged import Page
from service.domain.shapes.projection import (
    MOST_BYTES,
    Projection,
    Shown,
    Stored,
    asked,
    bounded,
    within_bounds,
)
from service.domain.shapes.shape import Many, Member, Selection, Shape, columns, selected

__all__ = [
    "MOST_BYTES",
    "Many",
    "Member",
    "Page",
    "Projection",
    "Selection",
    "Shape",
    "Shown",
    "Stored",
    "asked",
    "bounded",
    "columns",
    "document",
    "json_array",
    "json_object",
    "paged",
    "projection",
    "selected",
    "within_bounds",
]
