// Which packages the built files hold, at which version and under which licence.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const LICENCE = /^(licen[cs]e|notice|third-?party-?notices)/i;

/** The folder of every package that a build took files from, by its path under node_modules. */
export const packagesOf = (metafiles) =>
  new Set(
    metafiles
      .flatMap(({ inputs }) => Object.keys(inputs))
      .filter((path) => path.includes("node_modules/"))
      .map((path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)[0]),
  );

/** Name and version of each package, and one text with the licences of all, each once. */
export function told(folders) {
  const versions = {};
  const holders = new Map();
  for (const folder of [...folders].sort()) {
    const { name, version, license } = about(folder);
    versions[name] = [...new Set([...(versions[name] ?? []), version])].sort();
    for (const text of textsOf(folder)) {
      holders.set(text, [...(holders.get(text) ?? []), `${name} ${version} (${license})`]);
    }
  }
  const line = `\n\n${"-".repeat(78)}\n\n`;
  const parts = [...holders].map(([text, names]) => `${[...new Set(names)].join("\n")}\n\n${text}`);
  return { versions: Object.fromEntries(Object.entries(versions).sort()), text: parts.join(line) };
}

function textsOf(folder) {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((file) => file.isFile() && LICENCE.test(file.name))
    .map((file) => file.name)
    .sort();
  if (files.length) return files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  const { author, license } = about(folder);
  return [`${license}; its package holds no text. Author: ${author?.name ?? author ?? "not named"}`];
}

const about = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
