"""Which extended key usages a signer may carry for each purpose.

They count when a certificate carries the extension (RFC 5280 4.2.1.12). A web server's
or mail user's certificate under the same root so cannot issue credentials.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from idwallet.trust.anchors import Purpose
from idwallet.trust.certificate import KeyUsage

STATUS_SIGNING: Final = "1.3.6.1.5.5.7.3.30"
"""id-kp-oauthStatusSigning, by which a CA delegates (Token Status List section 10)."""

LIST_SIGNING: Final = "0.4.0.2231.3.0"
"""id-tsl-kp-tslSigning (ETSI TS 119 612 section 5.7.1)."""

TIME_STAMPING: Final = "1.3.6.1.5.5.7.3.8"
"""id-kp-timeStamping (RFC 3161 section 2.3, RFC 5280 4.2.1.12)."""

_ANY: Final = "2.5.29.37.0"
_DOCUMENTS: Final = "1.3.6.1.5.5.7.3.36"  # document signing, RFC 9336
_ISSUING: Final = frozenset(
    {
        "1.0.18013.5.1.2",  # mdoc document signer, ISO/IEC 18013-5 B.1.4
        _DOCUMENTS,
        _ANY,
    }
)

KEY_PURPOSES: Final[Mapping[Purpose, frozenset[str]]] = MappingProxyType(
    {
        Purpose.ISSUE_CREDENTIALS: _ISSUING,
        # An issuer may sign its own lists; who signs lists may not issue.
        Purpose.SIGN_STATUS_LISTS: _ISSUING | {STATUS_SIGNING},
        Purpose.READ_CREDENTIALS: frozenset(
            {
                "1.0.18013.5.1.6",  # mdoc reader authentication, ISO/IEC 18013-5 B.1.7
                "1.3.6.1.5.5.7.3.1",  # TLS server: x509_san_dns readers reuse it
                "1.3.6.1.5.5.7.3.2",  # TLS client
                _ANY,
            }
        ),
        Purpose.REGISTER_READERS: frozenset({_DOCUMENTS, _ANY}),
        Purpose.ATTEST_READERS: frozenset({_DOCUMENTS, _ANY}),
        Purpose.ATTEST_WALLETS: frozenset({_DOCUMENTS, _ANY}),
        Purpose.SIGN_TRUSTED_LISTS: frozenset(
            {
                LIST_SIGNING,
                "1.0.18013.5.1.8",  # VICAL signer, ISO/IEC 18013-5 C.1.7
                _ANY,
            }
        ),
        # RFC 3161 section 2.3 has this one, critical and alone: the leaf is held to it.
        Purpose.SIGN_TIMESTAMPS: frozenset({TIME_STAMPING, _ANY}),
        Purpose.SIGN_DOCUMENTS: frozenset(
            {
                _DOCUMENTS,
                "1.3.6.1.5.5.7.3.4",  # e-mail protection, RFC 9336 section 1
                "1.3.6.1.4.1.311.10.3.12",  # Microsoft's, for documents
                "1.2.840.113583.1.1.5",  # Adobe's, for PDF
                _ANY,
            }
        ),
    }
)
"""The extended key usages of each purpose."""

_SIGNING: Final = frozenset({KeyUsage.DIGITAL_SIGNATURE})

KEY_USAGES: Final[Mapping[Purpose, frozenset[KeyUsage]]] = MappingProxyType(
    {
        **dict.fromkeys(Purpose, _SIGNING),
        # ETSI TS 119 612 section 5.7.1 has either of the two.
        Purpose.SIGN_TRUSTED_LISTS: _SIGNING | {KeyUsage.CONTENT_COMMITMENT},
        # RFC 5280 4.2.1.12 goes with either of the two, or both.
        Purpose.SIGN_TIMESTAMPS: _SIGNING | {KeyUsage.CONTENT_COMMITMENT},
        # EN 319 412-2 section 4.3.2: a key for signatures of people has one or both.
        Purpose.SIGN_DOCUMENTS: _SIGNING | {KeyUsage.CONTENT_COMMITMENT},
    }
)
"""The key usages of which a signer has one, where it has the extension."""
