// The page asks `/graphql` of where it came from, and this passes it on with the key: a key never
// goes to a browser. A page served to others does the same in its own back end.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const { WAYPOST_URL = "http://127.0.0.1:8000", WAYPOST_KEY } = process.env;
const home = process.env.WAYPOST_HOME ?? fileURLToPath(new URL("../../.waypost", import.meta.url));
const kept = join(home, "dev-key");
const key = WAYPOST_KEY ?? (existsSync(kept) ? readFileSync(kept, "utf8").trim() : "");
if (!key) {
  console.warn("No key: set WAYPOST_KEY, or `make serve` first, which keeps one in its home.");
}
const proxy = {
  "/graphql": { target: WAYPOST_URL, headers: { Authorization: `Bearer ${key}` } },
};

export default defineConfig({
  build: { target: "es2022" },
  server: { host: "127.0.0.1", proxy },
  preview: { host: "127.0.0.1", proxy },
});
