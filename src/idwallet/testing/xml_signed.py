"""XML signatures whose every part can be bent before it is signed, or after.

    made = XmlDraft(b"<list><name>test</name></list>", signer=..., chain=...)
    made.document()                     # a valid enveloped XAdES signature

Whatever is changed is signed as it then is: only `bend` comes after the signature.
"""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from idwallet.codec.xml import Canonicalization, XmlDocument
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import Signer

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
EXC_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED: Final = f"{DS}enveloped-signature"
SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
SIGNED_PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"

METHODS: Final = {
    Algorithm.ES256: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    Algorithm.ES384: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
    Algorithm.ES512: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
    Algorithm.EDDSA: "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519",
    Algorithm.RS256: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    Algorithm.PS256: "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
}
"""What a signature method is called for each algorithm that signs here."""


class Packaging(StrEnum):
    """Where the signature stands to what it signs."""

    ENVELOPED = "enveloped"
    ENVELOPING = "enveloping"
    DETACHED = "detached"


Bend = Callable[[str], str]
Change = Callable[[bytes], bytes]


def unbent(text: str) -> str:
    """Change nothing."""
    return text


@dataclass(slots=True)
class XmlDraft:
    """An XML signature before it is made; change a field, then take `document`.

    `content` is what is signed: the document to sign into, the object to sign around,
    or the octets that travel apart under `uri`. `bend_info`, `bend_properties` and
    `bend_key_info` change parts before they are signed, `bend` the finished document.
    """

    content: bytes
    signer: Signer
    chain: tuple[bytes, ...]
    packaging: Packaging = Packaging.ENVELOPED
    uri: str | None = None
    method: str | None = None
    form: str = EXC_C14N
    digest_method: str = SHA256
    transforms: str | None = None
    signing_time: datetime | None = None
    named: bytes | None = None
    has_properties: bool = True
    bend_content: Change = bytes
    bend_digest: Bend = unbent
    bend_properties: Bend = unbent
    bend_info: Bend = unbent
    bend_key_info: Bend = unbent
    bend: Change = bytes

    def document(self) -> bytes:
        """Sign, put the signature in its place, and bend what came of it."""
        properties = self.bend_properties(self._properties())
        info = self.bend_info(self._info(properties))
        signature = self._signature(info, properties)
        return self.bend(self._placed(signature))

    def _placed(self, signature: str) -> bytes:
        if self.packaging is not Packaging.ENVELOPED:
            return signature.encode()
        end = self.content.rindex(b"</")
        return self.content[:end] + signature.encode() + self.content[end:]

    def _signature(self, info: str, properties: str) -> str:
        value = b64encode(self.signer.sign(canonical(info))).decode()
        certificates = "".join(
            f"<ds:X509Certificate>{b64encode(der).decode()}</ds:X509Certificate>"
            for der in self.chain
        )
        key_info = self.bend_key_info(
            f"<ds:KeyInfo><ds:X509Data>{certificates}</ds:X509Data></ds:KeyInfo>"
        )
        objects = "" if not properties else f"<ds:Object>{properties}</ds:Object>"
        if self.packaging is Packaging.ENVELOPING:
            objects = self._object() + objects
        return (
            f'<ds:Signature xmlns:ds="{DS}" Id="sig">{info}'
            f"<ds:SignatureValue>{value}</ds:SignatureValue>{key_info}{objects}"
            "</ds:Signature>"
        )

    def _object(self) -> str:
        return (
            f'<ds:Object xmlns:ds="{DS}" Id="obj">{self.content.decode()}</ds:Object>'
        )

    def _info(self, properties: str) -> str:
        references = self.reference(
            self._uri(),
            self.bend_content(self._octets()),
            transforms=self._transforms(),
        )
        if properties:
            octets = canonical(_signed_properties(properties))
            references += self.reference(
                "#signed",
                octets,
                transforms=f'<ds:Transform Algorithm="{EXC_C14N}"></ds:Transform>',
                kind=f' Type="{SIGNED_PROPERTIES}"',
            )
        method = METHODS[self.signer.algorithm] if self.method is None else self.method
        return (
            f'<ds:SignedInfo xmlns:ds="{DS}">'
            f'<ds:CanonicalizationMethod Algorithm="{self.form}">'
            "</ds:CanonicalizationMethod>"
            f'<ds:SignatureMethod Algorithm="{method}"></ds:SignatureMethod>'
            f"{references}</ds:SignedInfo>"
        )

    def _uri(self) -> str:
        if self.uri is not None:
            return self.uri
        usual = {Packaging.ENVELOPED: "", Packaging.ENVELOPING: "#obj"}
        return usual.get(self.packaging, "document.xml")

    def _octets(self) -> bytes:
        if self.packaging is Packaging.DETACHED:
            return self.content
        text = self._object() if self.packaging is Packaging.ENVELOPING else None
        return canonical(text or self.content.decode())

    def _transforms(self) -> str:
        if self.transforms is not None:
            return self.transforms
        if self.packaging is Packaging.DETACHED:
            return ""
        form = f'<ds:Transform Algorithm="{EXC_C14N}"></ds:Transform>'
        if self.packaging is Packaging.ENVELOPING:
            return form
        return f'<ds:Transform Algorithm="{ENVELOPED}"></ds:Transform>{form}'

    def reference(
        self, uri: str, octets: bytes, *, transforms: str, kind: str = ""
    ) -> str:
        """Return a reference to octets under an address."""
        hashed = hashlib.new(_HASHES[self.digest_method], octets)
        value = self.bend_digest(b64encode(hashed.digest()).decode())
        steps = f"<ds:Transforms>{transforms}</ds:Transforms>" if transforms else ""
        return (
            f'<ds:Reference{kind} URI="{uri}">{steps}'
            f'<ds:DigestMethod Algorithm="{self.digest_method}"></ds:DigestMethod>'
            f"<ds:DigestValue>{value}</ds:DigestValue></ds:Reference>"
        )

    def _properties(self) -> str:
        if not self.has_properties:
            return ""
        named = self.chain[0] if self.named is None else self.named
        digest = b64encode(hashlib.sha256(named).digest()).decode()
        time = "" if self.signing_time is None else _time(self.signing_time)
        return (
            f'<xades:QualifyingProperties xmlns:xades="{XADES}" Target="#sig">'
            f'<xades:SignedProperties xmlns:xades="{XADES}" Id="signed">'
            f"<xades:SignedSignatureProperties>{time}<xades:SigningCertificateV2>"
            "<xades:Cert><xades:CertDigest>"
            f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{SHA256}"></ds:DigestMethod>'
            f'<ds:DigestValue xmlns:ds="{DS}">{digest}</ds:DigestValue>'
            "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>"
            "</xades:SignedSignatureProperties></xades:SignedProperties>"
            "</xades:QualifyingProperties>"
        )


def _time(moment: datetime) -> str:
    return f"<xades:SigningTime>{moment:%Y-%m-%dT%H:%M:%SZ}</xades:SigningTime>"


_HASHES: Final = {
    SHA256: "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
    f"{DS}sha1": "sha1",
}
_OPEN: Final = "<xades:SignedProperties"
_CLOSE: Final = "</xades:SignedProperties>"


def _signed_properties(properties: str) -> str:
    start, end = properties.index(_OPEN), properties.index(_CLOSE) + len(_CLOSE)
    return properties[start:end]


def canonical(text: str) -> bytes:
    """Return the exclusive canonical form of a whole document."""
    document = XmlDocument.from_bytes(text.encode(), at="test")
    return document.canonical(Canonicalization.EXCLUSIVE)
