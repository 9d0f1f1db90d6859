// A round trip over REST with types made from the OpenAPI document. Where a comment expects an
// error, the compiler must find one: types that let everything through would fail here.

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./openapi.js";

// Some answers are there in other forms too; here they are asked for as JSON.
type Json = "application/json" | "application/problem+json";

const [baseUrl = "", key = ""] = process.argv.slice(2);
const client = createClient<paths, Json>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });

const created = await client.POST("/v1/journeys", {
  body: {
    title: "Buying a bicycle",
    perspective: "as_is",
    stages: [{ name: "Looking", steps: [{ action: "Miss the bus again", emotion: -1.5 }] }],
  },
});
assert.equal(created.response.status, 201);
assert.ok(created.data);
const journey: components["schemas"]["Journey"] = created.data;
const stage = journey.stages[0];
assert.ok(stage);
const step = stage.steps[0];
assert.ok(step);
const action: string = step.action;
assert.equal(action, "Miss the bus again");

const read = await client.GET("/v1/journeys/{resource_id}", {
  params: { path: { resource_id: journey.id } },
});
assert.deepEqual(read.data, journey);

const patched = await client.PATCH("/v1/steps/{resource_id}", {
  params: {
    path: { resource_id: step.id },
    header: { "If-Match": `"${step.version}"` },
  },
  body: { emotion: -2, thoughts: ["never again"] },
});
assert.equal(patched.data?.emotion, -2);
assert.equal(patched.data?.version, step.version + 1);

const stale = await client.PATCH("/v1/steps/{resource_id}", {
  params: { path: { resource_id: step.id }, header: { "If-Match": `"${step.version}"` } },
  body: { emotion: 2 },
});
assert.equal(stale.response.status, 412);

const listed = await client.GET("/v1/journeys", {
  params: { query: { limit: 1, sort: "-updated_at", count: true } },
});
assert.equal(listed.data?.total, 1);
assert.equal(listed.data?.items[0]?.id, journey.id);
assert.equal(listed.data?.next, null);

const curve = await client.GET("/v1/journeys/{journey_id}/emotion-curve", {
  params: { path: { journey_id: journey.id } },
});
assert.ok(typeof curve.data === "object"); // as a picture it would be a text
assert.equal(curve.data.mean, -2);

const refused = await client.POST("/v1/journeys", {
  body: { title: "", stages: [{ name: "Looking", steps: [{ action: "Look", emotion: 0.3 }] }] },
});
const problem: components["schemas"]["ProblemDocument"] | undefined = refused.error;
assert.equal(problem?.status, 422);
const pointers = problem?.errors?.map((offence) => offence.pointer);
assert.deepEqual(pointers?.sort(), ["/stages/0/steps/0/emotion", "/title"]);

/** What the compiler must refuse; nobody calls it. */
export async function wrong() {
  // @ts-expect-error there is no such path
  await client.GET("/v1/nothing");
  // @ts-expect-error a title is a text
  await client.POST("/v1/journeys", { body: { title: 3 } });
  // @ts-expect-error a journey has a title
  await client.POST("/v1/journeys", { body: {} });
  // @ts-expect-error a title is no number
  const length: number = journey.title;
  // @ts-expect-error this is nothing to sort by
  await client.GET("/v1/journeys", { params: { query: { sort: "colour" } } });
}
