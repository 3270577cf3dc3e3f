"""Lists of trust: who else is believed, on whose word, and until when.

Three forms, one result: trusted lists in XML (ETSI TS 119 612), lists of trusted
entities in JSON (ETSI TS 119 602), and lists of issuing authorities in CBOR (VICAL,
ISO/IEC 18013-5 Annex C). Each is read on the word of its signers alone, judged at a
moment, and makes anchors for named purposes; nothing is fetched.
"""

from idwallet.trust.lists.evaluate import (
    UnverifiedList,
    VerifiedList,
    evaluate_trusted_list,
    verify_trusted_list,
)
from idwallet.trust.lists.selection import (
    GRANTED,
    SERVICE_PURPOSES,
    Dropped,
    DropReason,
    Selection,
)
from idwallet.trust.lists.structures import (
    ExpectedList,
    ListContent,
    ListedService,
    ListForm,
    ListPointer,
    ListRules,
    ListSeen,
    StatusPeriod,
)

__all__ = [
    "GRANTED",
    "SERVICE_PURPOSES",
    "DropReason",
    "Dropped",
    "ExpectedList",
    "ListContent",
    "ListForm",
    "ListPointer",
    "ListRules",
    "ListSeen",
    "ListedService",
    "Selection",
    "StatusPeriod",
    "UnverifiedList",
    "VerifiedList",
    "evaluate_trusted_list",
    "verify_trusted_list",
]
