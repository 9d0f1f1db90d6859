"""Which counts of survey answers are sums of others. Pure."""

from collections.abc import Iterable

from service.domain.measures.small_cells import Cell, Sums, cell
from service.domain.measures.surveys.promoters import Nps, out_of_ten
from service.domain.measures.surveys.survey import Surveys, SurveyScale


def adds_up(answer: Surveys, known: Sums) -> None:
    """All answers are those on all scales; those to a survey are those on its scales, and of each
    kind of promoter."""
    others = cell(answer, "other_scales")
    known.add(cell(answer, "answers"), [*_answers(answer.scales), others])
    score = answer.nps
    of_score(score, known)
    of = {name: [s for s in answer.scales if s.survey == name] for name in ("nps", "csat", "ces")}
    ten = [one for one in of["nps"] if out_of_ten(one.first, one.last)]
    known.add(cell(score, "answers"), _answers(ten))
    known.add(cell(answer.csat, "denominator"), _answers(of["csat"]))
    satisfied = (cell(one.satisfied, "numerator") for one in of["csat"])
    known.add(cell(answer.csat, "numerator"), satisfied)
    known.add(cell(answer.ces, "answers"), _answers(of["ces"]))
    for one in answer.scales:
        known.same(cell(one, "answers"), cell(one.satisfied, "denominator"))


def of_score(score: Nps, known: Sums) -> None:
    """All answers are those of each kind of promoter."""
    kinds = (score.promoters, score.passives, score.detractors)
    known.add(cell(score, "answers"), (cell(one, "numerator") for one in kinds))
    known.same(cell(score, "answers"), *(cell(one, "denominator") for one in kinds))


def _answers(scales: Iterable[SurveyScale]) -> list[Cell]:
    return [cell(one, "answers") for one in scales]
