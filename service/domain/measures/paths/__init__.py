"""Paths."""

from service.domain.measures.paths.asking import paths, paths_in
from service.domain.measures.paths.inputs import PathsQuery
from service.domain.measures.paths.path import Paths, PathsDefinition

__all__ = ["Paths", "PathsDefinition", "PathsQuery", "paths", "paths_in"]
