"""Values that rows of breakdowns are of, read where they were left unsaid."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import structs

from service.domain.histories import words_of
from service.domain.history import Unnamed, Word
from service.domain.measures.kpis.answer import KpiAnswer, KpiRow
from service.domain.work import Work


async def said(work: Work, answers: Sequence[KpiAnswer]) -> list[KpiAnswer] | None:
    """The same with all values said: a statement where any was not. None where an event that has
    one is gone meanwhile."""
    rows = (row for answer in answers for row in answer.breakdown)
    sought = {one for row in rows for one in row.keys.values() if isinstance(one, Unnamed)}
    if not sought:
        return [*answers]
    words = await words_of(work, sought)
    if len(words) < len(sought):
        return None
    return [_said(one, words) for one in answers]


def _said(answer: KpiAnswer, words: Mapping[Unnamed, Word]) -> KpiAnswer:
    return structs.replace(answer, breakdown=[_row(one, words) for one in answer.breakdown])


def _row(row: KpiRow, words: Mapping[Unnamed, Word]) -> KpiRow:
    keys: dict[str, Any] = {
        name: words[one] if isinstance(one, Unnamed) else one for name, one in row.keys.items()
    }
    return structs.replace(row, keys=keys)
