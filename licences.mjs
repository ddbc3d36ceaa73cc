/** Writes dist/LICENSES.txt: every bundled package with the text of its licence. Packages with the same text stand together. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Returns the folders of the packages among the files that esbuild has read. */
export function packagesIn(metafiles, root) {
  const found = new Map();
  for (const { inputs } of metafiles)
    for (const input of Object.keys(inputs)) {
      const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input.replaceAll("\\", "/")) ?? [];
      if (folder === undefined) continue;
      const files = found.get(folder) ?? new Set();
      found.set(folder, files.add(join(root, input)));
    }
  return [...found].map(([folder, files]) => ({ folder: join(root, folder), files: [...files] }));
}

/** Returns one text with the licences of all packages. */
export function licencesOf(packages) {
  const byText = new Map();
  for (const { folder, files } of packages) {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const text = textIn(folder) ?? noticesIn(files, license);
    const list = byText.get(text) ?? new Set();
    byText.set(text, list.add(`${name} ${version} (${license})`));
  }
  const blocks = [...byText].map(([text, names]) => [[...names].sort(), text]).sort(([[a]], [[b]]) => (a < b ? -1 : 1));
  return `${blocks.map(([names, text]) => `${names.join("\n")}\n\n${text.trim()}\n`).join(`\n${"-".repeat(80)}\n\n`)}`;
}

function textIn(folder) {
  const names = readdirSync(folder)
    .filter((name) => /^(licen[cs]e|notice)(\.|$|-)/i.test(name))
    .sort();
  return names.length === 0 ? undefined : names.map((name) => readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n")).join("\n");
}

/**
 * Returns the notices of a package that has no licence file: its files name the author and the licence. The text of the Apache License is
 * the one in our own LICENSE.
 */
function noticesIn(files, license) {
  const notices = new Set();
  for (const path of files) {
    if (!existsSync(path)) continue;
    const lines = /^(?:\/\/.*\n)+/.exec(readFileSync(path, "utf8").replaceAll("\r\n", "\n"))?.[0] ?? "";
    if (/copyright/i.test(lines)) notices.add(lines.replaceAll(/^\/\/ ?/gm, "").trim());
  }
  const apache = /Apache-2\.0/.test(license)
    ? "The text of the Apache License, Version 2.0, is in the file LICENSE of this package.\n\n"
    : "";
  return `${apache}${[...notices].sort().join("\n\n")}` || `${license}`;
}
