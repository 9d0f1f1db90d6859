// Where the service is, how it is asked, and something to ask it for.

import assert from "node:assert/strict";

export const [url, key] = process.argv.slice(2);
export const headers = { Authorization: `Bearer ${key}` };

/** Asks with fetch alone. */
export const asking = () => ({
  ask: async (query, variables) => {
    const answer = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    return answer.json();
  },
});

/** A map of one step, and three touchpoints. */
export const madeMap = async (ask, title) => {
  const { data } = await ask(
    `mutation ($input: JourneyInput!, $a: TouchpointInput!, $b: TouchpointInput!, $c: TouchpointInput!) {
      a: createTouchpoint(input: $a) { touchpoint { id } }
      b: createTouchpoint(input: $b) { touchpoint { id } }
      c: createTouchpoint(input: $c) { touchpoint { id } }
      createJourney(input: $input) { journey { id version } userErrors { code pointer } } }`,
    {
      input: { title, stages: [{ name: "Looking", steps: [{ action: "Look", emotion: 1 }] }] },
      ...Object.fromEntries(["a", "b", "c"].map((name) => [name, { name: `${title} ${name}` }])),
    },
  );
  assert.deepEqual(data.createJourney.userErrors, []);
  return data.createJourney.journey;
};
