// The online protocols by @openid4vc, as it is told: a request a line in, an answer a
// line out. TLS is verified by what NODE_EXTRA_CA_CERTS names.
import { createInterface } from "node:readline";
import * as issuer from "./vci_issuer.mjs";
import * as wallet from "./vci_wallet.mjs";
import * as verifier from "./vp_verifier.mjs";
import * as presenter from "./vp_wallet.mjs";

const actions = {
  takeUp: wallet.takeUp,
  describe: wallet.describe,
  startIssuer: issuer.start,
  stopIssuer: issuer.stop,
  offer: issuer.offer,
  present: presenter.present,
  startVerifier: verifier.start,
  stopVerifier: verifier.stop,
  ask: verifier.ask,
  askPage: verifier.askPage,
  judgePage: verifier.judgePage,
};

function told(error) {
  const inner = error?.cause ? ` <- ${error.cause.message ?? error.cause}` : "";
  const body = error?.errorResponse ?? error?.response?.credentialErrorResponseResult?.data;
  const said = body?.error ? ` [${body.error}]` : "";
  return `${error?.name}: ${error?.message ?? error}${said}${inner}`;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { action, ...request } = JSON.parse(line);
  let answer;
  try {
    answer = { result: await actions[action](request) };
  } catch (error) {
    answer = { refused: told(error), stack: process.env.PEER_STACK ? error.stack : undefined };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
