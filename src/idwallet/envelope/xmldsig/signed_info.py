"""SignedInfo: how it was signed (XMLDSig 1.1 section 4.4)."""

from typing import Final

from idwallet import limits
from idwallet.codec.xml import Canonicalization, XmlElement
from idwallet.crypto.schemes import SignatureScheme
from idwallet.envelope.xmldsig import names
from idwallet.errors import LimitError, UnsupportedError

_SIG: Final = "XMLDSig 1.1"
_DS: Final = names.DS


def read_scheme(method: XmlElement) -> SignatureScheme | None:
    """Return the scheme that a SignatureMethod names, None where it is none of ours.

    Raises:
        MalformedError: RSASSA-PSS parameters that break RFC 9231 section 2.3.9.
        UnsupportedError: parameters for what has none, or not one hash throughout.
    """
    name = method.attributes.get("Algorithm")
    if name == names.RSA_PSS:
        return names.PSS[_pss_hash(method)]
    scheme = names.SCHEMES.get(name or "")
    if scheme is not None and method.children:
        raise UnsupportedError(
            "parameters of a signature method", at=method.at, clause=f"{_SIG} §4.4.2"
        )
    return scheme


def _pss_hash(method: XmlElement) -> str:
    clause = "RFC 9231 §2.3.9"
    params = method.maybe(f"{names.MORE_2007}RSAPSSParams", clause=clause)
    if params is None:
        return "sha256"
    hashed = _named_digest(params, clause=clause)
    mask = params.maybe(f"{names.MORE_2007}MaskGenerationFunction", clause=clause)
    masked = "sha256"
    if mask is not None:
        if mask.attributes.get("Algorithm") != names.MGF1:
            raise UnsupportedError("a mask function", at=mask.at, clause=clause)
        masked = _named_digest(mask, clause=clause)
    salt = params.maybe(f"{names.MORE_2007}SaltLength", clause=clause)
    trailer = params.maybe(f"{names.MORE_2007}TrailerField", clause=clause)
    length = str({"sha256": 32, "sha384": 48, "sha512": 64}[hashed])
    if (
        masked != hashed
        or (salt is not None and salt.value(clause=clause) != length)
        or (trailer is not None and trailer.value(clause=clause) != "1")
    ):
        raise UnsupportedError(
            "RSASSA-PSS of more than one hash", at=params.at, clause=clause
        )
    return hashed


def _named_digest(within: XmlElement, *, clause: str) -> str:
    found = within.maybe(f"{_DS}DigestMethod", clause=clause)
    return "sha256" if found is None else read_digest(found)


def read_digest(method: XmlElement) -> str:
    """Return the hash that a DigestMethod names, by its name in hashlib.

    Raises:
        UnsupportedError: it is none of SHA-256, SHA-384 and SHA-512.
    """
    name = method.attributes.get("Algorithm")
    found = names.DIGESTS.get(name or "")
    if found is None or method.children:
        raise UnsupportedError(
            "a digest algorithm", at=method.at, clause=f"{_SIG} §6.2"
        )
    return found


def read_form(method: XmlElement) -> tuple[Canonicalization, tuple[str, ...]]:
    """Return the canonical form that an element names, with its list of prefixes.

    Raises:
        LimitError: the list is too long.
        UnsupportedError: another form, or parameters that it does not have.
    """
    form = names.CANONICALIZATIONS.get(method.attributes.get("Algorithm") or "")
    if form is None:
        name = method.attributes.get("Algorithm")
        what = "XSLT" if name == names.XSLT else "a transform"
        raise UnsupportedError(what, at=method.at, clause=f"{_SIG} §6.5, §6.6")
    if not method.children:
        return form, ()
    only = method.children[0]
    if (
        len(method.children) > 1
        or only.name != f"{names.EXC}InclusiveNamespaces"
        or not form.value.is_exclusive
    ):
        raise UnsupportedError(
            "parameters of a transform", at=method.at, clause=f"{_SIG} §6.5"
        )
    prefixes = tuple(only.attributes.get("PrefixList", "").split())
    if len(prefixes) > limits.XML_PREFIXES:
        raise LimitError("too many prefixes", at=only.at, clause="Exclusive C14N §3")
    return form, prefixes
