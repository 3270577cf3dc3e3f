"""Whom a signer believes who names nobody: the root of their own chain."""

from urllib.parse import urlsplit

from idwallet.cli.documents.network import SIGNERS
from idwallet.cli.faults import usage_fault
from idwallet.codec.pem import read_pem
from idwallet.trust.anchors import TrustAnchor, TrustStore
from idwallet.trust.certificate import Certificate
from idwallet.trust.revocation.judge import evidence_addresses


def own_trust(certificates: bytes, *, tsa: str | None) -> TrustStore:
    """Return a store of the root that ``--certificates`` ends with, and of no other.

    It may be asked what the signer's own certificates name, and what is where the
    authority for timestamps is: the person who signs has named both. Whoever verifies
    believes whom they want.

    Raises:
        CommandFault: the chain ends with no root of its own.
        MalformedError, UnsupportedError: it cannot be read.
    """
    chain = [
        Certificate.from_der(each.der, at="--certificates")
        for each in read_pem(certificates, at="--certificates")
    ]
    if not chain[-1].self_issued or not chain[-1].is_ca:
        raise usage_fault(
            "b-lt and b-lta need --trust, or a root at the end of --certificates"
        )
    named = [tsa or "", *(each for one in chain for each in evidence_addresses(one))]
    root = TrustAnchor.from_certificate(
        chain[-1].der, name="the root of --certificates", purposes=SIGNERS
    )
    return TrustStore([root.with_fetch_origins(*_origins(named))])


def _origins(addresses: list[str]) -> set[str]:
    """Return scheme, host and port of each address that has them."""
    parts = [urlsplit(each) for each in addresses]
    return {f"{each.scheme}://{each.netloc}" for each in parts if each.netloc}
