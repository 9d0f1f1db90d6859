"""What is asked of transitions."""

from typing import Annotated

from pydantic import Field

from service.domain.inputs import WHOLE
from service.domain.measures.inputs import Walk
from service.domain.words import told

MOST = 10_000
USUAL = 200


class TransitionsQuery(Walk):
    """Transitions of a range, by their second event."""

    limit: Annotated[
        Annotated[int, Field(ge=1, le=MOST), WHOLE],
        told("At most so many, the most frequent first.", USUAL),
    ] = USUAL
