"""Two signers of XAdES, and an XML document of invented people."""

from functools import cache
from typing import Final

from idwallet.documents.model import XAdES
from idwallet.documents.xades.sign import XadesSigner
from idwallet.ports import TimestampAuthority
from idwallet.roles.issuer import read_chain
from idwallet.testing.document_draft import DocumentScene
from idwallet.testing.pki import TestIdentity

CONTRACT: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<p:contract xmlns:p="urn:example:contract" xmlns:q="urn:q"><p:text kind="q:a">'
    "Договор &amp; <!-- между --> двумя</p:text>\n</p:contract>\n"
).encode()


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST XAdES")


def signs(
    profile: XAdES,
    who: TestIdentity | None = None,
    *,
    authority: TimestampAuthority | None = None,
) -> XadesSigner:
    """Return what signs as the first person, or as another one."""
    signer = who or scene().signer
    return XadesSigner(
        profile,
        signer=signer.signer,
        certificates=read_chain(signer.chain_pem),
        authority=authority,
    )
