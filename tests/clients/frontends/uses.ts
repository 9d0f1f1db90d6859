// What was generated, used as a front end would. Where a comment expects an error, the compiler
// must find one. Compiled, not run.

import type { ResultOf, VariablesOf } from "@graphql-typed-document-node/core";
import { AnythingDocument, CreateJourneyDocument, JourneyPageDocument } from "./generated.js";

type Page = ResultOf<typeof JourneyPageDocument>;

export function ratings({ journey }: Page): number[] {
  const points = journey?.emotionCurve?.points ?? [];
  return points.flatMap(({ rating }) => (rating == null ? [] : [rating]));
}

export function worst({ journey }: Page): string | undefined {
  const kind: "rating_drop" | "silent" | string | undefined = journey?.gaps?.nodes[0]?.kind;
  return kind;
}

export function name({ node }: ResultOf<typeof AnythingDocument>): string {
  if (node?.__typename === "Persona") return node.name;
  return node?.__typename === "Journey" ? node.title : "";
}

export const input: VariablesOf<typeof CreateJourneyDocument> = {
  input: { title: "Map", stages: [{ name: "A", steps: [{ action: "Go", emotion: 1 }] }] },
};

export const wrong: VariablesOf<typeof CreateJourneyDocument> = {
  // @ts-expect-error a title is a text
  input: { title: 3 },
};

export function unasked({ journey }: Page): unknown {
  // @ts-expect-error this was not asked for
  return journey?.scenario;
}
