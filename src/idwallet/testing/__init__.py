"""Test keys, test certificates and forged inputs for users of this library.

Every name below loads on first use. The corpora of forged inputs stand in rooms of
their own: `idwallet.testing.corpus`, `.mdoc`, `.compact`, `.bundle`, `.lists`.
"""

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from idwallet.facade import loader

if TYPE_CHECKING:
    from idwallet.testing.archives import (
        ArchiveScene,
    )
    from idwallet.testing.authorities import (
        document_signer,
    )
    from idwallet.testing.bundle import (
        BundleScene,
    )
    from idwallet.testing.certificates import (
        CertificatePlan,
    )
    from idwallet.testing.certified import (
        certify_key,
    )
    from idwallet.testing.csc import (
        CscDesk,
        CscFetcher,
    )
    from idwallet.testing.document_draft import (
        DocumentScene,
    )
    from idwallet.testing.evidence import (
        crls,
        status_list,
    )
    from idwallet.testing.lists import (
        ListScene,
    )
    from idwallet.testing.loopback import (
        TestServices,
    )
    from idwallet.testing.mdoc import (
        MdocScene,
        reader_identity,
    )
    from idwallet.testing.month import (
        Ministry,
        Operator,
        Till,
        morning,
    )
    from idwallet.testing.pdf.contract import (
        Contract,
    )
    from idwallet.testing.pki import (
        TestIdentity,
        TestPki,
    )
    from idwallet.testing.scene import (
        Scene,
        test_claims,
    )
    from idwallet.testing.sessions import (
        SessionScene,
    )
    from idwallet.testing.tsa import (
        TestTsa,
    )

__all__ = [
    "ArchiveScene",
    "BundleScene",
    "CertificatePlan",
    "Contract",
    "CscDesk",
    "CscFetcher",
    "DocumentScene",
    "ListScene",
    "MdocScene",
    "Ministry",
    "Operator",
    "Scene",
    "SessionScene",
    "TestIdentity",
    "TestPki",
    "TestServices",
    "TestTsa",
    "Till",
    "certify_key",
    "crls",
    "document_signer",
    "morning",
    "reader_identity",
    "status_list",
    "test_claims",
]

_HOMES: Final = MappingProxyType(
    {
        "certify_key": "idwallet.testing.certified",
        "ArchiveScene": "idwallet.testing.archives",
        "BundleScene": "idwallet.testing.bundle",
        "CertificatePlan": "idwallet.testing.certificates",
        "Contract": "idwallet.testing.pdf.contract",
        "CscDesk": "idwallet.testing.csc",
        "CscFetcher": "idwallet.testing.csc",
        "DocumentScene": "idwallet.testing.document_draft",
        "ListScene": "idwallet.testing.lists",
        "MdocScene": "idwallet.testing.mdoc",
        "Ministry": "idwallet.testing.month",
        "Operator": "idwallet.testing.month",
        "Scene": "idwallet.testing.scene",
        "SessionScene": "idwallet.testing.sessions",
        "TestIdentity": "idwallet.testing.pki",
        "TestPki": "idwallet.testing.pki",
        "TestServices": "idwallet.testing.loopback",
        "TestTsa": "idwallet.testing.tsa",
        "Till": "idwallet.testing.month",
        "crls": "idwallet.testing.evidence",
        "document_signer": "idwallet.testing.authorities",
        "morning": "idwallet.testing.month",
        "reader_identity": "idwallet.testing.mdoc",
        "status_list": "idwallet.testing.evidence",
        "test_claims": "idwallet.testing.scene",
    }
)


if not TYPE_CHECKING:  # to a type checker, a name that is not there is an error
    __getattr__ = loader(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
