"""JSON that costs little to import: the same values and the same texts as those of `json`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark import quickjson

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(value=VALUES, ensure_ascii=st.booleans(), sort_keys=st.booleans(), tight=st.booleans())
def test_a_value_is_written_as_json_writes_it(
    value: object, *, ensure_ascii: bool, sort_keys: bool, tight: bool
) -> None:
    separators = (",", ":") if tight else (", ", ": ")
    terms = {"ensure_ascii": ensure_ascii, "sort_keys": sort_keys, "separators": separators}
    assert quickjson.dumps(value, **terms) == json.dumps(value, **terms)


@given(value=VALUES, ensure_ascii=st.booleans())
def test_a_value_is_spread_over_lines_as_json_does(value: object, *, ensure_ascii: bool) -> None:
    assert quickjson.dumps(value, indent=2, ensure_ascii=ensure_ascii) == json.dumps(
        value, indent=2, ensure_ascii=ensure_ascii
    )


@given(value=VALUES, indent=st.none() | st.integers(0, 3), blanks=st.text(" \t\n\r", max_size=3))
def test_what_json_wrote_is_read(value: object, indent: int | None, blanks: str) -> None:
    text = f"{blanks}{json.dumps(value, indent=indent)}{blanks}"
    assert quickjson.loads(text) == quickjson.loads(text.encode()) == value


@given(
    text=st.text(st.sampled_from('{}[]",:0123456789.eE+-truefalsn \\u\n\x00\ufeff'), max_size=12) | st.text(),
    strict=st.booleans(),
)
def test_what_is_no_json_is_refused_as_json_refuses_it(text: str, *, strict: bool) -> None:
    try:
        expected = json.loads(text, strict=strict)
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011 - no more is promised
            quickjson.loads(text, strict=strict)
    else:
        assert repr(quickjson.loads(text, strict=strict)) == repr(expected)


@pytest.mark.parametrize("wrong", [b"\xff", b"", b"{", b'{"a":1}{'])
def test_bytes_that_are_no_json_are_a_value_error(wrong: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - no more is promised
        quickjson.loads(wrong)


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError):
        quickjson.dumps({"a": {1}})
    with pytest.raises(RecursionError):
        quickjson.loads("[" * 100_000)
    ring: list[object] = []
    ring.append(ring)
    with pytest.raises(ValueError, match="Circular"):
        quickjson.dumps(ring)


def test_an_interpreter_without_the_parts_of_c_has_json_itself() -> None:
    code = (
        "import sys; sys.modules['_json'] = None\n"
        "from assaymark import quickjson; import json; assert quickjson.loads is json.loads"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_reading_and_writing_import_nothing() -> None:
    code = (
        "import sys; from assaymark import quickjson\n"
        "assert quickjson.loads(quickjson.dumps({'a': [1, 2.5, None]}, indent=2)) == {'a': [1, 2.5, None]}\n"
        "assert not {'json', 're', 'typing'} & {*sys.modules}"
    )
    place = str(Path(__file__).parents[1] / "server")
    subprocess.run([sys.executable, "-S", "-c", code], check=True, env=os.environ | {"PYTHONPATH": place})
