"""Touchpoints as a spreadsheet."""

from service.domain.forms import Form
from service.domain.journeys.touchpoints import TOUCHPOINTS

TOUCHPOINT_FORM = Form(TOUCHPOINTS, by_key=TOUCHPOINTS.by_key)
