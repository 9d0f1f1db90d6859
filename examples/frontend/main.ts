// A journey's page: what is asked in asking.ts, its curve drawn in drawing.ts. No framework: what
// matters is the query.

import type { AnyVariables, TypedDocumentNode } from "@urql/core";
import { client, JOURNEYS, MORE_GAPS, PAGE, type Gap, type Journey, type Kpi } from "./asking";
import { curve } from "./drawing";

const GAPS_A_PAGE = 10;
const page = document.querySelector<HTMLElement>("#page")!;
const choice = document.querySelector<HTMLSelectElement>("#journeys")!;

function made(name: string, text = "", options: { class?: string; id?: string } = {}): HTMLElement {
  const found = document.createElement(name);
  found.textContent = text;
  if (options.class) found.className = options.class;
  if (options.id) found.id = options.id;
  return found;
}

/** What is answered; an error is shown with its code, which never changes. */
async function asked<D, V extends AnyVariables>(
  query: TypedDocumentNode<D, V>,
  variables: V,
): Promise<D> {
  const { data, error } = await client.query(query, variables).toPromise();
  if (error) {
    const codes = error.graphQLErrors.map(({ extensions, message }) => `${extensions.code}: ${message}`);
    throw new Error(codes.join("\n") || error.message);
  }
  return data!;
}

const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const money = (amount: number, currency: string) =>
  new Intl.NumberFormat("en", { style: "currency", currency }).format(amount);
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** A figure with what it is made of; one that is unknown is never a zero. */
function figure({ unit, value, reason }: Kpi): string {
  if (value?.amount != null && value.currency) return money(value.amount, value.currency);
  if (value?.value == null) return `unknown (${reason ?? value?.reason ?? "not told"})`;
  if (unit !== "share") return plain.format(value.value);
  const of = value.denominator == null ? "" : ` of ${value.denominator}`;
  const range =
    value.low == null || value.high == null
      ? ""
      : ` (${percent(value.low)} to ${percent(value.high)})`;
  return `${percent(value.value)}${of}${range}`;
}

function row(...cells: HTMLElement[]): HTMLElement {
  const found = made("tr");
  found.append(...cells);
  return found;
}

function headed(...names: string[]): HTMLElement {
  const head = made("thead");
  head.append(row(...names.map((name) => made("th", name))));
  return head;
}

function kpis({ kpis, stages }: Journey): HTMLElement {
  const table = made("table", "", { id: "kpis" });
  table.append(headed("KPI", "Stage", "Value", "Target", "Status"));
  const body = made("tbody");
  for (const one of kpis ?? []) {
    const stage = stages.find(({ uuid }) => uuid === one.stageId)?.name ?? "";
    body.append(
      row(
        made("td", one.name ?? one.kpi.replaceAll("_", " ")),
        made("td", stage),
        made("td", figure(one), { class: "figure" }),
        made("td", one.target == null ? "" : String(one.target), { class: "figure" }),
        made("td", one.status, { class: one.status }),
      ),
    );
  }
  table.append(body);
  return table;
}

function gapRow({ kind, severity, status, explanation }: Gap): HTMLElement {
  const bar = document.createElement("meter");
  const title = `severity ${severity.toFixed(0)} of 100`;
  Object.assign(bar, { max: 100, low: 40, high: 70, optimum: 0, value: severity, title });
  const worst = made("td");
  worst.append(bar);
  return row(
    worst,
    made("td", kind.replaceAll("_", " ")),
    made("td", explanation.text),
    made("td", status),
  );
}

function gaps({ id, gaps }: Journey): HTMLElement {
  const part = made("section", "", { id: "gaps" });
  part.append(made("h2", `Gaps, worst first (${gaps?.totalCount ?? 0})`));
  const [table, body, more] = [made("table"), made("tbody"), made("button", "More")];
  body.append(...(gaps?.nodes ?? []).map(gapRow));
  table.append(headed("Severity", "Kind", "What it is", "Status"), body);
  let { hasNextPage, endCursor } = gaps?.pageInfo ?? { hasNextPage: false, endCursor: null };
  more.hidden = !hasNextPage;
  more.addEventListener("click", () =>
    shown(async () => {
      const { journey } = await asked(MORE_GAPS, { id, gaps: GAPS_A_PAGE, after: endCursor ?? "" });
      body.append(...(journey?.gaps?.nodes ?? []).map(gapRow));
      ({ hasNextPage, endCursor } = journey?.gaps?.pageInfo ?? { hasNextPage: false, endCursor });
      more.hidden = !hasNextPage;
    }),
  );
  part.append(table, more);
  return part;
}

async function show(id: string): Promise<void> {
  const { journey } = await asked(PAGE, { id, gaps: GAPS_A_PAGE });
  if (id !== chosen()) return; // another was chosen meanwhile
  if (!journey) throw new Error("There is no such journey.");
  document.title = journey.title;
  const mean = journey.emotionCurve?.mean;
  const people = journey.personas.map(({ name }) => name).join(", ") || "nobody yet";
  page.replaceChildren(
    made("h1", journey.title),
    made("small", `with ${people}`),
    made("p", journey.scenario ?? ""),
    made("h2", `Emotion curve, mean ${mean?.toFixed(2) ?? "unknown"}`),
    curve(journey),
    made("h2", "KPIs"),
    kpis(journey),
    gaps(journey),
  );
}

/** Does something, and shows what went wrong with it. */
async function shown(what: () => Promise<void>): Promise<void> {
  try {
    await what();
  } catch (error) {
    page.replaceChildren(made("p", String(error), { class: "error" }));
  }
}

const chosen = () => location.hash.slice(1) || choice.value;
choice.addEventListener("change", () => (location.hash = choice.value));
window.addEventListener("hashchange", () => {
  choice.value = chosen();
  void shown(() => show(chosen()));
});

await shown(async () => {
  const { journeys } = await asked(JOURNEYS, {});
  for (const { id, title } of journeys?.nodes ?? []) choice.append(new Option(title, id));
  if (!journeys?.nodes.length) throw new Error("There is no journey yet.");
  choice.value = chosen();
  await show(chosen());
});
