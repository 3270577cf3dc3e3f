"""XML signatures made: what is the same in every one is written once.

    writer = XmlWriter(key, algorithm=signer.algorithm, certificates=chain)
    to_sign = writer.prepare([NewReference("", digest, SIDE_BY_SIDE)])
    element = writer.finish(to_sign, signer.sign(to_sign), identifier=identifier)

What is signed is written in canonical form, and stands in the document as it was
signed. Between the two calls may lie seconds and another machine.
"""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

from idwallet import limits
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import require_fit
from idwallet.envelope.xmldsig import names
from idwallet.errors import UnsupportedError, UsageError

DS_XMLNS: Final = f'xmlns:ds="{names.DS[1:-1]}"'
"""The declaration of the one prefix that is written here."""


def _transform(name: str, inner: str = "") -> str:
    return f'<ds:Transform Algorithm="{name}">{inner}</ds:Transform>'


_SUBTRACT: Final = (
    f'<dsig-xpath:XPath xmlns:dsig-xpath="{names.FILTER2}" Filter="subtract">'
    "/descendant::ds:Signature</dsig-xpath:XPath>"
)


class Transforms(NamedTuple):
    """What is done to a target before it is digested, as it is written."""

    text: str


AS_IT_IS: Final = Transforms("")
"""Octets that came apart."""

SPELLED: Final = Transforms(_transform(names.BASE64))
"""An element whose text spells them in base64 (XMLDSig 1.1 section 6.6.2)."""

PART: Final = Transforms(_transform(names.EXC_C14N))
"""An element by itself, in the exclusive form."""

# The inclusive form: the exclusive one leaves out what a prefix stands for that is used
# in the text of an element or an attribute alone, and anybody could change it.
ALONE: Final = Transforms(_transform(names.ENVELOPED) + _transform(names.C14N))
"""The document less the signature: no other one can be put beside it."""

SIDE_BY_SIDE: Final = Transforms(
    _transform(names.FILTER2, _SUBTRACT) + _transform(names.C14N)
)
"""The document less every signature, so that several people can sign it."""


class NewReference(NamedTuple):
    """A reference to be written: to what address, and what it is digested to.

    `digest` is by the writer's `digest`. An address is written as it is: see `address`
    for what makes one of a name.
    """

    uri: str
    digest: bytes
    transforms: Transforms
    id: str | None = None
    type: str | None = None


# What an address may have in it and an attribute too: no quote, no ampersand.
_PLAIN: Final = "/#:@!$()*+,;=-._~%?"


def address(name: str) -> str:
    """Return the address of what a file is called (RFC 3986 section 2.1).

    Raises:
        UsageError: it is empty, or too long.
    """
    if not name or len(name) > limits.XML_ADDRESS_CHARACTERS:
        raise UsageError("what is signed apart needs a name, and not too long a one")
    return quote(name, safe="/!$()*+,;=-._~")


class XmlWriter:
    """Makes signatures of one key; immutable and thread-safe."""

    __slots__ = ("_before", "_key_info", "_method", "digest")

    def __init__(
        self,
        public_key: PublicKey,
        *,
        algorithm: Algorithm,
        certificates: tuple[bytes, ...],
    ) -> None:
        """Write what stays the same; `certificates` are DER, the signer's first.

        Raises:
            UnsupportedError: the algorithm has no identifier for XML signatures.
            UsageError: the algorithm is not the key's, or there is no certificate, or
                there are too many.
        """
        require_fit(public_key, algorithm)
        known = names.SIGNS.get(algorithm)
        if known is None:
            raise UnsupportedError(
                f"{algorithm.jose} has no registered identifier for XML signatures",
                clause="RFC 9231 §2.3",
            )
        if not 0 < len(certificates) <= limits.XML_CERTIFICATES:
            raise UsageError("a signature needs its certificates, and not too many")
        method, self.digest = known
        self._method = names.DIGEST_METHODS[self.digest]
        self._before = (
            f"<ds:SignedInfo {DS_XMLNS}>"
            f'<ds:CanonicalizationMethod Algorithm="{names.EXC_C14N}">'
            "</ds:CanonicalizationMethod>"
            f'<ds:SignatureMethod Algorithm="{method}"></ds:SignatureMethod>'
        )
        held = "".join(
            f"<ds:X509Certificate>{b64encode(each).decode()}</ds:X509Certificate>"
            for each in dict.fromkeys(certificates)
        )
        self._key_info = (
            f"<ds:KeyInfo><ds:X509Data>{held}</ds:X509Data></ds:KeyInfo>"
        ).encode()

    def prepare(self, references: Iterable[NewReference]) -> bytes:
        """Return what is to be signed: SignedInfo in its canonical form.

        Raises:
            UsageError: an address has characters that no address has.
        """
        written = map(self._reference, references)
        return "".join((self._before, *written, "</ds:SignedInfo>")).encode("ascii")

    def _reference(self, each: NewReference) -> str:
        if quote(each.uri, safe=_PLAIN) != each.uri:
            raise UsageError("the address of a reference is no URI")
        own = "" if each.id is None else f' Id="{each.id}"'
        kind = "" if each.type is None else f' Type="{each.type}"'
        steps = each.transforms.text
        held = f"<ds:Transforms>{steps}</ds:Transforms>" if steps else ""
        return (
            f'<ds:Reference{own}{kind} URI="{each.uri}">{held}'
            f'<ds:DigestMethod Algorithm="{self._method}"></ds:DigestMethod>'
            f"<ds:DigestValue>{b64encode(each.digest).decode()}</ds:DigestValue>"
            "</ds:Reference>"
        )

    def finish(
        self,
        to_sign: bytes,
        signature: bytes,
        *,
        identifier: str,
        objects: Sequence[bytes] = (),
    ) -> bytes:
        """Return the signature as an element.

        `signature` is in JOSE form, as every `Signer` gives it, which is that of XML
        signatures too (XMLDSig 1.1 section 6.4). `objects` are elements
        ``ds:Object``. Whether the signature is one of this key over `to_sign` is for
        whoever got it to see.
        """
        value = signature_value(signature, identifier=identifier)
        return b"".join(
            (
                f'<ds:Signature {DS_XMLNS} Id="{identifier}">'.encode("ascii"),
                to_sign,
                value.replace(b" " + DS_XMLNS.encode("ascii"), b"", 1),
                self._key_info,
                *objects,
                b"</ds:Signature>",
            )
        )


def signature_value(signature: bytes, *, identifier: str) -> bytes:
    """Return ds:SignatureValue in its exclusive canonical form.

    `identifier` is the signature's; the value's own is made of it.
    """
    return (
        f'<ds:SignatureValue {DS_XMLNS} Id="{value_id(identifier)}">'
        f"{b64encode(signature).decode()}</ds:SignatureValue>"
    ).encode("ascii")


def value_id(identifier: str) -> str:
    """Return how the value of a signature of that identifier is called here."""
    return f"{identifier}-value"


def digest_method(name: str) -> str:
    """Return what a digest is called in XML, by its name in hashlib."""
    return names.DIGEST_METHODS[name]
