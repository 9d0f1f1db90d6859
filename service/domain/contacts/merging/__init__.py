"""Two contacts that are one person."""

from service.domain.contacts.merging.inputs import MergeList, NewMerge, TraitRule
from service.domain.contacts.merging.shape import MERGE, MERGES
from service.domain.contacts.merging.writes import merge, merges, undo_merge

__all__ = ["MERGE", "MERGES", "MergeList", "NewMerge", "TraitRule", "merge", "merges", "undo_merge"]
