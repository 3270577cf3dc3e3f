"""An authority of this run's own, and what it certified for this machine's servers."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

HOST: Final = "localhost"
_DAY: Final = timedelta(days=1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


class Authority:
    """A root that signs one server certificate; both live for two days.

    `roots` is the file that peers are told to believe, `chain` and `key` are the
    server's.
    """

    def __init__(self, folder: Path) -> None:
        """Make the keys, and write the files into the folder."""
        self._root_key = ec.generate_private_key(ec.SECP256R1())
        self._root_name = _name("TEST root of idwallet's online peers")
        self.roots = folder / "roots.pem"
        self.chain = folder / "chain.pem"
        self.key = folder / "key.pem"
        root = self._certificate(self._root_name, self._root_key, is_root=True)
        self.roots.write_bytes(root.public_bytes(Encoding.PEM))
        server_key = ec.generate_private_key(ec.SECP256R1())
        leaf = self._certificate(_name(HOST), server_key, is_root=False)
        self.chain.write_bytes(leaf.public_bytes(Encoding.PEM))
        self.key.write_bytes(
            server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )

    def context(self) -> ssl.SSLContext:
        """Return what a server needs."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.chain, self.key)
        return made

    def _certificate(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_root: bool
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._root_name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _DAY)
            .not_valid_after(now + _DAY)
            .add_extension(x509.BasicConstraints(is_root, None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(
                    self._root_key.public_key()
                ),
                critical=False,
            )
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
                critical=False,
            )
        )
        if not is_root:
            names = [x509.DNSName(HOST), x509.IPAddress(ip_address("127.0.0.1"))]
            builder = builder.add_extension(
                x509.SubjectAlternativeName(names), critical=False
            )
        return builder.sign(self._root_key, hashes.SHA256())
