"""What PAdES baseline signatures must, may and must not have, signed and beside.

(EN 319 142-1 V1.2.1, clause 6.3, table 1.) The one table that signing and judging
follow: for the signed attributes of the CMS message, and for the entries of the
signature dictionary (ISO 32000-2 table 255), all of which are signed too.
"""

from collections.abc import Mapping
from typing import Final

from idwallet.codec.der import oid
from idwallet.documents.cades.baseline import Presence, Rule
from idwallet.envelope.cms import SignedData, SignerInfo, names

SUB_FILTER: Final = "ETSI.CAdES.detached"
TIMESTAMP_SUB_FILTER: Final = "ETSI.RFC3161"

_D, _A, _F = Presence.DEMANDED, Presence.ALLOWED, Presence.FORBIDDEN
_EN: Final = "EN 319 142-1"
_TABLE: Final = f"{_EN} §6.3"


def _kind(dotted: str) -> bytes:
    return oid(dotted)[2:]


COMMITMENT: Final = _kind("1.2.840.113549.1.9.16.2.16")
POLICY: Final = _kind("1.2.840.113549.1.9.16.2.15")

SIGNED: Final = {
    names.CONTENT_TYPE: Rule("content-type", _D, f"{_TABLE} (c)"),
    names.MESSAGE_DIGEST: Rule("message-digest", _D, _TABLE),
    names.SIGNING_CERTIFICATE_V2: Rule("signing-certificate-v2", _D, _TABLE),
    names.SIGNING_CERTIFICATE: Rule("signing-certificate", _F, _TABLE),
    # The dictionary says when (M), and where (Location).
    names.SIGNING_TIME: Rule("signing-time", _F, _TABLE),
    _kind("1.2.840.113549.1.9.16.2.17"): Rule("signer-location", _F, _TABLE),
    names.ALGORITHM_PROTECTION: Rule("cms-algorithm-protection", _A, "RFC 6211 §2"),
    COMMITMENT: Rule("commitment-type-indication", _A, f"{_TABLE} (d)"),
    POLICY: Rule("signature-policy-identifier", _A, _TABLE),
    **{
        _kind(dotted): Rule(name, presence, _TABLE)
        for dotted, name, presence in (
            ("0.4.0.19122.1.1", "signer-attributes-v2", _A),
            ("1.2.840.113549.1.9.16.2.20", "content-time-stamp", _A),
            ("1.2.840.113549.1.9.16.2.4", "content-hints", _F),
            ("1.2.840.113549.1.9.16.2.10", "content-reference", _F),
            ("1.2.840.113549.1.9.16.2.7", "content-identifier", _F),
        )
    },
}
"""Each signed attribute by the value of its OID; any other is forbidden."""

ENTRIES: Final = {
    "Filter": Rule("Filter", _D, _TABLE),
    "SubFilter": Rule("SubFilter", _D, f"{_TABLE} (l)"),
    "Contents": Rule("Contents", _D, _TABLE),
    "ByteRange": Rule("ByteRange", _D, _TABLE),
    "M": Rule("M", _D, _TABLE),
    "Cert": Rule("Cert", _F, _TABLE),
    "Reason": Rule("Reason", _A, f"{_TABLE} (m)"),
    "Location": Rule("Location", _A, _TABLE),
    "ContactInfo": Rule("ContactInfo", _A, _TABLE),
    "Name": Rule("Name", _A, _TABLE),
}
"""The entries of the dictionary that the baseline speaks of; others are allowed."""

UNSIGNED_FORBIDDEN: Final = frozenset({names.COUNTER_SIGNATURE})
"""What must not be beside the signature (table 1): a signature on this one."""


def fault(
    entries: Mapping[str, object], signer: SignerInfo, *, message: SignedData
) -> str | None:
    """Return how a signature differs from the baseline, in a few words, or None."""
    return (
        _entries_fault(entries)
        or _signed_fault(signer)
        or _message_fault(entries, signer, message=message)
    )


def _entries_fault(entries: Mapping[str, object]) -> str | None:
    for key, rule in ENTRIES.items():
        is_there = entries.get(key) is not None
        if rule.presence is not _A and is_there is not (rule.presence is _D):
            return _words("entry", rule, is_there=is_there)
    if entries["SubFilter"] != SUB_FILTER:
        return f"another SubFilter than {SUB_FILTER} ({_TABLE} (l))"
    return None


def _signed_fault(signer: SignerInfo) -> str | None:
    for kind, rule in SIGNED.items():
        is_there = kind in signer.attributes
        if rule.presence is not _A and is_there is not (rule.presence is _D):
            return _words("attribute", rule, is_there=is_there)
    if signer.attributes.keys() - SIGNED.keys():
        # What nobody here understands may change what the signature means.
        return f"a signed attribute that is not of the baseline ({_TABLE})"
    return None


def _words(what: str, rule: Rule, *, is_there: bool) -> str:
    word = f"an {what} that must not be" if is_there else f"no {what}"
    return f"{word} {rule.name} ({rule.clause})"


def _message_fault(
    entries: Mapping[str, object], signer: SignerInfo, *, message: SignedData
) -> str | None:
    if message.content_type != names.DATA:
        return f"a type of content other than data ({_TABLE} (c))"
    if message.content is not None:
        return f"content inside of the message ({_EN} §4.1)"
    if any(each.oid in UNSIGNED_FORBIDDEN for each in signer.unsigned):
        return f"a signature on the signature ({_TABLE})"
    says_why = COMMITMENT in signer.attributes or POLICY in signer.attributes
    if says_why and entries.get("Reason") is not None:
        return f"a Reason beside a commitment type or a policy ({_TABLE} (m))"
    return None
