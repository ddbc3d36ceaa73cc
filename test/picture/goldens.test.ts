/**
 * The pictures of README and the pages must be what `infra graph` draws now. `UPDATE_DOCS=1` writes them again; look at them afterwards.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { listEnvironments } from "../../src/config/load.ts";
import { infra } from "../cli/infra.ts";

const root = new URL("../..", import.meta.url).pathname;
const environments = listEnvironments(root).map(({ name }) => name);

test.each(environments)("docs/pictures/%s.svg is up to date", async (name) => {
  const file = `docs/pictures/${name}.svg`;
  if (process.env["UPDATE_DOCS"] !== undefined) {
    mkdirSync(`${root}/docs/pictures`, { recursive: true });
    expect(await infra(root, `graph ${name} --output ${file}`)).toMatchObject({ code: 0 });
  }
  expect(await infra(root, `graph ${name} --check ${file}`)).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("docs/environments.md shows each with its picture", () => {
  const file = `${root}/docs/environments.md`;
  const page = ["# Environments to copy from\n", ...environments.map(sectionOf)].join("\n");
  if (process.env["UPDATE_DOCS"] !== undefined) writeFileSync(file, page);
  expect(readFileSync(file, "utf8")).toBe(page);
});

/** Returns the first comment of the file, and its picture. */
function sectionOf(name: string): string {
  const lines = readFileSync(`${root}/environments/${name}.yaml`, "utf8").split("\n");
  const first = lines.findIndex((line) => /^# [A-Z`]/.test(line));
  const after = lines.slice(first).findIndex((line) => !/^# \S/.test(line));
  const says = lines.slice(first, first + after).map((line) => line.slice(2));
  return `## ${name}\n\n${says.join("\n")}\n\n[\`environments/${name}.yaml\`](../environments/${name}.yaml)\n\n![The picture of ${name}](pictures/${name}.svg)\n`;
}
