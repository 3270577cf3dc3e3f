"""Form parameters are read without a second meaning."""

from urllib.parse import parse_qsl

import pytest

from idwallet import limits
from idwallet.codec.form import read_form, read_utf8, write_form
from idwallet.errors import LimitError, MalformedError


def test_values_are_decoded_to_bytes() -> None:
    assert read_form(b"a=1&b=x%2By+z%7E~&%63=", at="form") == {
        "a": b"1",
        "b": b"x+y z~~",
        "c": b"",
    }


def test_an_equals_sign_belongs_to_the_value() -> None:
    assert read_form(b"a=b=c", at="form") == {"a": b"b=c"}


def test_lower_and_mixed_case_escapes_are_read() -> None:
    assert read_form(b"a=%c3%A9%aF", at="form") == {"a": b"\xc3\xa9\xaf"}


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"a=1&a=1", "a parameter is repeated"),
        (b"a=1&%61=2", "a parameter is repeated"),
        (b"a=1&b", "not name=value"),
        (b"a=1&", "not name=value"),
        (b"a=1&&b=2", "not name=value"),
        (b"=1", "not name=value"),
        (b"a=%", "a broken percent-encoding"),
        (b"a=%4", "a broken percent-encoding"),
        (b"a=%4g", "a broken percent-encoding"),
        (b"a=%%41", "a broken percent-encoding"),
        (b"a=% 1", "a broken percent-encoding"),
        (b"%ff=1", "not UTF-8"),
        (b"a=\xc3\xa9", "not ASCII"),
    ],
)
def test_what_has_two_readings_is_refused(data: bytes, what: str) -> None:
    with pytest.raises(MalformedError) as caught:
        read_form(data, at="form")
    assert (caught.value.what, caught.value.at) == (what, "form")


def test_more_parameters_than_the_limit_are_refused_unread() -> None:
    most = b"&".join(b"p%d=" % n for n in range(limits.FORM_PARAMETERS))
    assert len(read_form(most, at="form")) == limits.FORM_PARAMETERS
    with pytest.raises(LimitError):
        read_form(most + b"&q=", at="form")


def test_text_that_is_not_utf_8_is_refused() -> None:
    assert read_utf8("я".encode(), at="x") == "я"
    with pytest.raises(MalformedError):
        read_utf8(b"\xff", at="x")


def test_what_is_written_reads_back_here_and_elsewhere() -> None:
    parameters = {"vp_token": '{"pid":["a~b.c"]}', "имя": "x y+&=%", "empty": ""}
    written = write_form(parameters)
    assert written.startswith("vp_token=%7B%22pid%22%3A%5B%22a~b.c%22%5D%7D&")
    read = read_form(written.encode(), at="form")
    assert {name: value.decode() for name, value in read.items()} == parameters
    assert dict(parse_qsl(written, keep_blank_values=True)) == parameters
