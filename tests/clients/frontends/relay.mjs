// What Relay's compiler made of JourneyPage.js, put to the service as its runtime would.

import assert from "node:assert/strict";
import { asking, madeMap } from "./service.mjs";

const { ask } = asking();
const compiled = async (name, variables) => {
  const { default: artifact } = await import(`./__generated__/JourneyPage${name}.graphql.js`);
  const { errors, data } = await ask(artifact.params.text, variables);
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
};

const { id, version } = await madeMap(ask, "Relay");
const said = [];
for (const text of ["one", "two", "three"]) {
  const input = { target: { kind: "journey", id }, text };
  // A client directive is no part of what is sent: `connections` stays at home.
  const { createComment } = await compiled("SayMutation", { input });
  assert.deepEqual(createComment.userErrors, []);
  said.push(createComment.comment.id);
}

const page = await compiled("Query", { id });
assert.equal(page.journey.version, version);
const { edges, pageInfo } = page.journey.comments;
assert.deepEqual(edges.map(({ node }) => node.text), ["three", "two"]);
assert.equal(edges[0].node.__typename, "Comment");
assert.equal(pageInfo.hasNextPage, true);
assert.equal(page.touchpoints.edges.length, 2);

// Both are asked through `node`, as @refetchable has it.
const more = await compiled("CommentsPaginationQuery", { id, count: 2, cursor: pageInfo.endCursor });
assert.deepEqual(more.node.comments.edges.map(({ node }) => node.text), ["one"]);
assert.equal(more.node.comments.pageInfo.hasNextPage, false);
const { cursor } = more.node.comments.edges[0];
const back = await compiled("CommentsPaginationQuery", { id, count: null, last: 1, before: cursor });
assert.deepEqual(back.node.comments.edges.map(({ node }) => node.text), ["two"]);
assert.equal(back.node.comments.pageInfo.hasPreviousPage, true);
const again = await compiled("CurveRefetchQuery", { id });
assert.equal(again.node.__typename, "Journey");
assert.equal(again.node.emotionCurve.points.length, 1);

const rest = await compiled("TouchpointsPaginationQuery", {
  count: 2,
  cursor: page.touchpoints.pageInfo.endCursor,
});
assert.equal(page.touchpoints.edges.length + rest.touchpoints.edges.length, 3);
assert.equal(rest.touchpoints.totalCount, 3);

const { deleteComment } = await compiled("TakeBackMutation", { id: said[0] });
assert.equal(deleteComment.deletedId, said[0]);
