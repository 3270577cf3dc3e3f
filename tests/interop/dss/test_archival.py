"""veraPDF tells a page that is PDF/A and PDF/UA from one that is nearly so."""

import pytest

from tests.interop.archival import archival
from tests.interop.dss.peer import Dss

pytestmark = pytest.mark.interop


@pytest.mark.parametrize("flavour", ["2a", "2b", "ua1"])
def test_the_page_for_the_archive_is_what_it_says(dss: Dss, flavour: str) -> None:
    assert dss.conforms(archival(), flavour) == ()


@pytest.mark.parametrize(
    ("flavour", "there", "instead", "clause"),
    [
        ("2b", b"/FontFile2 13 0 R", b"/FontFilo2 13 0 R", "6.2.11.4.1"),
        ("2b", b"/OutputIntents [6", b"/OutputIntentz [6", "6.2.4.3"),
        ("2a", b"/StructTreeRoot 8", b"/StructTreeRout 8", "6.7.3.3"),
        ("ua1", b"/Lang (ru)", b"/Long (ru)", "7.2"),
        ("ua1", b"/DisplayDocTitle true", b"/DisplayDocTitre true", "7.1"),
    ],
)
def test_verapdf_names_what_a_page_lacks(
    dss: Dss, flavour: str, there: bytes, instead: bytes, clause: str
) -> None:
    assert archival().count(there) == 1
    failures = dss.conforms(archival().replace(there, instead), flavour)
    assert failures
    assert any(each.startswith(f"{clause}-") for each in failures), failures
