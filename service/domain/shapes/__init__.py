"""Shapes: which members a resource shows, declared once, compiled to SQL.

A shape and a selection become one expression that Postgres answers with finished JSON; no row
becomes an object on the way. REST asks for a whole shape, GraphQL for the members it selects.
"""

from service.domain.shapes.compiling import document, json_array, json_object
from service.domain.shapes.shape import Many, Member, Selection, Shape, columns, selected

__all__ = [
    "Many",
    "Member",
    "Selection",
    "Shape",
    "columns",
    "document",
    "json_array",
    "json_object",
    "selected",
]
