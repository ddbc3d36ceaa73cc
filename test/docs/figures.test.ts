/** Figures that people typed into pages. Each is counted here again or compared with the record of a program. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { typeNames } from "@plumbline/aws-types";
import { curated } from "../../src/kinds/types/curated.ts";
import { typeKind } from "../../src/kinds/types/types.ts";
import { faults } from "../reach/faults.ts";

const page = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8").replaceAll("\n", " ");
const results = page("bench/results/latest.md");

test("README.md says how many types are curated", () => {
  expect(page("README.md")).toContain(`through Cloud Control: ${Object.keys(curated).length} are curated`);
});

test("pages say about how many types can be owned without being curated", () => {
  const owned = typeNames().filter((name) => "kind" in (typeKind(name) ?? {})).length;
  const [, unproven] = /about (\d+) more need `unproven: true`/.exec(page("README.md"))!;
  const [, all] = /some (\d+) types of AWS by Cloud Control/.exec(page("docs/comparison.md"))!;
  expect(Math.abs(owned - Object.keys(curated).length - Number(unproven))).toBeLessThanOrEqual(50);
  expect(Math.abs(owned - Number(all))).toBeLessThanOrEqual(50);
});

test("docs/reach.md says how many faults are planted, and how many networks are tried", () => {
  expect(page("docs/reach.md")).toContain(`the ${faults.length} faults that are planted`);
  const [, byDay, byNight] = /CI tries (\d+) networks, every night ([\d,]+)/.exec(page("docs/reach.md"))!;
  expect(page("test/reach/oracle.test.ts")).toContain(`process.env["REACH_RUNS"] ?? ${byDay}`);
  expect(page(".github/workflows/nightly.yml")).toContain(`npm run reach -- --networks ${byNight!.replace(",", "")}`);
});

test("docs/comparison.md: every figure that it calls measured was recorded", () => {
  const claim = /an estate of (\d+) resources in (\d+) calls where Terraform needs ([\d,]+)/.exec(page("docs/comparison.md"))!;
  const [resources, infra, terraform] = claim.slice(1).map((figure) => figure.replace(",", ""));
  const row = (program: string) =>
    new RegExp(`\\| estate-20 \\|[^|]*\\| plan, nothing to do \\| ${program} \\|[^|]*\\|`).exec(results)?.[0];
  expect(results).toContain(`(${resources} resources)`);
  expect(row("infra")).toContain(` ${infra} `);
  expect(row("terraform")).toContain(` ${terraform} `);
});
