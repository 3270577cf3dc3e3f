import base64
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec import b64
from idwallet.errors import MalformedError

URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# Mostly of the alphabet, so that the length and the last character decide too.
TEXTS = st.text(st.sampled_from(URL), max_size=40) | st.text(
    st.sampled_from(URL + "+/= \n.\x00\u0410"), max_size=12
)


def spelt_by_the_standard_library(text: str) -> bytes | None:
    """Return the bytes whose one spelling is `text`, found by spelling them."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    again = base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
    return data if again == text else None


@given(TEXTS)
def test_a_text_is_read_exactly_when_it_is_the_one_spelling(text: str) -> None:
    expected = spelt_by_the_standard_library(text)
    for given_ in (text, text.encode("utf-8")):
        try:
            found = b64.decode(given_, at="part")
        except MalformedError:
            found = None
        assert found == expected


@given(st.binary(max_size=200))
def test_bytes_are_spelt_as_the_standard_library_spells_them(data: bytes) -> None:
    expected = base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
    assert b64.encode(data) == expected
    assert b64.decode(expected, at="part") == data


@pytest.mark.parametrize(
    "text", ["AA==", "AAE=", "AA A", "AAA\n", "+_-_", "-/-_", "A", "AB", "AAF", "="]
)
def test_without_its_compiled_half_the_codec_refuses_the_same(text: str) -> None:
    # Where there is no wheel, pybase64 brings a form in Python.
    program = (
        "import sys; sys.modules['pybase64._pybase64'] = None\n"
        "import pybase64; assert 'inactive' in pybase64.get_version()\n"
        "from idwallet.codec import b64\n"
        "from idwallet.errors import MalformedError\n"
        "assert b64.decode('-_-_', at='part') == b'\\xfb\\xff\\xbf'\n"
        "try: b64.decode(sys.argv[1], at='part')\n"
        "except MalformedError: print('refused')\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, text],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "refused\n"
