// graphql-codegen: the types of the whole schema and of some operations.

import { readFileSync, writeFileSync } from "node:fs";
import { codegen } from "@graphql-codegen/core";
import * as typedDocuments from "@graphql-codegen/typed-document-node";
import * as schemaTypes from "@graphql-codegen/typescript";
import * as operationTypes from "@graphql-codegen/typescript-operations";
import { parse } from "graphql";

const parsed = (file) => parse(readFileSync(file, "utf8"));
const scalars = {
  UUID: "string",
  DateTime: "string",
  Date: "string",
  Decimal: { input: "number | string", output: "number" },
  JSON: "unknown",
};
const write = async (filename, plugins) => {
  const text = await codegen({
    filename,
    schema: parsed("schema.graphql"),
    documents: [{ location: "operations.graphql", document: parsed("operations.graphql") }],
    config: { scalars, strictScalars: true, useTypeImports: true, enumType: "string-literal" },
    plugins: Object.keys(plugins).map((name) => ({ [name]: {} })),
    pluginMap: plugins,
  });
  writeFileSync(filename, text);
};
await write("types.ts", { schemaTypes });
await write("generated.ts", { operationTypes, typedDocuments });
