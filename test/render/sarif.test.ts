/** Checks the output against the schema of SARIF 2.1.0 in Microsoft's SDK, and against GitHub's further limits. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../src/diag/diagnostic.ts";
import { driftOf } from "../../src/render/drift.ts";
import { problemsOfDiagnostics, problemsOfDrift, problemsOfReach, sarif } from "../../src/render/sarif.ts";
import { agreeing, at, large, mixed, opening, problems } from "./fixtures.ts";

const path = createRequire(import.meta.url)
  .resolve("@microsoft/jest-sarif")
  .replace(/index\.js$/, "schemas/sarif-2.1.0-rtm.5.json");
// The schema says draft 4, but uses nothing that differs in draft 7.
const { $schema: _draft, id: _id, ...schema } = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
const validate = new Ajv({ allErrors: true, strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);

const faultsOf = (log: object) => {
  validate(JSON.parse(JSON.stringify(log)));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};

const odd: Diagnostic = {
  code: "frozen",
  severity: "note",
  at: { file: "envs\\dev stage/ü.yaml", line: 1, column: 1, length: 12 },
  summary: 'a\nb "c" \u0007',
};

describe("fits the schema of SARIF 2.1.0", () => {
  test.each([
    ["nothing", sarif([], "1.2.3", {})],
    ["drift", sarif(problemsOfDrift(driftOf(mixed), at(1)), "1.2.3", {})],
    ["the connections that a plan opens and closes", sarif(problemsOfReach(opening(), at(1)), "1.2.3", {})],
    ["no drift", sarif(problemsOfDrift(driftOf(agreeing), at(1)), "1.2.3", {})],
    [
      "problems with their documentation",
      sarif(problemsOfDiagnostics([...problems, odd], at(1)), "1.2.3", { frozen: { title: "t", cause: "c", cure: "u" } }),
    ],
    ["more than GitHub shows", sarif(problemsOfDrift(driftOf(large(6_000)), at(1)), "1.2.3", {})],
  ])("%s", (_name, log) => expect(faultsOf(log)).toEqual([]));

  test("the golden file", () => {
    const golden = JSON.parse(readFileSync(new URL("golden/drift-mixed.sarif", import.meta.url), "utf8")) as object;
    expect(faultsOf(golden)).toEqual([]);
  });

  test("which refuses invalid output", () => {
    const log = sarif(problemsOfDrift(driftOf(mixed), at(0)), "1.2.3", {});
    expect(faultsOf(log).join()).toContain("startLine must be >= 1");
    expect(faultsOf({ ...log, surprise: 1 }).join()).toContain("must NOT have additional properties");
  });
});

test("tells the opened and closed connections of a plan, on the rule that causes them, and the internet as a warning", () => {
  const told = problemsOfReach(opening(), at(1));
  expect(told.map(({ rule, level, text, at: { line } }) => `${line} ${level} ${rule}: ${text}`)).toEqual([
    "41 warning opens-to-internet: This change opens internet → instance/web-a tcp 22, by routeTable/public 0.0.0.0/0 → internetGateway/main, securityGroup/web { port: 22, source: 0.0.0.0/0 }.",
    "1 note plan-opens: This change opens instance/web-a → dbInstance/main tcp 3306 (possible; not certain).",
    "1 note plan-closes: This change closes 203.0.113.10/32 → instance/bastion tcp 22.",
  ]);
});

/** https://docs.github.com/code-security/reference/code-scanning/sarif-support-for-code-scanning */
test("keeps GitHub's limits on one file", () => {
  const { runs } = sarif(problemsOfDrift(driftOf(large(6_000)), at(1)), "1.2.3", {}) as {
    runs: { results: { locations: object[] }[]; tool: { driver: { rules: object[] } } }[];
  };
  expect(runs.length).toBeLessThanOrEqual(20);
  for (const { results, tool } of runs) {
    expect(results.length).toBeLessThanOrEqual(5_000);
    expect(tool.driver.rules.length).toBeLessThanOrEqual(25_000);
    for (const { locations } of results) expect(locations.length).toBeLessThanOrEqual(1_000);
  }
});
