"""A step of a map, as answers name it. Pure."""

from typing import Annotated

from msgspec import Struct

from service.domain.answers import told
from service.domain.insights.emotion_curve import Id


class CoveredStep(Struct, frozen=True, gc=False):
    """A step, by what is done."""

    step_id: Annotated[Id, told("Which step.", "0198c7f0-0000-7000-8000-000000000060")]
    key: Annotated[str, told("By which the map or library names it.", "call-the-adviser")]
    action: Annotated[str, told("What is done there.", "Call the adviser")]
