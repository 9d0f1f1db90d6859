"""Settings: what the environment says, and what it says wrongly."""

import re
from pathlib import Path

import pytest

from service.settings import Settings, SettingsError, driver_url, read


def test_an_empty_environment_gives_the_defaults():
    assert read({}) == Settings()


def test_every_setting_is_read_from_its_variable():
    found = read(
        {
            "WAYPOST_DATABASE_URL": "postgresql://app@db/waypost",
            "WAYPOST_HOME": "/var/lib/waypost",
            "WAYPOST_PORT": "9000",
            "WAYPOST_POOL_WAIT": "0.5",
            "WAYPOST_ACCESS_LOG": "no",
            "WAYPOST_IN_CONTAINER": "1",
            "UNRELATED": "x",
        }
    )
    assert found == Settings(
        database_url="postgresql://app@db/waypost",
        home=Path("/var/lib/waypost"),
        port=9000,
        pool_wait=0.5,
        access_log=False,
        in_container=True,
    )


def test_the_usual_name_of_the_database_url_is_understood_and_ours_wins():
    assert read({"DATABASE_URL": "postgresql://a"}).database_url == "postgresql://a"
    both = {"DATABASE_URL": "postgresql://a", "WAYPOST_DATABASE_URL": "postgresql://b"}
    assert read(both).database_url == "postgresql://b"


def test_a_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text("a long secret\n")
    found = read({"WAYPOST_SIGNING_KEY_FILE": str(tmp_path / "key")})
    assert found.signing_key == "a long secret"


def test_a_missing_file_is_named_by_its_variable(tmp_path):
    with pytest.raises(SettingsError, match="WAYPOST_SIGNING_KEY_FILE cannot be read"):
        read({"WAYPOST_SIGNING_KEY_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize("name", ["PORT", "WORKERS", "POOL_SIZE", "BODY_LIMIT", "STOP_GRACE"])
def test_what_is_not_a_number_is_named_by_its_variable(name):
    with pytest.raises(SettingsError, match=f"WAYPOST_{name} is not a number"):
        read({f"WAYPOST_{name}": "many"})


def test_origins_are_named_one_by_one():
    given = "https://app.example, http://127.0.0.1:5173\nhttp://[::1]:8000"
    found = read({"WAYPOST_CORS_ORIGINS": given}).cors_origins
    assert found == ("https://app.example", "http://127.0.0.1:5173", "http://[::1]:8000")


@pytest.mark.parametrize(
    "wrong",
    ["*", "null", "app.example", "https://app.example/", "https://*.example", "HTTPS://A.example"],
)
def test_what_is_no_origin_is_named(wrong):
    with pytest.raises(SettingsError, match="WAYPOST_CORS_ORIGINS"):
        read({"WAYPOST_CORS_ORIGINS": f"https://app.example {wrong}"})


def test_origins_are_few():
    many = " ".join(f"https://a{n}.example" for n in range(51))
    with pytest.raises(SettingsError, match="at most 50"):
        read({"WAYPOST_CORS_ORIGINS": many})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_any_postgres_url_becomes_the_drivers(scheme):
    assert driver_url(f"{scheme}://u:p@h:5/d?x=1") == "postgresql+asyncpg://u:p@h:5/d?x=1"


def test_another_kind_of_url_is_refused():
    with pytest.raises(SettingsError, match="must start with postgresql://"):
        driver_url("mysql://u@h/d")


def documented() -> dict[str, str]:
    """The settings of docs/operations.md, by variable, with their default."""
    text = (Path(__file__).parents[2] / "docs/operations.md").read_text()
    rows = re.findall(r"^\| `(WAYPOST_[A-Z_]+)` \| (\S+) \| .", text, re.MULTILINE)
    return {variable: default.strip("`") for variable, default in rows}


def as_documented(default: object) -> str:
    """A default as an operator would write it."""
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, float) else str(default or "none")


def test_every_setting_and_its_default_is_documented():
    defaults = {name: getattr(Settings(), name) for name in Settings.__dataclass_fields__}
    written = {f"WAYPOST_{n.upper()}": as_documented(value) for n, value in defaults.items()}
    assert documented() == written
