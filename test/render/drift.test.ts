import { expect, test } from "vitest";
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

const plan = (...steps: Step[]): Plan => ({ ...agreeing, steps });

test("the most urgent comes first, as the plan says it of the field or of the entry, and a tag last", () => {
  const route = { destination: "0.0.0.0/0", target: "internetGateway/web" };
  const report = driftOf(
    plan(
      update("vpc/web", { path: "tags.team", before: "ops", after: "web" }),
      update("instance/a", { path: "monitoring", before: false, after: true }),
      update("routeTable/a", {
        path: "routes",
        items: {
          added: [{ key: "0.0.0.0/0", value: route, urgency: "traffic" }],
          removed: [{ key: "10.0.0.0/8", value: route }],
          changed: [{ key: "::/0", before: route, after: route, urgency: "safety" }],
        },
      }),
      update("subnet/a", { path: "mapPublicIpOnLaunch", before: true, after: false, urgency: "exposure" }),
      update("x/a", { path: "password", secret: true, urgency: "safety" }),
    ),
  );
  expect(report.findings.map(({ address, item, urgency }) => [address, item, urgency])).toEqual([
    ["subnet/a", undefined, "exposure"],
    ["routeTable/a", "::/0", "safety"],
    ["x/a", undefined, "safety"],
    ["routeTable/a", "0.0.0.0/0", "traffic"],
    ["instance/a", undefined, "setting"],
    ["routeTable/a", "10.0.0.0/8", "setting"],
    ["vpc/web", undefined, "label"],
  ]);
});

test("a kept object is no drift", () => {
  const kept = mixed.steps.filter(({ action }) => action === "keep");
  expect(kept.length).toBeGreaterThan(0);
  const report = driftOf(plan(...kept));
  expect(report.findings).toEqual([]);
  expect(report.notes).toContainEqual(
    expect.objectContaining({ code: "left-alone", text: expect.stringContaining("is not in the YAML, and is kept") }),
  );
  expect(driftText(report)).toMatch(/No drift in [^:]+: .*kept,\s+though\s+no\s+longer\s+in\s+the\s+YAML\./s);
  expect(driftText(report)).not.toContain("match the configuration");
});

test("an object that was not compared because of an error is no agreement", () => {
  const report = driftOf({ ...plan(), refusals: 2 });
  expect(driftText(report)).toMatch(/could be compared,\s+because of 2\s+problems\./);
  expect(driftMarkdown(report)).not.toContain("agrees");
});

test("a difference that is left alone is reported, counted, and comes first where it is somebody else's group", () => {
  const same = { stage: "create", impact: "update" } as const;
  const changes: FieldChange[] = [
    { ...same, path: "monitoring", before: false, after: true },
    { ...same, path: "securityGroups", before: ["sg-1"], after: ["securityGroup/web"], urgency: "exposure" },
  ];
  const left = { ...plan(), leftAlone: [{ address: "instance/m", kind: "instance", id: "i-1", because: "it has sg-1", changes }] };
  const report = driftOf(left);
  expect(report.findings.map(({ path, urgency, leftAlone }) => [path, urgency, leftAlone])).toEqual([
    ["securityGroups", "exposure", "it has sg-1"],
    ["monitoring", "setting", "it has sg-1"],
  ]);
  expect(driftText(report)).toContain("Open to more than the YAML allows (1)");
  expect(driftText(report)).toContain("left alone: it has sg-1");
  expect(remedyOf(report)).toBe("An apply does not change what it leaves alone.");
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
