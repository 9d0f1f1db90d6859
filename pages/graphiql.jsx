// GraphiQL. The schema comes as a file that needs no key, so that it can be read before there is one.

import "./graphiql.css";
import { GraphiQL } from "graphiql";
import { buildSchema } from "graphql";
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { bar, key } from "./bar.js";
import example from "./example.graphql";
import measuring from "./example-measuring.graphql";
import page from "./example-page.graphql";
import paging from "./example-paging.graphql";
import writing from "./example-writing.graphql";

// WORKERS is what the build knows: where each of the editor's workers has its file.
globalThis.MonacoEnvironment = {
  getWorker: (_, label) => new Worker(WORKERS[label] ?? WORKERS.editor),
};

// Just after another tab was chosen, GraphiQL still names the operation of the one before.
const ask = async ({ operationName: name, ...operation }, { headers } = {}) => {
  const operationName = operation.query.includes(name) ? name : undefined;
  const stop = new AbortController();
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: {
      Accept: `application/json, ${EVENTS}`,
      "Content-Type": "application/json",
      Authorization: `Bearer ${key()}`,
      ...headers,
    },
    body: JSON.stringify({ ...operation, operationName }),
    signal: stop.signal,
  });
  const isFollowed = answer.headers.get("Content-Type").startsWith(EVENTS);
  return isFollowed ? followed(answer, stop) : answer.json();
};

// What a subscription tells comes as server-sent events.
const EVENTS = "text/event-stream";

const followed = (answer, stop) => ({
  subscribe(listener) {
    const failed = (error) => stop.signal.aborted || listener.error(error);
    told(answer, listener.next).then(listener.complete, failed);
    return { unsubscribe: () => stop.abort() };
  },
});

async function told(answer, next) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const events = (rest + piece.value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const data = event.match(/^event: next\ndata: (.*)$/m);
      if (data) next(JSON.parse(data[1]));
    }
  }
}

function Page() {
  const [schema, setSchema] = useState(null);
  useEffect(() => {
    fetch("/graphql/schema.graphql")
      .then((answer) => (answer.ok ? answer.text() : null))
      .then((text) => text && setSchema(buildSchema(text)));
  }, []);
  return (
    <GraphiQL
      defaultEditorToolsVisibility={false}
      defaultTabs={[example, page, paging, measuring, writing].map((query) => ({ query }))}
      fetcher={ask}
      schema={schema}
      shouldPersistHeaders={false}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>Waypost</GraphiQL.Logo>
    </GraphiQL>
  );
}

bar(() => {});
createRoot(document.getElementById("page")).render(<Page />);
