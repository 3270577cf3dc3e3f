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


@dataclass(frozen=True, slots=True)
class Profile:
    """The versions that belong together under one name.

    `request_prefixes` are the client identifier prefixes a request may use
    (OpenID4VP 1.0 section 5.9.3); ``"pre-registered"`` stands for none, ``"origin"``
    for who asks unsigned through a browser (section A.3.1).
    `algorithms` are the names, in JOSE or where it has none in COSE, of what
    credentials and requests may be signed with, unless a policy narrows or names more.
    """

    name: str
    openid4vp: str
    sd_jwt_vc: SdJwtVcVersion
    status_list: StatusListVersion
    request_prefixes: frozenset[str]
    algorithms: frozenset[str]
    identifier_list: IdentifierListVersion = IdentifierListVersion.NONE


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
)
"""OpenID4VC High Assurance Interoperability Profile 1.0 and what it pins."""

DRAFT: Final = replace(
    OPENID4VP_1_0,
    name="draft",
    identifier_list=IdentifierListVersion.SECOND_EDITION_CD,
)
"""What standards bodies have not published yet; it changes as their drafts do.

It adds the identifier lists of ISO/IEC 18013-5, second edition (clause 12.3.6.4).
"""
