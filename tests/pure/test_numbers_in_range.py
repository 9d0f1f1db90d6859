"""Numbers that are out of range are found without reading a body, and nothing else is."""

import json

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.domain.events import storable
from tests.pure.test_sorting import TRACK, one, taken

WHOLE = st.integers(0, 10**30).map(str) | st.integers(190, 420).map(lambda n: "9" * n)
FRACTION = st.just("") | st.integers(1, 250).map(lambda n: "." + "7" * n)
EXPONENT = st.just("") | st.from_regex(r"[eE][+-]?0?[0-9]{1,3}", fullmatch=True)
NUMBERS = st.builds("{}{}{}{}".format, st.sampled_from(("", "-")), WHOLE, FRACTION, EXPONENT)
TEXTS = st.text(' 0123456789abcdefE.-+:,[{"\\é', max_size=40).map(json.dumps)
BLANKS = st.sampled_from(("", " ", "\n", "\t"))
VALUES = st.recursive(
    NUMBERS | TEXTS | st.sampled_from(("true", "false", "null")),
    lambda inner: (
        st.builds("[{}{},{}]".format, BLANKS, inner, inner)
        | st.builds("{{{}:{}{}}}".format, TEXTS, BLANKS, inner)
    ),
    max_leaves=6,
)


@given(VALUES)
@example("1e400")
@example("-1.5E+0309")
@example("9" * 150 + "e200")
@example('"1e400"')
@example('["7e301a94-1e400","a",-1e-400]')
def test_what_is_seen_is_what_a_reader_finds(value: str) -> None:
    body = f'{{"batch":[{{"properties":{{"x":{value}}}}}]}}'.encode()
    try:
        msgspec.json.decode(body)
    except msgspec.ValidationError:
        readable = False
    else:
        readable = True
    assert storable.all_storable(body) == readable


@pytest.mark.parametrize("number", ["1e400", "-1E+400", "9" * 310 + ".0", "1" * 5_000])
def test_a_number_out_of_range_is_put_aside_alone(number: str) -> None:
    good = json.dumps({**TRACK, "messageId": "7e301a94"})
    bad = json.dumps({**TRACK, "properties": {"a": [1, "x"]}}).replace('"x"', number)
    found = taken(f'{{"batch": [{good}, {bad}, {good}]}}'.encode())
    (refused,) = found.refused
    assert (refused.code, refused.pointer) == ("number_out_of_range", "/properties/a/1")
    assert found.order == [0, 2, 1]


def test_names_that_look_like_numbers_are_taken() -> None:
    for name in ("7e301a94-12e3456-1e400", "1e400", "5e" + "0" * 300):
        assert one({**TRACK, "messageId": name[:100], "userId": name}).user_id == name
