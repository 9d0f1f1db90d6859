// urql: its document cache is put aside by the types that a mutation answers.

import assert from "node:assert/strict";
import { cacheExchange, createClient, fetchExchange, gql } from "@urql/core";
import { asking, headers, madeMap, url } from "./service.mjs";

const { ask } = asking();
await madeMap(ask, "urql");
const sent = [];
const client = createClient({
  url: `${url}/graphql`,
  exchanges: [cacheExchange, fetchExchange],
  preferGetMethod: false,
  fetchOptions: { headers },
  fetch: (...asked) => {
    sent.push(asked);
    return fetch(...asked);
  },
});
const LIST = gql`
  query ($after: String) {
    touchpoints(first: 2, after: $after, sort: "name") {
      nodes {
        id
        name
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;
const list = async (variables = {}) => {
  const { data, error } = await client.query(LIST, variables);
  assert.equal(error, undefined, String(error));
  return data.touchpoints;
};
const first = await list();
assert.deepEqual(first.nodes.map(({ name }) => name), ["urql a", "urql b"]);
const second = await list({ after: first.pageInfo.endCursor });
assert.deepEqual(second.nodes.map(({ name }) => name), ["urql c"]);
await list();
assert.equal(sent.length, 2, "the third came out of the cache");

const RENAME = gql`
  mutation ($id: ID!, $name: String!) {
    updateTouchpoint(id: $id, patch: { name: $name }) {
      touchpoint {
        id
        name
      }
      userErrors {
        code
        pointer
      }
    }
  }
`;
const { id } = first.nodes[0];
const refused = await client.mutation(RENAME, { id, name: "" });
assert.deepEqual(refused.data.updateTouchpoint.userErrors.map(({ pointer }) => pointer), ["/name"]);
const renamed = await client.mutation(RENAME, { id, name: "urql A" });
assert.equal(renamed.data.updateTouchpoint.touchpoint.name, "urql A");
assert.deepEqual((await list()).nodes.map(({ name }) => name), ["urql A", "urql b"]);
assert.equal(sent.length, 5, "the cache knew that touchpoints had changed");

const wrong = await client.query("{ touchpoints(first: 1000) { nodes { id } } }", {});
assert.equal(wrong.error.graphQLErrors[0].extensions.code, "INVALID");
