/** Every type that Cloud Control can make and infra can own: its smallest object is created, agrees, and is deleted. At night. */
import { typeNames, typeSchema } from "@plumbline/aws-types";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { isCurated, typeKind, types as known } from "../../src/kinds/types/types.ts";
import { isNight, sampleOf } from "../support/night.ts";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";
import { smallest } from "./smallest.ts";

interface Sample {
  readonly type: string;
  readonly object: Readonly<Record<string, unknown>>;
}

const types = typeNames().filter((name) => !isCurated(name) && "kind" in (typeKind(name) ?? {}));
const samples = types.flatMap((type): Sample[] => {
  const answer = typeKind(type);
  if (!answer || "refused" in answer) return [];
  const { required, properties } = answer.kind.written as { readonly required: readonly string[]; readonly properties: object };
  const refused = Object.entries(properties).flatMap(([name, one]) => ("x-refused" in (one as object) ? [name] : []));
  if (required.some((name) => refused.includes(name))) return []; // a password: the file may not hold one
  const object = smallest(typeSchema(type)!, required);
  return object === undefined ? [] : [{ type, object }];
});

test("a smallest object is known for nearly every type", () => {
  expect(samples.length / types.length).toBeGreaterThan(0.99);
  if (isNight) expect(taken.length / types.length).toBeGreaterThan(0.98);
});

const together = 40;

/** Whether the file is accepted. Some schemas have rules that this test cannot satisfy. */
function isTaken({ type, object }: Sample): boolean {
  const cwd = mkdtempSync(join(tmpdir(), "infra-every-"));
  try {
    writeFileSync(join(cwd, "e.yaml"), fileOf([{ type, object }]));
    return loadEnvironment({ nameOrPath: "./e.yaml", cwd, kinds, types: known }).environment !== undefined;
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

function fileOf(group: readonly Sample[]): string {
  return `${header}${group.map(({ type, object }) => `${type}: ${JSON.stringify({ one: { ...object, unproven: true } })}\n`).join("")}`;
}

const byDay = ["AWS::Athena::WorkGroup", "AWS::IoT::ThingGroup", "AWS::MediaConnect::Flow"];
const taken = sampleOf(samples, byDay, ({ type }) => type).filter(isTaken);
const groups = Array.from({ length: Math.ceil(taken.length / together) }, (_, i) => taken.slice(i * together, (i + 1) * together));

test.each(groups.map((group) => [group[0]!.type, group] as const))(
  "%s and those after it: made, in agreement, taken away",
  async (_first, group) => {
    const bed = openTestbed();
    const yaml = fileOf(group);
    const { run } = await bed.apply(yaml);
    expect(run.plan.steps).toHaveLength(group.length);
    expect(stepsOf(await bed.plan(yaml))).toEqual([]);
    await bed.destroy(yaml);
    expect(stepsOf(await bed.plan(yaml, "destroy"))).toEqual([]);
  },
);
