"""Keys and certificates of an example, made on its first run and kept in its folder.

They are test keys under a test root. In earnest the certificates come from a trusted
list, the keys from a token (docs/howto/issue-with-a-hardware-token.md), TLS from a web
server in front.
"""

import json
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509

from idwallet import SealKey, TrustStore, now
from idwallet.testing import CertificatePlan, TestIdentity, TestPki

_SERVER: Final = "1.3.6.1.5.5.7.3.1"  # RFC 5280 4.2.1.12, serverAuth
_LIFE: Final = timedelta(days=300)


@dataclass(frozen=True)
class Identity:
    """Whom an example is, and the files that TLS needs."""

    pki: TestPki
    seal: SealKey
    root: Path
    tls_chain: Path
    tls_key: Path
    tls_secret: str
    seed: bytes = field(repr=False)

    @property
    def trust(self) -> TrustStore:
        """What believes the test root, for every purpose."""
        return self.pki.store()


def identity_in(folder: Path) -> Identity:
    """Read what the folder keeps, or make it; after 300 days it is made anew."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = folder / "secrets.json"
    if not kept.exists() or _made(kept) + _LIFE < now():
        made = {
            "at": now().replace(microsecond=0).isoformat(),
            "keys": secrets.token_hex(32),
            "seal": secrets.token_hex(32),
            "tls": secrets.token_hex(16),
        }
        kept.touch(mode=0o600)
        kept.write_text(json.dumps(made), encoding="utf-8")
    values = json.loads(kept.read_text(encoding="utf-8"))
    seed = bytes.fromhex(values["keys"])
    pki = TestPki(at=_made(kept), seed=seed)
    server = pki.issuer("https://localhost", change=_for_tls)
    found = Identity(
        pki=pki,
        seal=SealKey(bytes.fromhex(values["seal"])),
        root=folder / "root.pem",
        tls_chain=folder / "tls-chain.pem",
        tls_key=folder / "tls-key.pem",
        tls_secret=values["tls"],
        seed=seed,
    )
    found.root.write_text(pki.root_pem, encoding="ascii")
    found.tls_chain.write_text(server.chain_pem, encoding="ascii")
    key = server.signer.to_encrypted_pem(values["tls"].encode())
    found.tls_key.write_text(key, encoding="ascii")
    return found


def issuer_of(identity: Identity, name: str) -> TestIdentity:
    """Return the issuer that the root certified under that name."""
    return identity.pki.issuer(name)


def pki_of(identity: Identity) -> TestPki:
    """Return the root once more, where whoever it certifies is the same on every start.

    A `TestPki` gives keys in the order in which they are asked for: take a new one for
    each party, and the order does not matter.
    """
    return TestPki(at=identity.pki.at, seed=identity.seed)


def _made(kept: Path) -> datetime:
    values = json.loads(kept.read_text(encoding="utf-8"))
    return datetime.fromisoformat(values["at"]).astimezone(UTC)


def _for_tls(plan: CertificatePlan) -> CertificatePlan:
    names = (
        x509.DNSName("localhost"),
        x509.IPAddress(ip_address("127.0.0.1")),
    )
    return replace(plan, key_purposes=(_SERVER,), alternative_names=names)
