import { describe, expect, test } from "vitest";
import type { Json } from "../../src/kinds/kind.ts";
import type { FieldChange, Plan, Step } from "../../src/plan/plan.ts";
import { driftOf } from "../../src/render/drift.ts";
import { driftText, remedyOf } from "../../src/render/drift-text.ts";
import { driftMarkdown, planMarkdown } from "../../src/render/markdown.ts";
import { planText } from "../../src/render/plan-text.ts";
import { countDifferences } from "../../src/render/summary.ts";
import { agreeing, at, mixed } from "./fixtures.ts";

const update = (address: string, change: Partial<FieldChange> & { path: string }): Step => ({
  action: "update",
  address,
  kind: address.split("/")[0]!,
  id: "x-1",
  because: "",
  at: at(1),
  tags: { set: {}, remove: [] },
  fingerprint: "",
  want: "",
  changes: [{ stage: "create", impact: "update", ...change }],
});

const rule = (source: string) => ({ added: [], changed: [], removed: [{ key: `tcp 22 ${source}`, value: { port: 22, source } }] });

const plan = (...steps: Step[]): Plan => ({ ...agreeing, steps });

describe("urgency", () => {
  test("an opened port outranks everything, a changed tag nothing", () => {
    const report = driftOf(
      plan(
        update("vpc/web", { path: "tags.team", before: "ops", after: "web" }),
        update("routeTable/a", {
          path: "routes",
          items: {
            added: [{ key: "0.0.0.0/0", value: { destination: "0.0.0.0/0", target: "internetGateway/web" } }],
            removed: [],
            changed: [],
          },
        }),
        update("subnet/a", { path: "mapPublicIpOnLaunch", before: true, after: false }),
        update("securityGroup/web", { path: "ingress", items: rule("0.0.0.0/0") }),
        update("instance/a", { path: "monitoring", before: false, after: true }),
      ),
    );
    expect(report.findings.map(({ address, urgency }) => [address, urgency])).toEqual([
      ["subnet/a", "exposure"],
      ["securityGroup/web", "exposure"],
      ["routeTable/a", "traffic"],
      ["instance/a", "setting"],
      ["vpc/web", "label"],
    ]);
  });

  test.each([
    ["a rule for everybody over IPv6", { path: "ingress", items: rule("::/0") }, "exposure"],
    ["a rule for somebody", { path: "ingress", items: rule("10.1.0.0/16") }, "exposure"],
    [
      "a rule that is missing",
      {
        path: "ingress",
        items: { added: [{ key: "tcp 22 0.0.0.0/0", value: { port: 22, source: "0.0.0.0/0" } }], removed: [], changed: [] },
      },
      "safety",
    ],
    ["a database open to the internet", { path: "publiclyAccessible", before: true, after: false }, "exposure"],
    ["a database shut off", { path: "publiclyAccessible", before: false, after: true }, "safety"],
    ["protection taken away", { path: "deletionProtection", before: false, after: true }, "safety"],
    ["a name", { path: "description", before: "a", after: "b" }, "setting"],
  ] as const)("%s", (_name, change, urgency) => {
    expect(driftOf(plan(update("x/a", change as unknown as FieldChange))).findings[0]!.urgency).toBe(urgency);
  });
});

test("what is kept is no drift", () => {
  const kept = mixed.steps.filter(({ action }) => action === "keep");
  expect(kept.length).toBeGreaterThan(0);
  const report = driftOf(plan(...kept));
  expect(report.findings).toEqual([]);
  expect(report.notes).toContainEqual(
    expect.objectContaining({ code: "left-alone", text: expect.stringContaining("is not in the YAML, and is kept") }),
  );
  expect(driftText(report)).toMatch(/No drift in what the YAML of [^:]+: .*kept and no longer in the YAML\./s);
  expect(driftText(report)).not.toContain("match the configuration");
});

test("what errors kept from being compared is no agreement", () => {
  const report = driftOf({ ...plan(), refusals: 2 });
  expect(driftText(report)).toMatch(/could be compared: 2 problems\s+in the way\./);
  expect(driftMarkdown(report)).not.toContain("agrees");
});

test("what is left alone is told, counted, and outranked by nothing where a group of somebody else is on it", () => {
  const change = (path: string, before: Json, after: Json): FieldChange => ({ path, stage: "create", impact: "update", before, after });
  const changes = [change("metadataOptions.httpTokens", "optional", "required"), change("securityGroups", ["sg-1"], ["securityGroup/web"])];
  const left = { ...plan(), leftAlone: [{ address: "instance/m", kind: "instance", id: "i-1", because: "it has sg-1", changes }] };
  const report = driftOf(left);
  expect(report.findings.map(({ path, urgency, leftAlone }) => [path, urgency, leftAlone])).toEqual([
    ["securityGroups", "exposure", "it has sg-1"],
    ["metadataOptions.httpTokens", "safety", "it has sg-1"],
  ]);
  expect(driftText(report)).toContain("Open to more than the YAML says (1)");
  expect(driftText(report)).toContain("left alone: it has sg-1");
  expect(remedyOf(report)).toBe("What is left alone is not changed by `infra apply`.");
  expect(countDifferences(left)).toBe(1);
  expect(planText(left)).not.toContain("agrees");
  expect(planMarkdown(left)).not.toContain("agrees");
});

test("every finding is a line in the text", () => {
  const report = driftOf(mixed);
  const text = driftText(report);
  const printed = text.split("\n").filter((line) => /^ {2}[+~-] /.test(line));
  expect(printed).toHaveLength(report.findings.length);
});

test("secrets are named and not shown", () => {
  const text = driftText(driftOf(plan(update("x/a", { path: "password", secret: true }))));
  expect(text).toContain("password: (secret) differs");
});
