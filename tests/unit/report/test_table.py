import pytest

from idwallet.report import FACTS, TABLE, CheckId, Outcome, Reason, check

# Written by hand, apart from the table: whoever flips a row must flip it here too,
# and say in the changelog what verdict changes.
ROWS = [
    # request.format
    "request.format well_formed passed",
    "request.format malformed failed : what at",
    "request.format limit_exceeded failed : what at",
    "request.format unsupported failed : what at",
    "request.format typ_mismatch failed : found",
    "request.format outside_profile failed : what at",
    # request.signature
    "request.signature valid passed",
    "request.signature invalid failed",
    "request.signature algorithm_not_allowed failed : found",
    "request.signature key_unusable failed : what",
    "request.signature absent_accepted passed",
    "request.signature waiting indeterminate : waits_for",
    # request.validity
    "request.validity current passed",
    "request.validity expired failed : until",
    "request.validity not_yet_valid failed : since",
    "request.validity malformed failed : what at",
    "request.validity no_expiry_accepted passed",
    "request.validity waiting indeterminate : waits_for",
    # reader.authorised
    "reader.authorised trusted passed : name",
    "reader.authorised key_pinned passed : name",
    "reader.authorised no_trusted_path failed : name",
    "reader.authorised no_key_material failed",
    "reader.authorised key_not_pinned failed : name",
    "reader.authorised certificate_expired failed : name until",
    "reader.authorised certificate_not_yet_valid failed : name since",
    "reader.authorised certificate_profile failed : name what",
    "reader.authorised budget_exceeded failed : name",
    "reader.authorised client_id_mismatch failed : found",
    "reader.authorised response_uri_mismatch failed : found name",
    "reader.authorised anchors_from_the_future indeterminate : name since",
    "reader.authorised anchors_stale indeterminate : name signed until",
    "reader.authorised anchors_stale_accepted passed : name signed until",
    "reader.authorised signed_after_distrust failed : name since",
    "reader.authorised signed_before_distrust_unproven indeterminate : name since",
    "reader.authorised deviations_accepted passed : name what",
    "reader.authorised anonymous_accepted passed",
    "reader.authorised mismatch failed : found name",
    "reader.authorised waiting indeterminate : waits_for",
    "reader.authorised attested passed : name by",
    "reader.authorised name_not_registered failed : found name",
    "reader.authorised anonymous failed : found",
    "reader.authorised admitted_accepted passed : found",
    "reader.authorised claim_not_admitted failed : found paths",
    "reader.authorised origin_mismatch failed : found name",
    "reader.authorised identifier_known passed : name found",
    "reader.authorised key_not_in_identifier failed : found",
    "reader.authorised key_unusable failed : what",
    "reader.authorised did_document_needed indeterminate : found",
    "reader.authorised did_document_refused indeterminate : found what",
    # reader.attestation
    "reader.attestation valid passed : name until",
    "reader.attestation malformed failed : what at",
    "reader.attestation limit_exceeded failed : what at",
    "reader.attestation unsupported failed : what at",
    "reader.attestation invalid failed",
    "reader.attestation algorithm_not_allowed failed : found",
    "reader.attestation key_unusable failed : what",
    "reader.attestation expired failed : until",
    "reader.attestation not_yet_valid failed : since",
    "reader.attestation waiting indeterminate : waits_for",
    # reader.revocation
    "reader.revocation absent_accepted passed",
    "reader.revocation not_revoked passed : name signed until",
    "reader.revocation key_pinned passed : name",
    "reader.revocation revoked failed : name since signed what",
    "reader.revocation on_hold indeterminate : name since signed",
    "reader.revocation stale indeterminate : name what",
    "reader.revocation clock_before_evidence indeterminate : name what",
    "reader.revocation unknown indeterminate : name what",
    "reader.revocation unknown_accepted passed : name what",
    "reader.revocation not_required_accepted passed : name",
    "reader.revocation waiting indeterminate : waits_for",
    # reader.registered
    "reader.registered registered passed : name",
    "reader.registered absent failed",
    "reader.registered absent_accepted passed",
    "reader.registered registrars_unknown_accepted passed",
    "reader.registered registration_repeated failed",
    "reader.registered certificate_profile failed : name what",
    "reader.registered waiting indeterminate : waits_for",
    # trusted_list.format
    "trusted_list.format well_formed passed",
    "trusted_list.format malformed failed : what at",
    "trusted_list.format limit_exceeded failed : what at",
    "trusted_list.format unsupported failed : what at",
    "trusted_list.format waiting indeterminate : waits_for",
    # trusted_list.signer
    "trusted_list.signer trusted passed : name until",
    "trusted_list.signer no_trusted_path failed : name",
    "trusted_list.signer no_key_material failed",
    "trusted_list.signer certificate_expired failed : name until",
    "trusted_list.signer certificate_not_yet_valid failed : name since",
    "trusted_list.signer certificate_profile failed : name what",
    "trusted_list.signer budget_exceeded failed : name",
    "trusted_list.signer waiting indeterminate : waits_for",
    # trusted_list.signature
    "trusted_list.signature valid passed",
    "trusted_list.signature invalid failed",
    "trusted_list.signature algorithm_not_allowed failed : found",
    "trusted_list.signature key_unusable failed : what",
    "trusted_list.signature integrity_mismatch failed",
    "trusted_list.signature not_at_hand failed",
    "trusted_list.signature not_covered failed",
    "trusted_list.signature absent failed : what",
    "trusted_list.signature mismatch failed",
    "trusted_list.signature waiting indeterminate : waits_for",
    # trusted_list.scheme
    "trusted_list.scheme matches passed : found",
    "trusted_list.scheme mismatch failed : found",
    "trusted_list.scheme waiting indeterminate : waits_for",
    # trusted_list.freshness
    "trusted_list.freshness fresh passed : signed",
    "trusted_list.freshness stale_accepted passed : signed until",
    "trusted_list.freshness stale indeterminate : signed until",
    "trusted_list.freshness from_the_future indeterminate : signed",
    "trusted_list.freshness waiting indeterminate : waits_for",
    # trusted_list.sequence
    "trusted_list.sequence first_use passed : signed",
    "trusted_list.sequence current passed : signed",
    "trusted_list.sequence rolled_back failed : signed",
    "trusted_list.sequence waiting indeterminate : waits_for",
    # registration.format
    "registration.format well_formed passed",
    "registration.format malformed failed : what at",
    "registration.format limit_exceeded failed : what at",
    "registration.format unsupported failed : what at",
    "registration.format typ_mismatch failed : found",
    # registration.trust
    "registration.trust trusted passed : name until",
    "registration.trust no_trusted_path failed : name",
    "registration.trust no_key_material failed",
    "registration.trust certificate_expired failed : name until",
    "registration.trust certificate_not_yet_valid failed : name since",
    "registration.trust certificate_profile failed : name what",
    "registration.trust budget_exceeded failed : name",
    "registration.trust anchors_from_the_future indeterminate : name since",
    "registration.trust anchors_stale indeterminate : name signed until",
    "registration.trust anchors_stale_accepted passed : name signed until",
    "registration.trust waiting indeterminate : waits_for",
    # registration.signature
    "registration.signature valid passed",
    "registration.signature invalid failed",
    "registration.signature algorithm_not_allowed failed : found",
    "registration.signature key_unusable failed : what",
    "registration.signature mismatch failed",
    "registration.signature waiting indeterminate : waits_for",
    # registration.validity
    "registration.validity current passed : signed",
    "registration.validity expired failed : until",
    "registration.validity too_old failed : signed window",
    "registration.validity from_the_future failed : signed",
    "registration.validity waiting indeterminate : waits_for",
    # registration.subject
    "registration.subject matches passed : name",
    "registration.subject mismatch failed : found name",
    "registration.subject waiting indeterminate : waits_for",
    # registration.status
    "registration.status not_revoked passed : found signed",
    "registration.status not_revoked_stale_accepted passed : found signed",
    "registration.status revoked failed : found signed",
    "registration.status suspended failed : found signed",
    "registration.status index_out_of_bounds failed : found signed",
    "registration.status status_list_needed indeterminate : found",
    "registration.status list_refused indeterminate : found what",
    "registration.status no_status failed",
    "registration.status no_status_accepted passed",
    "registration.status not_at_hand_accepted passed : found",
    "registration.status status_not_required_accepted passed : found",
    "registration.status waiting indeterminate : waits_for",
    # issuer.signature
    "issuer.signature valid passed",
    "issuer.signature invalid failed",
    "issuer.signature algorithm_not_allowed failed : found",
    "issuer.signature key_unusable failed : what",
    "issuer.signature waiting indeterminate : waits_for",
    # issuer.trust
    "issuer.trust trusted passed : name until",
    "issuer.trust key_pinned passed : name",
    "issuer.trust no_trusted_path failed : name",
    "issuer.trust no_key_material failed",
    "issuer.trust key_not_pinned failed : name",
    "issuer.trust key_ambiguous failed : name",
    "issuer.trust name_not_registered failed : found name",
    "issuer.trust type_not_registered failed : found name",
    "issuer.trust certificate_expired failed : name until",
    "issuer.trust certificate_not_yet_valid failed : name since",
    "issuer.trust certificate_profile failed : name what",
    "issuer.trust budget_exceeded failed : name",
    "issuer.trust anchors_from_the_future indeterminate : name since",
    "issuer.trust anchors_stale indeterminate : name signed until",
    "issuer.trust anchors_stale_accepted passed : name signed until",
    "issuer.trust signed_after_distrust failed : name since",
    "issuer.trust signed_before_distrust passed : name since signed",
    "issuer.trust signed_before_distrust_unproven indeterminate : name since",
    "issuer.trust deviations_accepted passed : name until what",
    "issuer.trust country_mismatch failed : name found",
    # issuer.revocation
    "issuer.revocation not_revoked passed : name signed until",
    "issuer.revocation key_pinned passed : name",
    "issuer.revocation revoked failed : name since signed what",
    "issuer.revocation on_hold indeterminate : name since signed",
    "issuer.revocation stale indeterminate : name what",
    "issuer.revocation clock_before_evidence indeterminate : name what",
    "issuer.revocation unknown indeterminate : name what",
    "issuer.revocation unknown_accepted passed : name what",
    "issuer.revocation not_required_accepted passed : name",
    "issuer.revocation waiting indeterminate : waits_for",
    # credential.format
    "credential.format well_formed passed",
    "credential.format malformed failed : what at",
    "credential.format limit_exceeded failed : what at",
    "credential.format unsupported failed : what at",
    # credential.type
    "credential.type accepted passed : found",
    "credential.type type_absent failed",
    "credential.type malformed failed : what at",
    "credential.type typ_mismatch failed : found",
    "credential.type mismatch failed : found",
    "credential.type waiting indeterminate : waits_for",
    # credential.metadata
    "credential.metadata matches passed : found",
    "credential.metadata not_at_hand indeterminate : found",
    "credential.metadata not_at_hand_accepted passed : found",
    "credential.metadata integrity_mismatch failed : found",
    "credential.metadata malformed failed : what at",
    "credential.metadata extends_broken failed : what",
    "credential.metadata mandatory_claim_missing failed : paths",
    "credential.metadata disclosure_rule_broken failed : paths",
    "credential.metadata waiting indeterminate : waits_for",
    # credential.validity
    "credential.validity current passed : until",
    "credential.validity expired failed : until",
    "credential.validity not_yet_valid failed : since",
    "credential.validity issued_in_the_future failed : since",
    "credential.validity signed_outside_certificate failed : signed",
    "credential.validity update_overdue passed : since until",
    "credential.validity no_expiry failed",
    "credential.validity no_expiry_accepted passed",
    "credential.validity mismatch failed",
    "credential.validity malformed failed : what at",
    "credential.validity waiting indeterminate : waits_for",
    # credential.status
    "credential.status not_revoked passed : found signed",
    "credential.status not_revoked_stale_accepted passed : found signed",
    "credential.status revoked failed : found signed",
    "credential.status suspended failed : found signed",
    "credential.status index_out_of_bounds failed : found signed",
    "credential.status application_specific indeterminate : found signed",
    "credential.status unassigned indeterminate : found signed",
    "credential.status status_list_needed indeterminate : found",
    "credential.status list_refused indeterminate : found what",
    "credential.status list_expired indeterminate : found signed until",
    "credential.status list_stale indeterminate : found signed window",
    "credential.status list_from_the_future indeterminate : found signed",
    "credential.status no_status failed",
    "credential.status no_status_accepted passed",
    "credential.status status_not_required_accepted passed : found",
    "credential.status short_lived passed : until",
    "credential.status malformed failed : what at",
    "credential.status unsupported indeterminate : what",
    "credential.status waiting indeterminate : waits_for",
    # credential.tracking
    "credential.tracking list_shared passed : found entries",
    "credential.tracking list_too_small_accepted passed : found entries",
    "credential.tracking waiting indeterminate : waits_for",
    # credential.disclosures
    "credential.disclosures all_match passed",
    "credential.disclosures malformed failed : what at",
    "credential.disclosures limit_exceeded failed : what at",
    "credential.disclosures not_referenced failed : at",
    "credential.disclosures integrity_mismatch failed : at",
    "credential.disclosures digest_repeated failed : at",
    "credential.disclosures name_forbidden failed : at",
    "credential.disclosures name_repeated failed : at",
    "credential.disclosures hash_unsupported failed : found",
    "credential.disclosures claim_never_disclosable failed : at",
    # holder.binding
    "holder.binding proven passed",
    "holder.binding absent failed",
    "holder.binding key_absent failed",
    "holder.binding invalid failed",
    "holder.binding malformed failed : what at",
    "holder.binding algorithm_not_allowed failed : found",
    "holder.binding key_unusable failed : what",
    "holder.binding typ_mismatch failed : found",
    "holder.binding presentation_hash_mismatch failed",
    "holder.binding transcript_mismatch failed : what",
    "holder.binding not_authorized failed : at",
    "holder.binding hashed_otherwise failed : what",
    "holder.binding binding_not_required_accepted passed",
    "holder.binding key_held passed",
    "holder.binding key_not_held failed",
    "holder.binding unexpected failed",
    "holder.binding waiting indeterminate : waits_for",
    # holder.presence
    "holder.presence attested passed : what",
    "holder.presence portrait_compared passed : by compared",
    "holder.presence portrait_differs failed : by compared",
    "holder.presence compared_too_late failed : by compared until",
    "holder.presence not_established indeterminate",
    "holder.presence not_established_accepted passed",
    # holder.delegation
    "holder.delegation delegated_accepted passed : by name what until",
    "holder.delegation not_authorized failed : at",
    "holder.delegation invalid failed",
    "holder.delegation revoked failed",
    "holder.delegation expired failed : until",
    "holder.delegation not_yet_valid failed : since",
    "holder.delegation not_guardian failed",
    "holder.delegation wider_than_right failed : what",
    "holder.delegation claim_not_admitted failed : paths",
    "holder.delegation unknown indeterminate : what",
    "holder.delegation stale indeterminate : signed",
    "holder.delegation clock_before_evidence indeterminate : since",
    # presentation.format
    "presentation.format well_formed passed",
    "presentation.format malformed failed : what at",
    "presentation.format limit_exceeded failed : what at",
    "presentation.format unsupported failed : what at",
    "presentation.format declined failed",
    # presentation.nonce
    "presentation.nonce matches passed",
    "presentation.nonce mismatch failed",
    "presentation.nonce other_input failed : what",
    "presentation.nonce absent failed",
    "presentation.nonce binding_not_required_accepted passed",
    "presentation.nonce waiting indeterminate : waits_for",
    # presentation.audience
    "presentation.audience matches passed",
    "presentation.audience mismatch failed",
    "presentation.audience other_input failed : what",
    "presentation.audience absent failed",
    "presentation.audience binding_not_required_accepted passed",
    "presentation.audience waiting indeterminate : waits_for",
    "presentation.audience not_bound failed",
    "presentation.audience not_bound_accepted passed",
    # presentation.freshness
    "presentation.freshness fresh passed",
    "presentation.freshness too_old failed : signed window",
    "presentation.freshness from_the_future failed : signed",
    "presentation.freshness absent failed",
    "presentation.freshness request_expired failed : until",
    "presentation.freshness binding_not_required_accepted passed",
    "presentation.freshness waiting indeterminate : waits_for",
    "presentation.freshness clock_before_credential failed : signed since",
    "presentation.freshness clock_behind indeterminate : signed since",
    # presentation.relay
    "presentation.relay relay_possible failed : window",
    "presentation.relay relay_possible_accepted passed : window",
    # presentation.replay
    "presentation.replay first_use passed",
    "presentation.replay same_response_again passed",
    "presentation.replay already_used failed",
    "presentation.replay mismatch failed",
    "presentation.replay waiting indeterminate : waits_for",
    # presentation.query
    "presentation.query answered passed",
    "presentation.query surplus_withheld passed : paths",
    "presentation.query credential_missing failed : credentials",
    "presentation.query credential_not_requested failed : credentials",
    "presentation.query too_many_credentials failed",
    "presentation.query type_not_requested failed : found",
    "presentation.query authority_not_requested failed",
    "presentation.query claim_missing failed : paths",
    "presentation.query value_differs failed : paths",
    "presentation.query waiting indeterminate : waits_for",
    # presentation.transaction
    "presentation.transaction matches passed",
    "presentation.transaction absent failed",
    "presentation.transaction mismatch failed",
    "presentation.transaction hashed_otherwise failed : what",
    "presentation.transaction malformed failed",
    "presentation.transaction algorithm_not_allowed failed",
    "presentation.transaction waiting indeterminate : waits_for",
    # proof.format
    "proof.format well_formed passed",
    "proof.format malformed failed : what at",
    "proof.format limit_exceeded failed : what at",
    "proof.format unsupported failed : what at",
    "proof.format typ_mismatch failed : found",
    # proof.signature
    "proof.signature valid passed",
    "proof.signature invalid failed",
    "proof.signature algorithm_not_allowed failed : found",
    "proof.signature key_unusable failed : what",
    "proof.signature waiting indeterminate : waits_for",
    # proof.audience
    "proof.audience matches passed",
    "proof.audience mismatch failed",
    "proof.audience absent failed",
    "proof.audience waiting indeterminate : waits_for",
    # proof.nonce
    "proof.nonce matches passed",
    "proof.nonce mismatch failed",
    "proof.nonce absent failed",
    "proof.nonce waiting indeterminate : waits_for",
    # proof.freshness
    "proof.freshness fresh passed",
    "proof.freshness too_old failed : signed window",
    "proof.freshness from_the_future failed : signed",
    "proof.freshness absent failed",
    "proof.freshness waiting indeterminate : waits_for",
    # receipt.format
    "receipt.format well_formed passed",
    "receipt.format malformed failed : what at",
    "receipt.format limit_exceeded failed : what at",
    "receipt.format unsupported failed : what at",
    "receipt.format typ_mismatch failed : found",
    # receipt.signer
    "receipt.signer trusted passed : name",
    "receipt.signer key_pinned passed : name",
    "receipt.signer mismatch failed : found",
    "receipt.signer no_trusted_path failed : name",
    "receipt.signer key_not_pinned failed : name",
    "receipt.signer certificate_expired failed : name until",
    "receipt.signer waiting indeterminate : waits_for",
    # receipt.signature
    "receipt.signature valid passed",
    "receipt.signature invalid failed",
    "receipt.signature algorithm_not_allowed failed : found",
    "receipt.signature key_unusable failed : what",
    "receipt.signature waiting indeterminate : waits_for",
    # receipt.request
    "receipt.request matches passed",
    "receipt.request mismatch failed",
    "receipt.request waiting indeterminate : waits_for",
    # receipt.disclosure
    "receipt.disclosure matches passed",
    "receipt.disclosure not_kept passed",
    "receipt.disclosure more_than_shown failed : paths",
    "receipt.disclosure less_than_shown failed : paths",
    "receipt.disclosure waiting indeterminate : waits_for",
    # receipt.purpose
    "receipt.purpose matches passed",
    "receipt.purpose mismatch failed",
    "receipt.purpose waiting indeterminate : waits_for",
    # receipt.freshness
    "receipt.freshness fresh passed",
    "receipt.freshness from_the_future failed : signed",
    "receipt.freshness out_of_order failed : signed since",
    "receipt.freshness waiting indeterminate : waits_for",
    # ledger.format
    "ledger.format well_formed passed",
    "ledger.format malformed failed : what at",
    "ledger.format limit_exceeded failed : what at",
    # ledger.chain
    "ledger.chain all_match passed : entries",
    "ledger.chain integrity_mismatch failed : at",
    "ledger.chain out_of_order failed : at",
    "ledger.chain waiting indeterminate : waits_for",
    # ledger.anchor
    "ledger.anchor trusted passed : name signed",
    "ledger.anchor malformed failed : what at",
    "ledger.anchor invalid failed",
    "ledger.anchor mismatch failed",
    "ledger.anchor from_the_future failed : signed",
    "ledger.anchor no_trusted_path indeterminate : name",
    # ledger.completeness
    "ledger.completeness anchored passed : entries name signed",
    "ledger.completeness cut_off failed : entries seen",
    "ledger.completeness forked failed : at",
    "ledger.completeness self_asserted indeterminate : entries",
    "ledger.completeness self_asserted_accepted passed : entries",
    "ledger.completeness waiting indeterminate : waits_for",
    # bundle.format
    "bundle.format well_formed passed",
    "bundle.format malformed failed : what at",
    "bundle.format limit_exceeded failed : what at",
    "bundle.format unsupported failed : what at",
    "bundle.format typ_mismatch failed : found",
    "bundle.format waiting indeterminate : waits_for",
    # bundle.operator
    "bundle.operator key_pinned passed",
    "bundle.operator key_announced passed",
    "bundle.operator key_not_pinned failed",
    "bundle.operator key_retired failed",
    "bundle.operator announcement_broken failed : what at",
    "bundle.operator waiting indeterminate : waits_for",
    # bundle.signature
    "bundle.signature valid passed",
    "bundle.signature invalid failed",
    "bundle.signature algorithm_not_allowed failed : found",
    "bundle.signature key_unusable failed : what",
    "bundle.signature waiting indeterminate : waits_for",
    # bundle.integrity
    "bundle.integrity checked_when_read passed",
    "bundle.integrity all_match passed",
    "bundle.integrity mismatch failed : what at",
    "bundle.integrity base_mismatch failed",
    "bundle.integrity waiting indeterminate : waits_for",
    # bundle.sequence
    "bundle.sequence current passed : sequence",
    "bundle.sequence rolled_back failed : sequence seen",
    "bundle.sequence forked failed : sequence",
    "bundle.sequence another_series failed : found",
    "bundle.sequence waiting indeterminate : waits_for",
    # bundle.freshness
    "bundle.freshness fresh passed : signed until",
    "bundle.freshness stale_accepted passed : signed until",
    "bundle.freshness stale indeterminate : signed until",
    "bundle.freshness clock_behind indeterminate : signed",
    "bundle.freshness waiting indeterminate : waits_for",
    # document.format
    "document.format well_formed passed",
    "document.format malformed failed : what at",
    "document.format limit_exceeded failed : what at",
    "document.format unsupported failed : what at",
    "document.format absent failed",
    # document.integrity
    "document.integrity matches passed",
    "document.integrity integrity_mismatch failed",
    "document.integrity not_covered failed : what",
    "document.integrity not_at_hand indeterminate",
    "document.integrity waiting indeterminate : waits_for",
    # document.contents
    "document.contents matches passed",
    "document.contents integrity_mismatch failed : name",
    "document.contents not_covered failed : name",
    "document.contents not_at_hand indeterminate : name",
    "document.contents signed_by_others indeterminate : name",
    "document.contents signed_by_others_accepted passed : name",
    "document.contents waiting indeterminate : waits_for",
    # document.coverage
    "document.coverage matches passed",
    "document.coverage mismatch failed : what",
    # document.changes
    "document.changes unchanged passed",
    "document.changes extended passed : changes",
    "document.changes permitted passed : changes",
    "document.changes form_filled indeterminate : changes",
    "document.changes annotated indeterminate : changes",
    "document.changes content_covered indeterminate : changes",
    "document.changes changed failed : changes",
    "document.changes malformed failed : what at",
    "document.changes limit_exceeded failed : what at",
    "document.changes unsupported failed : what at",
    "document.changes waiting indeterminate : waits_for",
    # signer.signature
    "signer.signature valid passed",
    "signer.signature invalid failed",
    "signer.signature absent failed",
    "signer.signature key_unusable failed",
    "signer.signature algorithm_not_allowed indeterminate : found",
    "signer.signature waiting indeterminate : waits_for",
    # signature.profile
    "signature.profile matches passed : found",
    "signature.profile mismatch indeterminate : what",
    "signature.profile waiting indeterminate : waits_for",
    # signer.trust
    "signer.trust trusted passed : name until",
    "signer.trust no_trusted_path indeterminate : name",
    "signer.trust no_key_material indeterminate",
    "signer.trust certificate_expired indeterminate : name until",
    "signer.trust certificate_not_yet_valid indeterminate : name since",
    "signer.trust certificate_profile indeterminate : name what",
    "signer.trust budget_exceeded indeterminate : name",
    "signer.trust anchors_from_the_future indeterminate : name since",
    "signer.trust anchors_stale indeterminate : name signed until",
    "signer.trust anchors_stale_accepted passed : name signed until",
    "signer.trust waiting indeterminate : waits_for",
    # signer.revocation
    "signer.revocation not_revoked passed : name signed until",
    "signer.revocation revoked indeterminate : name since signed what",
    "signer.revocation on_hold indeterminate : name since signed",
    "signer.revocation stale indeterminate : name what",
    "signer.revocation unknown indeterminate : name what",
    "signer.revocation clock_before_evidence indeterminate : name what",
    "signer.revocation unknown_accepted passed : name what",
    "signer.revocation not_required_accepted passed : name",
    "signer.revocation waiting indeterminate : waits_for",
    # timestamp.trust
    "timestamp.trust trusted passed : name signed",
    "timestamp.trust malformed failed : what at",
    "timestamp.trust limit_exceeded failed : what at",
    "timestamp.trust unsupported failed : what at",
    "timestamp.trust integrity_mismatch failed",
    "timestamp.trust invalid failed",
    "timestamp.trust mismatch indeterminate : name",
    "timestamp.trust algorithm_not_allowed indeterminate : found",
    "timestamp.trust no_key_material indeterminate",
    "timestamp.trust no_trusted_path indeterminate : name",
    "timestamp.trust certificate_expired indeterminate : name until",
    "timestamp.trust certificate_not_yet_valid indeterminate : name since",
    "timestamp.trust certificate_profile indeterminate : name what",
    "timestamp.trust budget_exceeded indeterminate : name",
    "timestamp.trust anchors_from_the_future indeterminate : name since",
    "timestamp.trust anchors_stale indeterminate : name signed until",
    "timestamp.trust anchors_stale_accepted passed : name signed until",
    "timestamp.trust out_of_order indeterminate : name signed",
    "timestamp.trust from_the_future indeterminate : name signed",
    "timestamp.trust revoked indeterminate : name since signed what",
    "timestamp.trust on_hold indeterminate : name since signed",
    "timestamp.trust stale indeterminate : name what",
    "timestamp.trust unknown indeterminate : name what",
    "timestamp.trust clock_before_evidence indeterminate : name what",
    "timestamp.trust unknown_accepted passed : name what",
    "timestamp.trust not_required_accepted passed : name",
    "timestamp.trust waiting indeterminate : waits_for",
    "timestamp.trust absent indeterminate",
    # session.format
    "session.format well_formed passed",
    "session.format malformed failed : what at",
    "session.format limit_exceeded failed : what at",
    "session.format unsupported failed : what at",
    # session.seal
    "session.seal valid passed",
    "session.seal invalid failed",
    "session.seal waiting indeterminate : waits_for",
    # session.validity
    "session.validity current passed",
    "session.validity expired failed : until",
    "session.validity not_yet_valid failed : since",
    "session.validity waiting indeterminate : waits_for",
    # session.document
    "session.document matches passed",
    "session.document mismatch failed",
    "session.document superseded failed",
    "session.document waiting indeterminate : waits_for",
    # session.signature
    "session.signature valid passed",
    "session.signature invalid failed",
    "session.signature mismatch failed",
    "session.signature waiting indeterminate : waits_for",
    # session.replay
    "session.replay first_use passed",
    "session.replay same_response_again passed",
    "session.replay already_used failed",
    "session.replay waiting indeterminate : waits_for",
]


def _read(line: str) -> tuple[CheckId, Reason, Outcome, tuple[str, ...]]:
    verdict, _, facts = line.partition(" : ")
    check_id, reason, outcome = verdict.split()
    return (
        CheckId(check_id),
        Reason(reason),
        Outcome(outcome),
        tuple(facts.split()),
    )


@pytest.mark.parametrize("line", ROWS)
def test_a_reason_means_the_outcome_and_carries_the_facts_written_here(
    line: str,
) -> None:
    check_id, reason, outcome, facts = _read(line)
    row = TABLE[check_id, reason]
    assert (row.outcome, row.facts) == (outcome, facts)


@pytest.mark.parametrize("line", ROWS)
def test_check_takes_outcome_and_clause_from_the_table(line: str) -> None:
    check_id, reason, outcome, facts = _read(line)
    made = check(
        check_id, reason, subject="pid", facts=dict.fromkeys(facts, "x") or None
    )
    assert (made.outcome, made.clause) == (outcome, TABLE[check_id, reason].clause)


def test_the_table_holds_these_rows_and_no_others() -> None:
    assert {_read(line)[:2] for line in ROWS} == set(TABLE)


def test_these_rows_are_written_once() -> None:
    assert len(ROWS) == len(TABLE)


def test_every_check_can_pass_and_can_come_to_something_else() -> None:
    for check_id in CheckId:
        outcomes = {row.outcome for (on, _), row in TABLE.items() if on is check_id}
        assert Outcome.PASSED in outcomes, check_id
        assert len(outcomes) > 1, check_id


def test_every_reason_is_used_by_some_check() -> None:
    assert {reason for _, reason in TABLE} == set(Reason)


def test_a_reason_that_ends_in_accepted_passes_everywhere() -> None:
    accepted = [key for key in TABLE if key[1].value.endswith("_accepted")]
    assert accepted
    assert {TABLE[key].outcome for key in accepted} == {Outcome.PASSED}


def test_what_a_policy_may_accept_stands_beside_a_reason_that_does_not_pass() -> None:
    for check_id, reason in TABLE:
        plain = reason.value.removesuffix("_accepted")
        if plain != reason.value and plain in set(Reason):
            row = TABLE.get((check_id, Reason(plain)))
            assert row is None or row.outcome is not Outcome.PASSED, (check_id, reason)


def test_waiting_is_indeterminate_everywhere_and_says_for_what() -> None:
    waits = [row for (_, reason), row in TABLE.items() if reason is Reason.WAITING]
    assert {(row.outcome, row.facts) for row in waits} == {
        (Outcome.INDETERMINATE, ("waits_for",))
    }


def test_every_row_names_its_clause() -> None:
    known = (
        "OpenID4VP 1.0 §",
        "OpenID4VCI 1.0 Appendix F.",
        "RFC 9901 §",
        "RFC 7515 §",
        "RFC 7517 §",
        "RFC 7519 §",
        "RFC 8725 §",
        "RFC 5280 §",
        "ETSI TS 119 475 §",
        "EUDI TS12 §",
        "ETSI TS 119 472-2 §",
        "ETSI TS 119 411-8 §",
        "ETSI TS 119 612 §",
        "EN 319 102-1 §",
        "EN 319 162-1 §",
        "ISO/IEC 18013-5 §",
        "EN 319 122-1 §",
        "EN 319 132-1 §",
        "RFC 3161 §",
        "RFC 5652 §",
        "XMLDSig 1.1 §",
        "SD-JWT VC draft 19 §",
        "Token Status List draft 21 §",
        "idwallet bundle 1 §",
        "idwallet compact 1 §",
        "idwallet signing session 1 §",
        "idwallet receipt 1 §",
        "idwallet consent ledger 1 §",
        "ISO 32000-2 §",
        "W3C DID Core 1.0 §",
        "idwallet policy",
    )
    assert [row for row in TABLE.values() if not row.clause.startswith(known)] == []


def test_every_fact_of_a_row_is_described_and_every_described_fact_is_used() -> None:
    assert {name for row in TABLE.values() for name in row.facts} == set(FACTS)


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        TABLE[CheckId.ISSUER_TRUST, Reason.TRUSTED] = None  # type: ignore[index]


def test_nothing_may_be_concluded_that_the_table_does_not_hold() -> None:
    with pytest.raises(KeyError):
        check(CheckId.ISSUER_TRUST, Reason.FIRST_USE, subject="pid")
