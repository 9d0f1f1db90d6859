// Builds the pages: `node build.mjs FOLDER`. The folder then holds, and holds nothing but,
// the two pages, their assets under names that tell their content, what they were built from
// (made-from.json) and the licences of all of it.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, parse, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { packagesOf, told } from "./licences.mjs";

const out = resolve(process.argv[2]);
const here = dirname(fileURLToPath(import.meta.url));
process.chdir(here);
const require = createRequire(import.meta.url);

// GraphiQL's style brings the editor's along, and 28 faces of two fonts; the system's will do.
// The editor's icons are a font too: a file of its own instead of text inside the style.
const styles = {
  name: "styles",
  setup({ onLoad }) {
    onLoad({ filter: /monaco-editor.*\.css$/ }, () => ({ contents: "", loader: "css" }));
    onLoad({ filter: /graphiql\/dist\/style\.css$/ }, ({ path }) => {
      const icons = require.resolve(
        "monaco-editor/esm/vs/base/browser/ui/codicons/codicon/codicon.ttf",
      );
      const face = `@font-face{font-family:codicon;font-display:block;src:url("${icons}")}`;
      const css = readFileSync(path, "utf8").replaceAll(/@font-face\s*\{[^}]*\}/g, "");
      return { contents: face + css, loader: "css" };
    });
  },
};

const options = {
  absWorkingDir: here,
  assetNames: "[name]-[hash]",
  bundle: true,
  chunkNames: "[name]-[hash]",
  define: { "process.env.NODE_ENV": '"production"' },
  entryNames: "[name]-[hash]",
  jsx: "automatic",
  legalComments: "eof",
  loader: { ".graphql": "text", ".ttf": "file", ".svg": "copy" },
  logLevel: "warning",
  metafile: true,
  minify: true,
  outdir: out,
  plugins: [styles],
  target: ["es2022"],
  write: false,
};

const WORKERS = {
  editor: "monaco-editor/esm/vs/editor/editor.worker.js",
  graphql: "monaco-graphql/esm/graphql.worker.js",
  json: "monaco-editor/esm/vs/language/json/json.worker.js",
};

const built = async (more) => {
  const { outputFiles, metafile } = await build({ ...options, ...more });
  const files = outputFiles.map(({ path, contents }) => [basename(path), contents]);
  return { files: files.filter(([, contents]) => contents.length), metafile };
};
const workers = await built({
  entryPoints: Object.entries(WORKERS).map(([name, from]) => ({
    in: require.resolve(from),
    out: `${name}-worker`,
  })),
  format: "iife",
});

/** Where the service has what was built for `name.js`: under a name that tells its content. */
const at = (name, files) => {
  const { name: stem, ext } = parse(name);
  const found = files.filter(([file]) => new RegExp(`^${stem}-[A-Z0-9]{8}${ext}$`).test(file));
  if (found.length !== 1) throw new Error(`${found.length} files were built for ${name}`);
  return `/assets/${found[0][0]}`;
};
const where = Object.keys(WORKERS).map((name) => [name, at(`${name}-worker.js`, workers.files)]);
const pages = await built({
  define: { ...options.define, WORKERS: JSON.stringify(Object.fromEntries(where)) },
  entryPoints: ["docs.js", "graphiql.jsx", "icon.svg"],
  format: "esm",
  splitting: true,
});
const files = [...workers.files, ...pages.files];

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const [name, contents] of files) {
  writeFileSync(join(out, `${name}.gz`), gzipSync(contents, { level: 9 }));
}
for (const page of ["docs.html", "graphiql.html"]) {
  const text = readFileSync(page, "utf8");
  writeFileSync(
    join(out, page),
    text.replaceAll(/\{([\w.]+)\}/g, (_, name) => at(name, files)),
  );
}

const { versions, text } = told(packagesOf([workers.metafile, pages.metafile]));
writeFileSync(join(out, "LICENCES.txt"), `${text}\n`);
const digest = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");
const sources = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ name }) => [name, digest(name)])
  .sort();
writeFileSync(
  join(out, "made-from.json"),
  `${JSON.stringify({ packages: versions, sources: Object.fromEntries(sources) }, null, 1)}\n`,
);
