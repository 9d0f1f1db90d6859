"""Insights: what is computed from maps, as figures, pictures and documents."""

from service.domain.insights.colours import Theme
from service.domain.insights.emotion_curve import EmotionCurve, shown_as
from service.domain.insights.picture import svg
from service.domain.insights.planning import (
    Challenges,
    ChallengesQuery,
    Chosen,
    Coverage,
    Grid,
    Plan,
    challenge_grid,
    challenge_grids,
    challenges_csv,
    coverage_of,
    coverages,
    marketing_plan,
    marketing_plans,
    plan_csv,
    plan_html,
    plan_markdown,
)
from service.domain.insights.reads import (
    MOST_OVERLAYS,
    Asked,
    CurveOf,
    Wanted,
    emotion_curve,
    emotion_curves,
)
from service.domain.insights.table import as_csv
from service.domain.insights.vega_lite import vega_lite

__all__ = [
    "MOST_OVERLAYS",
    "Asked",
    "Challenges",
    "ChallengesQuery",
    "Chosen",
    "Coverage",
    "CurveOf",
    "EmotionCurve",
    "Grid",
    "Plan",
    "Theme",
    "Wanted",
    "as_csv",
    "challenge_grid",
    "challenge_grids",
    "challenges_csv",
    "coverage_of",
    "coverages",
    "emotion_curve",
    "emotion_curves",
    "marketing_plan",
    "marketing_plans",
    "plan_csv",
    "plan_html",
    "plan_markdown",
    "shown_as",
    "svg",
    "vega_lite",
]
