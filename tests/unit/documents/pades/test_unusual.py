"""Files that are not quite as they should be are signed by way of pyHanko, or not."""

import asyncio
import re
import sys

import pytest

from idwallet.codec.pdf import read_pdf
from idwallet.documents import (
    AllowedChanges,
    FieldLock,
    LockedFields,
    PAdES,
    _pyhanko,
)
from idwallet.errors import MalformedError, UnsupportedError
from tests.unit.documents.pades.judged import by_pyhanko
from tests.unit.documents.pades.papers import CATALOG, scene, table
from tests.unit.documents.pades.test_sign import signed


def short_lines() -> bytes:
    """A table whose lines lack an octet, as some programs write them (7.5.4)."""
    paper = table()
    at = paper.index(b"xref\n0")
    return paper[:at] + re.sub(rb" \n", b"\n", paper[at:])


UNUSUAL = {
    "short lines": short_lines(),
    "something behind": table() + b"\n<!-- a comment of a server -->\n",
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_a_file_that_is_not_quite_one_is_signed(name: str) -> None:
    profile = PAdES(
        reason="Согласна", location="Here", contact="Me", certify=AllowedChanges.FORMS
    )
    made = signed(UNUSUAL[name], profile)
    assert made.startswith(UNUSUAL[name])
    (said,) = by_pyhanko(made)
    assert said.is_valid
    assert said.coverage == "ENTIRE_FILE"
    assert b"/ETSI.CAdES.detached" in made


def test_a_loop_that_runs_is_no_hindrance() -> None:
    async def sign() -> bytes:
        return signed(UNUSUAL["short lines"])

    assert by_pyhanko(asyncio.run(sign()))[0].is_valid


def test_a_second_signer_is_refused_where_locks_were_not_read() -> None:
    once = signed(UNUSUAL["short lines"])
    with pytest.raises(UnsupportedError, match="not read strictly"):
        signed(once, who=scene().second)


@pytest.mark.parametrize(
    "paper",
    [
        b"no PDF at all",
        table()[:-40],
        short_lines().replace(b"/Type /Page ", b"/Type /Page /Type /Page "),
    ],
)
def test_what_pyhanko_reads_no_better_is_refused_as_it_was(paper: bytes) -> None:
    with pytest.raises(MalformedError) as caught:
        signed(paper)
    with pytest.raises(MalformedError) as first:
        read_pdf(paper)
    assert str(caught.value) == str(first.value)


@pytest.mark.parametrize("form", [b"<< /Fields [] /XFA 4 0 R >>", b"5 0 R"])
def test_a_form_of_xfa_is_not_signed_by_way_of_it(form: bytes) -> None:
    catalog = CATALOG[:-2] + b"/AcroForm " + form + b" >>"
    paper = table(b"<< /Fields [] /XFA 4 0 R >>", catalog=catalog)
    at = paper.index(b"xref\n0")
    with pytest.raises(UnsupportedError, match="XFA"):
        signed(paper[:at] + re.sub(rb" \n", b"\n", paper[at:]))


def test_an_encrypted_file_is_not_signed_by_way_of_it() -> None:
    paper = table(trailer=b" /Encrypt 4 0 R")
    at = paper.index(b"xref\n0")
    with pytest.raises((UnsupportedError, MalformedError)):
        signed(paper[:at] + re.sub(rb" \n", b"\n", paper[at:]))


def test_a_lock_is_not_left_out_silently() -> None:
    with pytest.raises(MalformedError):
        signed(UNUSUAL["short lines"], PAdES(lock=FieldLock(LockedFields.ALL)))


def test_without_pyhanko_the_fault_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyhanko.sign", None)
    wanted = _pyhanko.Wanted("A", scene().at, 100, {})
    assert _pyhanko.prepare(UNUSUAL["short lines"], wanted) is None
    with pytest.raises(MalformedError):
        signed(UNUSUAL["short lines"])
