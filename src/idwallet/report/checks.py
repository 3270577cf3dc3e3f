"""The closed set of checks that a verdict is made of."""

from enum import StrEnum


class CheckId(StrEnum):
    """One question that an evaluation answers about what it was given.

    The set is closed: adding a member is a minor release, renaming one a major
    release. What each member means, its reasons and its clauses stand in
    ``docs/reference/checks.md``, generated from `idwallet.report.table`.
    """

    # A member is looked up dozens of times a verdict; Enum's own hash is Python code.
    __hash__ = str.__hash__

    # What a verifier asked for, judged by the holder.
    REQUEST_FORMAT = "request.format"
    REQUEST_SIGNATURE = "request.signature"
    REQUEST_VALIDITY = "request.validity"
    READER_ATTESTATION = "reader.attestation"
    READER_AUTHORISED = "reader.authorised"
    READER_REVOCATION = "reader.revocation"
    READER_REGISTERED = "reader.registered"

    # A list of trust, in any of its forms.
    TRUSTED_LIST_FORMAT = "trusted_list.format"
    TRUSTED_LIST_SIGNER = "trusted_list.signer"
    TRUSTED_LIST_SIGNATURE = "trusted_list.signature"
    TRUSTED_LIST_SCHEME = "trusted_list.scheme"
    TRUSTED_LIST_FRESHNESS = "trusted_list.freshness"
    TRUSTED_LIST_SEQUENCE = "trusted_list.sequence"

    # The registration of who asks (ETSI TS 119 475).
    REGISTRATION_FORMAT = "registration.format"
    REGISTRATION_TRUST = "registration.trust"
    REGISTRATION_SIGNATURE = "registration.signature"
    REGISTRATION_VALIDITY = "registration.validity"
    REGISTRATION_SUBJECT = "registration.subject"
    REGISTRATION_STATUS = "registration.status"

    # Who issued a credential.
    ISSUER_SIGNATURE = "issuer.signature"
    ISSUER_TRUST = "issuer.trust"
    ISSUER_REVOCATION = "issuer.revocation"

    # The credential itself.
    CREDENTIAL_FORMAT = "credential.format"
    CREDENTIAL_TYPE = "credential.type"
    CREDENTIAL_METADATA = "credential.metadata"
    CREDENTIAL_VALIDITY = "credential.validity"
    CREDENTIAL_STATUS = "credential.status"
    CREDENTIAL_TRACKING = "credential.tracking"
    CREDENTIAL_DISCLOSURES = "credential.disclosures"

    # A signed document, each signature on it and each timestamp on those.
    DOCUMENT_FORMAT = "document.format"
    DOCUMENT_INTEGRITY = "document.integrity"
    DOCUMENT_CONTENTS = "document.contents"
    DOCUMENT_COVERAGE = "document.coverage"
    DOCUMENT_CHANGES = "document.changes"
    SIGNER_SIGNATURE = "signer.signature"
    SIGNATURE_PROFILE = "signature.profile"
    SIGNER_TRUST = "signer.trust"
    SIGNER_REVOCATION = "signer.revocation"
    TIMESTAMP_TRUST = "timestamp.trust"

    # Who holds it.
    HOLDER_BINDING = "holder.binding"
    HOLDER_PRESENCE = "holder.presence"
    HOLDER_DELEGATION = "holder.delegation"

    # This one act of showing it.
    PRESENTATION_FORMAT = "presentation.format"
    PRESENTATION_NONCE = "presentation.nonce"
    PRESENTATION_AUDIENCE = "presentation.audience"
    PRESENTATION_FRESHNESS = "presentation.freshness"
    PRESENTATION_RELAY = "presentation.relay"
    PRESENTATION_REPLAY = "presentation.replay"
    PRESENTATION_QUERY = "presentation.query"
    PRESENTATION_TRANSACTION = "presentation.transaction"

    # A proof of possession shown to an issuer.
    PROOF_FORMAT = "proof.format"
    PROOF_SIGNATURE = "proof.signature"
    PROOF_AUDIENCE = "proof.audience"
    PROOF_NONCE = "proof.nonce"
    PROOF_FRESHNESS = "proof.freshness"

    # What the one who asked signed afterwards, and a ledger of what was shown.
    RECEIPT_FORMAT = "receipt.format"
    RECEIPT_SIGNER = "receipt.signer"
    RECEIPT_SIGNATURE = "receipt.signature"
    RECEIPT_REQUEST = "receipt.request"
    RECEIPT_DISCLOSURE = "receipt.disclosure"
    RECEIPT_PURPOSE = "receipt.purpose"
    RECEIPT_FRESHNESS = "receipt.freshness"
    LEDGER_FORMAT = "ledger.format"
    LEDGER_CHAIN = "ledger.chain"
    LEDGER_ANCHOR = "ledger.anchor"
    LEDGER_COMPLETENESS = "ledger.completeness"

    # A trust bundle that a device was given.
    BUNDLE_FORMAT = "bundle.format"
    BUNDLE_OPERATOR = "bundle.operator"
    BUNDLE_SIGNATURE = "bundle.signature"
    BUNDLE_INTEGRITY = "bundle.integrity"
    BUNDLE_SEQUENCE = "bundle.sequence"
    BUNDLE_FRESHNESS = "bundle.freshness"

    # A signing session that came back with a signature.
    SESSION_FORMAT = "session.format"
    SESSION_SEAL = "session.seal"
    SESSION_VALIDITY = "session.validity"
    SESSION_DOCUMENT = "session.document"
    SESSION_SIGNATURE = "session.signature"
    SESSION_REPLAY = "session.replay"


class Outcome(StrEnum):
    """What a check, or a whole report, comes to."""

    PASSED = "passed"
    INDETERMINATE = "indeterminate"
    FAILED = "failed"


class Reason(StrEnum):
    """Why a check came out as it did; `idwallet.report.table` pairs it with checks.

    What only a policy lets pass ends in ``_accepted`` and is never the same reason
    with another outcome.
    """

    __hash__ = str.__hash__  # as in CheckId

    # Shared by many checks.
    WAITING = "waiting"
    MALFORMED = "malformed"
    LIMIT_EXCEEDED = "limit_exceeded"
    UNSUPPORTED = "unsupported"
    OUTSIDE_PROFILE = "outside_profile"
    WELL_FORMED = "well_formed"
    VALID = "valid"
    INVALID = "invalid"
    ABSENT = "absent"
    MATCHES = "matches"
    MISMATCH = "mismatch"
    CURRENT = "current"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    FRESH = "fresh"
    TOO_OLD = "too_old"
    FROM_THE_FUTURE = "from_the_future"
    ALGORITHM_NOT_ALLOWED = "algorithm_not_allowed"
    KEY_UNUSABLE = "key_unusable"
    TYP_MISMATCH = "typ_mismatch"

    # Trust in a signer.
    TRUSTED = "trusted"
    KEY_PINNED = "key_pinned"
    NO_TRUSTED_PATH = "no_trusted_path"
    NO_KEY_MATERIAL = "no_key_material"
    KEY_NOT_PINNED = "key_not_pinned"
    KEY_AMBIGUOUS = "key_ambiguous"
    NAME_NOT_REGISTERED = "name_not_registered"
    TYPE_NOT_REGISTERED = "type_not_registered"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid"
    CERTIFICATE_PROFILE = "certificate_profile"
    BUDGET_EXCEEDED = "budget_exceeded"
    CLIENT_ID_MISMATCH = "client_id_mismatch"
    RESPONSE_URI_MISMATCH = "response_uri_mismatch"
    ANCHORS_FROM_THE_FUTURE = "anchors_from_the_future"
    ANCHORS_STALE = "anchors_stale"
    ANCHORS_STALE_ACCEPTED = "anchors_stale_accepted"
    SIGNED_AFTER_DISTRUST = "signed_after_distrust"
    SIGNED_BEFORE_DISTRUST = "signed_before_distrust"
    SIGNED_BEFORE_DISTRUST_UNPROVEN = "signed_before_distrust_unproven"
    DEVIATIONS_ACCEPTED = "deviations_accepted"
    ANONYMOUS_ACCEPTED = "anonymous_accepted"
    ANONYMOUS = "anonymous"
    ADMITTED_ACCEPTED = "admitted_accepted"
    CLAIM_NOT_ADMITTED = "claim_not_admitted"
    ORIGIN_MISMATCH = "origin_mismatch"
    OTHER_INPUT = "other_input"
    HASHED_OTHERWISE = "hashed_otherwise"
    IDENTIFIER_KNOWN = "identifier_known"
    KEY_NOT_IN_IDENTIFIER = "key_not_in_identifier"
    DID_DOCUMENT_NEEDED = "did_document_needed"
    DID_DOCUMENT_REFUSED = "did_document_refused"
    REGISTERED = "registered"
    ABSENT_ACCEPTED = "absent_accepted"
    REGISTRATION_REPEATED = "registration_repeated"
    REGISTRARS_UNKNOWN_ACCEPTED = "registrars_unknown_accepted"
    COUNTRY_MISMATCH = "country_mismatch"
    OUT_OF_ORDER = "out_of_order"

    # Whether a certificate or a credential was taken back.
    NOT_REVOKED = "not_revoked"
    NOT_REVOKED_STALE_ACCEPTED = "not_revoked_stale_accepted"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    ON_HOLD = "on_hold"
    UNKNOWN = "unknown"
    UNKNOWN_ACCEPTED = "unknown_accepted"
    NOT_REQUIRED_ACCEPTED = "not_required_accepted"
    CLOCK_BEFORE_EVIDENCE = "clock_before_evidence"

    # A list of trust, and a container of documents.
    NOT_COVERED = "not_covered"
    SIGNED_BY_OTHERS = "signed_by_others"
    SIGNED_BY_OTHERS_ACCEPTED = "signed_by_others_accepted"

    # The credential.
    ACCEPTED = "accepted"
    TYPE_ABSENT = "type_absent"
    NOT_AT_HAND = "not_at_hand"
    NOT_AT_HAND_ACCEPTED = "not_at_hand_accepted"
    INTEGRITY_MISMATCH = "integrity_mismatch"
    EXTENDS_BROKEN = "extends_broken"
    MANDATORY_CLAIM_MISSING = "mandatory_claim_missing"
    DISCLOSURE_RULE_BROKEN = "disclosure_rule_broken"
    NO_EXPIRY = "no_expiry"
    NO_EXPIRY_ACCEPTED = "no_expiry_accepted"
    ISSUED_IN_THE_FUTURE = "issued_in_the_future"
    SIGNED_OUTSIDE_CERTIFICATE = "signed_outside_certificate"
    UPDATE_OVERDUE = "update_overdue"
    STATUS_LIST_NEEDED = "status_list_needed"
    INDEX_OUT_OF_BOUNDS = "index_out_of_bounds"
    APPLICATION_SPECIFIC = "application_specific"
    UNASSIGNED = "unassigned"
    LIST_REFUSED = "list_refused"
    LIST_EXPIRED = "list_expired"
    LIST_STALE = "list_stale"
    LIST_FROM_THE_FUTURE = "list_from_the_future"
    LIST_SHARED = "list_shared"
    LIST_TOO_SMALL_ACCEPTED = "list_too_small_accepted"
    NO_STATUS = "no_status"
    NO_STATUS_ACCEPTED = "no_status_accepted"
    STATUS_NOT_REQUIRED_ACCEPTED = "status_not_required_accepted"
    SHORT_LIVED = "short_lived"
    ALL_MATCH = "all_match"
    NOT_REFERENCED = "not_referenced"
    DIGEST_REPEATED = "digest_repeated"
    NAME_FORBIDDEN = "name_forbidden"
    NAME_REPEATED = "name_repeated"
    HASH_UNSUPPORTED = "hash_unsupported"
    CLAIM_NEVER_DISCLOSABLE = "claim_never_disclosable"

    # What changed in a document after it was signed.
    UNCHANGED = "unchanged"
    EXTENDED = "extended"
    PERMITTED = "permitted"
    FORM_FILLED = "form_filled"
    ANNOTATED = "annotated"
    CONTENT_COVERED = "content_covered"
    CHANGED = "changed"

    # The holder.
    PROVEN = "proven"
    KEY_ABSENT = "key_absent"
    PRESENTATION_HASH_MISMATCH = "presentation_hash_mismatch"
    BINDING_NOT_REQUIRED_ACCEPTED = "binding_not_required_accepted"
    KEY_HELD = "key_held"
    KEY_NOT_HELD = "key_not_held"
    UNEXPECTED = "unexpected"
    TRANSCRIPT_MISMATCH = "transcript_mismatch"
    NOT_AUTHORIZED = "not_authorized"
    ATTESTED = "attested"
    PORTRAIT_COMPARED = "portrait_compared"
    PORTRAIT_DIFFERS = "portrait_differs"
    COMPARED_TOO_LATE = "compared_too_late"
    NOT_ESTABLISHED = "not_established"
    NOT_ESTABLISHED_ACCEPTED = "not_established_accepted"

    # The act of presenting.
    DECLINED = "declined"
    REQUEST_EXPIRED = "request_expired"
    FIRST_USE = "first_use"
    SAME_RESPONSE_AGAIN = "same_response_again"
    ALREADY_USED = "already_used"
    ANSWERED = "answered"
    SURPLUS_WITHHELD = "surplus_withheld"
    NOT_BOUND = "not_bound"
    NOT_BOUND_ACCEPTED = "not_bound_accepted"
    RELAY_POSSIBLE = "relay_possible"
    RELAY_POSSIBLE_ACCEPTED = "relay_possible_accepted"
    CLOCK_BEFORE_CREDENTIAL = "clock_before_credential"
    DELEGATED_ACCEPTED = "delegated_accepted"
    NOT_GUARDIAN = "not_guardian"
    WIDER_THAN_RIGHT = "wider_than_right"
    CREDENTIAL_MISSING = "credential_missing"
    CREDENTIAL_NOT_REQUESTED = "credential_not_requested"
    TOO_MANY_CREDENTIALS = "too_many_credentials"
    TYPE_NOT_REQUESTED = "type_not_requested"
    AUTHORITY_NOT_REQUESTED = "authority_not_requested"
    CLAIM_MISSING = "claim_missing"
    VALUE_DIFFERS = "value_differs"

    # A receipt, and a ledger.
    MORE_THAN_SHOWN = "more_than_shown"
    LESS_THAN_SHOWN = "less_than_shown"
    NOT_KEPT = "not_kept"
    ANCHORED = "anchored"
    CUT_OFF = "cut_off"
    SELF_ASSERTED = "self_asserted"
    SELF_ASSERTED_ACCEPTED = "self_asserted_accepted"

    # A trust bundle.
    KEY_ANNOUNCED = "key_announced"
    KEY_RETIRED = "key_retired"
    ANNOUNCEMENT_BROKEN = "announcement_broken"
    CHECKED_WHEN_READ = "checked_when_read"
    BASE_MISMATCH = "base_mismatch"
    ROLLED_BACK = "rolled_back"
    FORKED = "forked"
    ANOTHER_SERIES = "another_series"
    STALE = "stale"
    STALE_ACCEPTED = "stale_accepted"
    CLOCK_BEHIND = "clock_behind"

    # A signing session.
    SUPERSEDED = "superseded"
