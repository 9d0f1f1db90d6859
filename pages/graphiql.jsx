// GraphiQL. The schema comes as a file that needs no key, so that it can be read before there is one.

import "./graphiql.css";
import { GraphiQL } from "graphiql";
import { buildSchema } from "graphql";
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { bar, key } from "./bar.js";
import example from "./example.graphql";

// WORKERS is what the build knows: where each of the editor's workers has its file.
globalThis.MonacoEnvironment = {
  getWorker: (_, label) => new Worker(WORKERS[label] ?? WORKERS.editor),
};

const ask = async (operation, { headers } = {}) => {
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${key()}`, ...headers },
    body: JSON.stringify(operation),
  });
  return answer.json();
};

function Page() {
  const [schema, setSchema] = useState(null);
  useEffect(() => {
    fetch("/graphql/schema.graphql")
      .then((answer) => answer.text())
      .then((text) => setSchema(buildSchema(text)));
  }, []);
  return (
    <GraphiQL
      defaultEditorToolsVisibility={false}
      defaultQuery={example}
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
