"""The columns that hold words of the vocabulary, found by what they say of themselves."""

from service.domain import schema
from service.domain.journeys import VocabularyUses
from service.domain.journeys.slugs import KINDS, columns_of


def test_every_column_that_holds_words_is_counted_under_its_table() -> None:
    found = {str(c.table.name) for kind in KINDS for c in columns_of(kind)}
    of_items = {"stages", "activities"}
    assert found | of_items == set(VocabularyUses.model_fields)
    named = {"evidence", "evidence_sources", "actions", "reviews", "review_sign_offs"}
    assert named <= {str(c.table.name) for c in columns_of("department")}
    assert [str(c.table.name) for c in columns_of("topic")] == ["evidence"]


def test_a_column_that_is_stored_as_a_word_says_of_which_kind() -> None:
    stored = [c for t in schema.metadata.sorted_tables for c in t.c if "stored" in c.info]
    assert {c.info["word"] for c in stored} <= set(KINDS)
    assert len(stored) == sum(len(columns_of(kind)) for kind in KINDS)
