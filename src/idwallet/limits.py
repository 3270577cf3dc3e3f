"""Every bound on size, depth, count and time, by name.

Sizes are bytes, depths are nesting levels, times are `timedelta`. A bound is applied
before the work it bounds; what passes it is refused with `LimitError`. They are
constants and not settings: a larger input than these is an attack or a mistake.
"""

from datetime import timedelta
from typing import Final

# JSON and CBOR documents of any kind.
JSON_BYTES: Final = 1_048_576
JSON_DEPTH: Final = 32
JSON_NUMBER_CHARACTERS: Final = 64
CBOR_BYTES: Final = 4_194_304
CBOR_DEPTH: Final = 32
CBOR_ITEMS: Final = 100_000
PEM_BYTES: Final = 262_144
PEM_BLOCKS: Final = 32
TEXT_CHARACTERS: Final = 512

# JWS (RFC 7515): the header holds `x5c`, so it is not small.
JWS_BYTES: Final = 1_048_576
JWS_HEADER_BYTES: Final = 24_576
JWS_SIGNATURE_BYTES: Final = 8_192
JWS_SIGNATURES: Final = 16
JWS_CRIT_NAMES: Final = 8

# JWE (RFC 7516): a backup of a wallet is one. The header may hold `x5c`.
JWE_BYTES: Final = 67_108_864
JWE_HEADER_BYTES: Final = 24_576

# COSE (RFC 9052): the header may hold `x5chain`.
COSE_HEADER_BYTES: Final = 24_576
COSE_SIGNATURE_BYTES: Final = 8_192
COSE_CRIT_LABELS: Final = 8

# XML (trusted lists, XML signatures). A national trusted list has a few megabytes, a
# few ten thousand elements, and often declares its namespaces anew at each of them.
XML_BYTES: Final = 16_777_216
XML_TAGS: Final = 400_000
XML_NAME_CHARACTERS: Final = 512
XML_DEPTH: Final = 64
XML_ATTRIBUTES: Final = 64
XML_NAMESPACES: Final = 64
XML_DECLARATIONS: Final = 50_000

# ZIP archives. A reader holds nothing of them as a whole; how much they unpack to is
# bounded by how long they are. Small ones may pack well.
ZIP_BYTES: Final = 68_719_476_736
ZIP_UNPACKED_BYTES: Final = 274_877_906_944
ZIP_ENTRIES: Final = 1_000
ZIP_DIRECTORY_BYTES: Final = 2_097_152
ZIP_NAME_BYTES: Final = 1_024
ZIP_FOLDERS: Final = 32
ZIP_EXTRA_BYTES: Final = 1_024
ZIP_COMMENT_BYTES: Final = 256
ZIP_RATIO: Final = 100
ZIP_RATIO_FROM: Final = 1_048_576
ZIP_UNPACKED_FREE: Final = 16_777_216

# XML signatures (XMLDSig 1.1, XAdES).
# XML signatures (XMLDSig 1.1, XAdES). The parser takes ten million characters of text
# in one piece, which in base64 is what a document put into a signature may be.
XML_SIGNATURES: Final = 16
XML_SIGNATURE_BYTES: Final = 8_192
XML_SIGNED_INFO_BYTES: Final = 65_536
XML_REFERENCES: Final = 32
XML_TRANSFORMS: Final = 2
XML_PREFIXES: Final = 32
XML_CERTIFICATES: Final = 16
XML_ADDRESS_CHARACTERS: Final = 255
XML_OBJECT_BYTES: Final = 7_340_032
XML_MATERIAL: Final = 128

# Lists of trust (ETSI TS 119 612, ETSI TS 119 602, ISO/IEC 18013-5 Annex C). None is
# relied on for more than half a year (TS 119 612 section 5.3.15).
LOTE_BYTES: Final = 8_388_608
LISTED_SERVICES: Final = 10_000
LISTED_PERIODS: Final = 64
LISTED_CERTIFICATES: Final = 64
LISTED_POINTERS: Final = 512
LISTED_TYPES: Final = 64
LISTED_CHARACTERS: Final = 2_048
LIST_PIVOTS: Final = 16
TRUSTED_LIST_AGE_MAXIMUM: Final = timedelta(days=186)

# CMS (RFC 5652): messages with their content inside, certificates, signers, and
# signatures on signatures. BER is read once and made DER; how much there is of it is
# bounded apart, since each of its elements is looked at.
CMS_BYTES: Final = 134_217_728
CMS_SIGNERS: Final = 64
CMS_CERTIFICATES: Final = 128
CMS_REVOCATIONS: Final = 128
CMS_ATTRIBUTES: Final = 64
CMS_ATTRIBUTE_VALUES: Final = 64
CMS_SIGNATURE_BYTES: Final = 8_192
CMS_DIGESTS: Final = 16
BER_ELEMENTS: Final = 200_000
BER_DEPTH: Final = 32
# Relying parties (ETSI TS 119 475): a registration counts for a year (GEN-5.2.4-08).
REGISTRATION_BYTES: Final = 131_072
REGISTERED_CREDENTIALS: Final = 64
REGISTERED_CLAIMS: Final = 256
REGISTERED_TEXTS: Final = 64
REGISTRATION_LIFETIME: Final = timedelta(days=366)

# Timestamps (RFC 3161). An accuracy of more than that says nothing of a day.
TIMESTAMP_BYTES: Final = 262_144
TIMESTAMP_ACCURACY: Final = timedelta(days=1)

# Signed documents. What travels inside a signature is held as a whole.
ENVELOPED_BYTES: Final = 67_108_864
SIGNATURE_TIMESTAMPS: Final = 16
ARCHIVE_TIMESTAMPS: Final = 32
# Containers (ASiC): the files with signatures, with timestamps and with manifests.
CONTAINER_SIGNATURES: Final = 32
MANIFEST_BYTES: Final = 1_048_576
MANIFESTS: Final = 64
COUNTER_SIGNATURE_DEPTH: Final = 4
DOCUMENT_SIGNATURE_CHECKS: Final = 256

# Batches of signatures. What is under way at once is held in memory.
BATCH_DOCUMENT_BYTES: Final = 134_217_728
BATCH_AT_ONCE: Final = 64
BATCHES_PREPARED: Final = 4
KEYS_REOPENED: Final = 16

# Signing sessions (docs/reference/signing-session.md). A profile with a picture for a
# visible signature is the most of one.
SESSION_BYTES: Final = 2_097_152
SESSION_TEXT_CHARACTERS: Final = 4_096
SESSION_CODES: Final = 256
SESSION_LIFETIME: Final = timedelta(days=1)
SESSION_LIFETIME_MAXIMUM: Final = timedelta(days=31)

# Keys at a remote signing service (CSC API 2.0). A person has three minutes to confirm
# elsewhere what is to be signed.
CSC_BYTES: Final = 1_048_576
CSC_NAMES: Final = 64
CSC_CREDENTIALS: Final = 256
CSC_FACTORS: Final = 8
CSC_EXPRESSION_CHARACTERS: Final = 256
CSC_SAD_CHARACTERS: Final = 16_384
CSC_HASHES: Final = 1_000
CSC_POLLS: Final = 90
CSC_POLL_EVERY: Final = timedelta(seconds=2)
# JAdES (ETSI TS 119 182-1). Values of a kind are counted in all signatures.
JADES_BYTES: Final = 134_217_728
JADES_ELEMENTS: Final = 256
JADES_VALUES: Final = 512
JADES_REFERENCES: Final = 64

# Visible stamps. 14,400 points is the largest page of PDF (ISO 32000-1 annex C).
FONT_BYTES: Final = 33_554_432
PICTURE_POINTS: Final = 16_777_216
PAGE_POINTS: Final = 14_400

# Mobile documents (ISO/IEC 18013-5). A full mDL has 40 elements in two namespaces.
MDOC_DOCUMENTS: Final = 32
MDOC_NAMESPACES: Final = 64
MDOC_DIGESTS: Final = 4_096
MDOC_COPIED_BYTES: Final = 4_096
MDOC_LAYOUT_BYTES: Final = 8_192
MDOC_LAYOUT_ENTRIES: Final = 128
MDOC_ISSUED_BYTES: Final = 1_048_576
MDOC_READER_SIGNATURES: Final = 8
MDOC_USE_CASES: Final = 16

# X.509 chains and path validation (RFC 5280).
CERTIFICATE_BYTES: Final = 16_384
CERTIFICATE_CACHE_BYTES: Final = 4_096
CERTIFICATE_CACHE_ENTRIES: Final = 256
NAME_CACHE_BYTES: Final = 512
EXTENSIONS_CACHE_BYTES: Final = 1_024
CHAIN_CERTIFICATES: Final = 6
PATH_SIGNATURE_CHECKS: Final = 32
PATH_NAME_CHECKS: Final = 4_096
TRUST_ANCHORS: Final = 10_000
CHAIN_CACHE_ENTRIES: Final = 1_024
CERTIFICATES_AT_HAND: Final = 1_024
CHAINS_AT_HAND: Final = 16
HEADER_CACHE_ENTRIES: Final = 512
HEADER_CACHE_BYTES: Final = 8_192

# Revocation of certificates (RFC 5280 section 5, RFC 6960). The CRL of a country's
# cards has a few hundred thousand entries of 40 to 60 bytes. Evidence that came before
# a certificate's proof of existence is believed for a year at most.
CRL_BYTES: Final = 33_554_432
CRL_ENTRIES: Final = 500_000
CRL_DISTRIBUTION_POINTS: Final = 16
CRLS: Final = 64
OCSP_BYTES: Final = 65_536
OCSP_ANSWERS: Final = 64
OCSP_RESPONSES: Final = 64
OCSP_NONCE_BYTES: Final = 128
REVOCATION_CERTIFICATES: Final = 64
REVOCATION_SIGNATURE_CHECKS: Final = 128
REVOCATION_URIS: Final = 8
REVOCATION_AGE_MAXIMUM: Final = timedelta(days=366)

# PDF (ISO 32000-2). A file of 500 MB may hold a million objects, which are looked up,
# not listed; what is undone of compressed streams is bounded one by one and together.
PDF_OBJECTS: Final = 8_388_608
PDF_SECTIONS: Final = 1_024
PDF_XREF_RUNS: Final = 65_536
PDF_XREF_BYTES: Final = 33_554_432
PDF_STREAM_BYTES: Final = 33_554_432
PDF_UNPACKED_BYTES: Final = 67_108_864
PDF_PACKED_OBJECTS: Final = 65_536
PDF_DEPTH: Final = 64
PDF_TOKENS: Final = 1_000_000
PDF_REFERENCES: Final = 32
PDF_FILTERS: Final = 8
PDF_FIELDS: Final = 16_384
PDF_STORED: Final = 1_024
PDF_TEXT_CHARACTERS: Final = 1_024
PADES_TIMESTAMP_BYTES: Final = 16_384
PDF_OBJECTS_READ: Final = 4_194_304
PDF_PAGES: Final = 200_000
SHEET_CHARACTERS: Final = 65_536
PDF_CHANGES: Final = 256
PDF_COMPARED: Final = 4_000_000
PDF_FIELDS_OF_REVISIONS: Final = 131_072
PDF_SIGNATURE_MARKS: Final = 4_096
PDF_EVIDENCE: Final = 1_024
PDF_CONTENT_BYTES: Final = 16_777_216
PDF_OPERATORS: Final = 1_000_000
PDF_OPERANDS: Final = 4_096
PDF_DRAWN: Final = 200_000
PDF_STATES: Final = 512
PDF_FORM_DEPTH: Final = 12
PDF_COMPARISONS: Final = 5_000_000

# Documents described before they are signed. What is beyond is told as not looked into.
DESCRIBED_FINDINGS: Final = 1_024
DESCRIBED_PAGES: Final = 2_048
DESCRIBED_ANNOTATIONS: Final = 4_096
DESCRIBED_OBJECTS: Final = 500_000
DESCRIBED_TEXT_BYTES: Final = 8_388_608

# Fetching, where that is allowed. The times bound a whole exchange, however slowly its
# octets drip; what failed is not tried again at once.
FETCH_TIME: Final = timedelta(seconds=10)
FETCH_TIME_MAXIMUM: Final = timedelta(minutes=5)
FETCH_RETRY_AFTER: Final = timedelta(seconds=30)
FETCH_REDIRECTS: Final = 3
FETCH_ADDRESSES: Final = 4
FETCHES_AT_ONCE: Final = 8
FETCH_CACHE_ENTRIES: Final = 128
FETCH_CACHE_BYTES: Final = 67_108_864
FETCH_KEPT_FRESH: Final = timedelta(hours=24)
FETCH_ORIGINS: Final = 64
FETCH_ROUNDS: Final = 4
FETCHES_OF_ONE_VERDICT: Final = 16
FETCHED_PIECES: Final = 256

# SD-JWT (RFC 9901).
PLAN_CACHE_ENTRIES: Final = 256
SD_JWT_BYTES: Final = 1_048_576
DISCLOSURES: Final = 1_024
DECOYS: Final = 64
DISCLOSURE_BYTES: Final = 524_288
DIGESTS: Final = 4_096
SD_DEPTH: Final = 16
KEY_BINDING_BYTES: Final = 16_384

# Type metadata (SD-JWT VC).
TYPE_METADATA_BYTES: Final = 262_144
TYPE_METADATA_DOCUMENTS: Final = 8

# Status lists (Token Status List sections 4.1 and 5). The bitmap of 146 million entries
# of one bit takes 18 million bytes, compressed two million where 1 % are set.
STATUS_LIST_TOKEN_BYTES: Final = 33_554_432
STATUS_LIST_COMPRESSED_BYTES: Final = 16_777_216
STATUS_LIST_BITMAP_BYTES: Final = 67_108_864
STATUS_LIST_MEMBERS: Final = 1_024
STATUS_LIST_HERD: Final = 1_000  # entries below which a list tells who is asked about

# Status lists that are issued. A list of fewer entries than the least number would tell
# by its address alone whose credential is asked about (Token Status List section 12.1);
# nobody's list is smaller, since places that nobody was given are in it too.
STATUS_ENTRIES_MINIMUM: Final = 65_536
STATUS_ISSUED_BYTES: Final = 4_063_232  # what a reader of CWT takes even uncompressed
STATUS_PAGE_ENTRIES: Final = 32_768
STATUS_OPEN_LISTS: Final = 64
STATUS_PLACES_AT_ONCE: Final = 100_000
STATUS_CHANGES_AT_ONCE: Final = 100_000
STATUS_ACTOR_CHARACTERS: Final = 256
STATUS_REASON_CHARACTERS: Final = 1_024
STATUS_AGGREGATION_BYTES: Final = 4_194_304
STATUS_AGGREGATION_URIS: Final = 16_384

# Batches of credentials (OpenID4VCI 1.0 section 8.2; ARF 3.0.0 ISSU_36): times are
# rounded, so that many batches share them.
BATCH_CREDENTIALS: Final = 256
BATCH_ROUNDING: Final = timedelta(days=1)
BATCH_ROUNDING_MINIMUM: Final = timedelta(hours=1)
BATCH_ROUNDING_MAXIMUM: Final = timedelta(days=31)
BATCH_PLACE_TRIES: Final = 16
BATCH_IN_FLIGHT: Final = 8  # copies that other processes may be about to sign with

# What links two presentations: moments this close, certificates that live no longer,
# and an order of claims that chance makes no more often than once in so many times. And
# what a wallet remembers of a visit, and after how many entries it forgets it.
LINK_NEAR: Final = timedelta(minutes=1)
LINK_CERTIFICATE_LIFE: Final = timedelta(days=7)
LINK_CHANCES: Final = 10_000
LINK_MARKS: Final = 1_024
LINK_ENTRIES: Final = 256

# Transactions that a person agrees to: documents and parties of a contract, and lines.
CONTRACT_ENTRIES: Final = 32
TRANSACTION_LINES: Final = 64
AGREEMENT_BYTES: Final = 8_388_608

# Identifier lists (ISO/IEC 18013-5 second edition 12.3.6.4). One of 16 octets takes 18,
# so a list has up to 1.8 million of those; members are those of the claims beside them.
IDENTIFIER_LIST_BYTES: Final = 33_554_432
IDENTIFIER_BYTES: Final = 64
IDENTIFIER_LIST_MEMBERS: Final = 64

# Evidence at hand beside the trust anchors. What is read of status lists and kept is
# bounded by their bitmaps together.
STATUS_LISTS_AT_HAND: Final = 100_000
STATUS_LISTS_OF_ONE_ADDRESS: Final = 4
STATUS_LISTS_HELD_BYTES: Final = 67_108_864
CRLS_AT_HAND: Final = 4_096
OCSP_AT_HAND: Final = 4_096
EXISTENCE_DIGESTS_AT_HAND: Final = 1_000_000

# Trust bundles (docs/reference/bundle.md). A status list of 146 million entries where
# 1 % are set is one part of two million bytes; shards of it are many small ones.
BUNDLE_BYTES: Final = 1_073_741_824
BUNDLE_HEAD_BYTES: Final = 2_097_152
BUNDLE_PARTS: Final = 4_096
BUNDLE_PART_BYTES: Final = 33_554_432
BUNDLE_TEXT_CHARACTERS: Final = 2_048
BUNDLE_NAMES: Final = 1_024
BUNDLE_SUCCESSORS: Final = 16
BUNDLE_ROTATIONS: Final = 16
BUNDLE_ROTATION_BYTES: Final = 16_384
BUNDLE_SEQUENCE: Final = 9_007_199_254_740_991
BUNDLE_STATE_BYTES: Final = 16_384
BUNDLE_STATE_TRIES: Final = 64

# DCQL (OpenID4VP 1.0 section 6).
QUERY_BYTES: Final = 65_536
QUERY_CREDENTIALS: Final = 32
QUERY_CLAIMS: Final = 128
QUERY_OPTIONS: Final = 64
QUERY_PATH_ELEMENTS: Final = 16
QUERY_VALUES: Final = 64
QUERY_AUTHORITIES: Final = 64
QUERY_COMBINATIONS: Final = 4_096
QUERY_PATH_MATCHES: Final = 4_096
QUERY_WILDCARD_STEPS: Final = 128

# Catalogue files: a type of credential with neutral names.
CATALOGUE_BYTES: Final = 262_144
CATALOGUE_CLAIMS: Final = 512
# Purpose profiles: what may be asked for one purpose. Numbers are days or versions.
PURPOSE_BYTES: Final = 65_536
PURPOSE_SOURCES: Final = 16
PURPOSE_CREDENTIALS: Final = 64
PURPOSE_CLAIMS: Final = 256
PURPOSE_NUMBER: Final = 1_000_000
PURPOSES: Final = 512
ANSWERS_COMPARED: Final = 16
DISCLOSURE_POLICY_BYTES: Final = 65_536
DISCLOSURE_PARTIES: Final = 1_024

# Requests and responses (OpenID4VP 1.0).
REQUEST_BYTES: Final = 131_072
RESPONSE_BYTES: Final = 2_097_152
PRESENTATIONS: Final = 32
REPORTED_PATHS: Final = 128
FORM_PARAMETERS: Final = 64
CLIENT_ID_CHARACTERS: Final = 512
URI_CHARACTERS: Final = 2_048
STATE_CHARACTERS: Final = 2_048
FORMATS: Final = 32
FORMAT_ALGORITHMS: Final = 64
PSEUDONYM_CHARACTERS: Final = 64
PORTRAIT_BYTES: Final = 1_048_576
VERIFIER_INFO_ENTRIES: Final = 16
ATTESTED_ADDRESSES: Final = 64
DID_DOCUMENT_BYTES: Final = 65_536
DID_METHODS: Final = 64
DID_DOCUMENTS_AT_HAND: Final = 1_024
BASE58_CHARACTERS: Final = 1_024
TRANSACTION_DATA_ENTRIES: Final = 16
TRANSACTION_DATA_CHARACTERS: Final = 32_768
NONCE_CHARACTERS: Final = 512
ORIGIN_CHARACTERS: Final = 512
EXPECTED_ORIGINS: Final = 32
PAGE_REQUESTS: Final = 16
NONCE_CHARACTERS_MINIMUM: Final = 22
NONCE_BYTES: Final = 32
REQUEST_LIFETIME: Final = timedelta(minutes=5)
REQUEST_LIFETIME_MAXIMUM: Final = timedelta(hours=24)
NUMERIC_DATE_MAXIMUM: Final = 253_402_300_799  # 9999-12-31T23:59:59Z in seconds
CLOCK_SKEW: Final = timedelta(seconds=60)
CLOCK_SKEW_MAXIMUM: Final = timedelta(minutes=10)
PROOF_BYTES: Final = 32_768
PROOF_LIFETIME: Final = timedelta(minutes=5)

# Sessions in person (ISO/IEC 18013-5 9.1.1). A device reads requests, a reader answers.
# No side gives up before 300 seconds without a message (9.1.1.4).
ENGAGEMENT_BYTES: Final = 4_096
ENGAGEMENT_METHODS: Final = 16
NDEF_BYTES: Final = 8_192
NDEF_RECORDS: Final = 16
PROXIMITY_REQUEST_BYTES: Final = 135_168
PROXIMITY_RESPONSE_BYTES: Final = 2_101_248
PROXIMITY_MESSAGES: Final = 64
PROXIMITY_IDLE: Final = timedelta(seconds=300)
PROXIMITY_IDLE_MAXIMUM: Final = timedelta(hours=1)
PROXIMITY_LIFETIME: Final = timedelta(hours=1)
PROXIMITY_LIFETIME_MAXIMUM: Final = timedelta(hours=24)

# The consent ledger and receipts (docs/reference/consent-ledger.md). The request kept
# as evidence is as it came; a receipt has a chain of certificates in its header.
LEDGER_ENTRIES: Final = 1_000_000
LEDGER_ENTRY_BYTES: Final = 262_144
LEDGER_EVIDENCE_BYTES: Final = 1_048_576
LEDGER_EXPORT_BYTES: Final = 67_108_864
LEDGER_CHECKPOINTS: Final = 64
LEDGER_PATHS: Final = 4_096
LEDGER_TEXT_CHARACTERS: Final = 4_096
RECEIPT_BYTES: Final = 262_144

# Guards and stores.
REPLAY_ENTRIES: Final = 100_000
REPLAY_KEPT_AFTER: Final = timedelta(hours=1)
EXCHANGES: Final = 100_000
EXCHANGES_BYTES: Final = 536_870_912  # all that is under way, in one process
EXCHANGE_KEPT_AFTER: Final = timedelta(hours=1)
REPLAY_FORGOTTEN_AT_ONCE: Final = 32  # files that one use may look at to be rid of
STORED_RECORDS: Final = 100_000
SEALED_BYTES: Final = 8_388_608
RECORD_NAME_CHARACTERS: Final = 64
BACKUP_BYTES: Final = 33_554_432
WALLET_RETRIES: Final = 1_000  # changes by others that one change may wait for
FILE_BYTES: Final = 67_108_864
SECRET_BYTES: Final = 4_096

# Keys (RFC 7518 section 3.3 sets the least RSA modulus). A public exponent of more
# than 64 bits makes one RSA verification as slow as hundreds.
SPKI_BYTES: Final = 4_096
RSA_BITS_MINIMUM: Final = 2_048
RSA_BITS: Final = 8_192
RSA_EXPONENT_BITS: Final = 64

# What a wallet's file may ask for to try one passphrase (Argon2id, RFC 9106): a
# gibibyte of memory, 16 times over.
ARGON2_MEMORY_KIB: Final = 1_048_576
ARGON2_PASSES: Final = 16
ARGON2_LANES: Final = 16

# What a stored key may ask for to try one passphrase: PBKDF2 rounds (RFC 8018), and
# the product of scrypt's cost, block size and parallelisation (RFC 7914).
KEY_DERIVATION_ROUNDS: Final = 10_000_000
KEY_DERIVATION_SCRYPT: Final = 1_048_576

# OAuth 2.0 and OpenID4VCI: what a server or a wallet takes from its peer.
HTTP_BODY_BYTES: Final = 4_194_304
CHAT_BYTES: Final = 8_388_608  # a body of HTTP_BODY_BYTES in base64url, and its frame
CHAT_FILE_BYTES: Final = 4_194_304
CHAT_HEADERS: Final = 32
METADATA_VALUES: Final = 64
TOKEN_CHARACTERS: Final = 16_384
TRANSACTION_CHARACTERS: Final = 65_536  # it may hold a whole batch of keys
TOKEN_SECONDS: Final = 315_576_000
AUTHORIZATION_DETAILS: Final = 16
DPOP_LIFETIME: Final = timedelta(minutes=2)
CREDENTIAL_CONFIGURATIONS: Final = 256
CREDENTIAL_DISPLAYS: Final = 64
CREDENTIAL_CLAIMS: Final = 512
CREDENTIAL_IDENTIFIERS: Final = 64
CREDENTIAL_PROOFS: Final = 256
OFFER_BYTES: Final = 65_536
TRANSACTION_CODE_CHARACTERS: Final = 64
TRANSACTION_CODE_ATTEMPTS: Final = 10
TRANSACTION_CODE_DESCRIPTION: Final = 300
DEFERRED_SECONDS: Final = 31_557_600
ISSUANCE_PAUSES: Final = 8
PAUSE_SECONDS: Final = 86_400  # as long as a busy peer is heeded who wants more

# Compact credentials, and what a QR code carries. 2,331 octets are the most of one of
# version 40 at level M; signatures that no quantum computer forges come in frames.
COMPACT_BYTES: Final = 16_384
COMPACT_CLAIMS: Final = 64
COMPACT_PICTURE_BYTES: Final = 2_048
QR_WINDOW: Final = timedelta(minutes=5)
KEY_ID_BYTES: Final = 8
QR_CHARACTERS: Final = 4_296
QR_READABLE: Final = 1_637
QR_FRAMES: Final = 32
QR_FRAME_BYTES: Final = 640
QR_STEPS: Final = 40
PRESENCE_AHEAD: Final = timedelta(minutes=1)
DELEGATION_MINUTES: Final = 1_440
DELEGATIONS_WITHDRAWN: Final = 1_000
DELEGATION_END_BYTES: Final = 8_192
DELEGATED_BYTES: Final = 65_536
WARDS: Final = 32
WITHDRAWN_AT_HAND: Final = 10_000  # statements of one list; those of one day
WITHDRAWN_LISTS_AT_HAND: Final = 16
QR_SCALE: Final = 40
TILL_LIFETIME: Final = timedelta(days=400)
