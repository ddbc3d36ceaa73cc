/** `npm run generate`: writes what is made from the kinds — schemas, reference pages, the compiled validator. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generatedFiles } from "./config/schema/generated.ts";
import { compileToSources } from "./config/schema/compile.ts";
import { kinds } from "./kinds/index.ts";

const [mode, target] = process.argv.slice(2);

if (mode === "--validator" && target !== undefined) writeAll(target, compileToSources(kinds));
else if (mode === undefined) writeAll(process.cwd(), generatedFiles(kinds));
else {
  process.stderr.write("usage: node dist/generate.mjs [--validator FOLDER]\n");
  process.exitCode = 1;
}

function writeAll(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) write(join(folder, path), text);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  process.stdout.write(`${path}\n`);
}
