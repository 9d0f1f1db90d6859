"""The emotion curve of a map in a sentence or two, for those who do not see it."""

from collections.abc import Sequence

from service.domain.characters import isolated
from service.domain.insights.emotion_curve import CurveMark, EmotionCurve
from service.domain.insights.lettering import legible, shortened
from service.domain.insights.maps.content import Content, StepShown
from service.domain.insights.maps.words import Words
from service.domain.insights.picture_words import signed

_MOST_NAMED = 3
_NAME_EM = 60.0


def summary(shown: Content) -> str:
    """How much is rated, the mean, the highs and the lows."""
    curve, said = shown.curve, shown.said
    if curve.mean is None:
        return said["curve_none"]
    rated = curve.below_zero_share.denominator
    sentence = said["curve_means"].format(
        rated=rated, steps=len(shown.steps), mean=signed(curve.mean)
    )
    named = (_named(said, name, curve, shown.steps) for name in ("highs", "lows"))
    return " ".join(filter(None, (sentence, *named)))


def _named(said: Words, name: str, curve: EmotionCurve, steps: Sequence[StepShown]) -> str:
    marks: Sequence[CurveMark] = getattr(curve, name)
    if not marks:
        return ""
    # What stands out most: the ends of the scale, in the order of the map.
    utmost = sorted(marks, key=lambda mark: mark.rating, reverse=name == "highs")[:_MOST_NAMED]
    told = [
        f"{said['quoted'].format(_apart(steps[mark.position].action))} ({signed(mark.rating)})"
        for mark in sorted(utmost, key=lambda mark: mark.position)
    ]
    more = len(marks) - _MOST_NAMED
    rest = f" {said['more'].format(more)}" if more > 0 else ""
    return f"{said[name]}: {', '.join(told)}{rest}."


def _apart(name: str) -> str:
    """A name, perhaps of another direction: isolated, so that what follows it stays behind it."""
    return isolated(shortened(legible(name), _NAME_EM))
