"""Acknowledgements: every department whose steps a publishing changed takes note of it."""

from service.domain.journeys.acknowledgements.inputs import Acknowledgement
from service.domain.journeys.acknowledgements.reads import (
    acknowledgements,
    acknowledgements_of,
)
from service.domain.journeys.acknowledgements.writes import acknowledge

__all__ = ["Acknowledgement", "acknowledge", "acknowledgements", "acknowledgements_of"]
