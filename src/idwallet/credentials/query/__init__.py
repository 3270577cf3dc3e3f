"""DCQL: the query, the holder's match and the verifier's judgement of an answer."""

from idwallet.credentials.query.fit import claim_set_paths, requested_paths
from idwallet.credentials.query.judge import judge_answer
from idwallet.credentials.query.match import (
    CandidateMatch,
    CredentialMatch,
    Lack,
    NearestMiss,
    QueryMatch,
    SetMatch,
    match,
)
from idwallet.credentials.query.query import AGE_TYPES, Query
from idwallet.credentials.query.structures import (
    COMPACT,
    MDOC,
    SD_JWT_VC,
    Candidate,
    ClaimQuery,
    CompactMeta,
    CredentialQuery,
    CredentialSet,
    ForeignMeta,
    MdocMeta,
    SdJwtVcMeta,
    TrustedAuthority,
)

__all__ = [
    "AGE_TYPES",
    "COMPACT",
    "MDOC",
    "SD_JWT_VC",
    "Candidate",
    "CandidateMatch",
    "ClaimQuery",
    "CompactMeta",
    "CredentialMatch",
    "CredentialQuery",
    "CredentialSet",
    "ForeignMeta",
    "Lack",
    "MdocMeta",
    "NearestMiss",
    "Query",
    "QueryMatch",
    "SdJwtVcMeta",
    "SetMatch",
    "TrustedAuthority",
    "claim_set_paths",
    "judge_answer",
    "match",
    "requested_paths",
]
