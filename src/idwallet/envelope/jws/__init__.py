"""JSON Web Signatures (RFC 7515, RFC 7797): read, judged and made strictly."""

from idwallet.envelope.jws.compact import read_compact
from idwallet.envelope.jws.header import JwsHeader, x5c_parameter
from idwallet.envelope.jws.json import read_json_serialization
from idwallet.envelope.jws.judge import (
    VALID,
    names_certificate,
    signature_facts,
    signature_reason,
)
from idwallet.envelope.jws.sign import (
    CompactSigner,
    JsonShape,
    JsonSigner,
    PayloadForm,
    sign_compact,
    sign_json_serialization,
)
from idwallet.envelope.jws.structures import Jws

__all__ = [
    "VALID",
    "CompactSigner",
    "JsonShape",
    "JsonSigner",
    "Jws",
    "JwsHeader",
    "PayloadForm",
    "names_certificate",
    "read_compact",
    "read_json_serialization",
    "sign_compact",
    "sign_json_serialization",
    "signature_facts",
    "signature_reason",
    "x5c_parameter",
]
