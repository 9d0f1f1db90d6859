"""How reviews are shown and listed."""

from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Text,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    not_,
    select,
)

from service.domain import external_ids
from service.domain.filters import Type, Vocabulary
from service.domain.kinds import choices
from service.domain.languages import Language
from service.domain.paging import Listing, equals
from service.domain.plans.review.inputs import NewReview
from service.domain.plans.review.questions import QUESTIONS
from service.domain.plans.shape import today
from service.domain.plans.tables import review_sign_offs, reviews
from service.domain.shapes import Shape, columns, json_array, json_object
from service.domain.statements import as_json


def status(row: FromClause) -> ColumnElement[Any]:
    """Where a review stands on the day of the work."""
    return case(
        (row.c.completed_at.is_not(None), _word("completed")),
        (row.c.due_on < today(), _word("overdue")),
        (row.c.due_on == today(), _word("due")),
        else_=_word("open"),
    )


def _word(word: str) -> ColumnElement[Any]:
    return literal_column(f"'{word}'", Text)


def _sign_offs(row: FromClause) -> ColumnElement[Any]:
    held = review_sign_offs.alias()
    names = ("department", "person", "note", "signed_at")
    return (
        select(json_array(json_object({n: held.c[n] for n in names}), [held.c.position]))
        .where(held.c.workspace_id == row.c.workspace_id, held.c.review_id == row.c.id)
        .scalar_subquery()
    )


def _missing(row: FromClause) -> ColumnElement[Any]:
    """The departments asked that have not signed, in order."""
    asked = func.unnest(row.c.departments).table_valued("word", with_ordinality="n")
    one, held = asked.render_derived(), review_sign_offs.alias()
    signed = exists().where(
        held.c.workspace_id == row.c.workspace_id,
        held.c.review_id == row.c.id,
        held.c.department == cast(one.c.word, Text),
    )
    return select(json_array(one.c.word, [one.c.n])).where(not_(signed)).scalar_subquery()


def _questions(row: FromClause) -> ColumnElement[Any]:
    """In the language of the work's caller."""
    del row
    said = {tag: cast(literal(as_json(known), Text), JSON) for tag, known in QUESTIONS.items()}
    language = bindparam("language", type_=Text)
    others = [(language == _word(tag), known) for tag, known in said.items()]
    return case(*others, else_=said[Language.EN])


REVIEW = Shape(
    "Review",
    reviews,
    columns("id")
    | {"external_ids": external_ids.member("review")}
    | columns("journey_id", "cadence", "due_on")
    | {"status": status}
    | columns("completed_at", "departments")
    | {"missing": _missing, "sign_offs": _sign_offs}
    | columns("answers")
    | {"questions": _questions}
    | columns("version", "created_at", "updated_at"),
    long=frozenset({"questions"}),
)
REVIEWS = Listing(
    REVIEW,
    sorts=("created_at", "updated_at", "due_on"),
    vocabulary=Vocabulary(
        {"id": Type.UUID, "journey_id": Type.UUID, "cadence": Type.TEXT, "departments": Type.TEXTS}
        | dict.fromkeys(("created_at", "updated_at", "completed_at"), Type.INSTANT)
        | {"due_on": Type.DATE},
        choices=choices(NewReview),
    ),
    typed=equals("journey_id")
    | {
        "status": lambda row: status(row) == bindparam("typed_status", type_=Text),
        "department": lambda row: (
            bindparam("typed_department", type_=Text) == func.any(row.c.departments)
        ),
        "overdue": lambda row: (status(row) == _word("overdue")) == bindparam("typed_overdue"),
    },
)
