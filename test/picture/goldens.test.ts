/** The pictures that README and pages show: what `infra graph` draws now. `UPDATE_DOCS=1` writes them anew; look at them then. */
import { mkdirSync } from "node:fs";
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
