/** Every curated type: its object is created, agrees, each property is changed and changed back, and it is deleted. */
import { expect, test } from "vitest";
import { keepKinds } from "../../src/apply/keep-kinds.ts";
import { planEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { curated } from "../../src/kinds/types/curated.ts";
import { sampleOf } from "../support/night.ts";
import { cases } from "./cases.ts";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";

test("there is a case for every curated type", () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(curated).sort());
});

/** One type for each way in which objects are found. */
const byDay = [
  "AWS::SQS::Queue",
  "AWS::DynamoDB::Table",
  "AWS::Lambda::Function",
  "AWS::Lambda::Permission",
  "AWS::ApiGatewayV2::Stage",
  "AWS::ApiGatewayV2::Integration",
  "AWS::Scheduler::Schedule",
  "AWS::CloudFront::Distribution",
  "AWS::WAFv2::WebACL",
  "AWS::ECS::TaskDefinition",
  "AWS::Cognito::UserPoolClient",
];

test.each(sampleOf(Object.entries(cases), byDay, ([type]) => type))(
  "%s: agrees after each change, there and back",
  async (type, { full, changes, around = "" }) => {
    const bed = openTestbed();
    const life = curated[type]!.dataLoss === undefined ? {} : { disposable: true };
    const yaml = (more: object = {}) => `${header}${around}${type}: ${JSON.stringify({ main: { ...full, ...life, ...more } })}\n`;
    const settle = async (text: string) => {
      const applied = await bed.apply(text);
      expect(stepsOf(await bed.plan(text))).toEqual([]);
      return applied;
    };
    await settle(yaml());
    for (const [property, to, does = "update"] of changes) {
      const changed = yaml({ [property]: to });
      if (does === "refused") {
        expect((await bed.plan(changed)).diagnostics.map(({ summary }) => summary).join()).toContain(property);
        continue;
      }
      const { run } = await settle(changed);
      expect(run.plan.steps, property).toMatchObject([{ action: does, address: `${type}/main` }]);
      if (property in full) await settle(yaml());
    }
    // An object that left the file is still found: by its tags, by its mark or by its holder.
    await keepKinds((await bed.connection()).aws, await bed.plan(yaml()), "agree");
    const without = `${header}${around}${around === "" ? "vpcs: { other: { cidrBlock: 10.9.0.0/16 } }\n" : ""}`;
    const run = await planEnvironment(kinds, await bed.connection(), bed.load(without), { goal: "agree" });
    expect(stepsOf(run).filter((step) => step.startsWith("delete"))).toEqual([`delete ${type}/main`]);
    await bed.destroy(yaml());
    expect(stepsOf(await bed.plan(yaml(), "destroy"))).toEqual([]);
  },
);

test.each(sampleOf(Object.entries(cases), ["AWS::SQS::Queue"], ([type]) => type))(
  "%s: agrees while the index of tags is a quarter of an hour late",
  async (type, { full, around = "" }) => {
    const bed = openTestbed({ sandbox: { faults: { lag: { index: 900_000 } } } });
    const yaml = `${header}${around}${type}: ${JSON.stringify({ main: full })}\n`;
    await bed.apply(yaml);
    expect(stepsOf(await bed.plan(yaml))).toEqual([]);
  },
);

test.each(Object.entries(cases))(
  "%s: made again after a destroy, at once and while AWS knows the token of the first time",
  async (type, one) => {
    const bed = openTestbed();
    const life = curated[type]!.dataLoss === undefined ? {} : { disposable: true };
    const yaml = `${header}${one.around ?? ""}${type}: ${JSON.stringify({ main: { ...one.full, ...life } })}\n`;
    await bed.apply(yaml);
    for (const minutes of [0, 60]) {
      await bed.destroy(yaml);
      await bed.clock.sleep(minutes * 60_000);
      const { run } = await bed.apply(yaml);
      expect(stepsOf(run)).toContain(`create ${type}/main`);
      expect(stepsOf(await bed.plan(yaml))).toEqual([]);
    }
  },
);
