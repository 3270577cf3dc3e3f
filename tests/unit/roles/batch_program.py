"""A program that signs a batch and notes each signature: it is there to be killed."""

import hashlib
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from idwallet.adapters.journal import FolderJournal
from idwallet.adapters.keys import SecretFile, open_signer
from idwallet.documents import CAdES
from idwallet.roles.document_signer import sign_documents
from idwallet.testing.document_draft import DocumentScene


class Noting:
    """A signer that notes which document it signs, before anybody hears of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._signer = open_signer(
            str(folder / "key.pem"), ask_secret=SecretFile(folder / "passphrase")
        )
        self.public_key = self._signer.public_key
        self.algorithm = self._signer.algorithm

    def sign(self, message: bytes, /) -> bytes:
        """Sign, and note it in one write."""
        made = self._signer.sign(message)
        (number,) = (
            each
            for each in range(40)
            if hashlib.sha256(b"contract %d" % each).digest() in message
        )
        with (self._folder / "signatures").open("ab", buffering=0) as file:
            file.write(b"%d\n" % number)
        return made


def run(folder: Path, processes: int) -> None:
    """Sign, or go on signing, and say of each that is done."""
    scene = DocumentScene(seed=b"idwallet TEST batches")
    documents = {f"contract {each}.txt": b"contract %d" % each for each in range(40)}
    pool = (
        ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
        if processes
        else None
    )

    def tell(progress: object) -> None:
        if not progress.latest.before:  # type: ignore[attr-defined]
            print("some", flush=True)  # noqa: T201 - whoever kills it waits for it

    sign_documents(
        documents,
        CAdES(),
        signer=Noting(folder),
        certificates=scene.signer.chain,
        signing_time=datetime.now(UTC),
        progress=tell,
        executor=pool,
        resume=FolderJournal(folder / "journal"),
    )


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]))
