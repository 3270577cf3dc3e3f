// One JavaScript peer for a whole test run: a request a line in, an answer a line out.
//
// Keys are JWKs, moments are seconds. Nothing is fetched: a credential that names a
// status list is refused.

import { createInterface } from "node:readline";
import { FlattenJSON, GeneralJSON } from "@sd-jwt/core";
import { digest, ES256, generateSalt } from "@sd-jwt/crypto-nodejs";
import { getListFromStatusListJWT, StatusList } from "@sd-jwt/jwt-status-list";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";

const common = {
  hasher: digest,
  saltGenerator: generateSalt,
  statusListFetcher: async () => {
    throw new Error("no status list is fetched here");
  },
};

const verifyByConfirmation = async (data, signature, payload) => {
  const verify = await ES256.getVerifier(payload.cnf.jwk);
  return verify(data, signature);
};

const actions = {
  async issue({ payload, frame, header, key, hash }) {
    const peer = new SDJwtVcInstance({
      ...common,
      signer: await ES256.getSigner(key),
      signAlg: ES256.alg,
      hashAlg: hash,
    });
    return peer.issue(payload, frame ?? undefined, { header });
  },

  async present({ token, frame, binding, key }) {
    const peer = new SDJwtVcInstance({
      ...common,
      kbSigner: await ES256.getSigner(key),
      kbSignAlg: ES256.alg,
    });
    return peer.present(token, frame, { kb: { payload: binding } });
  },

  async verify({ token, key, nonce, at }) {
    const peer = new SDJwtVcInstance({
      ...common,
      verifier: await ES256.getVerifier(key),
      kbVerifier: verifyByConfirmation,
    });
    const options = { keyBindingNonce: nonce, currentDate: at };
    const { payload, kb } = await peer.verify(token, options);
    return { payload, audience: kb.payload.aud };
  },

  readList({ token, indexes }) {
    const list = getListFromStatusListJWT(token);
    return indexes.map((index) => list.getStatus(index));
  },

  writeList: ({ statuses, bits }) => new StatusList(statuses, bits).compressStatusList(),

  toFlattened: ({ token }) => FlattenJSON.fromEncode(token).toJson(),
  fromFlattened: ({ document }) => FlattenJSON.fromSerialized(document).toEncoded(),
  toGeneral: ({ token }) => GeneralJSON.fromEncode(token).toJson(),
  fromGeneral: ({ document }) => GeneralJSON.fromSerialized(document).toEncoded(0),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { action, ...request } = JSON.parse(line);
  let answer;
  try {
    answer = { result: await actions[action](request) };
  } catch (error) {
    answer = { refused: String(error?.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
