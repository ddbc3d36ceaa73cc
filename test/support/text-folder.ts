/** One folder for all texts that a test file loads: with a folder for each, making and removing them cost a tenth of the time. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let folder: string | undefined;

export function textFolder(): string {
  return (folder ??= mkdtempSync(join(tmpdir(), "infra-test-")));
}

export function removeTextFolder(): void {
  if (folder) rmSync(folder, { recursive: true });
  folder = undefined;
}
