// A verifier by @openid4vc/openid4vp, on a port of this machine: makes requests by value
// and by reference, reads what is posted, and verifies it by @sd-jwt and @owf/mdoc.
import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { digest, ES256, generateSalt } from "@sd-jwt/crypto-nodejs";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import { Openid4vpVerifier } from "@openid4vc/openid4vp";
import { DcqlPresentationResult, DcqlQuery } from "dcql";
import { calculateJwkThumbprint, decodeProtectedHeader } from "jose";
import * as owf from "@owf/mdoc";
import { callbacks, keep, newKey, secretOf } from "./callbacks.mjs";
import { context, octets } from "./mdoc_context.mjs";

const verifier = new Openid4vpVerifier({ callbacks });
const fresh = () => randomBytes(24).toString("base64url");
const FORMATS = {
  "dc+sd-jwt": { "sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"] },
  mso_mdoc: { issuerauth_alg_values: [-7], deviceauth_alg_values: [-7] },
};

let service;

// `told` has the certificate of the server, and the key and chain of who asks (absent for
// a verifier that nobody knows), the roots that issuers are believed under.
export async function start(told) {
  const server = createServer({ cert: readFileSync(told.chain), key: readFileSync(told.key) });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const origin = `https://localhost:${server.address().port}`;
  if (told.asker) keep(told.asker.key);
  service = { told, origin, server, requests: new Map(), verdicts: [], came: [] };
  server.on("request", (request, response) => {
    answer(request, response).catch((error) => {
      service.verdicts.push({ refused: `${error.name}: ${error.message}` });
      response.writeHead(400, { "Content-Type": "application/json" }).end("{}");
    });
  });
  return { origin };
}

// Makes requests and judges answers without a port; for measurements.
export function offline(told) {
  keep(told.asker.key);
  service = { told, origin: "https://localhost", requests: new Map(), verdicts: [], came: [] };
}

export async function open(id, form) {
  const found = service.requests.get(id);
  service.requests.delete(id);
  return judged(found, form);
}

export async function stop() {
  const { verdicts, came, server } = service;
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  return { verdicts, came };
}

const clientIds = {
  x509_hash: ([leaf]) =>
    `x509_hash:${createHash("sha256").update(Buffer.from(leaf, "base64")).digest("base64url")}`,
  x509_san_dns: () => "x509_san_dns:localhost",
};

// A page asks through a browser: what goes into the API, and what came out of it.
export async function askPage({ query, mode, page, isSigned }) {
  const { told, requests } = service;
  const id = fresh();
  const signer = isSigned && { method: "x5c", x5c: told.asker.chain, alg: "ES256" };
  const encryption = mode === "dc_api.jwt" ? await keyForAnswer() : null;
  const payload = {
    response_type: "vp_token",
    response_mode: mode,
    nonce: fresh(),
    dcql_query: query,
    client_metadata: metadataWith(encryption),
    ...(signer ? { client_id: clientIds.x509_hash(signer.x5c), expected_origins: [page] } : {}),
  };
  const made = await verifier.createOpenId4vpAuthorizationRequest({
    authorizationRequestPayload: payload,
    jar: signer
      ? {
          jwtSigner: signer,
          expiresInSeconds: 300,
          additionalJwtPayload: { aud: "https://self-issued.me/v2" },
        }
      : undefined,
  });
  requests.set(id, { payload, encryption, page });
  const { request } = made.authorizationRequestObject;
  return { id, data: request ? { request } : payload };
}

export const judgePage = ({ id, data }) => judged(service.requests.get(id), data);

async function keyForAnswer() {
  const made = await newKey();
  made.publicJwk = keep({ ...secretOf(made.publicJwk), kid: fresh() });
  return made;
}

const metadataWith = (encryption) => ({
  vp_formats_supported: FORMATS,
  ...(encryption
    ? {
        jwks: { keys: [{ ...encryption.publicJwk, use: "enc", alg: "ECDH-ES" }] },
        encrypted_response_enc_values_supported: ["A128GCM", "A256GCM"],
      }
    : {}),
});

export async function ask({ query, mode, prefix, reference, change = {} }) {
  const { told, origin, requests } = service;
  const id = fresh();
  const responseUri = `${origin}/answer/${id}`;
  const signer = prefix !== "redirect_uri" && {
    method: "x5c",
    x5c: told.asker.chain,
    alg: "ES256",
  };
  const encryption = mode === "direct_post.jwt" ? await keyForAnswer() : null;
  const payload = {
    client_id: signer ? clientIds[prefix](signer.x5c) : `redirect_uri:${responseUri}`,
    response_type: "vp_token",
    response_mode: mode,
    response_uri: responseUri,
    nonce: fresh(),
    state: fresh(),
    dcql_query: query,
    client_metadata: metadataWith(encryption),
    ...change,
  };
  const made = await verifier.createOpenId4vpAuthorizationRequest({
    authorizationRequestPayload: payload,
    jar: signer
      ? {
          jwtSigner: signer,
          requestUri: reference ? `${origin}/request/${id}` : undefined,
          expiresInSeconds: 300,
          additionalJwtPayload: { aud: "https://self-issued.me/v2" },
        }
      : undefined,
  });
  requests.set(id, { payload, jwt: made.jar?.authorizationRequestJwt, encryption });
  return { request: made.authorizationRequest, id };
}

async function answer(request, response) {
  const { pathname } = new URL(request.url, service.origin);
  const parts = [];
  for await (const part of request) parts.push(part);
  const [, kind, id] = pathname.split("/");
  service.came.push(`${request.method} ${kind}`);
  const found = service.requests.get(id);
  if (!found) return response.writeHead(404).end();
  if (kind === "request") {
    const type = "application/oauth-authz-req+jwt";
    return response.writeHead(200, { "Content-Type": type }).end(found.jwt);
  }
  const form = Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString()));
  service.verdicts.push(await judged(found, form));
  response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
}

async function judged({ payload, encryption, page }, form) {
  if (form.error) return { error: form.error };
  const parsed = await verifier.parseOpenid4vpAuthorizationResponse({
    authorizationResponse: form,
    authorizationRequestPayload: payload,
    origin: page,
    callbacks,
  });
  const query = DcqlQuery.parse(payload.dcql_query);
  const credentials = {};
  const shown = {};
  for (const [id, presentations] of Object.entries(parsed.dcql.presentations)) {
    const { format } = query.credentials.find((each) => each.id === id);
    const verify = format === "mso_mdoc" ? verifiedMdoc : verifiedSdJwt;
    credentials[id] = [];
    for (const each of presentations)
      credentials[id].push(await verify(each, { ...payload, page }, encryption?.publicJwk));
    shown[id] = credentials[id].map((each) => each.namespaces ?? each.claims);
  }
  const found = DcqlPresentationResult.fromDcqlPresentation(credentials, { dcqlQuery: query });
  const jwe = form.response && decodeProtectedHeader(form.response);
  return { satisfied: Boolean(found.can_be_satisfied), shown, jwe: jwe ?? null };
}

async function verifiedSdJwt(token, payload) {
  const { x5c } = decodeProtectedHeader(token.split("~")[0]);
  const [leaf] = x5c.map((each) => new X509Certificate(Buffer.from(each, "base64")));
  const roots = service.told.roots.map((each) => new X509Certificate(Buffer.from(each, "base64")));
  if (!roots.some((root) => leaf.checkIssued(root) && leaf.verify(root.publicKey)))
    throw new Error("no chain to a root");
  const peer = new SDJwtVcInstance({
    hasher: digest,
    saltGenerator: generateSalt,
    verifier: await ES256.getVerifier(leaf.publicKey.export({ format: "jwk" })),
    kbVerifier: async (data, signature, { cnf }) =>
      (await ES256.getVerifier(cnf.jwk))(data, signature),
  });
  const verified = await peer.verify(token, { keyBindingNonce: payload.nonce });
  const audience = payload.page ? `origin:${payload.page}` : payload.client_id;
  if (verified.kb.payload.aud !== audience) throw new Error("another audience");
  const claims = verified.payload;
  return {
    credential_format: "dc+sd-jwt",
    cryptographic_holder_binding: true,
    vct: claims.vct,
    claims,
  };
}

async function verifiedMdoc(token, payload, encryptionJwk) {
  const { client_id: clientId, nonce, response_uri: responseUri } = payload;
  const thumbprint = encryptionJwk && (await calculateJwkThumbprint(encryptionJwk, "sha256"));
  const jwkThumbprint = thumbprint ? octets(thumbprint) : undefined;
  const { page: origin } = payload;
  const sessionTranscript = origin
    ? await owf.SessionTranscript.forOid4VpDcApi({ origin, nonce, jwkThumbprint }, context)
    : await owf.SessionTranscript.forOid4Vp(
        { clientId, nonce, responseUri, jwkThumbprint },
        context,
      );
  const deviceResponse = owf.DeviceResponse.decode(octets(token));
  await owf.Verifier.verifyDeviceResponse(
    {
      deviceResponse,
      sessionTranscript,
      trustedCertificates: service.told.roots.map((each) => new Uint8Array(Buffer.from(each, "base64"))),
      now: new Date(),
    },
    context,
  );
  const [document] = deviceResponse.documents;
  const namespaces = {};
  for (const [name, items] of document.issuerSigned.issuerNamespaces.issuerNamespaces)
    namespaces[name] = Object.fromEntries(
      items.map((each) => [each.elementIdentifier, each.elementValue]),
    );
  return {
    credential_format: "mso_mdoc",
    cryptographic_holder_binding: true,
    doctype: document.docType,
    namespaces,
  };
}
