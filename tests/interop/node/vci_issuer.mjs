// An issuer by @openid4vc/openid4vci and @openid4vc/oauth2, on a port of this machine.
//
// The library reads requests and writes answers; what stands between (addresses, what was
// handed out, who the credential is about) is here, as an application would have it.
// Credentials are written by @sd-jwt and @owf/mdoc.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import {
  clientAuthenticationNone,
  Oauth2AuthorizationServer,
  Oauth2ResourceServer,
} from "@openid4vc/oauth2";
import { Openid4vciIssuer } from "@openid4vc/openid4vci";
import { CompactEncrypt, compactDecrypt, exportJWK, generateKeyPair, importJWK } from "jose";
import { callbacks as shared, newKey } from "./callbacks.mjs";
import { issue } from "./issued.mjs";

const PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
const callbacks = { ...shared, clientAuthentication: clientAuthenticationNone({ clientId: "none" }) };
const oauth = new Oauth2AuthorizationServer({ callbacks });
const resources = new Oauth2ResourceServer({ callbacks });
const issuer = new Openid4vciIssuer({ callbacks });
const soon = () => new Date(Date.now() + 60_000);
const fresh = () => randomBytes(24).toString("base64url");

let service;

export async function start(told) {
  const server = createServer({
    cert: readFileSync(told.chain),
    key: readFileSync(told.key),
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const origin = `https://localhost:${server.address().port}`;
  const encryption = told.encrypted ? await generateKeyPair("ECDH-ES", { crv: "P-256" }) : null;
  service = {
    told,
    origin,
    server,
    encryption,
    signer: { method: "jwk", ...(await newKey()) },
    offers: new Map(),
    described: new Map(),
    pushed: new Map(),
    codes: new Map(),
    nonces: new Set(),
    waiting: new Map(),
    events: [],
    came: [],
  };
  const metadata = await described(service);
  service.metadata = {
    originalDraftVersion: "V1",
    credentialIssuer: issuer.createCredentialIssuerMetadata(metadata),
    authorizationServers: [
      oauth.createAuthorizationServerMetadata({
        issuer: origin,
        token_endpoint: `${origin}/token`,
        authorization_endpoint: `${origin}/authorize`,
        pushed_authorization_request_endpoint: `${origin}/par`,
        require_pushed_authorization_requests: true,
        jwks_uri: `${origin}/jwks`,
        code_challenge_methods_supported: ["S256"],
        dpop_signing_alg_values_supported: ["ES256"],
        authorization_response_iss_parameter_supported: true,
        grant_types_supported: ["authorization_code", PRE_AUTHORIZED],
        "pre-authorized_grant_anonymous_access_supported": !told.attested,
        response_types_supported: ["code"],
        token_endpoint_auth_methods_supported: told.attested
          ? ["attest_jwt_client_auth"]
          : ["none"],
        ...(told.attested
          ? {
              client_attestation_signing_alg_values_supported: ["ES256"],
              client_attestation_pop_signing_alg_values_supported: ["ES256"],
            }
          : {}),
      }),
    ],
    knownCredentialConfigurations: issuer.getKnownCredentialConfigurationsSupported(metadata),
  };
  server.on("request", (request, response) => {
    answer(request, response).catch((error) => send(response, ...refusal(error)));
  });
  return { origin };
}

async function described({ origin, told, encryption }) {
  const made = {
    credential_issuer: origin,
    credential_endpoint: `${origin}/credential`,
    nonce_endpoint: `${origin}/nonce`,
    deferred_credential_endpoint: `${origin}/deferred`,
    notification_endpoint: `${origin}/notification`,
    batch_credential_issuance: { batch_size: 10 },
    credential_configurations_supported: told.configurations,
  };
  if (!encryption) return made;
  const jwk = { ...(await exportJWK(encryption.publicKey)), alg: "ECDH-ES", use: "enc", kid: "e" };
  return {
    ...made,
    credential_request_encryption: {
      jwks: { keys: [jwk] },
      enc_values_supported: ["A256GCM"],
      encryption_required: true,
    },
    credential_response_encryption: {
      alg_values_supported: ["ECDH-ES"],
      enc_values_supported: ["A256GCM"],
      encryption_required: true,
    },
  };
}

export async function stop() {
  const { events, came, server } = service;
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  return { events, came };
}

// What is to be issued comes from the test: it asks by `offer`, having the contents made
// here by another library once the keys are known.
export async function offer({ names, code, txCode, reference }) {
  const handed = fresh();
  const grants = code
    ? { authorization_code: { issuer_state: handed } }
    : {
        [PRE_AUTHORIZED]: {
          "pre-authorized_code": handed,
          ...(txCode ? { tx_code: { input_mode: "numeric", length: txCode.length } } : {}),
        },
      };
  service.offers.set(handed, { names, txCode });
  const made = await issuer.createCredentialOffer({
    issuerMetadata: service.metadata,
    credentialConfigurationIds: names,
    grants,
    credentialOfferUri: reference ? `${service.origin}/offers/${handed}` : undefined,
  });
  service.described.set(`/offers/${handed}`, made.credentialOfferObject);
  return { offer: made.credentialOffer };
}

function send(response, status, body, headers = {}) {
  const octets = typeof body === "string" ? body : JSON.stringify(body ?? null);
  const json = { "Content-Type": "application/json", "Cache-Control": "no-store" };
  response.writeHead(status, { ...json, ...headers });
  response.end(body === undefined ? undefined : octets);
}

function refusal(error) {
  if (error.errorResponse) return [400, error.errorResponse];
  if (error.wwwAuthenticateHeaders) {
    const [{ error: code = "invalid_token" }] = error.wwwAuthenticateHeaders;
    return [401, { error: code }, { "WWW-Authenticate": error.toHeaderValue() }];
  }
  return [500, { error: "server_error", error_description: error.stack }];
}

async function answer(request, response) {
  const url = new URL(request.url, service.origin);
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts).toString();
  const asked = {
    method: request.method,
    url: `${service.origin}${request.url}`,
    headers: new Headers(request.headers),
  };
  service.came.push(url.pathname);
  const described = service.described.get(url.pathname);
  if (described) return send(response, 200, described);
  const endpoint = endpoints[url.pathname];
  if (!endpoint) return send(response, 404);
  return send(response, ...(await endpoint({ url, body, asked })));
}

const form = (body) => Object.fromEntries(new URLSearchParams(body));
const server = () => service.metadata.authorizationServers[0];

async function letIn({ asked }) {
  const { tokenPayload, dpop } = await resources.verifyResourceRequest({
    request: asked,
    resourceServer: service.origin,
    authorizationServers: [server()],
    allowedAuthenticationSchemes: ["DPoP"],
  });
  return { names: tokenPayload.names, dpop };
}

async function token({ body, asked }) {
  const accessTokenRequest = form(body);
  const parsed = oauth.parseAccessTokenRequest({ request: asked, accessTokenRequest });
  const common = {
    request: asked,
    accessTokenRequest: parsed.accessTokenRequest,
    authorizationServerMetadata: server(),
    dpop: { jwt: parsed.dpop?.jwt, required: true, allowedSigningAlgs: ["ES256"] },
    clientAttestation: service.told.attested
      ? { ...parsed.clientAttestation, required: true, ensureConfirmationKeyMatchesDpopKey: true }
      : undefined,
  };
  const { grant } = parsed;
  let names;
  let proven;
  if (grant.grantType === PRE_AUTHORIZED) {
    const made = service.offers.get(grant.preAuthorizedCode);
    proven = await oauth.verifyPreAuthorizedCodeAccessTokenRequest({
      ...common,
      grant,
      expectedPreAuthorizedCode: made ? grant.preAuthorizedCode : "none",
      expectedTxCode: made?.txCode,
    });
    names = made.names;
    service.offers.delete(grant.preAuthorizedCode);
  } else {
    const begun = service.codes.get(grant.code);
    proven = await oauth.verifyAuthorizationCodeAccessTokenRequest({
      ...common,
      grant,
      expectedCode: begun ? grant.code : "none",
      pkce: {
        codeVerifier: parsed.pkceCodeVerifier,
        codeChallenge: begun?.code_challenge ?? "none",
        codeChallengeMethod: begun?.code_challenge_method ?? "S256",
      },
    });
    names = begun.names;
    service.codes.delete(grant.code);
  }
  const dpop = { jwk: proven.dpop.jwk };
  const made = await oauth.createAccessTokenResponse({
    audience: service.origin,
    authorizationServer: service.origin,
    expiresInSeconds: 300,
    signer: service.signer,
    subject: "anna",
    dpop,
    additionalAccessTokenPayload: { names },
  });
  return [200, made];
}

async function push({ body, asked }) {
  const { authorizationRequest } = await oauth.parsePushedAuthorizationRequest({
    request: asked,
    authorizationRequest: form(body),
  });
  await oauth.verifyPushedAuthorizationRequest({
    request: asked,
    authorizationRequest,
    authorizationServerMetadata: server(),
  });
  const requestUri = `urn:ietf:params:oauth:request_uri:${fresh()}`;
  service.pushed.set(requestUri, authorizationRequest);
  const made = oauth.createPushedAuthorizationResponse({ requestUri, expiresInSeconds: 60 });
  return [201, made.pushedAuthorizationResponse];
}

function authorize({ url }) {
  const begun = service.pushed.get(url.searchParams.get("request_uri"));
  const made = service.offers.get(begun.issuer_state);
  const code = fresh();
  service.codes.set(code, { ...begun, names: made.names });
  const back = new URL(begun.redirect_uri);
  back.search = new URLSearchParams({ code, state: begun.state, iss: service.origin });
  return [302, undefined, { Location: String(back) }];
}

function nonce() {
  const cNonce = fresh();
  service.nonces.add(cNonce);
  return [200, issuer.createNonceResponse({ cNonce })];
}

async function decrypted(body) {
  if (!service.encryption) return JSON.parse(body);
  const { plaintext } = await compactDecrypt(body, service.encryption.privateKey);
  const request = JSON.parse(new TextDecoder().decode(plaintext));
  const { credential_response_encryption: wanted } = request;
  // The library wants an `alg` beside the key, which the final version has in the key.
  if (wanted) wanted.alg ??= wanted.jwk.alg;
  return request;
}

async function encrypted(status, value, asked) {
  if (!service.encryption) return [status, value];
  const { jwk, enc } = asked.credential_response_encryption;
  const body = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value)))
    .setProtectedHeader({ alg: jwk.alg, enc, kid: jwk.kid })
    .encrypt(await importJWK(jwk, jwk.alg));
  return [status, body, { "Content-Type": "application/jwt" }];
}

async function credential(told) {
  const { names } = await letIn(told);
  const read = issuer.parseCredentialRequest({
    issuerMetadata: service.metadata,
    credentialRequest: await decrypted(told.body),
  });
  const { credentialConfigurationId: id, credentialRequest, proofs } = read;
  if (!names.includes(id)) return [400, { error: "unknown_credential_configuration" }];
  const keys = [];
  for (const jwt of proofs.jwt) {
    const { nonce: said } = JSON.parse(Buffer.from(jwt.split(".")[1], "base64url"));
    if (!service.nonces.has(said)) return [400, { error: "invalid_nonce" }];
    const { signer } = await issuer.verifyCredentialRequestJwtProof({
      issuerMetadata: service.metadata,
      jwt,
      expectedNonce: said,
      nonceExpiresAt: soon(),
    });
    const { kty, crv, x, y } = signer.publicJwk;
    keys.push({ kty, crv, x, y });
  }
  if (service.told.pending) {
    const transactionId = fresh();
    service.waiting.set(transactionId, { id, keys, asked: credentialRequest });
    const made = issuer.createCredentialResponse({ credentialRequest: read, transactionId, interval: 1 });
    return encrypted(202, made, credentialRequest);
  }
  const made = issuer.createCredentialResponse({
    credentialRequest: read,
    credentials: await issued(id, keys),
    notificationId: fresh(),
  });
  return encrypted(200, made, credentialRequest);
}

async function deferred(told) {
  await letIn(told);
  const read = issuer.parseDeferredCredentialRequest({
    deferredCredentialRequest: await decrypted(told.body),
  });
  const { transaction_id: transactionId } = read.deferredCredentialRequest;
  const waiting = service.waiting.get(transactionId);
  if (!waiting) return [400, { error: "invalid_transaction_id" }];
  service.waiting.delete(transactionId);
  const made = issuer.createDeferredCredentialResponse({
    credentials: await issued(waiting.id, waiting.keys),
  });
  return encrypted(200, made, waiting.asked);
}

async function notification(told) {
  await letIn(told);
  const { event } = JSON.parse(told.body);
  service.events.push(event);
  return [204];
}

async function issued(id, keys) {
  const made = keys.map((key) => issue(service.told, id, key));
  return (await Promise.all(made)).map((credential) => ({ credential }));
}

const endpoints = {
  "/.well-known/openid-credential-issuer": () => [200, service.metadata.credentialIssuer],
  "/.well-known/oauth-authorization-server": () => [200, server()],
  "/jwks": () => [200, { keys: [service.signer.publicJwk] }],
  "/token": token,
  "/par": push,
  "/authorize": authorize,
  "/nonce": nonce,
  "/credential": credential,
  "/deferred": deferred,
  "/notification": notification,
};
