"""Writing DCQL: the JSON form of a query, without what is a default anyway."""

from idwallet.codec.json import JsonObject, read_object
from idwallet.credentials.query.structures import (
    ClaimQuery,
    CompactMeta,
    CredentialQuery,
    CredentialSet,
    MdocMeta,
    Meta,
    SdJwtVcMeta,
    TrustedAuthority,
)


def write_parts(
    credentials: tuple[CredentialQuery, ...],
    credential_sets: tuple[CredentialSet, ...],
) -> JsonObject:
    """Return the DCQL query that these parts make (OpenID4VP 1.0 §6)."""
    query: JsonObject = {"credentials": [_credential(each) for each in credentials]}
    if credential_sets:
        query["credential_sets"] = [_credential_set(each) for each in credential_sets]
    return query


def _credential(asked: CredentialQuery) -> JsonObject:
    written: JsonObject = {
        "id": asked.id,
        "format": asked.format,
        "meta": _meta(asked.meta),
    }
    if asked.multiple:
        written["multiple"] = True
    if asked.trusted_authorities:
        written["trusted_authorities"] = [
            _authority(each) for each in asked.trusted_authorities
        ]
    if not asked.require_cryptographic_holder_binding:
        written["require_cryptographic_holder_binding"] = False
    if asked.claims:
        written["claims"] = [_claim(each) for each in asked.claims]
    if asked.claim_sets:
        written["claim_sets"] = [list(each) for each in asked.claim_sets]
    return written


def _meta(meta: Meta) -> JsonObject:
    if isinstance(meta, SdJwtVcMeta):
        return {"vct_values": list(meta.vct_values)}
    if isinstance(meta, MdocMeta):
        return {"doctype_value": meta.doctype_value}
    if isinstance(meta, CompactMeta):
        return {"type_values": list(meta.type_values)}
    return read_object(meta.json, at="meta", clause="OpenID4VP 1.0 §6.1")


def _authority(authority: TrustedAuthority) -> JsonObject:
    return {"type": authority.type, "values": list(authority.values)}


def _claim(asked: ClaimQuery) -> JsonObject:
    written: JsonObject = {}
    if asked.id is not None:
        written["id"] = asked.id
    written["path"] = list(asked.path)
    if asked.values:
        written["values"] = list(asked.values)
    if asked.intent_to_retain is not None:
        written["intent_to_retain"] = asked.intent_to_retain
    return written


def _credential_set(asked: CredentialSet) -> JsonObject:
    written: JsonObject = {"options": [list(each) for each in asked.options]}
    if not asked.required:
        written["required"] = False
    return written
