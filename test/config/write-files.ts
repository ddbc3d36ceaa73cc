import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { loadEnvironment, type LoadInput, type Loaded } from "../../src/config/load.ts";
import type { Environment } from "../../src/config/environment.ts";
import type { Desired } from "../../src/kinds/kind.ts";
import { toyKinds } from "./toy-kinds.ts";

/** Makes a folder with these files. It is removed when the test ends. */
export function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), "plumbline-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

export const head = "project: lab\nenvironment: test\nregion: eu-west-1\n";

/** Loads `test.yaml`, which begins with `head`, with further files beside it. */
export function loadText(text: string, files: Readonly<Record<string, string>> = {}, more: Partial<LoadInput> = {}): Loaded {
  const cwd = folderWith({ "test.yaml": head + text, ...files });
  return loadEnvironment({ nameOrPath: "test.yaml", cwd, kinds: toyKinds, ...more });
}

/** The same for a text that must be valid. */
export function environmentOf(text: string, files: Readonly<Record<string, string>> = {}, more: Partial<LoadInput> = {}): Environment {
  const { environment, diagnostics } = loadText(text, files, more);
  if (!environment) throw new Error(diagnostics.map(({ at, summary }) => `${at?.line}: ${summary}`).join("\n"));
  return environment;
}

export function nodeOf(environment: Environment, address: string): Desired {
  const found = environment.nodes.find((node) => node.address === address);
  if (!found) throw new Error(`no ${address} among ${environment.nodes.map((node) => node.address).join(", ")}`);
  return found;
}
