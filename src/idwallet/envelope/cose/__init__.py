"""CBOR Object Signing (RFC 9052, RFC 9360) and web tokens (RFC 8392), strictly.

COSE_Sign1 and COSE_Mac0 are read, judged and made; nothing is encrypted.
"""

from idwallet.envelope.cose.compose import (
    CoseForm,
    CoseHeaders,
    Naming,
    PayloadPlace,
    TagForm,
)
from idwallet.envelope.cose.cwt import Cwt, cwt_of, read_cwt
from idwallet.envelope.cose.header import CoseHeader, x5chain_parameter
from idwallet.envelope.cose.judge import signature_reason
from idwallet.envelope.cose.mac import MacKey, mac_matches
from idwallet.envelope.cose.read import (
    mac0_of,
    read_mac0,
    read_sign1,
    sign1_in,
    sign1_of,
)
from idwallet.envelope.cose.rules import ChainRule, CoseRules, TagRule
from idwallet.envelope.cose.sign import (
    Sign1Signer,
    mac0_value,
    mac_mac0,
    sign_sign1,
)
from idwallet.envelope.cose.structures import CoseMac0, CoseSign1

__all__ = [
    "ChainRule",
    "CoseForm",
    "CoseHeader",
    "CoseHeaders",
    "CoseMac0",
    "CoseRules",
    "CoseSign1",
    "Cwt",
    "MacKey",
    "Naming",
    "PayloadPlace",
    "Sign1Signer",
    "TagForm",
    "TagRule",
    "cwt_of",
    "mac0_of",
    "mac0_value",
    "mac_mac0",
    "mac_matches",
    "read_cwt",
    "read_mac0",
    "read_sign1",
    "sign1_in",
    "sign1_of",
    "sign_sign1",
    "signature_reason",
    "x5chain_parameter",
]
