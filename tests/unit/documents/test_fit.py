"""A key, its chain, a level and an authority of time go together in every format."""

from functools import cache

import pytest

from idwallet.documents import CAdES, JAdES, Level, PAdES, XAdES
from idwallet.documents.cades.sign import CadesSigner
from idwallet.documents.jades.sign import JadesSigner
from idwallet.documents.pades.sign import PadesSigner
from idwallet.documents.xades.sign import XadesSigner
from idwallet.errors import UsageError
from idwallet.testing.document_draft import DocumentScene
from idwallet.testing.tsa import TestTsa
from idwallet.trust.certificate import Certificate

FORMATS = [
    (CAdES, CadesSigner),
    (JAdES, JadesSigner),
    (PAdES, PadesSigner),
    (XAdES, XadesSigner),
]


@cache
def scene() -> DocumentScene:
    return DocumentScene()


def made(kind, by, level, *, stamped, other=False):
    who = scene().second if other else scene().signer
    chain = tuple(Certificate.from_der(each, at="") for each in scene().signer.chain)
    authority = TestTsa(scene().pki, identity=scene().authority) if stamped else None
    return by(
        kind(level=level), signer=who.signer, certificates=chain, authority=authority
    )


@pytest.mark.parametrize(("kind", "by"), FORMATS)
def test_the_two_levels_that_are_signed_at_once_are_taken(kind, by):
    assert made(kind, by, Level.B_B, stamped=False)
    assert made(kind, by, Level.B_T, stamped=True)


@pytest.mark.parametrize("level", [Level.B_LT, Level.B_LTA])
@pytest.mark.parametrize(("kind", "by"), FORMATS)
def test_no_format_signs_less_than_the_level_that_was_asked(kind, by, level):
    with pytest.raises(UsageError, match="at once"):
        made(kind, by, level, stamped=True)


@pytest.mark.parametrize(("kind", "by"), FORMATS)
def test_a_timestamp_and_an_authority_go_together(kind, by):
    for level, stamped in ((Level.B_B, True), (Level.B_T, False)):
        with pytest.raises(UsageError, match="authority"):
            made(kind, by, level, stamped=stamped)


@pytest.mark.parametrize(("kind", "by"), FORMATS)
def test_nobody_signs_under_somebody_elses_certificate(kind, by):
    with pytest.raises(UsageError, match="not of the signer"):
        made(kind, by, Level.B_B, stamped=False, other=True)
