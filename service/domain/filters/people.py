"""What a filter over people may speak of: criteria of profiles and searches of contacts alike.

`member_of` is every profile whose member somebody is, so it is asked with `eq`, `ne` and `in`
alone; `consent` likewise every purpose they may be used for.
"""

from service.domain.filters.language import EVENT_FIELDS, Type, Vocabulary

IN_PATH = ("page", "screen", "track")
"""What a contact's path is made of; other messages are stored, and in no path, session or count."""

SELECTIONS = Vocabulary(
    {
        **{name: kind for name, kind in EVENT_FIELDS.items() if name != "session_id"},
        **dict.fromkeys(("contact_id", "account_id"), Type.UUID),
    },
    dict.fromkeys(("properties", "context", "traits"), Type.ANY),
)
"""What is asked of an event inside a `did`."""

STORED = {
    **dict.fromkeys(("id", "contact_id", "account_id"), Type.UUID),
    "test": Type.BOOLEAN,
    **dict.fromkeys(("created_at", "updated_at", "source_updated_at", "archived_at"), Type.INSTANT),
}
"""What a contact's own row holds."""

PEOPLE = Vocabulary(
    {**STORED, "member_of": Type.UUID, "persona": Type.UUID, "consent": Type.TEXTS},
    {"traits": Type.ANY},
    contact_leaves=True,
    selections=SELECTIONS,
)

MEASURED = Vocabulary(
    {**SELECTIONS.fields, "member_of": Type.UUID, "consent": Type.TEXTS},
    SELECTIONS.open,
    contact_leaves=True,
    selections=SELECTIONS,
)
"""Which events figures are computed of: by what they tell, and by whose they are."""
