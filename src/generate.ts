/** `npm run generate`: writes what is made from the kinds — schemas, reference pages, the compiled validator. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generatedFiles } from "./config/generated.ts";
import { compileToSource } from "./config/compile.ts";
import { kinds } from "./kinds/index.ts";

const [mode, target] = process.argv.slice(2);

if (mode === "--validator" && target !== undefined) write(target, compileToSource(kinds));
else if (mode === undefined) for (const [path, text] of Object.entries(generatedFiles(kinds))) write(join(process.cwd(), path), text);
else {
  process.stderr.write("usage: node dist/generate.mjs [--validator FILE]\n");
  process.exitCode = 1;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  process.stdout.write(`${path}\n`);
}
