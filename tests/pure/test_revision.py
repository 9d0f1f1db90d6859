"""Which schema a release runs on."""

from service import revision


def test_a_release_knows_the_newest_of_its_migrations() -> None:
    newest = sorted(path.name for path in revision.VERSIONS.glob("[0-9]*.py"))[-1]
    assert f"_{revision.own()}_" in newest


def test_a_release_runs_on_its_own_schema_and_on_newer_ones() -> None:
    assert revision.acceptable("0004", "0004")
    assert revision.acceptable("0005", "0004")
    assert revision.acceptable("0010", "0009")
    assert not revision.acceptable("0003", "0004")
    assert not revision.acceptable(None, "0004")


def test_revisions_compare_as_texts_because_all_are_of_one_length() -> None:
    found = {path.name.split("_")[3] for path in revision.VERSIONS.glob("[0-9]*.py")}
    assert {len(name) for name in found} == {4}
