// What is asked, typed from the schema: a field that is not there does not compile.

import { cacheExchange, Client, fetchExchange } from "@urql/core";
import { initGraphQLTada, type ResultOf } from "gql.tada";
import type { introspection } from "./graphql-env";

const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { UUID: string; DateTime: string; Date: string; Decimal: number; JSON: unknown };
}>();

export const JOURNEYS = graphql(`
  query Journeys {
    journeys(first: 100, sort: "title") {
      nodes {
        id
        title
      }
    }
  }
`);

const SHOWN_GAPS = graphql(`
  fragment ShownGaps on GapConnection @_unmask {
    nodes {
      id
      kind
      severity
      stageId
      status
      explanation {
        text
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
`);

/** All that the page shows at once: one request, however much of it is computed. */
export const PAGE = graphql(`
  query JourneyPage($id: ID!, $gaps: Int!) {
    journey(id: $id) {
      id
      title
      scenario
      personas {
        name
      }
      stages {
        uuid
        name
        steps {
          uuid
          action
        }
      }
      emotionCurve {
        mean
        points {
          stepId
          stageId
          rating
        }
        peak {
          stepId
        }
        trough {
          stepId
        }
      }
      gaps(first: $gaps) {
        totalCount
        ...ShownGaps
      }
      kpis {
        kpi
        name
        unit
        stageId
        target
        status
        reason
        value {
          value
          numerator
          denominator
          low
          high
          amount
          currency
          reason
        }
      }
    }
  }
`, [SHOWN_GAPS]);

/** More of the gaps, behind those that are shown. */
export const MORE_GAPS = graphql(`
  query MoreGaps($id: ID!, $gaps: Int!, $after: String!) {
    journey(id: $id) {
      gaps(first: $gaps, after: $after) {
        ...ShownGaps
      }
    }
  }
`, [SHOWN_GAPS]);

export type Journey = NonNullable<ResultOf<typeof PAGE>["journey"]>;
export type Gap = NonNullable<Journey["gaps"]>["nodes"][number];
export type Kpi = NonNullable<Journey["kpis"]>[number];

export const client = new Client({
  url: "/graphql",
  exchanges: [cacheExchange, fetchExchange],
  preferGetMethod: false,
});
