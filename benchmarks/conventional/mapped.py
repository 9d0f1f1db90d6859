"""The mapped classes: tables are the service's, relationships as one would declare them."""

from uuid import UUID

from sqlalchemy import and_
from sqlalchemy.orm import DeclarativeBase, foreign, relationship

from service.domain import tables as shared
from service.domain.journeys import tables

_j, _s, _t = tables.journeys.c, tables.steps.c, tables.transitions.c
_f, _n = tables.next_journeys.c, shared.external_ids.c


class Base(DeclarativeBase):
    """The mapped classes; their columns are those of the tables."""


class Touchpoint(Base):
    __table__ = tables.touchpoints


class StepTouchpoint(Base):
    __table__ = tables.step_touchpoints
    touchpoint = relationship(Touchpoint, viewonly=True)

    @property
    def key(self) -> str:
        return self.touchpoint.key  # type: ignore[no-any-return]


class StepEmotion(Base):
    __table__ = tables.step_emotions


class Step(Base):
    __table__ = tables.steps
    emotions = relationship(StepEmotion, order_by=tables.step_emotions.c.position, viewonly=True)
    touchpoints = relationship(
        StepTouchpoint, order_by=tables.step_touchpoints.c.position, viewonly=True
    )


class Stage(Base):
    __table__ = tables.stages
    steps = relationship(Step, order_by=tables.steps.c.position, viewonly=True)


class Transition(Base):
    __table__ = tables.transitions
    source = relationship(
        Step,
        primaryjoin=and_(
            _s.workspace_id == foreign(_t.workspace_id), _s.id == foreign(_t.from_step_id)
        ),
        viewonly=True,
    )
    target = relationship(
        Step,
        primaryjoin=and_(
            _s.workspace_id == foreign(_t.workspace_id), _s.id == foreign(_t.to_step_id)
        ),
        viewonly=True,
    )

    @property
    def from_(self) -> str:
        return self.source.key  # type: ignore[no-any-return]

    @property
    def to(self) -> str:
        return self.target.key  # type: ignore[no-any-return]


class JourneyPersona(Base):
    __table__ = tables.journey_personas


class NextJourney(Base):
    __table__ = tables.next_journeys


class Name(Base):
    __table__ = shared.external_ids


class Journey(Base):
    __table__ = tables.journeys
    stages = relationship(Stage, order_by=tables.stages.c.position, viewonly=True)
    transitions = relationship(Transition, order_by=(_t.position, _t.id), viewonly=True)
    personas = relationship(
        JourneyPersona, order_by=tables.journey_personas.c.position, viewonly=True
    )
    followed_by = relationship(
        NextJourney,
        primaryjoin=and_(
            foreign(_f.workspace_id) == _j.workspace_id,
            foreign(_f.journey_id) == _j.id,
        ),
        order_by=tables.next_journeys.c.position,
        viewonly=True,
    )
    names = relationship(
        Name,
        primaryjoin=and_(
            foreign(_n.workspace_id) == _j.workspace_id,
            foreign(_n.resource_id) == _j.id,
            _n.kind == "journey",
        ),
        order_by=shared.external_ids.c.position,
        viewonly=True,
    )

    @property
    def persona_ids(self) -> list[UUID]:
        return [link.persona_id for link in self.personas]

    @property
    def next_journey_ids(self) -> list[UUID]:
        return [link.next_id for link in self.followed_by]

    @property
    def external_ids(self) -> list[dict[str, str]]:
        return [{"source": name.source, "id": name.external_id} for name in self.names]
