// graphql-request: one function, and errors that carry the answer.

import assert from "node:assert/strict";
import { ClientError, gql, GraphQLClient } from "graphql-request";
import { asking, headers, madeMap, url } from "./service.mjs";

const { ask } = asking();
const { id } = await madeMap(ask, "request");
const client = new GraphQLClient(`${url}/graphql`, { headers });

const PAGE = gql`
  query Page($id: ID!) {
    journey(id: $id) {
      title
      emotionCurve {
        mean
      }
    }
  }
`;
assert.deepEqual(await client.request(PAGE, { id }), {
  journey: { title: "request", emotionCurve: { mean: 1 } },
});
const { status, data } = await client.rawRequest(PAGE, { id });
assert.equal(status, 200);
assert.equal(data.journey.title, "request");

await assert.rejects(client.request("{ journey(id: 3) { colour } }"), (error) => {
  assert.ok(error instanceof ClientError);
  assert.match(error.response.errors[0].message, /colour/);
  return true;
});
const stranger = new GraphQLClient(`${url}/graphql`, { headers: { Authorization: "Bearer wp_no" } });
await assert.rejects(stranger.request(PAGE, { id }), (error) => {
  assert.equal(error.response.status, 401);
  assert.equal(error.response.errors[0].extensions.code, "UNAUTHENTICATED");
  return true;
});
