"""Documents signed by us, in every format by the same few lines."""

from dataclasses import dataclass, replace
from typing import Final

from idwallet.documents import (
    DOCUMENTS,
    ASiC,
    ASiCKind,
    CAdES,
    JAdES,
    Level,
    Packaging,
    PAdES,
    UnverifiedDocument,
    VerifiedDocument,
    XAdES,
)
from idwallet.documents.model import Document, Documents
from idwallet.roles.document_signer import (
    DocumentSigner,
    augment_document,
    evaluate_document,
)
from idwallet.testing.pki import TestIdentity
from idwallet.testing.tsa import TestTsa
from tests.interop.dss.peer import Named
from tests.interop.dss.people import AUTHORITY, SCENE, trust

Profile = ASiC | CAdES | JAdES | PAdES | XAdES


@dataclass(frozen=True)
class Signed:
    """What was signed: a file, and those beside it."""

    file: Named
    beside: tuple[Named, ...] = ()


_LATER: Final = frozenset({Level.B_LT, Level.B_LTA})
"""Levels that a signature is raised to when everybody has signed."""

_ENDINGS: Final[dict[type, str]] = {
    CAdES: ".p7s",
    JAdES: ".json",
    PAdES: "",
    XAdES: ".xml",
    ASiC: ".asice",
}


def authority() -> TestTsa:
    """The authority of the scene."""
    return TestTsa(SCENE.pki, identity=AUTHORITY)


def _signer(profile: Profile, who: TestIdentity) -> DocumentSigner:
    return DocumentSigner(
        replace(profile, level=Level.B_T) if profile.level in _LATER else profile,
        signer=who.signer,
        certificates=who.chain,
        authority=None if profile.level is Level.B_B else authority(),
    )


def _signed(profile: Profile, file: Named, made: bytes) -> Signed:
    name = file.name + _ENDINGS[type(profile)]
    holds_all = isinstance(profile, ASiC | PAdES)
    inside = holds_all or profile.packaging is not Packaging.DETACHED
    return Signed(Named(name, made), () if inside else (file,))


def _documents(profile: Profile, file: Named, *, by_name: bool) -> Documents:
    """XAdES refers to what is apart by its name, JAdES where it is asked to."""
    if isinstance(profile, ASiC):
        return contents(profile, file)
    is_apart = isinstance(profile, XAdES) and profile.packaging is Packaging.DETACHED
    return {file.name: file.content} if by_name or is_apart else file.content


def contents(profile: ASiC, file: Named) -> dict[str, Document]:
    """What goes into a container: two documents where there may be several."""
    more = {"папка/заметка.txt": b"more"} if profile.kind is ASiCKind.E else {}
    return {file.name: file.content, **more}


def _brought(signed: Signed) -> Documents | None:
    """What is apart, by its name, which who does not look for names ignores."""
    if not signed.beside:
        return None
    if signed.file.name.endswith(".p7s"):
        return signed.beside[0].content
    return {each.name: each.content for each in signed.beside}


def sign(
    profile: Profile, file: Named, who: TestIdentity, *, by_name: bool = False
) -> Signed:
    """Sign a document, or its digest under its name."""
    documents = _documents(profile, file, by_name=by_name)
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
    if isinstance(profile, ASiC):
        beside_it = None if profile.kind is ASiCKind.E else contents(profile, file)
        made = _signer(profile, who).sign(
            beside_it, signing_time=SCENE.at, beside=beside.file.content
        )
        return _signed(profile, file, made)
    if isinstance(profile, PAdES) or profile.packaging is Packaging.ENVELOPED:
        return sign(profile, Named(file.name, beside.file.content), who)
    made = _signer(profile, who).sign(
        _documents(profile, file, by_name=by_name),
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


def raised(profile: Profile, signed: Signed, *, times: int = 1) -> Signed:
    """Raise what was signed to the level of its profile, and renew its archive."""
    made = signed.file.content
    for _ in range(times if profile.level in _LATER else 0):
        made = augment_document(
            made,
            profile.level,
            trust=trust(),
            policy=DOCUMENTS,
            at=SCENE.at,
            authority=authority(),
            document=_brought(signed),
        )
    return Signed(Named(signed.file.name, made), signed.beside)


def evaluated(signed: Signed) -> VerifiedDocument | UnverifiedDocument:
    """Judge a file ourselves, with what DSS is told too."""
    document = _brought(signed)
    return evaluate_document(
        signed.file.content,
        document=document,
        trust=trust(),
        policy=DOCUMENTS,
        at=SCENE.at,
    )
