"""Forged presentations, each with a valid twin and the one check that it must move."""

from typing import Final

from idwallet.testing.corpus.binding import BINDING_FORGERIES
from idwallet.testing.corpus.claims import CLAIM_FORGERIES
from idwallet.testing.corpus.disclosures import DISCLOSURE_FORGERIES
from idwallet.testing.corpus.forgery import Forgery, by_name, judge, moved
from idwallet.testing.corpus.issuer import ISSUER_FORGERIES
from idwallet.testing.corpus.response import RESPONSE_FORGERIES

PRESENTATIONS: Final = (
    *ISSUER_FORGERIES,
    *DISCLOSURE_FORGERIES,
    *CLAIM_FORGERIES,
    *BINDING_FORGERIES,
    *RESPONSE_FORGERIES,
)

__all__ = ["PRESENTATIONS", "Forgery", "by_name", "judge", "moved"]
