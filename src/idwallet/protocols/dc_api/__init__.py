"""The Digital Credentials API: a page asks a wallet through a browser.

OpenID4VP 1.0 Appendix A, and ISO/IEC TS 18013-7 Annex C. What goes into
``navigator.credentials.get`` and what comes out of it are JSON values here; who carries
them, and who says which page it was, is the platform.
"""

from idwallet.protocols.dc_api.evaluate import evaluate_page_request
from idwallet.protocols.dc_api.message import (
    PageAnswer,
    PageMessage,
    PageProtocol,
    read_page_answer,
    read_page_message,
)
from idwallet.protocols.dc_api.request import PageRequest, audience_of
from idwallet.protocols.dc_api.write import (
    write_multisigned,
    write_signed,
    write_unsigned,
)

__all__ = [
    "PageAnswer",
    "PageMessage",
    "PageProtocol",
    "PageRequest",
    "audience_of",
    "evaluate_page_request",
    "read_page_answer",
    "read_page_message",
    "write_multisigned",
    "write_signed",
    "write_unsigned",
]
