"""Frozen pins of the standards' versions that one deployment speaks.

A profile has no behaviour. Standards move under one name (HAIP 1.0 demands SD-JWT VC
draft 13 while the draft itself has moved on), so each profile names every sub-version,
and what reads or writes a format takes the profile's word for it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class SdJwtVcVersion(StrEnum):
    """A version of draft-ietf-oauth-sd-jwt-vc, by its number."""

    DRAFT_13 = "13"
    LATEST = "19"


class StatusListVersion(StrEnum):
    """A version of draft-ietf-oauth-status-list, by its number."""

    DRAFT_14 = "14"
    DRAFT_21 = "21"


class IdentifierListVersion(StrEnum):
    """A version of the identifier lists of ISO/IEC 18013-5, second edition."""

    NONE = "none"
    """The mechanism is not spoken: the edition has not been published."""

    SECOND_EDITION_CD = "18013-5 2nd edition, CD ballot resolution v4"


class IssuanceRule(StrEnum):
    """What a profile may demand of issuance beyond OpenID4VCI itself."""

    CODE_GRANT = "code_grant"
    """An issuer lets people in by a browser, with an authorization code."""
    PUSHED = "pushed"
    """Authorization requests are pushed (RFC 9126)."""
    BOUND_TOKENS = "bound_tokens"
    """Access tokens are bound to a key (RFC 9449)."""
    SERVER_NAMED = "server_named"
    """Authorization answers name their server (RFC 9207)."""
    ATTESTED_WALLETS = "attested_wallets"
    """Wallets authenticate by an attestation (OpenID4VCI 1.0 Appendix E)."""
    SCOPES = "scopes"
    """Every credential can be asked for by a scope."""
    NONCES = "nonces"
    """What is bound to a key is proven for a nonce."""
    CERTIFICATES = "certificates"
    """Issuers are known by certificates."""
    BATCHES = "batches"
    """Several copies can be had at once."""
    NOT_REVOCABLE = "not_revocable"
    """What is issued has no status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuanceProfile:
    """What of OpenID4VCI belongs to a profile; what is outside of it is refused.

    `rules` are those in force, each with the clause that demands it; `within` is the
    clause that bounds formats, `types` (``vct`` or ``doctype``) and `offered`, the
    names of what may be offered. Where one of these is empty it bounds nothing.
    """

    openid4vci: str = "1.0"
    within: str = "OpenID4VCI 1.0 Appendix A"
    formats: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    offered: frozenset[str] = frozenset()
    rules: tuple[tuple[IssuanceRule, str], ...] = ()

    def clause(self, rule: IssuanceRule) -> str | None:
        """Return the clause that demands a rule, None where nothing does."""
        return dict(self.rules).get(rule)


OPENID4VCI_1_0: Final = IssuanceProfile()
"""OpenID4VCI 1.0 final, with nothing demanded beyond it."""


class ProfileRule(StrEnum):
    """A rule that some profiles have and others do not, each with its clause.

    `KEYS_BY_CERTIFICATE`: who issues, and who signs status lists, is known by a chain
    in `x5c` and by no pinned key (HAIP 1.0 section 6.1). `ANCHOR_NOT_SENT`: the
    certificate of the trust anchor does not stand in `x5c` (sections 5 and 6.1).
    `BINDING_ALWAYS`: a credential that is bound to a key is shown with its proof, even
    where nobody asked for one (section 6.1.1.1). `BY_REFERENCE`: a link holds where a
    signed request is, and not the request (section 5.1).
    """

    KEYS_BY_CERTIFICATE = "keys_by_certificate"
    ANCHOR_NOT_SENT = "anchor_not_sent"
    BINDING_ALWAYS = "binding_always"
    BY_REFERENCE = "by_reference"


_ALL_MODES: Final = frozenset(
    {"direct_post", "direct_post.jwt", "fragment", "dc_api", "dc_api.jwt"}
)


@dataclass(frozen=True, slots=True)
class Profile:
    """The versions that belong together under one name.

    `request_prefixes` are the client identifier prefixes a request may use
    (OpenID4VP 1.0 section 5.9.3); ``"pre-registered"`` stands for none, ``"origin"``
    for who asks unsigned through a browser (section A.3.1).
    `algorithms` are the names, in JOSE or where it has none in COSE, of what
    credentials and requests may be signed with, unless a policy narrows or names more.
    `issuance` is what it demands where credentials are issued.

    `response_modes` are how answers may come (section 5.2). `formats` are what may be
    asked for, any where there are none. `encryption_curves` are of the keys that
    answers are encrypted to, any where there are none; `contents_named` are the content
    encryptions that each request for an encrypted answer has to name. `rules` are what
    else it demands.
    """

    name: str
    openid4vp: str
    sd_jwt_vc: SdJwtVcVersion
    status_list: StatusListVersion
    request_prefixes: frozenset[str]
    algorithms: frozenset[str]
    identifier_list: IdentifierListVersion = IdentifierListVersion.NONE
    issuance: IssuanceProfile = OPENID4VCI_1_0
    response_modes: frozenset[str] = _ALL_MODES
    formats: frozenset[str] = frozenset()
    encryption_curves: frozenset[str] = frozenset()
    contents_named: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()


OPENID4VP_1_0: Final = Profile(
    name="openid4vp-1.0",
    openid4vp="1.0",
    sd_jwt_vc=SdJwtVcVersion.LATEST,
    status_list=StatusListVersion.DRAFT_21,
    request_prefixes=frozenset(
        {
            "x509_hash",
            "x509_san_dns",
            "verifier_attestation",
            "decentralized_identifier",
            "redirect_uri",
            "origin",
            "pre-registered",
        }
    ),
    algorithms=frozenset(
        {"ES256", "ES384", "ES512", "EdDSA", "ESB256", "ESB384", "ESB512"}
    ),
)
"""OpenID4VP 1.0 final with the newest sub-versions read."""

HAIP_1_0: Final = Profile(
    name="haip-1.0",
    openid4vp="1.0",
    sd_jwt_vc=SdJwtVcVersion.DRAFT_13,
    status_list=StatusListVersion.DRAFT_14,
    request_prefixes=frozenset({"x509_hash", "origin"}),
    algorithms=frozenset({"ES256", "ES384", "ES512"}),
    issuance=IssuanceProfile(
        within="HAIP 1.0 §6",
        formats=frozenset({"dc+sd-jwt", "mso_mdoc"}),
        rules=(
            (IssuanceRule.CODE_GRANT, "HAIP 1.0 §4"),
            (IssuanceRule.PUSHED, "HAIP 1.0 §4"),
            (IssuanceRule.BOUND_TOKENS, "HAIP 1.0 §4"),
            (IssuanceRule.SERVER_NAMED, "HAIP 1.0 §4"),
            (IssuanceRule.SCOPES, "HAIP 1.0 §4.1"),
            (IssuanceRule.NONCES, "HAIP 1.0 §4.1"),
            (IssuanceRule.ATTESTED_WALLETS, "HAIP 1.0 §4.4.1"),
            (IssuanceRule.CERTIFICATES, "HAIP 1.0 §6.1.1"),
        ),
    ),
    response_modes=frozenset({"direct_post.jwt", "dc_api.jwt"}),
    formats=frozenset({"dc+sd-jwt", "mso_mdoc"}),
    encryption_curves=frozenset({"P-256"}),
    contents_named=frozenset({"A128GCM", "A256GCM"}),
    rules=frozenset(ProfileRule),
)
"""OpenID4VC High Assurance Interoperability Profile 1.0 and what it pins."""

EU_AGE_1: Final = Profile(
    name="eu-age-1",
    openid4vp="1.0",
    sd_jwt_vc=SdJwtVcVersion.LATEST,
    status_list=StatusListVersion.DRAFT_21,
    request_prefixes=frozenset({"redirect_uri"}),
    algorithms=frozenset({"ES256"}),
    issuance=IssuanceProfile(
        within="EU age verification, Annex A.3 and A.4",
        formats=frozenset({"mso_mdoc"}),
        types=frozenset({"eu.europa.ec.av.1"}),
        offered=frozenset({"proof_of_age"}),
        rules=(
            (IssuanceRule.CODE_GRANT, "EU age verification, Annex A.4"),
            (IssuanceRule.SCOPES, "EU age verification, Annex A.4"),
            (IssuanceRule.BATCHES, "EU age verification §4.6.1"),
            (IssuanceRule.NOT_REVOCABLE, "EU age verification, Annex A.3"),
        ),
    ),
    response_modes=frozenset({"direct_post"}),
    formats=frozenset({"mso_mdoc"}),
)
"""The profile of the EU's age verification app: one statement, mobile documents only.

Relying parties are not authenticated in it; a policy has to admit that by name.
"""

DRAFT: Final = replace(
    OPENID4VP_1_0,
    name="draft",
    identifier_list=IdentifierListVersion.SECOND_EDITION_CD,
)
"""What standards bodies have not published yet; it changes as their drafts do.

It adds the identifier lists of ISO/IEC 18013-5, second edition (clause 12.3.6.4).
"""
