"""Paths."""

from service.domain.measures.paths.asking import paths
from service.domain.measures.paths.inputs import PathsQuery
from service.domain.measures.paths.path import Paths

__all__ = ["Paths", "PathsQuery", "paths"]
