"""Who belongs to which profile, and whom contacts are like."""

from typing import Any

import strawberry

from service.api.graphql import context, given, ids, mirroring
from service.api.graphql.connections import Pages, connection
from service.api.graphql.contacts import Contact
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, optional, resolving
from service.api.graphql.structs import family
from service.domain import insights, membership

_TIMES = {"items": 20, "reasons": 10, "candidates": 5, "missing": 5}
"""How many rows a cost counts the longer lists as."""
MembershipCounts = family(membership.MembershipCounts, {}, _TIMES)
ContactProfiles = family(membership.ContactProfiles, {}, _TIMES)
ContactPersona = family(membership.ContactPersona, {}, _TIMES)
_OF_PROFILE = Argument("profile_id", strawberry.ID, "Whose: a Profile.")
_OF_CONTACT = Argument("contact_id", strawberry.ID, "Whose: a Contact.")


def _contacts(owner: str) -> Pages:
    which = ids.plain_id(owner, "Profile", "/profile_id")
    return lambda work, asked: insights.profile_contacts(work, which, asked)  # type: ignore[arg-type]


async def _counts(info: Any, profile_id: str) -> Any:
    which = ids.plain_id(profile_id, "Profile", "/profile_id")
    return await context.of(info).analysed(lambda work: insights.profile_counts(work, which))


async def _preview(info: Any, input: Row) -> Any:
    data = given.built(membership.NewPreview, input)
    return await context.of(info).analysed(lambda work: insights.preview(work, data))


async def _profiles(info: Any, contact_id: str, **arguments: Any) -> Any:
    which = ids.plain_id(contact_id, "Contact", "/contact_id")
    query = given.query(membership.ContactProfilesQuery, arguments)
    return await context.of(info).read(lambda work: insights.contact_profiles(work, which, query))


async def _persona(info: Any, contact_id: str) -> Any:
    which = ids.plain_id(contact_id, "Contact", "/contact_id")
    return await context.of(info).read(lambda work: insights.contact_persona(work, which))


QUERIES = [
    connection(
        "profile_contacts",
        Contact,
        _contacts,
        membership.ProfileContactList,
        "The members of a profile; with another `membership`, who is none, or may be one.",
        owner=_OF_PROFILE,
    ),
    resolving(
        "profile_preview",
        _counts,
        MembershipCounts | None,
        "How many contacts belong to a profile, how many do not, and of how many nobody can tell.",
        [_OF_PROFILE],
    ),
    resolving(
        "preview_conditions",
        _preview,
        MembershipCounts | None,
        "The same for conditions that are not stored.",
        [Argument("input", mirroring.input_of(membership.NewPreview), "The conditions.")],
    ),
    resolving(
        "contact_profiles",
        _profiles,
        ContactProfiles | None,
        "Of which profiles a contact is a member, with what every test said.",
        [
            _OF_CONTACT,
            optional("first", int, "Profiles a page: 1 to 50, by default 50."),
            optional("after", str, "The `next` of the page before."),
        ],
    ),
    resolving(
        "contact_persona",
        _persona,
        ContactPersona | None,
        "Which persona a contact is like, if one fits.",
        [_OF_CONTACT],
    ),
]
