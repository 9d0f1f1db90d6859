// What graphql-http's audits, those of GraphQL over HTTP, find of a server: one line of JSON each.
import { auditServer } from "graphql-http";

const [url, key] = process.argv.slice(2);
const fetchFn = (target, options = {}) =>
  fetch(target, { ...options, headers: { ...options.headers, authorization: `Bearer ${key}` } });

for (const found of await auditServer({ url, fetchFn })) {
  const { id, name, status, reason } = found;
  console.log(JSON.stringify({ id, name, status, reason }));
}
