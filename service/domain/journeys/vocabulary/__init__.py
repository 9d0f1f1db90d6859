"""The vocabulary: the words of channels, devices, departments, actors and topics."""

from service.domain.journeys.vocabulary.holding import UsesWords, hold
from service.domain.journeys.vocabulary.inputs import (
    Merge,
    NewVocabularyEntry,
    VocabularyList,
    VocabularyUses,
)
from service.domain.journeys.vocabulary.reads import meanings, resolve
from service.domain.journeys.vocabulary.writes import VOCABULARY

__all__ = [
    "VOCABULARY",
    "Merge",
    "NewVocabularyEntry",
    "UsesWords",
    "VocabularyList",
    "VocabularyUses",
    "hold",
    "meanings",
    "resolve",
]
