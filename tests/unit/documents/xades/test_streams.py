"""Documents apart are streamed: no more than a piece of them is ever held."""

import tracemalloc
from collections.abc import Callable

from idwallet.documents import DOCUMENTS, Packaging, VerifiedDocument, XAdES
from idwallet.roles.document_signer import evaluate_document, sign_document
from idwallet.testing.xades_draft import xades_draft
from tests.unit.documents.xades.people import scene

_SIZE = 96 * (1 << 20)
_BOUND = 12 * (1 << 20)


class Zeros:
    """A long document of nothing, made as it is read; it cannot be rewound."""

    def __init__(self, size: int = _SIZE) -> None:
        self._left = size
        self.largest = 0

    def read(self, size: int, /) -> bytes:
        self.largest = max(self.largest, size)
        size = min(size, self._left)
        self._left -= size
        return bytes(size)


def peak(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_long_document_is_signed_and_verified_apart_in_flat_memory() -> None:
    who, made = scene().signer, xades_draft(scene())
    signed: list[bytes] = []

    def sign() -> None:
        stream = Zeros()
        signed.append(
            sign_document(
                {"long.bin": stream},
                XAdES(packaging=Packaging.DETACHED),
                signer=who.signer,
                certificates=who.chain,
                signing_time=made.at,
            )
        )
        assert stream.largest <= 1 << 20

    def verify() -> None:
        found = evaluate_document(
            signed[0],
            document={"long.bin": Zeros()},
            trust=made.trust(),
            policy=DOCUMENTS,
            at=made.at,
        )
        assert isinstance(found, VerifiedDocument), found.report

    assert peak(sign) < _BOUND
    assert peak(verify) < _BOUND
