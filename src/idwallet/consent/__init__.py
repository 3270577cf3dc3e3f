"""What a person agrees to: what is asked, what is shown, and what follows from it.

Every name loads on first use.
"""

import importlib
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from idwallet.consent.ledger.anchor import (
        AnchorContext,
        AnchoredCheckpoint,
        stamped,
    )
    from idwallet.consent.ledger.chain import Checkpoint
    from idwallet.consent.ledger.deletion import DeletionRequest, draft_deletion
    from idwallet.consent.ledger.entry import Entry, EntryKind, Sending
    from idwallet.consent.ledger.evaluate import (
        Proves,
        UnverifiedLedger,
        VerifiedLedger,
        evaluate_ledger_export,
        verify_ledger_export,
    )
    from idwallet.consent.ledger.history import Happening, happenings
    from idwallet.consent.ledger.ledger import Ledger
    from idwallet.consent.ledger.position import Evidence, LedgerEntry
    from idwallet.consent.ledger.standing import CompletenessRule, Outside
    from idwallet.consent.ledger.ts10 import transaction_log
    from idwallet.consent.linking import (
        Link,
        Linkability,
        LinkKind,
        LinkWeight,
        linkability,
    )
    from idwallet.consent.linking.visits import (
        Visit,
        VisitLink,
        VisitLinkKind,
        linked_visits,
    )
    from idwallet.consent.occasion import (
        AuthenticatedBy,
        ClaimsAsked,
        ClaimsShown,
        LegalContacts,
        Occasion,
        Party,
    )
    from idwallet.consent.purpose import (
        PURPOSE_PROFILE,
        Asking,
        Basis,
        Caution,
        CautionCode,
        ClaimJudgement,
        CredentialNeeds,
        Earlier,
        Finding,
        Judgement,
        Place,
        ProfileClaim,
        ProfileOrigin,
        PurposeProfile,
        Purposes,
        Retention,
        Source,
        judge,
        purposes_of,
        read_purpose,
        shipped_purposes,
    )
    from idwallet.consent.receipt import (
        Promise,
        Receipt,
        ReceiptOutcome,
        UnverifiedReceipt,
        VerifiedReceipt,
        evaluate_receipt,
        verify_receipt,
    )
    from idwallet.consent.reuse import (
        ONCE_ONLY,
        RefillHint,
        RefillReason,
        ReuseMethod,
        ReusePolicy,
        WhenEmpty,
        read_reuse_policy,
    )
    from idwallet.consent.transaction import (
        CONTRACT,
        PAYMENT,
        SIGNATURE,
        Contract,
        ContractDocument,
        Transaction,
        TransactionLabel,
        TransactionLine,
        read_transaction,
    )

__all__ = [
    "CONTRACT",
    "ONCE_ONLY",
    "PAYMENT",
    "PURPOSE_PROFILE",
    "SIGNATURE",
    "AnchorContext",
    "AnchoredCheckpoint",
    "Asking",
    "AuthenticatedBy",
    "Basis",
    "Caution",
    "CautionCode",
    "Checkpoint",
    "ClaimJudgement",
    "ClaimsAsked",
    "ClaimsShown",
    "CompletenessRule",
    "Contract",
    "ContractDocument",
    "CredentialNeeds",
    "DeletionRequest",
    "Earlier",
    "Entry",
    "EntryKind",
    "Evidence",
    "Finding",
    "Happening",
    "Judgement",
    "Ledger",
    "LedgerEntry",
    "LegalContacts",
    "Link",
    "LinkKind",
    "LinkWeight",
    "Linkability",
    "Occasion",
    "Outside",
    "Party",
    "Place",
    "ProfileClaim",
    "ProfileOrigin",
    "Promise",
    "Proves",
    "PurposeProfile",
    "Purposes",
    "Receipt",
    "ReceiptOutcome",
    "RefillHint",
    "RefillReason",
    "Retention",
    "ReuseMethod",
    "ReusePolicy",
    "Sending",
    "Source",
    "Transaction",
    "TransactionLabel",
    "TransactionLine",
    "UnverifiedLedger",
    "UnverifiedReceipt",
    "VerifiedLedger",
    "VerifiedReceipt",
    "Visit",
    "VisitLink",
    "VisitLinkKind",
    "WhenEmpty",
    "draft_deletion",
    "evaluate_ledger_export",
    "evaluate_receipt",
    "happenings",
    "judge",
    "linkability",
    "linked_visits",
    "purposes_of",
    "read_purpose",
    "read_reuse_policy",
    "read_transaction",
    "shipped_purposes",
    "stamped",
    "transaction_log",
    "verify_ledger_export",
    "verify_receipt",
]

_HOMES: Final = MappingProxyType(
    {
        "ONCE_ONLY": "idwallet.consent.reuse",
        "RefillHint": "idwallet.consent.reuse",
        "RefillReason": "idwallet.consent.reuse",
        "ReuseMethod": "idwallet.consent.reuse",
        "ReusePolicy": "idwallet.consent.reuse",
        "WhenEmpty": "idwallet.consent.reuse",
        "read_reuse_policy": "idwallet.consent.reuse",
        "CONTRACT": "idwallet.consent.transaction",
        "PAYMENT": "idwallet.consent.transaction",
        "SIGNATURE": "idwallet.consent.transaction",
        "Contract": "idwallet.consent.transaction",
        "ContractDocument": "idwallet.consent.transaction",
        "Transaction": "idwallet.consent.transaction",
        "TransactionLabel": "idwallet.consent.transaction",
        "TransactionLine": "idwallet.consent.transaction",
        "read_transaction": "idwallet.consent.transaction",
        "Visit": "idwallet.consent.linking.visits",
        "VisitLink": "idwallet.consent.linking.visits",
        "VisitLinkKind": "idwallet.consent.linking.visits",
        "linked_visits": "idwallet.consent.linking.visits",
        "AnchorContext": "idwallet.consent.ledger.anchor",
        "AnchoredCheckpoint": "idwallet.consent.ledger.anchor",
        "Asking": "idwallet.consent.purpose",
        "AuthenticatedBy": "idwallet.consent.occasion",
        "Basis": "idwallet.consent.purpose",
        "Caution": "idwallet.consent.purpose",
        "CautionCode": "idwallet.consent.purpose",
        "Checkpoint": "idwallet.consent.ledger.chain",
        "ClaimJudgement": "idwallet.consent.purpose",
        "ClaimsAsked": "idwallet.consent.occasion",
        "ClaimsShown": "idwallet.consent.occasion",
        "CompletenessRule": "idwallet.consent.ledger.standing",
        "CredentialNeeds": "idwallet.consent.purpose",
        "DeletionRequest": "idwallet.consent.ledger.deletion",
        "Earlier": "idwallet.consent.purpose",
        "Entry": "idwallet.consent.ledger.entry",
        "EntryKind": "idwallet.consent.ledger.entry",
        "Evidence": "idwallet.consent.ledger.position",
        "Finding": "idwallet.consent.purpose",
        "Happening": "idwallet.consent.ledger.history",
        "Judgement": "idwallet.consent.purpose",
        "Ledger": "idwallet.consent.ledger.ledger",
        "LedgerEntry": "idwallet.consent.ledger.position",
        "LegalContacts": "idwallet.consent.occasion",
        "Link": "idwallet.consent.linking",
        "LinkKind": "idwallet.consent.linking",
        "LinkWeight": "idwallet.consent.linking",
        "Linkability": "idwallet.consent.linking",
        "Occasion": "idwallet.consent.occasion",
        "Outside": "idwallet.consent.ledger.standing",
        "PURPOSE_PROFILE": "idwallet.consent.purpose",
        "Party": "idwallet.consent.occasion",
        "Place": "idwallet.consent.purpose",
        "ProfileClaim": "idwallet.consent.purpose",
        "ProfileOrigin": "idwallet.consent.purpose",
        "Promise": "idwallet.consent.receipt",
        "Proves": "idwallet.consent.ledger.evaluate",
        "PurposeProfile": "idwallet.consent.purpose",
        "Purposes": "idwallet.consent.purpose",
        "Receipt": "idwallet.consent.receipt",
        "ReceiptOutcome": "idwallet.consent.receipt",
        "Retention": "idwallet.consent.purpose",
        "Sending": "idwallet.consent.ledger.entry",
        "Source": "idwallet.consent.purpose",
        "UnverifiedLedger": "idwallet.consent.ledger.evaluate",
        "UnverifiedReceipt": "idwallet.consent.receipt",
        "VerifiedLedger": "idwallet.consent.ledger.evaluate",
        "VerifiedReceipt": "idwallet.consent.receipt",
        "draft_deletion": "idwallet.consent.ledger.deletion",
        "evaluate_ledger_export": "idwallet.consent.ledger.evaluate",
        "evaluate_receipt": "idwallet.consent.receipt",
        "happenings": "idwallet.consent.ledger.history",
        "judge": "idwallet.consent.purpose",
        "linkability": "idwallet.consent.linking",
        "purposes_of": "idwallet.consent.purpose",
        "read_purpose": "idwallet.consent.purpose",
        "shipped_purposes": "idwallet.consent.purpose",
        "stamped": "idwallet.consent.ledger.anchor",
        "transaction_log": "idwallet.consent.ledger.ts10",
        "verify_ledger_export": "idwallet.consent.ledger.evaluate",
        "verify_receipt": "idwallet.consent.receipt",
    }
)


if not TYPE_CHECKING:  # to a type checker, a name that is not there is an error

    def __getattr__(name: str) -> object:
        home = _HOMES.get(name)
        if home is None:
            message = f"module 'idwallet.consent' has no attribute {name!r}"
            raise AttributeError(message)
        return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
