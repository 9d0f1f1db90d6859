"""What a department says that takes note of a revision."""

from typing import Annotated

from service.domain.inputs import Input, Prose, Slug
from service.domain.words import told


class Acknowledgement(Input):
    """A department takes note of a revision."""

    shown_only = frozenset()
    department: Annotated[
        Slug, told("Which one, as the revision lists it among those concerned.", "service")
    ]
    note: Annotated[
        Prose | None, told("What it has to say to it.", "We train the desk until Monday.")
    ] = None
