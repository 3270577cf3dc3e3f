// A wallet by @openid4vc/openid4vp: reads a request, chooses by dcql, shows by @sd-jwt
// and @owf/mdoc, and posts the answer.
import { createHash } from "node:crypto";
import { digest, ES256, generateSalt } from "@sd-jwt/crypto-nodejs";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import { Openid4vpClient } from "@openid4vc/openid4vp";
import { DcqlQuery } from "dcql";
import { calculateJwkThumbprint } from "jose";
import * as owf from "@owf/mdoc";
import { callbacks } from "./callbacks.mjs";
import { context, octets, text, withAlgorithm } from "./mdoc_context.mjs";

const client = new Openid4vpClient({ callbacks });

const sdJwt = async (key) =>
  new SDJwtVcInstance({
    hasher: digest,
    saltGenerator: generateSalt,
    ...(key ? { kbSigner: await ES256.getSigner(key), kbSignAlg: ES256.alg } : {}),
    statusListFetcher: async () => {
      throw new Error("no status list is fetched here");
    },
  });

// What dcql is to match: the credential as the library takes it.
async function held({ raw, format }) {
  const common = { cryptographic_holder_binding: true, credential_format: format };
  if (format === "mso_mdoc") {
    const issued = owf.IssuerSigned.fromEncodedForOid4Vci(raw);
    const namespaces = {};
    for (const [name, items] of issued.issuerNamespaces.issuerNamespaces)
      namespaces[name] = Object.fromEntries(
        items.map((each) => [each.elementIdentifier, each.elementValue]),
      );
    const doctype = issued.issuerAuth.mobileSecurityObject.docType;
    return { ...common, doctype, namespaces };
  }
  const claims = await (await sdJwt()).getClaims(raw);
  return { ...common, vct: claims.vct, claims };
}

const frameOf = (claims) => {
  const frame = {};
  for (const [name, value] of Object.entries(claims))
    frame[name] =
      value !== null && typeof value === "object" && !Array.isArray(value)
        ? frameOf(value)
        : true;
  return frame;
};

// What a credential agrees to beside being shown (OpenID4VP 1.0 B.3.3.1).
function agreedTo(id, transactions, change) {
  const own = (transactions ?? []).filter((each) =>
    each.transactionData.credential_ids.includes(id),
  );
  if (own.length === 0 || change.silent) return {};
  const hashes = own.map(({ encoded }) =>
    createHash("sha256").update(encoded).digest("base64url"),
  );
  return { transaction_data_hashes: hashes, transaction_data_hashes_alg: "sha-256" };
}

async function showSdJwt({ raw, key }, shown, { audience, nonce, agreed }) {
  const binding = { iat: Math.floor(Date.now() / 1000), aud: audience, nonce, ...agreed };
  const peer = await sdJwt(key);
  return peer.present(raw, frameOf(shown), { kb: { payload: binding } });
}

async function showMdoc({ raw, key }, shown, transcript) {
  const issued = owf.IssuerSigned.fromEncodedForOid4Vci(raw);
  const namespaces = new Map(
    Object.entries(shown).map(([name, elements]) => [
      name,
      new Map(Object.keys(elements).map((each) => [each, false])),
    ]),
  );
  const docType = issued.issuerAuth.mobileSecurityObject.docType;
  const itemsRequest = owf.ItemsRequest.create({ docType, namespaces });
  const deviceRequest = owf.DeviceRequest.create({
    docRequests: [owf.DocRequest.create({ itemsRequest })],
  });
  const response = await owf.Holder.createDeviceResponseForDeviceRequest(
    {
      deviceRequest,
      sessionTranscript: transcript,
      issuerSigned: [issued],
      signature: { signingKey: owf.CoseKey.fromJwk(withAlgorithm(key)) },
    },
    context,
  );
  return text(response.encode());
}

export async function read({ request, origin }) {
  const { params } =
    typeof request === "string"
      ? client.parseOpenid4vpAuthorizationRequest({ authorizationRequest: request })
      : { params: request };
  const found = await client.resolveOpenId4vpAuthorizationRequest({
    authorizationRequestPayload: params,
    origin,
  });
  return found;
}

async function encryptionKey(payload) {
  const found = payload.client_metadata?.jwks?.keys?.find((each) => each.use !== "sig");
  const thumbprint = found && (await calculateJwkThumbprint(found, "sha256"));
  return { jwk: found, thumbprint: thumbprint ? octets(thumbprint) : undefined };
}

async function transcriptOf(payload, audience, origin, thumbprint) {
  const { nonce, response_uri: responseUri } = payload;
  const jwkThumbprint = thumbprint;
  if (origin) return owf.SessionTranscript.forOid4VpDcApi({ origin, nonce, jwkThumbprint }, context);
  return owf.SessionTranscript.forOid4Vp(
    { clientId: audience, nonce, responseUri, jwkThumbprint },
    context,
  );
}

export async function present({ request, credentials, origin, post = true, change = {} }) {
  const found = await read({ request, origin });
  const payload = found.authorizationRequestPayload;
  const query = DcqlQuery.parse(found.dcql.query);
  DcqlQuery.validate(query);
  const matched = DcqlQuery.query(query, await Promise.all(credentials.map(held)));
  if (!matched.can_be_satisfied) throw new Error("nothing that answers is held");
  const encrypted = payload.response_mode.endsWith(".jwt");
  const { jwk, thumbprint } = encrypted ? await encryptionKey(payload) : {};
  // Through a browser it is the origin, whoever signed (A.4); the library says otherwise.
  const through = origin ? `origin:${origin}` : found.client.effective;
  const audience = change.audience ?? through;
  const nonce = change.nonce ?? payload.nonce;
  const transcript = await transcriptOf({ ...payload, nonce }, audience, origin, thumbprint);
  const token = {};
  for (const [id, each] of Object.entries(matched.credential_matches)) {
    if (!each.success) continue;
    const asked = query.credentials.find((one) => one.id === id);
    const chosen = asked.multiple ? each.valid_credentials : each.valid_credentials.slice(0, 1);
    token[id] = await Promise.all(
      chosen.map(({ input_credential_index: index, claims }) => {
        const own = credentials[index];
        const shown = claims.valid_claim_sets[0].output;
        if (own.format === "mso_mdoc") return showMdoc(own, shown, transcript);
        const agreed = agreedTo(id, found.transactionData, change);
        return showSdJwt(own, shown, { audience, nonce, agreed });
      }),
    );
  }
  const made = await client.createOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: payload,
    authorizationResponsePayload: { vp_token: token },
    origin,
    jarm: encrypted
      ? {
          encryption: { jwk },
          serverMetadata: {
            authorization_signing_alg_values_supported: [],
            authorization_encryption_alg_values_supported: ["ECDH-ES"],
            authorization_encryption_enc_values_supported: [change.enc ?? "A256GCM"],
          },
        }
      : undefined,
  });
  const prefix = found.client.prefix;
  if (origin || !post)
    return { prefix, answer: made.jarm ? { response: made.jarm.responseJwt } : made.authorizationResponsePayload };
  const { response } = await client.submitOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: payload,
    authorizationResponsePayload: made.authorizationResponsePayload,
    jarm: made.jarm ? { responseJwt: made.jarm.responseJwt } : undefined,
  });
  return { prefix, status: response.status, body: await response.text() };
}
