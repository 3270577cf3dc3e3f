"""JSON Web Signatures (RFC 7515, RFC 7797): read, judged and made strictly."""

from idwallet.envelope.jws.compact import read_compact, read_compact_parts
from idwallet.envelope.jws.header import JwsHeader, x5c_parameter
from idwallet.envelope.jws.json import (
    JsonEntry,
    JsonPayload,
    json_entries,
    json_payload,
    read_json_entry,
    read_json_serialization,
    require_one_encoding,
)
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
    ProtectedHeader,
    protect,
    sign_compact,
    sign_json_serialization,
)
from idwallet.envelope.jws.structures import Jws, JwsParts

__all__ = [
    "VALID",
    "CompactSigner",
    "JsonEntry",
    "JsonPayload",
    "JsonShape",
    "JsonSigner",
    "Jws",
    "JwsHeader",
    "JwsParts",
    "PayloadForm",
    "ProtectedHeader",
    "json_entries",
    "json_payload",
    "names_certificate",
    "protect",
    "read_compact",
    "read_compact_parts",
    "read_json_entry",
    "read_json_serialization",
    "require_one_encoding",
    "sign_compact",
    "sign_json_serialization",
    "signature_facts",
    "signature_reason",
    "x5c_parameter",
]
