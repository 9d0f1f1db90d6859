// All that a journey's page shows, in one request, with nothing but fetch: works in a browser and
// in Node alike.
//
//   WAYPOST_KEY=$(cat .waypost/dev-key) node examples/frontend_query.mjs [JOURNEY_ID]
//
// A page served to others asks its own back end, which holds the key; a key never goes to a browser.

const PAGE = `
  query JourneyPage($id: ID!) {
    journey(id: $id) {
      title
      personas { name role }
      stages {
        name
        steps { action actors emotion touchpoints { touchpoint { name } } }
      }
      emotionCurve {
        mean
        peak { position rating }
        trough { position rating }
        points { key rating }
      }
    }
  }
`;
const NEWEST = `{ journeys(first: 1, sort: "-updated_at") { nodes { id } } }`;

/** The data of a GraphQL answer. Throws what went wrong, with its code. */
export async function ask(service, query, variables = {}) {
  const answer = await fetch(`${service.url}/graphql`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${service.key}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  if (errors) {
    throw new Error(errors.map(({ message, extensions }) => `${extensions?.code}: ${message}`).join("\n"));
  }
  return data;
}

/** A journey's page; null when there is no such journey. */
export const journeyPage = async (service, id) => (await ask(service, PAGE, { id })).journey;

/** The page as lines of text: a bar for each step, from -2 to +2. */
export function drawn({ title, personas, stages, emotionCurve }) {
  const lines = [title, `with ${personas.map(({ name }) => name).join(", ") || "nobody yet"}`];
  for (const stage of stages) {
    lines.push("", stage.name);
    for (const { action, emotion } of stage.steps) {
      const bar = emotion === null ? "?" : "#".repeat(Math.round((emotion + 2) * 2) + 1);
      lines.push(`  ${bar.padEnd(9)}  ${action}`);
    }
  }
  lines.push("", `mean ${emotionCurve.mean?.toFixed(2) ?? "unknown"}`);
  return lines.join("\n");
}

const env = globalThis.process?.env;
if (env?.WAYPOST_KEY) {
  const service = { url: env.WAYPOST_URL ?? "http://127.0.0.1:8000", key: env.WAYPOST_KEY };
  const id = process.argv[2] ?? (await ask(service, NEWEST)).journeys.nodes[0]?.id;
  const page = id && (await journeyPage(service, id));
  console.log(page ? drawn(page) : "There is no such journey.");
}
