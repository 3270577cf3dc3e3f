"""Forged containers of signed documents, each with its valid twin.

    from idwallet.testing.containers import CONTAINER_FORGERIES
    from idwallet.testing.document_draft import DocumentScene

    scene = DocumentScene()
    for forgery in CONTAINER_FORGERIES:
        valid, forged = forgery.twins(scene)
        assert my_reader(valid.to_bytes())
        assert not my_reader(forged.to_bytes())

A twin differs from its forgery in nothing but the fault. Every key is a test key.
"""

from dataclasses import dataclass
from typing import Final

from idwallet.documents.asic.profile import ASiCKind
from idwallet.report import CheckId, Reason
from idwallet.testing.container_draft import (
    ANNEX,
    EXTENDED,
    ContainerDraft,
    container_draft,
    manifest_name,
    manifest_of,
    signature_name,
)
from idwallet.testing.container_formats import (
    ANNEX_FILE,
    FILE,
    FORMATS,
    OTHER,
    SIMPLES,
    added,
    removed,
    renamed,
    replaced,
)
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.document_draft import CONTRACT, DocumentScene

__all__ = ["CONTAINER_FORGERIES", "ContainerDraft", "ContainerForgery"]

_R = Reason


@dataclass(frozen=True, slots=True)
class ContainerForgery(Forged[ContainerDraft]):
    """A container that nobody may accept; see `Forged`."""

    kind: ASiCKind = ASiCKind.E
    signers: int = 1

    def twins(self, scene: DocumentScene) -> tuple[ContainerDraft, ContainerDraft]:
        """Return the valid draft and the forged one."""
        return self.apart(
            lambda: container_draft(scene, self.kind, signers=self.signers)
        )


# --- the files ------------------------------------------------------------------------


def _swapped(made: ContainerDraft) -> None:
    first, second = made.entry(FILE), made.entry(ANNEX_FILE)
    first.data, second.data = second.data, first.data


def _signed_apart(made: ContainerDraft) -> None:
    """Have the second signer sign one of the two files only."""
    manifest = manifest_of({FILE: CONTRACT}, signature=signature_name(2))
    made.sign_manifest(2, manifest)


def _signed_wrongly(made: ContainerDraft) -> None:
    made.sign_manifest(1, manifest_of({**EXTENDED, FILE: OTHER}))


def _signed_absent(made: ContainerDraft) -> None:
    made.sign_manifest(1, manifest_of({**EXTENDED, "more.txt": ANNEX}))


_CONTENTS: Final = (
    ("a file changed", _R.INTEGRITY_MISMATCH, replaced(FILE, OTHER)),
    ("a file emptied", _R.INTEGRITY_MISMATCH, replaced(ANNEX_FILE, b"")),
    ("two files exchanged", _R.INTEGRITY_MISMATCH, _swapped),
    ("another digest signed", _R.INTEGRITY_MISMATCH, _signed_wrongly),
    ("a file removed", _R.NOT_AT_HAND, removed(ANNEX_FILE)),
    ("a file signed that is not there", _R.NOT_AT_HAND, _signed_absent),
    ("a file added", _R.NOT_COVERED, added("more.txt")),
    ("a file renamed", _R.NOT_COVERED, renamed(FILE, "contract.exe")),
    ("a file among the signatures", _R.NOT_COVERED, added("META-INF/read.me")),
)


# --- what was signed ------------------------------------------------------------------


def _changed_with_its_digest(made: ContainerDraft) -> None:
    made.entry(FILE).data = OTHER
    made.entry(manifest_name(1)).data = manifest_of({**EXTENDED, FILE: OTHER})


def _spaced(made: ContainerDraft) -> None:
    made.entry(manifest_name(1)).data += b"\n"


def _of_another(made: ContainerDraft) -> None:
    """Take the signature from a container of other files."""
    own = made.entry(signature_name(1))
    kept = made.entries
    made.sign({FILE: OTHER})
    own.data = made.entry(signature_name(1)).data
    made.entries = kept


def _exchanged(made: ContainerDraft) -> None:
    first, second = made.entry(signature_name(1)), made.entry(signature_name(2))
    first.data, second.data = second.data, first.data


_INTEGRITIES: Final = (
    ("a file changed, and its digest", _R.INTEGRITY_MISMATCH, _changed_with_its_digest),
    ("a manifest with a line more", _R.INTEGRITY_MISMATCH, _spaced),
    ("the signature of another container", _R.INTEGRITY_MISMATCH, _of_another),
)


_FORMAT, _FILES = CheckId.DOCUMENT_FORMAT, CheckId.DOCUMENT_CONTENTS
_INTEGRITY: Final = CheckId.DOCUMENT_INTEGRITY

CONTAINER_FORGERIES: Final = (
    *(ContainerForgery(f"container: {n}", _FILES, r, f) for n, r, f in _CONTENTS),
    ContainerForgery(
        "container: a file that one of two signed",
        _FILES,
        Reason.SIGNED_BY_OTHERS,
        _signed_apart,
        signers=2,
    ),
    *(
        ContainerForgery(f"container: {n}", _INTEGRITY, r, f)
        for n, r, f in _INTEGRITIES
    ),
    ContainerForgery(
        "container: signatures exchanged",
        _INTEGRITY,
        Reason.INTEGRITY_MISMATCH,
        _exchanged,
        signers=2,
    ),
    ContainerForgery(
        "container: a signature without its manifest",
        _INTEGRITY,
        Reason.NOT_AT_HAND,
        removed(manifest_name(2)),
        signers=2,
    ),
    ContainerForgery(
        "container of one: the file changed",
        _INTEGRITY,
        Reason.INTEGRITY_MISMATCH,
        replaced(FILE, OTHER),
        kind=ASiCKind.S,
    ),
    *(
        ContainerForgery(
            f"container: {n}", _FORMAT, r, f, signers=2 if "taken away" in n else 1
        )
        for n, r, f in FORMATS
    ),
    *(
        ContainerForgery(f"container of one: {n}", _FORMAT, r, f, kind=ASiCKind.S)
        for n, r, f in SIMPLES
    ),
)
"""Every forged container there is here."""
