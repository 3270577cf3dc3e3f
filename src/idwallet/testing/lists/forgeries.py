"""Forged lists of trust, each with its valid twin."""

from typing import Final

from idwallet.report import CheckId, Reason
from idwallet.testing.draft import ABSENT
from idwallet.testing.lists.drafts import EU_LIST
from idwallet.testing.lists.forgery import FORMATS, ListForgery, everywhere
from idwallet.testing.lists.forging import (
    another_key,
    big_certificate,
    by_next_operator,
    by_stranger,
    certified,
    code_signer,
    digest_of_another,
    earlier,
    identified_scheme,
    issued,
    lower,
    newer_pivot,
    no_chain,
    no_number,
    no_update,
    octets,
    old_without_update,
    only_a_part,
    other_certificate,
    outside,
    pivot_to_a_ca,
    pivot_to_nobody,
    rs256_allowed,
    rsa_named_everywhere,
    scheme,
    seen,
    signed,
    strange_pivot,
    under_the_root,
    updated,
    without_pivot,
    without_properties,
)
from idwallet.testing.pki import Fault
from idwallet.trust.lists import ListForm

_C, _R = CheckId, Reason
_SIGNER, _SIGNATURE = _C.TRUSTED_LIST_SIGNER, _C.TRUSTED_LIST_SIGNATURE
_SCHEME, _FRESHNESS = _C.TRUSTED_LIST_SCHEME, _C.TRUSTED_LIST_FRESHNESS
_SEQUENCE = _C.TRUSTED_LIST_SEQUENCE
_XML, _JSON, _CBOR = ListForm.TRUSTED_LIST, ListForm.LOTE, ListForm.VICAL

_SIGNERS: Final = (
    *everywhere("signed by a stranger", _SIGNER, _R.NO_TRUSTED_PATH, by_stranger),
    *everywhere("no certificate", _SIGNER, _R.NO_KEY_MATERIAL, no_chain),
    *everywhere(
        "the signer expired",
        _SIGNER,
        _R.CERTIFICATE_EXPIRED,
        certified(Fault.LEAF_EXPIRED),
        under_the_root,
    ),
    *everywhere(
        "the signer not yet valid",
        _SIGNER,
        _R.CERTIFICATE_NOT_YET_VALID,
        certified(Fault.LEAF_NOT_YET_VALID),
        under_the_root,
    ),
    *everywhere(
        "a signer of code",
        _SIGNER,
        _R.CERTIFICATE_PROFILE,
        code_signer,
        under_the_root,
    ),
    *everywhere(
        "under a root of the same name",
        _SIGNER,
        _R.NO_TRUSTED_PATH,
        certified(Fault.STRANGER_ROOT),
        under_the_root,
    ),
    ListForgery(
        "a certificate too long",
        _SIGNER,
        _R.BUDGET_EXCEEDED,
        big_certificate,
        form=_CBOR,
    ),
)

_SIGNATURES: Final = (
    *everywhere("signed with another key", _SIGNATURE, _R.INVALID, another_key),
    ListForgery(
        "a country changed",
        _SIGNATURE,
        _R.INTEGRITY_MISMATCH,
        octets(b">XX<", b">YY<"),
    ),
    ListForgery(
        "an entry added",
        _SIGNATURE,
        _R.INTEGRITY_MISMATCH,
        octets(b"<TSPService>", b"<TSPService/><TSPService>"),
    ),
    ListForgery(
        "only a part signed",
        _SIGNATURE,
        _R.NOT_COVERED,
        signed(only_a_part),
        identified_scheme,
    ),
    ListForgery(
        "something outside signed", _SIGNATURE, _R.NOT_AT_HAND, signed(outside)
    ),
    ListForgery(
        "no signing certificate named",
        _SIGNATURE,
        _R.ABSENT,
        signed(without_properties),
    ),
    ListForgery(
        "another certificate named",
        _SIGNATURE,
        _R.MISMATCH,
        other_certificate,
    ),
    ListForgery(
        "the digest of another certificate",
        _SIGNATURE,
        _R.MISMATCH,
        digest_of_another,
        form=_JSON,
    ),
    ListForgery(
        "RSA named", _SIGNATURE, _R.ALGORITHM_NOT_ALLOWED, rsa_named_everywhere
    ),
    ListForgery(
        "RSA named where it is allowed",
        _SIGNATURE,
        _R.KEY_UNUSABLE,
        rsa_named_everywhere,
        rs256_allowed,
    ),
    ListForgery(
        "RSA named",
        _SIGNATURE,
        _R.ALGORITHM_NOT_ALLOWED,
        rsa_named_everywhere,
        form=_JSON,
    ),
    ListForgery(
        "RSA named where it is allowed",
        _SIGNATURE,
        _R.KEY_UNUSABLE,
        rsa_named_everywhere,
        rs256_allowed,
        _JSON,
    ),
)

_SCHEMES: Final = (
    ListForgery(
        "of another country",
        _SCHEME,
        _R.MISMATCH,
        lambda made: setattr(made.facts, "territory", "YY"),
    ),
    ListForgery(
        "of another kind",
        _SCHEME,
        _R.MISMATCH,
        lambda made: setattr(made.facts, "type", EU_LIST + "2"),
    ),
    ListForgery(
        "of another country",
        _SCHEME,
        _R.MISMATCH,
        lambda made: setattr(made.facts, "territory", "YY"),
        form=_JSON,
    ),
    ListForgery(
        "of another kind",
        _SCHEME,
        _R.MISMATCH,
        lambda made: setattr(made.facts, "type", EU_LIST),
        form=_JSON,
    ),
    ListForgery(
        "no kind", _SCHEME, _R.MISMATCH, scheme("LoTEType", ABSENT), form=_JSON
    ),
)

_AGES: Final = (
    *everywhere("past its next update", _FRESHNESS, _R.STALE, updated(hours=-1)),
    *everywhere("issued tomorrow", _FRESHNESS, _R.FROM_THE_FUTURE, issued(days=1)),
    *everywhere(
        "older than half a year, whatever it promises",
        _FRESHNESS,
        _R.STALE,
        issued(days=-200),
        updated(days=3_000),
    ),
    ListForgery(
        "closed, and older than the rule has it",
        _FRESHNESS,
        _R.STALE,
        old_without_update,
        no_update,
    ),
    ListForgery(
        "without next update, and older than the rule has it",
        _FRESHNESS,
        _R.STALE,
        old_without_update,
        no_update,
        _CBOR,
    ),
)

_SEQUENCES: Final = (
    *everywhere("a lower number than before", _SEQUENCE, _R.ROLLED_BACK, lower, seen),
    *everywhere(
        "the same number, issued earlier", _SEQUENCE, _R.ROLLED_BACK, earlier, seen
    ),
    ListForgery(
        "without numbers, issued earlier",
        _SEQUENCE,
        _R.ROLLED_BACK,
        earlier,
        no_number,
        _CBOR,
    ),
)

_PIVOTS: Final = (
    ListForgery(
        "a new signer without its pivot",
        _SIGNER,
        _R.NO_TRUSTED_PATH,
        without_pivot,
        by_next_operator,
    ),
    ListForgery(
        "a pivot signed by a stranger",
        _SIGNER,
        _R.NO_TRUSTED_PATH,
        strange_pivot,
        by_next_operator,
    ),
    ListForgery(
        "a pivot that names nobody",
        _SCHEME,
        _R.MISMATCH,
        pivot_to_nobody,
        by_next_operator,
    ),
    ListForgery(
        "a pivot that names a CA",
        _SCHEME,
        _R.MISMATCH,
        pivot_to_a_ca,
        by_next_operator,
    ),
    ListForgery(
        "a list older than its pivot",
        _SEQUENCE,
        _R.ROLLED_BACK,
        newer_pivot,
        by_next_operator,
    ),
)

LIST_FORGERIES: Final = (
    *FORMATS,
    *_SIGNERS,
    *_SIGNATURES,
    *_SCHEMES,
    *_AGES,
    *_SEQUENCES,
    *_PIVOTS,
)
"""Every forged list of trust."""
