"""CMS signed data (RFC 5652): read and judged strictly, made fast, altered with care.

Algorithms, digests and attributes come from closed lists; signatures without signed
attributes count for nothing; what was signed is kept as it came. Nothing is fetched,
and no certificate that came along is believed.
"""

from idwallet.envelope.cms.algorithms import read_digest
from idwallet.envelope.cms.alter import (
    info_with,
    stamped_info,
    with_material,
    with_signers,
    with_unsigned,
    with_unsigned_instead,
)
from idwallet.envelope.cms.attributes import (
    certificate_reference,
    message_digest,
    signing_time,
)
from idwallet.envelope.cms.judge import (
    digest_content,
    find_certificate,
    judge_signer,
    refers_to,
)
from idwallet.envelope.cms.names import digest_identifier
from idwallet.envelope.cms.read import (
    read_counter_signatures,
    read_signed_data,
    revocation_of,
)
from idwallet.envelope.cms.structures import (
    Attribute,
    CertificateReference,
    IssuerSerial,
    SignedData,
    SignerInfo,
    SignerJudgement,
)
from idwallet.envelope.cms.write import CmsPlan, CmsWriter, attribute

__all__ = [
    "Attribute",
    "CertificateReference",
    "CmsPlan",
    "CmsWriter",
    "IssuerSerial",
    "SignedData",
    "SignerInfo",
    "SignerJudgement",
    "attribute",
    "certificate_reference",
    "digest_content",
    "digest_identifier",
    "find_certificate",
    "info_with",
    "judge_signer",
    "message_digest",
    "read_counter_signatures",
    "read_digest",
    "read_signed_data",
    "refers_to",
    "revocation_of",
    "signing_time",
    "stamped_info",
    "with_material",
    "with_signers",
    "with_unsigned",
    "with_unsigned_instead",
]
