// Runs exchanges by npm @openid4vc/openid4vp as it is told, one JSON message a line: a
// request made, read, answered encrypted, opened and verified, all in this process.
import { createInterface } from "node:readline";
import * as verifier from "../interop/node/vp_verifier.mjs";
import * as wallet from "../interop/node/vp_wallet.mjs";

let ready;

async function exchange(credentials) {
  const terms = { mode: "direct_post.jwt", prefix: "x509_hash", query: ready.query };
  const { request, id } = await verifier.ask(terms);
  const { answer } = await wallet.present({ request, credentials, post: false });
  const found = await verifier.open(id, answer);
  if (!found.satisfied) throw new Error("an answer that does not satisfy");
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.prepare) {
    verifier.offline(message);
    ready = message;
    await exchange(ready.wallets[0]);
    process.stdout.write("{}\n");
    continue;
  }
  const begun = process.cpuUsage();
  for (const each of ready.wallets) await exchange(each);
  const used = process.cpuUsage(begun);
  process.stdout.write(`${JSON.stringify({ seconds: (used.user + used.system) / 1e6 })}\n`);
}
