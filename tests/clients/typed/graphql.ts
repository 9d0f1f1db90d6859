// A round trip over GraphQL with types made from the schema, in the same spirit as rest.ts.

import assert from "node:assert/strict";
import { initGraphQLTada, type TadaDocumentNode } from "gql.tada";
import { print } from "graphql";
import type { introspection } from "./graphql-env.js";

const [baseUrl = "", key = ""] = process.argv.slice(2);
const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { UUID: string; DateTime: string; Date: string; JSON: unknown };
}>();

async function ask<Result, Variables>(
  document: TadaDocumentNode<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const answer = await fetch(`${baseUrl}/graphql`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}` },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const { data, errors } = (await answer.json()) as { data: Result; errors?: unknown };
  assert.equal(errors, undefined);
  return data;
}

const CREATE = graphql(`
  mutation Create($input: JourneyInput!) {
    createJourney(input: $input) {
      journey { id uuid title stages { steps { id action } } }
      userErrors { code pointer }
    }
  }
`);
const PAGE = graphql(`
  query Page($id: ID!) {
    journey(id: $id) {
      title
      stages { name steps { action emotion } }
      emotionCurve { mean points { rating } }
    }
  }
`);

const { createJourney } = await ask(CREATE, {
  input: {
    title: "Buying a bicycle",
    stages: [{ name: "Looking", steps: [{ action: "Miss the bus again", emotion: -1.5 }] }],
  },
});
assert.deepEqual(createJourney?.userErrors, []);
const made = createJourney?.journey;
assert.ok(made);

const { journey } = await ask(PAGE, { id: made.id });
const title: string | undefined = journey?.title;
assert.equal(title, "Buying a bicycle");
const emotion: number | null | undefined = journey?.stages[0]?.steps[0]?.emotion;
assert.equal(emotion, -1.5);
assert.equal(journey?.emotionCurve?.points[0]?.rating, -1.5);

const refused = await ask(CREATE, { input: { title: "" } });
assert.equal(refused.createJourney?.journey, null);
assert.equal(refused.createJourney?.userErrors[0]?.pointer, "/title");

/** What the compiler must refuse; nobody calls it. */
export async function wrong() {
  // @ts-expect-error a title is a text
  await ask(CREATE, { input: { title: 3 } });
  // @ts-expect-error the query has a variable
  await ask(PAGE, {});
  // @ts-expect-error this was not asked for
  journey?.scenario;
}
