"""Documents signed by us, in every format by the same few lines."""

from dataclasses import dataclass
from typing import Final

from idwallet.documents import (
    CAdES,
    JAdES,
    Level,
    Packaging,
    PAdES,
)
from idwallet.documents.model import Documents
from idwallet.roles.document_signer import DocumentSigner
from idwallet.testing.pki import TestIdentity
from idwallet.testing.tsa import TestTsa
from tests.interop.dss.peer import Named
from tests.interop.dss.people import SCENE

Profile = CAdES | JAdES | PAdES


@dataclass(frozen=True)
class Signed:
    """What was signed: a file, and those beside it."""

    file: Named
    beside: tuple[Named, ...] = ()


_ENDINGS: Final[dict[type, str]] = {CAdES: ".p7s", JAdES: ".json", PAdES: ""}


def authority() -> TestTsa:
    """The authority of the scene."""
    return TestTsa(SCENE.pki, identity=SCENE.authority)


def _signer(profile: Profile, who: TestIdentity) -> DocumentSigner:
    return DocumentSigner(
        profile,
        signer=who.signer,
        certificates=who.chain,
        authority=None if profile.level is Level.B_B else authority(),
    )


def _signed(profile: Profile, file: Named, made: bytes) -> Signed:
    name = file.name + _ENDINGS[type(profile)]
    inside = isinstance(profile, PAdES) or profile.packaging is not Packaging.DETACHED
    return Signed(Named(name, made), () if inside else (file,))


def _documents(file: Named, *, by_name: bool) -> Documents:
    return {file.name: file.content} if by_name else file.content


def sign(
    profile: Profile, file: Named, who: TestIdentity, *, by_name: bool = False
) -> Signed:
    """Sign a document, or its digest under its name."""
    documents = _documents(file, by_name=by_name)
    made = _signer(profile, who).sign(documents, signing_time=SCENE.at)
    return _signed(profile, file, made)


def sign_beside(
    profile: Profile,
    file: Named,
    who: TestIdentity,
    *,
    beside: Signed,
    by_name: bool = False,
) -> Signed:
    """Sign what somebody has signed, beside them."""
    if isinstance(profile, PAdES):
        return sign(profile, Named(file.name, beside.file.content), who)
    made = _signer(profile, who).sign(
        _documents(file, by_name=by_name),
        signing_time=SCENE.at,
        beside=beside.file.content,
    )
    return _signed(profile, file, made)


def counter_sign(profile: Profile, signed: Signed, who: TestIdentity) -> Signed:
    """Sign the first signature of a file."""
    made = _signer(profile, who).counter_sign(
        signed.file.content, signing_time=SCENE.at, number=0
    )
    return Signed(Named(signed.file.name, made), signed.beside)
