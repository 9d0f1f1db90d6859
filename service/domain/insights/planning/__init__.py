"""What a map yields: its challenges and what answers them, what it covers, and its plan."""

from service.domain.insights.planning.asking import (
    Grid,
    challenge_grid,
    challenge_grids,
    coverage_of,
    coverages,
    marketing_plan,
    marketing_plans,
)
from service.domain.insights.planning.challenges import Challenges, Chosen
from service.domain.insights.planning.covered import Coverage
from service.domain.insights.planning.inputs import ChallengesQuery
from service.domain.insights.planning.page_writing import PLAN_STYLE, plan_html, plan_markdown
from service.domain.insights.planning.planned import Plan
from service.domain.insights.planning.reads import for_offers
from service.domain.insights.planning.sheets import challenges_csv, plan_csv

__all__ = [
    "PLAN_STYLE",
    "Challenges",
    "ChallengesQuery",
    "Chosen",
    "Coverage",
    "Grid",
    "Plan",
    "challenge_grid",
    "challenge_grids",
    "challenges_csv",
    "coverage_of",
    "coverages",
    "for_offers",
    "marketing_plan",
    "marketing_plans",
    "plan_csv",
    "plan_html",
    "plan_markdown",
]
