// Apollo Client: pages are merged into one list in its cache, forward and back, and what a mutation
// answers changes what is shown.

import assert from "node:assert/strict";
import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import { asking, headers, madeMap, url } from "./service.mjs";

const { ask } = asking();
await madeMap(ask, "Apollo");
const client = new ApolloClient({
  link: new HttpLink({ uri: `${url}/graphql`, headers }),
  cache: new InMemoryCache({
    typePolicies: { Query: { fields: { touchpoints: relayStylePagination(["sort"]) } } },
    possibleTypes: { Node: ["Touchpoint", "Journey"] },
  }),
});
const LIST = gql`
  query List($first: Int, $after: String, $last: Int, $before: String) {
    touchpoints(sort: "name", first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          id
          name
          version
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`;
const read = ({ options: { query, variables } }) => {
  const { edges, pageInfo } = client.readQuery({ query, variables }).touchpoints;
  return { names: edges.map(({ node }) => node.name), edges, pageInfo };
};
const every = ["Apollo a", "Apollo b", "Apollo c"];

const watched = client.watchQuery({ query: LIST, variables: { first: 2 } });
const seen = watched.subscribe(() => {});
await client.query({ query: LIST, variables: { first: 2 } });
assert.deepEqual(read(watched).names, every.slice(0, 2));
assert.equal(read(watched).pageInfo.hasNextPage, true);
await watched.fetchMore({ variables: { after: read(watched).pageInfo.endCursor } });
assert.deepEqual(read(watched).names, every);
assert.equal(read(watched).pageInfo.hasNextPage, false);
seen.unsubscribe();

// The other way, from the end, in a cache of its own.
await client.clearStore();
const back = client.watchQuery({ query: LIST, variables: { last: 2 } });
const seenBack = back.subscribe(() => {});
await client.query({ query: LIST, variables: { last: 2 } });
assert.deepEqual(read(back).names, every.slice(1));
assert.equal(read(back).pageInfo.hasPreviousPage, true);
await back.fetchMore({ variables: { last: 2, before: read(back).pageInfo.startCursor } });
assert.deepEqual(read(back).names, every);
assert.equal(read(back).pageInfo.hasPreviousPage, false);

// The answer of a mutation is written into the cache by the id in it.
const { node } = read(back).edges[0];
const RENAME = gql`
  mutation Rename($id: ID!, $name: String!) {
    updateTouchpoint(id: $id, patch: { name: $name }) {
      touchpoint {
        id
        name
        version
      }
      userErrors {
        code
        pointer
      }
    }
  }
`;
const renamed = await client.mutate({ mutation: RENAME, variables: { id: node.id, name: "New" } });
assert.deepEqual(renamed.data.updateTouchpoint.userErrors, []);
assert.deepEqual(read(back).names, ["New", ...every.slice(1)]);
seenBack.unsubscribe();

// What is wrong is told with its code.
const wrong = client.query({
  query: LIST,
  variables: { first: 1000 },
  fetchPolicy: "network-only",
});
await assert.rejects(wrong, (error) => {
  assert.ok(CombinedGraphQLErrors.is(error));
  assert.equal(error.errors[0].extensions.code, "INVALID");
  return true;
});
client.stop();
