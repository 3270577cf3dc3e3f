// Matches queries against credentials by npm `dcql`: one JSON array of cases in, one of
// results out. A query that the library does not take gives `{refused}`, one that it
// fails over `{failed}`.
import { text } from "node:stream/consumers";
import { DcqlPresentationResult, DcqlQuery } from "dcql";

const served = ({ input_credential_index, claims }) => ({
  candidate: input_credential_index,
  sets: claims.valid_claim_sets.map(({ claim_set_index }) => claim_set_index ?? null),
  shown: claims.valid_claim_sets[0].output,
});

function judged(dcqlQuery, credentials, answer) {
  const shown = Object.entries(answer).map(([id, indexes]) => [
    id,
    indexes.map((index) => credentials[index]),
  ]);
  try {
    return DcqlPresentationResult.fromDcqlPresentation(Object.fromEntries(shown), {
      dcqlQuery,
    }).can_be_satisfied;
  } catch {
    return false;
  }
}

function matched({ query, credentials, answer }) {
  let read;
  try {
    read = DcqlQuery.parse(query);
    DcqlQuery.validate(read);
  } catch (error) {
    return { refused: error.message };
  }
  try {
    const result = DcqlQuery.query(read, credentials);
    const matches = Object.entries(result.credential_matches);
    return {
      matches: Object.fromEntries(
        matches.map(([id, each]) => [id, (each.valid_credentials ?? []).map(served)]),
      ),
      options: result.credential_sets?.map((each) => each.matching_options ?? []) ?? null,
      satisfied: Boolean(result.can_be_satisfied),
      accepted: Boolean(judged(read, credentials, answer)),
    };
  } catch (error) {
    return { failed: error.message };
  }
}

const cases = JSON.parse(await text(process.stdin));
process.stdout.write(JSON.stringify(cases.map(matched)));
