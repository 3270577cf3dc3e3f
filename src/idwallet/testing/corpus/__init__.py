"""Forged inputs for your own verifier, wallet or issuer, each with its valid twin.

A forged input proves something only beside a twin that is accepted and differs in
nothing but the fault: whoever refuses both has shown nothing. Four tuples hold them,
one for each kind of input that crosses a border:

=================  ======================  =======================  ===============
tuple              what is forged          given to                 its text
=================  ======================  =======================  ===============
`PRESENTATIONS`    answers to a request    a verifier               `.response()`
`REQUESTS`         requests                a wallet                 `.message()`
`CREDENTIALS`      credentials             a wallet                 `.shown()`
`PROOFS`           proofs of possession    an issuer                `.proof()`
=================  ======================  =======================  ===============

Take them one by one against a `Scene`, which holds the keys and the trust::

    from idwallet.testing.corpus import PRESENTATIONS
    from idwallet.testing.scene import Scene

    scene = Scene()
    for forgery in PRESENTATIONS:
        valid, forged = forgery.twins(scene)
        assert my_verifier(valid.response(), valid.request, scene)
        assert not my_verifier(forged.response(), forged.request, scene)

`forgery.check` and `forgery.reason` say which check of this library the fault moves,
and by which reason; `judge`, `judge_request`, `add` and `judge_proof` run it, and
`moved` compares two reports. `PORTRAITS` are answers of which a clerk compares the
portrait; `judge_portrait` lets the clerk do so.

Every key and certificate in a scene is a test key.
"""

from typing import Final

from idwallet.testing.corpus.anchors import (
    ANCHOR_FORGERIES,
    READER_ANCHOR_FORGERIES,
)
from idwallet.testing.corpus.attached import ATTACHED
from idwallet.testing.corpus.attested import ASKED_FOR
from idwallet.testing.corpus.binding import BINDING_FORGERIES
from idwallet.testing.corpus.claims import CLAIM_FORGERIES
from idwallet.testing.corpus.credentials import CREDENTIALS, CredentialForgery, add
from idwallet.testing.corpus.disclosures import DISCLOSURE_FORGERIES
from idwallet.testing.corpus.forgery import Forgery, by_name, judge, moved
from idwallet.testing.corpus.identified import IDENTIFIED
from idwallet.testing.corpus.issuer import ISSUER_FORGERIES
from idwallet.testing.corpus.metadata import METADATA_FORGERIES
from idwallet.testing.corpus.objects import OBJECT_FORGERIES
from idwallet.testing.corpus.portraits import (
    PORTRAITS,
    PRESENCES,
    PortraitForgery,
    judge_portrait,
)
from idwallet.testing.corpus.proofs import PROOFS, ProofForgery, judge_proof
from idwallet.testing.corpus.readers import READER_FORGERIES, REQUEST_SIGNATURES
from idwallet.testing.corpus.registered import ASKER_FORGERIES
from idwallet.testing.corpus.requests import (
    REQUEST_FORMATS,
    REQUEST_VALIDITIES,
    RequestForgery,
    judge_request,
)
from idwallet.testing.corpus.response import RESPONSE_FORGERIES
from idwallet.testing.corpus.taken_back import TAKEN_BACK_FORGERIES
from idwallet.testing.corpus.transactions import TRANSACTION_FORGERIES

PRESENTATIONS: Final = (
    *ISSUER_FORGERIES,
    *DISCLOSURE_FORGERIES,
    *CLAIM_FORGERIES,
    *METADATA_FORGERIES,
    *BINDING_FORGERIES,
    *RESPONSE_FORGERIES,
    *OBJECT_FORGERIES,
    *TAKEN_BACK_FORGERIES,
    *ANCHOR_FORGERIES,
    *TRANSACTION_FORGERIES,
    *PRESENCES,
)

REQUESTS: Final = (
    *REQUEST_FORMATS,
    *REQUEST_SIGNATURES,
    *REQUEST_VALIDITIES,
    *READER_FORGERIES,
    *READER_ANCHOR_FORGERIES,
    *ASKER_FORGERIES,
    *ATTACHED,
    *ASKED_FOR,
    *IDENTIFIED,
)

__all__ = [
    "CREDENTIALS",
    "PORTRAITS",
    "PRESENTATIONS",
    "PROOFS",
    "REQUESTS",
    "CredentialForgery",
    "Forgery",
    "PortraitForgery",
    "ProofForgery",
    "RequestForgery",
    "add",
    "by_name",
    "judge",
    "judge_portrait",
    "judge_proof",
    "judge_request",
    "moved",
]
