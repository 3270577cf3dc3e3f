// A wallet by @openid4vc/openid4vci: takes an offer up, whole, as it is told.
import {
  clientAuthenticationAnonymous,
  clientAuthenticationClientAttestationJwt,
  clientAuthenticationNone,
} from "@openid4vc/oauth2";
import { Openid4vciClient, Openid4vciWalletProvider } from "@openid4vc/openid4vci";
import { CompactEncrypt, compactDecrypt, importJWK } from "jose";
import { callbacks, keep, newKey } from "./callbacks.mjs";

// The peer knows what is encrypted from the metadata alone, and leaves doing it to
// whoever carries its messages: so this does, by jose.
async function encrypting(metadata) {
  const { credential_request_encryption: asked, credential_response_encryption: answered } =
    metadata;
  const { generateKeyPair, exportJWK } = await import("jose");
  const pair = await generateKeyPair("ECDH-ES", { crv: "P-256", extractable: true });
  const jwk = { ...(await exportJWK(pair.publicKey)), alg: "ECDH-ES", use: "enc", kid: "mine" };
  const enc = answered.enc_values_supported[0];
  const carry = async (url, request) => {
    const [target] = asked.jwks.keys;
    const message = { ...JSON.parse(request.body), credential_response_encryption: { jwk, enc } };
    const header = { alg: target.alg, enc: asked.enc_values_supported[0], kid: target.kid };
    const body = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(message)))
      .setProtectedHeader(header)
      .encrypt(await importJWK(target, target.alg));
    const headers = new Headers(request.headers);
    headers.set("Content-Type", "application/jwt");
    const response = await fetch(url, { ...request, headers, body });
    if (response.headers.get("content-type") !== "application/jwt") return response;
    const { plaintext } = await compactDecrypt(await response.text(), pair.privateKey);
    const told = { "content-type": "application/json" };
    return new Response(plaintext, { status: response.status, headers: told });
  };
  const places = [metadata.credential_endpoint, metadata.deferred_credential_endpoint];
  return (url, request) =>
    places.includes(String(url)) ? carry(url, request) : fetch(url, request);
}

// What an issuer gives out to be proven with an attested key the library does not ask for.
const challenged = (told) => async (context) => {
  const { challenge_endpoint: place } = context.authorizationServerMetadata;
  const { attestation_challenge: challenge } = await (
    await fetch(place, { method: "POST" })
  ).json();
  const signJwt = (signer, { header, payload }) =>
    callbacks.signJwt(signer, { header, payload: { ...payload, challenge } });
  return clientAuthenticationClientAttestationJwt({
    clientAttestationJwt: told.attestation,
    callbacks: { ...callbacks, signJwt },
  })(context);
};

function authentication(told) {
  if (told.attestation) return challenged(told);
  if (told.clientId) return clientAuthenticationNone({ clientId: told.clientId });
  return clientAuthenticationAnonymous();
}

const clientFor = (told, carry = fetch) =>
  new Openid4vciClient({
    callbacks: { ...callbacks, fetch: carry, clientAuthentication: authentication(told) },
  });

// The library writes the type that a draft had for what is attested of keys.
const asFinal = (typ) => typ.replace("keyattestation", "key-attestation");
const provider = new Openid4vciWalletProvider({
  callbacks: {
    ...callbacks,
    signJwt: (signer, { header, payload }) =>
      callbacks.signJwt(signer, { header: { ...header, typ: asFinal(header.typ) }, payload }),
  },
});
const inAnHour = () => new Date(Date.now() + 3_600_000);

// Who made the wallet says so of it, and of its keys; the test certified who that is.
function providing({ key, chain, name }) {
  keep(key);
  return { signer: { method: "x5c", x5c: chain, alg: "ES256" }, issuer: name };
}

const attested = (told, own) =>
  provider.createWalletAttestationJwt({
    ...providing(told.provider),
    clientId: told.clientId,
    issuedAt: new Date(),
    expiresAt: inAnHour(),
    confirmation: { jwk: own },
  });

const keysAttested = (told, keys, nonce) =>
  provider.createKeyAttestationJwt({
    signer: providing(told.provider).signer,
    issuedAt: new Date(),
    expiresAt: inAnHour(),
    nonce,
    use: "proof_type.jwt",
    attestedKeys: keys,
    keyStorage: ["iso_18045_high"],
    userAuthentication: ["iso_18045_high"],
  });

async function letIn(client, told, context, dpop) {
  const { credentialOffer, issuerMetadata } = context;
  if (credentialOffer.grants["urn:ietf:params:oauth:grant-type:pre-authorized_code"])
    return client.retrievePreAuthorizedCodeAccessTokenFromOffer({
      ...context,
      txCode: told.txCode,
      dpop,
    });
  const begun = await client.createAuthorizationRequestUrlFromOffer({
    ...context,
    clientId: told.clientId,
    redirectUri: told.redirectUri,
    scope: told.scope,
    dpop,
  });
  // The browser: the person signs in at once, and it is sent back.
  const browser = await fetch(begun.authorizationRequestUrl, { redirect: "manual" });
  const url = browser.headers.get("location");
  if (!url) throw new Error(`the browser was not sent back: ${browser.status}`);
  const [authorizationServer] = issuerMetadata.authorizationServers;
  const answer = client.parseAndVerifyAuthorizationResponseRedirectUrl({
    url,
    authorizationServerMetadata: authorizationServer,
  });
  if (answer.error) throw new Error(answer.error);
  return client.retrieveAuthorizationCodeAccessTokenFromOffer({
    ...context,
    authorizationCode: answer.code,
    pkceCodeVerifier: begun.pkce?.codeVerifier,
    redirectUri: told.redirectUri,
    dpop: begun.dpop ?? dpop,
  });
}

async function proofs(client, told, issuerMetadata, credentialConfigurationId) {
  const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata });
  const keys = await Promise.all(Array.from({ length: told.count ?? 1 }, () => newKey()));
  const publicJwks = keys.map((each) => each.publicJwk);
  const keyAttestationJwt = told.keysAttested
    ? await keysAttested(told, told.attestedKeys ?? publicJwks, nonce)
    : undefined;
  const made = keys.map(({ publicJwk, alg }) =>
    client.createCredentialRequestJwtProof({
      issuerMetadata,
      credentialConfigurationId,
      nonce: told.nonce ?? nonce,
      clientId: told.clientId,
      signer: { method: "jwk", publicJwk, alg },
      keyAttestationJwt,
    }),
  );
  const jwts = (await Promise.all(made)).map(({ jwt }) => jwt);
  return { jwts, keys: publicJwks };
}

export async function takeUp(given) {
  const own = await newKey();
  const told = given.attestWallet
    ? { ...given, attestation: await attested(given, own.publicJwk) }
    : given;
  const plain = clientFor(told);
  const credentialOffer = await plain.resolveCredentialOffer(told.offer);
  const issuerMetadata = await plain.resolveIssuerMetadata(credentialOffer.credential_issuer);
  const client = told.encrypted
    ? clientFor(told, await encrypting(issuerMetadata.credentialIssuer))
    : plain;
  const key = told.sameKey ? own : await newKey();
  const signer = { method: "jwk", publicJwk: key.publicJwk, alg: key.alg };
  const context = { credentialOffer, issuerMetadata };
  const token = await letIn(client, told, context, told.bearer ? undefined : { signer });
  const accessToken = token.accessTokenResponse.access_token;
  const dpop = told.bearer ? undefined : { ...token.dpop, signer };
  const got = [];
  for (const id of credentialOffer.credential_configuration_ids) {
    const { jwts, keys } = await proofs(client, told, issuerMetadata, id);
    const shared = { issuerMetadata, accessToken, dpop };
    let answer = (
      await client.retrieveCredentials({
        ...shared,
        credentialConfigurationId: id,
        proofs: { jwt: jwts },
      })
    ).credentialResponse;
    const waited = answer.transaction_id !== undefined;
    if (waited && told.deferred) {
      const asked = { ...shared, transactionId: answer.transaction_id };
      answer = (await client.retrieveDeferredCredentials(asked)).deferredCredentialResponse;
    }
    const credentials = (answer.credentials ?? []).map((each) => each.credential ?? each);
    if (answer.notification_id && told.event) {
      const notification = { event: told.event, notificationId: answer.notification_id };
      await client.sendNotification({ ...shared, notification });
    }
    got.push({ id, credentials, keys, waited, interval: answer.interval ?? null });
  }
  return { got, tokenType: token.accessTokenResponse.token_type };
}

export async function describe({ issuer }) {
  const found = await clientFor({}).resolveIssuerMetadata(issuer);
  return {
    version: found.originalDraftVersion,
    known: Object.keys(found.knownCredentialConfigurations),
  };
}
