#!/usr/bin/env node
import { existsSync } from "node:fs";

const built = new URL("../dist/main.mjs", import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  process.stderr.write(
    "infra has not been built: dist/main.mjs is missing.\nhint: run `npm ci` (or `npm run build`) in the project's folder.\n",
  );
  process.exitCode = 1;
}
