"""Insights: what is computed from maps. For now, the emotion curve and its picture."""

from service.domain.insights.emotion_curve import EmotionCurve, shown_as
from service.domain.insights.picture import svg
from service.domain.insights.reads import Asked, CurveOf, curves, emotion_curve

__all__ = ["Asked", "CurveOf", "EmotionCurve", "curves", "emotion_curve", "shown_as", "svg"]
