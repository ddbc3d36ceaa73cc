/** One object of each curated type, released: imported with answers in any order, adopted with tags alone, and then in agreement. */
import { expect, test } from "vitest";
import { curated } from "../../src/kinds/types/curated.ts";
import { sampleOf } from "../support/night.ts";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";
import { cases } from "../types/cases.ts";
import { backwards } from "./backwards.ts";
import { adopted, importOf, loadUnsaved, stripped } from "./support.ts";

const byDay = ["AWS::SQS::Queue", "AWS::CloudFront::Distribution", "AWS::DynamoDB::Table"];

test.each(sampleOf(Object.entries(cases), byDay, ([type]) => type))("%s comes back", async (type, { full, around = "" }) => {
  const life = curated[type]!.dataLoss === undefined ? {} : { disposable: true };
  const yaml = `${header}${around}${type}: ${JSON.stringify({ main: { ...full, ...life } })}\n`;
  const testbed = openTestbed();
  await testbed.apply(yaml);
  const run = await testbed.plan(yaml);
  await stripped(run, run.connection);
  const roots = [...run.observed.objects.values()].map(({ kind, live }) => ({ kind, id: live.id }));
  const imported = await importOf(await testbed.connection(), run.environment, roots);
  expect(imported.open, imported.text).toEqual([]);
  expect(imported.run!.plan.steps.map(({ action }) => action)).toEqual(imported.entries.map(() => "retag"));
  const shuffled = await importOf(backwards(await testbed.connection()), run.environment, roots.toReversed());
  expect(shuffled.text).toBe(imported.text);
  await adopted(await testbed.connection(), loadUnsaved(imported.text).environment!);
  expect(stepsOf(await testbed.plan(imported.text))).toEqual([]);
});
