"""Whose findings count: those about nobody, and those about people who may be analysed.

All this is asked of findings alone that are about a contact: most are about none.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    Uuid,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    select,
)

from service.domain.contacts import ANALYTICS, contact_rows, excluded_since
from service.domain.statements import WORKSPACE
from service.domain.tables import instant

_NOW = bindparam("now", type_=instant)
REASONS = ("not_permitted", "test_contact")
"""Why figures leave findings out."""


def left_out(finding: FromClause) -> ColumnElement[Any]:
    """Why figures leave a finding out, one of `REASONS`; null: it counts.

    Who may not be analysed now is left out with all that was ever found about them.
    """
    known, root = contact_rows.alias("subject"), contact_rows.alias("shown_as")
    since = excluded_since(known, literal_column(f"'{ANALYTICS}'", Text), _NOW)
    why = case(
        (root.c.test, literal_column("'test_contact'", Text)),
        (since.is_not(None), literal_column("'not_permitted'", Text)),
    )
    is_root = (root.c.workspace_id == known.c.workspace_id) & (root.c.id == known.c.root_id)
    found = select(why).select_from(known.join(root, is_root))
    reason = found.where(known.c.workspace_id == WORKSPACE, known.c.id == finding.c.contact_id)
    return case((finding.c.contact_id.is_not(None), reason.correlate(finding).scalar_subquery()))


def counts(finding: FromClause) -> ColumnElement[bool]:
    """Whether figures count a finding."""
    return left_out(finding).is_(None)


def of_restricted(finding: FromClause) -> ColumnElement[bool]:
    """Whether it is about a person of whom what is held is only kept."""
    known, same = contact_rows.alias("subject"), contact_rows.alias("same_person")
    kept = (
        exists()
        .where(
            known.c.workspace_id == WORKSPACE,
            known.c.id == finding.c.contact_id,
            same.c.workspace_id == WORKSPACE,
            same.c.root_id == known.c.root_id,
            same.c.restricted_at <= _NOW,
        )
        .correlate(finding)
    )
    none = finding.c.contact_id.is_(None)
    return case((none, literal_column("false")), else_=kept)


def shown_unasked(finding: FromClause) -> ColumnElement[bool]:
    """Whether lists show it that are not asked for restricted ones."""
    return ~of_restricted(finding)


def about_contact(finding: FromClause) -> ColumnElement[bool]:
    """Whether it is about the contact asked for, or another that is shown as the same one."""
    asked, same = contact_rows.alias("asked"), contact_rows.alias("same_person")
    ids = select(same.c.id).where(
        asked.c.workspace_id == WORKSPACE,
        asked.c.id == bindparam("typed_contact_id", type_=Uuid()),
        same.c.workspace_id == WORKSPACE,
        same.c.root_id == asked.c.root_id,
    )
    # As an array: the findings are found by index, whatever the planner believes.
    return finding.c.contact_id == func.any(func.array(ids.scalar_subquery()))
