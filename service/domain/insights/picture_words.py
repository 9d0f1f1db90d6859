"""The picture of an emotion curve in words: its description, and what stands under its title."""

from collections.abc import Iterable
from functools import lru_cache

from service.domain.insights.emotion_curve import CurveMark, CurvePoint, EmotionCurve, Id
from service.domain.insights.lettering import legible, shortened

_MOST_NAMED = 12
_NAME_EM = 60.0


@lru_cache(maxsize=256)
def signed(rating: float) -> str:
    """A rating or mean as readers write it, at most two decimals: +1.5, 0, −2."""
    text = f"{rating:+.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("+0", "-0") else text.replace("-", "−")


def summarised(curve: EmotionCurve) -> str:
    """One line: the mean, how much is rated, and of which revision."""
    rated, steps = curve.below_zero_share.denominator, len(curve.points)
    counted = f"{rated} of {steps} step{'s' * (steps != 1)} rated"
    revision = curve.definition.revision
    of = "draft" if revision == "draft" else f"revision {revision}"
    mean = "not rated" if curve.mean is None else f"mean {signed(curve.mean)}"
    return f"Emotion curve · {mean} · {counted} · {of}"


def described(curve: EmotionCurve) -> str:
    """Sentences for those who do not see the picture: its highs, lows, largest changes, breaks."""
    names = {point.step_id: _quoted(point) for point in curve.points}
    sentences = [f"{summarised(curve)}, on a scale from −2 to +2."]
    sentences += _listed("Highs", (_at(mark, names) for mark in curve.highs))
    sentences += _listed("Lows", (_at(mark, names) for mark in curve.lows))
    for what, change in (("drop", curve.largest_drop), ("rise", curve.largest_rise)):
        if change:
            ends = f"from {names[change.from_step_id]} to {names[change.to_step_id]}"
            sentences.append(f"Largest {what}: {signed(change.change)}, {ends}.")
    for what, ids in (
        ("Moments of truth", curve.moments_of_truth.marked),
        ("Decision moments", curve.decision_moments),
        ("Not rated", curve.unrated),
    ):
        sentences += _listed(what, (names[step_id] for step_id in ids))
    for overlay in curve.overlays:
        sentences.append(f"Overlaid: “{legible(overlay.title)}”. {summarised(overlay)}.")
    return " ".join(sentences)


def _listed(what: str, names: Iterable[str]) -> list[str]:
    named = list(names)
    more = len(named) - _MOST_NAMED
    rest = f" and {more} more" if more > 0 else ""
    return [f"{what}: {', '.join(named[:_MOST_NAMED])}{rest}."] if named else []


def _at(mark: CurveMark, names: dict[Id, str]) -> str:
    return f"{names[mark.step_id]} ({signed(mark.rating)})"


def _quoted(point: CurvePoint) -> str:
    return f"“{shortened(legible(point.label or point.key), _NAME_EM)}”"
