import { CreateSecretCommand, DeleteSecretCommand, DescribeSecretCommand, GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { secret } from "../../src/kinds/secret/secret.ts";
import { randomValue } from "../../src/kinds/secret/value.ts";
import { header, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";
import { others } from "./data-testbed.ts";
import { settle } from "./elbv2-testbed.ts";
import { told } from "./group-testbed.ts";

const yaml = `${header}secrets: { api: { generate: { length: 40 }, recoveryDays: 7 } }\n`;

const look = (testbed: Testbed) => others(testbed).secrets.send(new DescribeSecretCommand({ SecretId: "test-api" }));
const value = async (testbed: Testbed) =>
  (await others(testbed).secrets.send(new GetSecretValueCommand({ SecretId: "test-api" }))).SecretString!;

async function withoutIt(testbed: Testbed): Promise<string> {
  return `${header}allowDestroy: { secret/api: "${(await look(testbed)).ARN}" }\n`;
}

describe("the value", () => {
  it("is made once and is in no plan, event, state or call log", async () => {
    const testbed = openTestbed();
    const applied = await settle(testbed, yaml);
    const made = await value(testbed);
    expect(made).toMatch(/^[A-Za-z0-9]{40}$/);
    await settle(testbed, yaml.replace("40", "50").replace("7 }", "7, description: New }"));
    expect(await value(testbed)).toBe(made);
    const again = await testbed.plan(yaml);
    const all = JSON.stringify([applied.events, applied.run.plan, [...again.observed.objects], testbed.sandbox.calls]);
    expect(all).toContain("secret/api");
    expect(all).not.toContain(made);
    expect(testbed.sandbox.calls.map(({ operation }) => operation)).not.toContain("PutSecretValue");
  });

  it("is left to people where nothing makes one, and that is reported", async () => {
    const testbed = openTestbed();
    await settle(testbed, `${header}secrets: { api: {} }\n`);
    const { plan } = await testbed.plan(`${header}secrets: { api: {} }\n`);
    expect(plan.notes.map(({ text }) => text).join()).toContain("test-api has no value yet");
  });

  it("has the length and the characters that were asked for", () => {
    for (const length of [8, 4096]) expect(randomValue({ length })).toMatch(new RegExp(`^[A-Za-z0-9]{${length}}$`));
    expect(randomValue({ length: 4096, punctuation: true })).toMatch(/[!#*]/);
    expect(randomValue({})).toHaveLength(32);
    expect(randomValue({})).not.toBe(randomValue({}));
  });
});

describe("a secret", () => {
  it("is made once, also when the answer is lost: an existing value counts", async () => {
    const testbed = openTestbed({ sandbox: { faults: { loseAnswer: [{ operation: "secretsmanager:CreateSecret" }] } } });
    await settle(testbed, yaml);
    expect(await value(testbed)).toHaveLength(40);
  });

  it("is found by its name while the listing lags", async () => {
    const testbed = openTestbed({ sandbox: { faults: { lag: { tags: 300_000 } } } });
    await settle(testbed, yaml);
  });

  it("goes with the days that its tag keeps, is brought back with its value, and is gone for good in the end", async () => {
    const testbed = openTestbed();
    await settle(testbed, yaml);
    const made = await value(testbed);
    const gone = await withoutIt(testbed);
    const { events } = await testbed.apply(gone);
    expect(JSON.stringify(events)).toContain("can be restored for 7 days");
    const { DeletedDate } = await look(testbed);
    expect((DeletedDate!.getTime() - testbed.clock.now()) / 86_400_000).toBeCloseTo(7, 1);
    expect(stepsOf(await testbed.plan(gone))).toEqual([]);
    const back = await settle(testbed, yaml);
    expect(told(back).said.join()).toContain("infra restores it with the value that it had");
    expect(await value(testbed)).toBe(made);
    await testbed.apply(gone);
    await testbed.clock.sleep(8 * 86_400_000);
    await expect(look(testbed)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  it("is kept when it leaves the YAML and nobody allows it to be deleted", async () => {
    const testbed = openTestbed();
    await settle(testbed, yaml);
    expect((await testbed.tryApply(header)).run.plan.steps.map(({ action }) => action)).toEqual(["keep"]);
  });

  it.each([
    ["is there", false],
    ["waits to be deleted", true],
  ])("of somebody else that %s is left alone", async (_what, leaves) => {
    const testbed = openTestbed();
    const { secrets } = others(testbed);
    await secrets.send(new CreateSecretCommand({ Name: "test-api", SecretString: "theirs" }));
    if (leaves) await secrets.send(new DeleteSecretCommand({ SecretId: "test-api" }));
    const before = await look(testbed);
    expect(told(await testbed.tryApply(yaml)).failed.join()).toContain("does not have the tags of this environment");
    expect({ ...(await look(testbed)), $metadata: undefined }).toEqual({ ...before, $metadata: undefined });
  });

  it("costs the declared number of calls", async () => {
    const testbed = openTestbed();
    await testbed.apply(yaml);
    testbed.sandbox.forgetCalls();
    await testbed.plan(yaml);
    expect(testbed.sandbox.calls.filter(({ service }) => service === "secretsmanager")).toHaveLength(
      secret.readCost({ ours: 1, account: 1 }),
    );
  });
});
