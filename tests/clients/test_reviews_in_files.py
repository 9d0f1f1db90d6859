"""The example that loads marked reviews, on lines that have the quirks of the files."""

from pathlib import Path

import pytest

from tests.clients.exported import lines, load
from tests.conftest import Served
from tests.make import Client

TEXT = """*****
* Annotated by: somebody
*****

[t]good , but heavy
camera[+2], size[-3][u]##a caf\xe9 owner 's camera , too big .
##no mark here .
picture[+1] macro[+3]#one sign is missing .
player[+], price[+3]##cheap .
setup[2]##quick .
look##fine .
***[t]lost title
size[+9]##huge .

[t]
zoom[-1][cc]##less than others .
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Old_camera.txt").write_text(TEXT, encoding="latin-1")
    (tmp_path / "README.txt").write_text("[t]no review\nx[+1]##nothing .\n")
    return tmp_path


async def test_each_mark_becomes_a_finding_of_its_review(
    served: Served, client: Client, folder: Path
) -> None:
    code, said = load(served, client, "reviews.py", folder)
    assert code == 1
    assert said == [
        "Old_camera.txt:9: Old camera:9:1: the mark 'player[+]' has no strength from 1 to 3",
        "Old_camera.txt:10: Old camera:10:1: the mark 'setup[2]' has no strength from 1 to 3",
        "Old_camera.txt:11: Old camera:11:1: the mark 'look' has no strength from 1 to 3",
        "Old_camera.txt:12: Old camera:12: is no sentence of a review: '***[t]lost title'",
        "Old_camera.txt:13: Old camera:13:1: the mark 'size[+9]' has no strength from 1 to 3",
        "Old_camera.txt: 13 rows, 8 taken, 5 not",
        "evidence-sources: 2 created",
        "evidence: 6 created",
    ]
    sources = {one["title"]: one for one in await lines(client, "/v1/evidence-sources")}
    assert set(sources) == {"Old camera: good , but heavy", "Old camera: Old camera:15"}
    told = sources["Old camera: good , but heavy"]
    assert told["description"].startswith("a café owner 's camera , too big . no mark here .")
    found = await lines(client, "/v1/evidence")
    marks = {one["themes"][0]: (one["rating"]["value"], one["sentiment"]) for one in found}
    assert marks.pop("size") == (-3, -2)
    assert {aspect: value for aspect, (value, _) in marks.items()} == {
        **{"camera": 2, "picture": 1, "macro": 3, "price": 3, "zoom": -1}
    }
    assert {one["topic"] for one in found} == {"Old camera"}
    assert {one["sentiment_basis"] for one in found} == {"rating"}
    again = load(served, client, "reviews.py", folder)[1]
    assert again[-3:] == [
        "evidence-sources: 2 unchanged",
        "evidence: 6 unchanged",
        "Nothing changed.",
    ]


async def test_what_was_changed_since_is_as_in_the_file_again(
    served: Served, client: Client, folder: Path
) -> None:
    load(served, client, "reviews.py", folder)
    (zoom,) = (await client.got("/v1/evidence?theme=zoom"))["items"]
    await client.patch(f"/v1/evidence/{zoom['id']}", json={"themes": [], "severity": "low"})
    said = load(served, client, "reviews.py", folder)[1]
    kind, _, came = said[-1].partition(": ")
    assert (kind, set(came.split(", "))) == ("evidence", {"5 unchanged", "1 updated"})
    again = await client.got(f"/v1/evidence/{zoom['id']}")
    # What the file does not speak of stays.
    assert (again["themes"], again["severity"]) == (["zoom"], "low")


@pytest.mark.parametrize("example", ["reviews.py", "telco.py", "hubspot.py"])
def test_what_is_missing_or_wrong_is_said(
    served: Served, client: Client, folder: Path, example: str
) -> None:
    client.headers["authorization"] = "Bearer wp_no"
    code, said = load(served, client, example, folder / "nothing.csv")
    assert (code, said) == (2, [])
    (folder / "contact_data.csv").write_text("id\n1\n")
    path = folder if example != "telco.py" else folder / "contact_data.csv"
    assert load(served, client, example, path)[0] == 1
