"""The one table from (check, reason) to outcome, with its clause and its facts."""

from types import MappingProxyType
from typing import Final

from idwallet.report.bundle_rows import BUNDLE
from idwallet.report.checks import CheckId, Outcome, Reason
from idwallet.report.documents import DOCUMENTS
from idwallet.report.ledger_rows import LEDGER
from idwallet.report.lists import LISTS
from idwallet.report.one_way_rows import ONE_WAY
from idwallet.report.proof_rows import PROOF
from idwallet.report.registration import REGISTRATION
from idwallet.report.row import Row
from idwallet.report.session_rows import SESSION
from idwallet.report.transaction_rows import TRANSACTION

_P, _I, _F = Outcome.PASSED, Outcome.INDETERMINATE, Outcome.FAILED
_C, _R = CheckId, Reason

_VP = "OpenID4VP 1.0"
_SD = "RFC 9901"
_VC = "SD-JWT VC draft 19"
_TSL = "Token Status List draft 21"
_JWS = "RFC 7515"
_JWT = "RFC 7519"
_PKIX = "RFC 5280"
_MDOC = "ISO/IEC 18013-5"
_HOUSE = "idwallet policy"

_REQUEST: Final = {
    (_C.REQUEST_FORMAT, _R.WELL_FORMED): Row(_P, f"{_VP} §5"),
    (_C.REQUEST_FORMAT, _R.MALFORMED): Row(_F, f"{_VP} §5", ("what", "at")),
    (_C.REQUEST_FORMAT, _R.LIMIT_EXCEEDED): Row(_F, f"{_VP} §5", ("what", "at")),
    (_C.REQUEST_FORMAT, _R.UNSUPPORTED): Row(_F, f"{_VP} §5", ("what", "at")),
    (_C.REQUEST_FORMAT, _R.TYP_MISMATCH): Row(_F, f"{_VP} §5", ("found",)),
    (_C.REQUEST_FORMAT, _R.OUTSIDE_PROFILE): Row(_F, f"{_VP} §5", ("what", "at")),
    (_C.REQUEST_SIGNATURE, _R.VALID): Row(_P, f"{_JWS} §5.2"),
    (_C.REQUEST_SIGNATURE, _R.INVALID): Row(_F, f"{_JWS} §5.2"),
    (_C.REQUEST_SIGNATURE, _R.ALGORITHM_NOT_ALLOWED): Row(
        _F, "RFC 8725 §3.1", ("found",)
    ),
    (_C.REQUEST_SIGNATURE, _R.KEY_UNUSABLE): Row(_F, "RFC 7517 §4.2", ("what",)),
    (_C.REQUEST_SIGNATURE, _R.WAITING): Row(_I, f"{_JWS} §5.2", ("waits_for",)),
    (_C.REQUEST_VALIDITY, _R.CURRENT): Row(_P, f"{_JWT} §4.1.4"),
    (_C.REQUEST_VALIDITY, _R.EXPIRED): Row(_F, f"{_JWT} §4.1.4", ("until",)),
    (_C.REQUEST_VALIDITY, _R.NOT_YET_VALID): Row(_F, f"{_JWT} §4.1.5", ("since",)),
    (_C.REQUEST_VALIDITY, _R.MALFORMED): Row(_F, f"{_JWT} §2", ("what", "at")),
    (_C.REQUEST_VALIDITY, _R.WAITING): Row(_I, f"{_JWT} §4.1.4", ("waits_for",)),
    (_C.READER_AUTHORISED, _R.TRUSTED): Row(_P, f"{_VP} §5.9.3", ("name",)),
    (_C.READER_AUTHORISED, _R.KEY_PINNED): Row(_P, f"{_VP} §5.9.2", ("name",)),
    (_C.READER_AUTHORISED, _R.NO_TRUSTED_PATH): Row(_F, f"{_PKIX} §6.1", ("name",)),
    (_C.READER_AUTHORISED, _R.NO_KEY_MATERIAL): Row(_F, f"{_VP} §5.9.3"),
    (_C.READER_AUTHORISED, _R.KEY_NOT_PINNED): Row(_F, f"{_VP} §5.9.2", ("name",)),
    (_C.READER_AUTHORISED, _R.CERTIFICATE_EXPIRED): Row(
        _F, f"{_PKIX} §6.1.3(a)(2)", ("name", "until")
    ),
    (_C.READER_AUTHORISED, _R.CERTIFICATE_NOT_YET_VALID): Row(
        _F, f"{_PKIX} §6.1.3(a)(2)", ("name", "since")
    ),
    (_C.READER_AUTHORISED, _R.CERTIFICATE_PROFILE): Row(
        _F, f"{_PKIX} §6.1.4", ("name", "what")
    ),
    (_C.READER_AUTHORISED, _R.BUDGET_EXCEEDED): Row(_F, _HOUSE, ("name",)),
    (_C.READER_AUTHORISED, _R.CLIENT_ID_MISMATCH): Row(_F, f"{_VP} §5.9.3", ("found",)),
    (_C.READER_AUTHORISED, _R.RESPONSE_URI_MISMATCH): Row(
        _F, f"{_VP} §5.9.3", ("found", "name")
    ),
    (_C.READER_AUTHORISED, _R.ANCHORS_FROM_THE_FUTURE): Row(
        _I, _HOUSE, ("name", "since")
    ),
    (_C.READER_AUTHORISED, _R.ANCHORS_STALE): Row(
        _I, _HOUSE, ("name", "signed", "until")
    ),
    (_C.READER_AUTHORISED, _R.ANCHORS_STALE_ACCEPTED): Row(
        _P, _HOUSE, ("name", "signed", "until")
    ),
    (_C.READER_AUTHORISED, _R.SIGNED_AFTER_DISTRUST): Row(
        _F, _HOUSE, ("name", "since")
    ),
    (_C.READER_AUTHORISED, _R.SIGNED_BEFORE_DISTRUST_UNPROVEN): Row(
        _I, _HOUSE, ("name", "since")
    ),
    (_C.READER_AUTHORISED, _R.DEVIATIONS_ACCEPTED): Row(
        _P, f"{_MDOC} §B.1.7", ("name", "what")
    ),
    (_C.READER_AUTHORISED, _R.ANONYMOUS_ACCEPTED): Row(_P, f"{_MDOC} §9.1.4"),
    (_C.READER_AUTHORISED, _R.MISMATCH): Row(_F, f"{_MDOC} §9.1.4", ("found", "name")),
    (_C.READER_AUTHORISED, _R.WAITING): Row(_I, f"{_VP} §5.9.3", ("waits_for",)),
}

_ISSUER: Final = {
    (_C.ISSUER_SIGNATURE, _R.VALID): Row(_P, f"{_SD} §7.1 step 2.b"),
    (_C.ISSUER_SIGNATURE, _R.INVALID): Row(_F, f"{_SD} §7.1 step 2.b"),
    (_C.ISSUER_SIGNATURE, _R.ALGORITHM_NOT_ALLOWED): Row(
        _F, f"{_SD} §7.1 step 2.a", ("found",)
    ),
    (_C.ISSUER_SIGNATURE, _R.KEY_UNUSABLE): Row(_F, "RFC 7517 §4.2", ("what",)),
    (_C.ISSUER_SIGNATURE, _R.WAITING): Row(_I, f"{_SD} §7.1 step 2.b", ("waits_for",)),
    (_C.ISSUER_TRUST, _R.TRUSTED): Row(_P, f"{_PKIX} §6.1", ("name", "until")),
    (_C.ISSUER_TRUST, _R.KEY_PINNED): Row(_P, f"{_VC} §2.5", ("name",)),
    (_C.ISSUER_TRUST, _R.NO_TRUSTED_PATH): Row(_F, f"{_PKIX} §6.1", ("name",)),
    (_C.ISSUER_TRUST, _R.NO_KEY_MATERIAL): Row(_F, f"{_VC} §2.5"),
    (_C.ISSUER_TRUST, _R.KEY_NOT_PINNED): Row(_F, f"{_VC} §2.5", ("name",)),
    (_C.ISSUER_TRUST, _R.NAME_NOT_REGISTERED): Row(
        _F, f"{_VC} §2.5", ("found", "name")
    ),
    (_C.ISSUER_TRUST, _R.TYPE_NOT_REGISTERED): Row(_F, _HOUSE, ("found", "name")),
    (_C.ISSUER_TRUST, _R.CERTIFICATE_EXPIRED): Row(
        _F, f"{_PKIX} §6.1.3(a)(2)", ("name", "until")
    ),
    (_C.ISSUER_TRUST, _R.CERTIFICATE_NOT_YET_VALID): Row(
        _F, f"{_PKIX} §6.1.3(a)(2)", ("name", "since")
    ),
    (_C.ISSUER_TRUST, _R.CERTIFICATE_PROFILE): Row(
        _F, f"{_PKIX} §6.1.4", ("name", "what")
    ),
    (_C.ISSUER_TRUST, _R.BUDGET_EXCEEDED): Row(_F, _HOUSE, ("name",)),
    (_C.ISSUER_TRUST, _R.ANCHORS_FROM_THE_FUTURE): Row(_I, _HOUSE, ("name", "since")),
    (_C.ISSUER_TRUST, _R.ANCHORS_STALE): Row(_I, _HOUSE, ("name", "signed", "until")),
    (_C.ISSUER_TRUST, _R.ANCHORS_STALE_ACCEPTED): Row(
        _P, _HOUSE, ("name", "signed", "until")
    ),
    (_C.ISSUER_TRUST, _R.SIGNED_AFTER_DISTRUST): Row(_F, _HOUSE, ("name", "since")),
    (_C.ISSUER_TRUST, _R.SIGNED_BEFORE_DISTRUST): Row(
        _P, _HOUSE, ("name", "since", "signed")
    ),
    (_C.ISSUER_TRUST, _R.SIGNED_BEFORE_DISTRUST_UNPROVEN): Row(
        _I, _HOUSE, ("name", "since")
    ),
    (_C.ISSUER_TRUST, _R.DEVIATIONS_ACCEPTED): Row(
        _P, f"{_MDOC} §B.1", ("name", "until", "what")
    ),
    (_C.ISSUER_TRUST, _R.COUNTRY_MISMATCH): Row(
        _F, f"{_MDOC} §B.1.4", ("name", "found")
    ),
    (_C.ISSUER_REVOCATION, _R.NOT_REVOKED): Row(
        _P, f"{_PKIX} §6.3", ("name", "signed", "until")
    ),
    (_C.ISSUER_REVOCATION, _R.KEY_PINNED): Row(_P, f"{_VC} §2.5", ("name",)),
    (_C.ISSUER_REVOCATION, _R.REVOKED): Row(
        _F, f"{_PKIX} §5.3.1", ("name", "since", "signed", "what")
    ),
    (_C.ISSUER_REVOCATION, _R.ON_HOLD): Row(
        _I, f"{_PKIX} §5.3.1", ("name", "since", "signed")
    ),
    (_C.ISSUER_REVOCATION, _R.STALE): Row(_I, f"{_PKIX} §6.3.3(a)", ("name", "what")),
    (_C.ISSUER_REVOCATION, _R.CLOCK_BEFORE_EVIDENCE): Row(
        _I, f"{_PKIX} §5.1.2.4", ("name", "what")
    ),
    (_C.ISSUER_REVOCATION, _R.UNKNOWN): Row(_I, f"{_PKIX} §6.3", ("name", "what")),
    (_C.ISSUER_REVOCATION, _R.UNKNOWN_ACCEPTED): Row(_P, _HOUSE, ("name", "what")),
    (_C.ISSUER_REVOCATION, _R.NOT_REQUIRED_ACCEPTED): Row(_P, _HOUSE, ("name",)),
    (_C.ISSUER_REVOCATION, _R.WAITING): Row(_I, f"{_PKIX} §6.3", ("waits_for",)),
}

_CREDENTIAL: Final = {
    (_C.CREDENTIAL_FORMAT, _R.WELL_FORMED): Row(_P, f"{_SD} §4"),
    (_C.CREDENTIAL_FORMAT, _R.MALFORMED): Row(_F, f"{_SD} §4", ("what", "at")),
    (_C.CREDENTIAL_FORMAT, _R.LIMIT_EXCEEDED): Row(_F, f"{_SD} §4", ("what", "at")),
    (_C.CREDENTIAL_FORMAT, _R.UNSUPPORTED): Row(_F, f"{_SD} §4", ("what", "at")),
    (_C.CREDENTIAL_TYPE, _R.ACCEPTED): Row(_P, f"{_VC} §2.2.2.1", ("found",)),
    (_C.CREDENTIAL_TYPE, _R.TYPE_ABSENT): Row(_F, f"{_VC} §2.2.2.1"),
    (_C.CREDENTIAL_TYPE, _R.MALFORMED): Row(_F, f"{_VC} §2.2.2.2", ("what", "at")),
    (_C.CREDENTIAL_TYPE, _R.TYP_MISMATCH): Row(_F, f"{_VC} §2.2.1", ("found",)),
    (_C.CREDENTIAL_TYPE, _R.MISMATCH): Row(_F, f"{_MDOC} §9.3.1", ("found",)),
    (_C.CREDENTIAL_TYPE, _R.WAITING): Row(_I, f"{_VC} §2.2.2.1", ("waits_for",)),
    (_C.CREDENTIAL_METADATA, _R.MATCHES): Row(_P, f"{_VC} §5.7", ("found",)),
    (_C.CREDENTIAL_METADATA, _R.NOT_AT_HAND): Row(_I, f"{_VC} §5.3", ("found",)),
    (_C.CREDENTIAL_METADATA, _R.NOT_AT_HAND_ACCEPTED): Row(
        _P, f"{_VC} §5.7", ("found",)
    ),
    (_C.CREDENTIAL_METADATA, _R.INTEGRITY_MISMATCH): Row(_F, f"{_VC} §6", ("found",)),
    (_C.CREDENTIAL_METADATA, _R.MALFORMED): Row(_F, f"{_VC} §5.2", ("what", "at")),
    (_C.CREDENTIAL_METADATA, _R.EXTENDS_BROKEN): Row(_F, f"{_VC} §5.4", ("what",)),
    (_C.CREDENTIAL_METADATA, _R.MANDATORY_CLAIM_MISSING): Row(
        _F, f"{_VC} §5.6.3", ("paths",)
    ),
    (_C.CREDENTIAL_METADATA, _R.DISCLOSURE_RULE_BROKEN): Row(
        _F, f"{_VC} §5.6.4", ("paths",)
    ),
    (_C.CREDENTIAL_METADATA, _R.WAITING): Row(_I, f"{_VC} §5.7", ("waits_for",)),
    (_C.CREDENTIAL_VALIDITY, _R.CURRENT): Row(_P, f"{_JWT} §4.1.4", ("until",)),
    (_C.CREDENTIAL_VALIDITY, _R.EXPIRED): Row(_F, f"{_JWT} §4.1.4", ("until",)),
    (_C.CREDENTIAL_VALIDITY, _R.NOT_YET_VALID): Row(_F, f"{_JWT} §4.1.5", ("since",)),
    (_C.CREDENTIAL_VALIDITY, _R.ISSUED_IN_THE_FUTURE): Row(
        _F, f"{_JWT} §4.1.6", ("since",)
    ),
    (_C.CREDENTIAL_VALIDITY, _R.SIGNED_OUTSIDE_CERTIFICATE): Row(
        _F, f"{_MDOC} §9.3.1", ("signed",)
    ),
    (_C.CREDENTIAL_VALIDITY, _R.UPDATE_OVERDUE): Row(
        _P, f"{_MDOC} §9.1.2.4", ("since", "until")
    ),
    (_C.CREDENTIAL_VALIDITY, _R.NO_EXPIRY): Row(_F, f"{_SD} §7.1 step 6"),
    (_C.CREDENTIAL_VALIDITY, _R.NO_EXPIRY_ACCEPTED): Row(_P, f"{_VC} §2.2.2.3"),
    (_C.CREDENTIAL_VALIDITY, _R.MISMATCH): Row(_F, f"{_JWT} §4.1.3"),
    (_C.CREDENTIAL_VALIDITY, _R.MALFORMED): Row(_F, f"{_JWT} §2", ("what", "at")),
    (_C.CREDENTIAL_VALIDITY, _R.WAITING): Row(_I, f"{_SD} §7.1 step 6", ("waits_for",)),
    (_C.CREDENTIAL_STATUS, _R.NOT_REVOKED): Row(
        _P, f"{_TSL} §8.3 step 7", ("found", "signed")
    ),
    (_C.CREDENTIAL_STATUS, _R.NOT_REVOKED_STALE_ACCEPTED): Row(
        _P, f"{_TSL} §8.3 step 4.d", ("found", "signed")
    ),
    (_C.CREDENTIAL_STATUS, _R.REVOKED): Row(_F, f"{_TSL} §7.1", ("found", "signed")),
    (_C.CREDENTIAL_STATUS, _R.SUSPENDED): Row(_F, f"{_TSL} §7.1", ("found", "signed")),
    (_C.CREDENTIAL_STATUS, _R.INDEX_OUT_OF_BOUNDS): Row(
        _F, f"{_TSL} §8.3 step 6", ("found", "signed")
    ),
    (_C.CREDENTIAL_STATUS, _R.APPLICATION_SPECIFIC): Row(
        _I, f"{_TSL} §7.1", ("found", "signed")
    ),
    (_C.CREDENTIAL_STATUS, _R.UNASSIGNED): Row(_I, f"{_TSL} §7.1", ("found", "signed")),
    (_C.CREDENTIAL_STATUS, _R.STATUS_LIST_NEEDED): Row(_I, f"{_TSL} §8.3", ("found",)),
    (_C.CREDENTIAL_STATUS, _R.LIST_REFUSED): Row(
        _I, f"{_TSL} §8.3 step 3", ("found", "what")
    ),
    (_C.CREDENTIAL_STATUS, _R.LIST_EXPIRED): Row(
        _I, f"{_TSL} §8.3 step 4.c", ("found", "signed", "until")
    ),
    (_C.CREDENTIAL_STATUS, _R.LIST_STALE): Row(
        _I, f"{_TSL} §8.3 step 4.d", ("found", "signed", "window")
    ),
    (_C.CREDENTIAL_STATUS, _R.LIST_FROM_THE_FUTURE): Row(
        _I, f"{_TSL} §8.3 step 4.b", ("found", "signed")
    ),
    (_C.CREDENTIAL_STATUS, _R.NO_STATUS): Row(_F, _HOUSE),
    (_C.CREDENTIAL_STATUS, _R.NO_STATUS_ACCEPTED): Row(_P, f"{_VC} §2.2.2.3"),
    (_C.CREDENTIAL_STATUS, _R.STATUS_NOT_REQUIRED_ACCEPTED): Row(
        _P, f"{_TSL} §8.3", ("found",)
    ),
    (_C.CREDENTIAL_STATUS, _R.MALFORMED): Row(_F, f"{_TSL} §6.2", ("what", "at")),
    (_C.CREDENTIAL_STATUS, _R.UNSUPPORTED): Row(_I, f"{_TSL} §6.1", ("what",)),
    (_C.CREDENTIAL_STATUS, _R.WAITING): Row(_I, f"{_TSL} §8.3", ("waits_for",)),
    (_C.CREDENTIAL_TRACKING, _R.LIST_SHARED): Row(
        _P, f"{_TSL} §12.2", ("found", "entries")
    ),
    (_C.CREDENTIAL_TRACKING, _R.LIST_TOO_SMALL_ACCEPTED): Row(
        _P, f"{_TSL} §12.2", ("found", "entries")
    ),
    (_C.CREDENTIAL_TRACKING, _R.WAITING): Row(_I, f"{_TSL} §12.2", ("waits_for",)),
    (_C.CREDENTIAL_DISCLOSURES, _R.ALL_MATCH): Row(_P, f"{_SD} §7.1 step 3"),
    (_C.CREDENTIAL_DISCLOSURES, _R.MALFORMED): Row(
        _F, f"{_SD} §7.1 step 3.c", ("what", "at")
    ),
    (_C.CREDENTIAL_DISCLOSURES, _R.LIMIT_EXCEEDED): Row(
        _F, f"{_SD} §7.1 step 3", ("what", "at")
    ),
    (_C.CREDENTIAL_DISCLOSURES, _R.NOT_REFERENCED): Row(
        _F, f"{_SD} §7.1 step 5", ("at",)
    ),
    (_C.CREDENTIAL_DISCLOSURES, _R.INTEGRITY_MISMATCH): Row(
        _F, f"{_MDOC} §9.3.1", ("at",)
    ),
    (_C.CREDENTIAL_DISCLOSURES, _R.DIGEST_REPEATED): Row(
        _F, f"{_SD} §7.1 step 4", ("at",)
    ),
    (_C.CREDENTIAL_DISCLOSURES, _R.NAME_FORBIDDEN): Row(
        _F, f"{_SD} §7.1 step 3.c.ii.2", ("at",)
    ),
    (_C.CREDENTIAL_DISCLOSURES, _R.NAME_REPEATED): Row(
        _F, f"{_SD} §7.1 step 3.c.ii.3", ("at",)
    ),
    (_C.CREDENTIAL_DISCLOSURES, _R.HASH_UNSUPPORTED): Row(
        _F, f"{_SD} §7.1 step 2.d", ("found",)
    ),
    (_C.CREDENTIAL_DISCLOSURES, _R.CLAIM_NEVER_DISCLOSABLE): Row(
        _F, f"{_VC} §2.2.2.3", ("at",)
    ),
}

_HOLDER: Final = {
    (_C.HOLDER_BINDING, _R.PROVEN): Row(_P, f"{_SD} §7.3 step 5"),
    (_C.HOLDER_BINDING, _R.ABSENT): Row(_F, f"{_SD} §7.3 step 2"),
    (_C.HOLDER_BINDING, _R.KEY_ABSENT): Row(_F, f"{_SD} §7.3 step 5.a"),
    (_C.HOLDER_BINDING, _R.INVALID): Row(_F, f"{_SD} §7.3 step 5.c"),
    (_C.HOLDER_BINDING, _R.MALFORMED): Row(_F, f"{_SD} §7.3 step 5.h", ("what", "at")),
    (_C.HOLDER_BINDING, _R.ALGORITHM_NOT_ALLOWED): Row(
        _F, f"{_SD} §7.3 step 5.b", ("found",)
    ),
    (_C.HOLDER_BINDING, _R.KEY_UNUSABLE): Row(_F, f"{_SD} §7.3 step 5.a", ("what",)),
    (_C.HOLDER_BINDING, _R.TYP_MISMATCH): Row(_F, f"{_SD} §7.3 step 5.d", ("found",)),
    (_C.HOLDER_BINDING, _R.PRESENTATION_HASH_MISMATCH): Row(_F, f"{_SD} §7.3 step 5.g"),
    (_C.HOLDER_BINDING, _R.HASHED_OTHERWISE): Row(
        _F, f"{_SD} §7.3 step 5.g", ("what",)
    ),
    (_C.HOLDER_BINDING, _R.BINDING_NOT_REQUIRED_ACCEPTED): Row(_P, f"{_VP} §6.1"),
    (_C.HOLDER_BINDING, _R.KEY_HELD): Row(_P, f"{_SD} §7.2"),
    (_C.HOLDER_BINDING, _R.KEY_NOT_HELD): Row(_F, f"{_SD} §7.2"),
    (_C.HOLDER_BINDING, _R.UNEXPECTED): Row(_F, f"{_SD} §7.2"),
    (_C.HOLDER_BINDING, _R.TRANSCRIPT_MISMATCH): Row(_F, f"{_MDOC} §9.1.3", ("what",)),
    (_C.HOLDER_BINDING, _R.NOT_AUTHORIZED): Row(_F, f"{_MDOC} §9.1.2.4", ("at",)),
    (_C.HOLDER_BINDING, _R.WAITING): Row(_I, f"{_SD} §7.3 step 5", ("waits_for",)),
    (_C.HOLDER_PRESENCE, _R.ATTESTED): Row(_P, "EUDI TS12 §3.6", ("what",)),
    (_C.HOLDER_PRESENCE, _R.PORTRAIT_COMPARED): Row(_P, _HOUSE, ("by", "compared")),
    (_C.HOLDER_PRESENCE, _R.PORTRAIT_DIFFERS): Row(_F, _HOUSE, ("by", "compared")),
    (_C.HOLDER_PRESENCE, _R.COMPARED_TOO_LATE): Row(
        _F, _HOUSE, ("by", "compared", "until")
    ),
    (_C.HOLDER_PRESENCE, _R.NOT_ESTABLISHED): Row(_I, _HOUSE),
    (_C.HOLDER_PRESENCE, _R.NOT_ESTABLISHED_ACCEPTED): Row(_P, _HOUSE),
}

_PRESENTATION: Final = {
    (_C.PRESENTATION_FORMAT, _R.WELL_FORMED): Row(_P, f"{_VP} §8.1"),
    (_C.PRESENTATION_FORMAT, _R.MALFORMED): Row(_F, f"{_VP} §8.1", ("what", "at")),
    (_C.PRESENTATION_FORMAT, _R.LIMIT_EXCEEDED): Row(_F, f"{_VP} §8.1", ("what", "at")),
    (_C.PRESENTATION_FORMAT, _R.UNSUPPORTED): Row(_F, f"{_VP} §8.1", ("what", "at")),
    (_C.PRESENTATION_FORMAT, _R.DECLINED): Row(_F, f"{_VP} §8.5"),
    (_C.PRESENTATION_NONCE, _R.MATCHES): Row(_P, f"{_VP} §14.1.2"),
    (_C.PRESENTATION_NONCE, _R.MISMATCH): Row(_F, f"{_VP} §14.1.2"),
    (_C.PRESENTATION_NONCE, _R.OTHER_INPUT): Row(_F, f"{_VP} §14.1.2", ("what",)),
    (_C.PRESENTATION_NONCE, _R.ABSENT): Row(_F, f"{_SD} §7.3 step 5.f"),
    (_C.PRESENTATION_NONCE, _R.BINDING_NOT_REQUIRED_ACCEPTED): Row(_P, f"{_VP} §6.1"),
    (_C.PRESENTATION_NONCE, _R.WAITING): Row(_I, f"{_VP} §14.1.2", ("waits_for",)),
    (_C.PRESENTATION_AUDIENCE, _R.MATCHES): Row(_P, f"{_VP} §14.1.2"),
    (_C.PRESENTATION_AUDIENCE, _R.MISMATCH): Row(_F, f"{_VP} §14.1.2"),
    (_C.PRESENTATION_AUDIENCE, _R.OTHER_INPUT): Row(_F, f"{_VP} §14.1.2", ("what",)),
    (_C.PRESENTATION_AUDIENCE, _R.ABSENT): Row(_F, f"{_SD} §7.3 step 5.f"),
    (_C.PRESENTATION_AUDIENCE, _R.BINDING_NOT_REQUIRED_ACCEPTED): Row(
        _P, f"{_VP} §6.1"
    ),
    (_C.PRESENTATION_AUDIENCE, _R.WAITING): Row(_I, f"{_VP} §14.1.2", ("waits_for",)),
    (_C.PRESENTATION_FRESHNESS, _R.FRESH): Row(_P, f"{_SD} §7.3 step 5.e"),
    (_C.PRESENTATION_FRESHNESS, _R.TOO_OLD): Row(
        _F, f"{_SD} §7.3 step 5.e", ("signed", "window")
    ),
    (_C.PRESENTATION_FRESHNESS, _R.FROM_THE_FUTURE): Row(
        _F, f"{_SD} §7.3 step 5.e", ("signed",)
    ),
    (_C.PRESENTATION_FRESHNESS, _R.ABSENT): Row(_F, f"{_SD} §4.3"),
    (_C.PRESENTATION_FRESHNESS, _R.REQUEST_EXPIRED): Row(_F, _HOUSE, ("until",)),
    (_C.PRESENTATION_FRESHNESS, _R.BINDING_NOT_REQUIRED_ACCEPTED): Row(
        _P, f"{_VP} §6.1"
    ),
    (_C.PRESENTATION_FRESHNESS, _R.WAITING): Row(
        _I, f"{_SD} §7.3 step 5.e", ("waits_for",)
    ),
    (_C.PRESENTATION_REPLAY, _R.FIRST_USE): Row(_P, f"{_VP} §14.1"),
    (_C.PRESENTATION_REPLAY, _R.SAME_RESPONSE_AGAIN): Row(_P, f"{_VP} §14.1"),
    (_C.PRESENTATION_REPLAY, _R.ALREADY_USED): Row(_F, f"{_VP} §14.1"),
    (_C.PRESENTATION_REPLAY, _R.MISMATCH): Row(_F, f"{_VP} §5.3"),
    (_C.PRESENTATION_QUERY, _R.ANSWERED): Row(_P, f"{_VP} §8.6"),
    (_C.PRESENTATION_QUERY, _R.SURPLUS_WITHHELD): Row(_P, f"{_VP} §6.4", ("paths",)),
    (_C.PRESENTATION_QUERY, _R.CREDENTIAL_MISSING): Row(
        _F, f"{_VP} §6.4.2", ("credentials",)
    ),
    (_C.PRESENTATION_QUERY, _R.CREDENTIAL_NOT_REQUESTED): Row(
        _F, f"{_VP} §8.1", ("credentials",)
    ),
    (_C.PRESENTATION_QUERY, _R.TOO_MANY_CREDENTIALS): Row(_F, f"{_VP} §8.1"),
    (_C.PRESENTATION_QUERY, _R.TYPE_NOT_REQUESTED): Row(
        _F, f"{_VP} §6.1, B.3.5", ("found",)
    ),
    (_C.PRESENTATION_QUERY, _R.AUTHORITY_NOT_REQUESTED): Row(_F, f"{_VP} §6.1.1"),
    (_C.PRESENTATION_QUERY, _R.CLAIM_MISSING): Row(_F, f"{_VP} §6.4.1", ("paths",)),
    (_C.PRESENTATION_QUERY, _R.VALUE_DIFFERS): Row(_F, f"{_VP} §6.3", ("paths",)),
    (_C.PRESENTATION_QUERY, _R.WAITING): Row(_I, f"{_VP} §8.6", ("waits_for",)),
}

TABLE: Final = MappingProxyType(
    {
        **_REQUEST,
        **LISTS,
        **REGISTRATION,
        **_ISSUER,
        **_CREDENTIAL,
        **_HOLDER,
        **_PRESENTATION,
        **ONE_WAY,
        **TRANSACTION,
        **PROOF,
        **LEDGER,
        **BUNDLE,
        **DOCUMENTS,
        **SESSION,
    }
)
"""Every (check, reason) there is, and what it comes to. Nothing else decides."""
