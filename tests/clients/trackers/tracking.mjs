// Messages from standard input, a line each, sent by a client of the tracking protocol:
// `node tracking.mjs CLIENT HOST WRITE_KEY`. At the end of the input it waits until all is sent.
// What the client gave up for good is told by the exit code.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const [name, host, writeKey] = process.argv.slice(2);
let lost = 0;

function segment() {
  const { Analytics } = require("@segment/analytics-node");
  const client = new Analytics({ writeKey, host, maxRetries: 30, flushAt: 10, flushInterval: 100 });
  client.on("error", () => (lost += 1));
  return { client, flush: () => client.closeAndFlush() };
}

function rudder() {
  const Analytics = require("@rudderstack/rudder-sdk-node");
  const client = new Analytics(writeKey, {
    dataPlaneUrl: host,
    retryCount: 30,
    flushAt: 10,
    flushInterval: 100,
    logLevel: "none",
    errorHandler: () => (lost += 1),
  });
  const flush = async () => {
    // It sends a batch at a time, and then waits for the last.
    while (client.queue.length) await client.flush();
    await client.flush();
  };
  return { client, flush };
}

const { client, flush } = (name.startsWith("@segment") ? segment() : rudder());
for await (const line of createInterface({ input: process.stdin })) {
  const { type, ...message } = JSON.parse(line);
  client[type](message);
}
await flush();
process.exitCode = lost;
