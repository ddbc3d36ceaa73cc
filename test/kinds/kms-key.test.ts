import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
} from "@aws-sdk/client-kms";
import { describe, expect, it } from "vitest";
import { kmsKey } from "../../src/kinds/kms-key/kms-key.ts";
import { header, loadText, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";
import { settle } from "./elbv2-testbed.ts";
import { told } from "./group-testbed.ts";

const yaml = (fields = "") => `${header}kmsKeys: { data: { ${fields} } }\n`;

/** A separate client of the same account. */
function kmsOf({ sandbox }: Testbed): KMSClient {
  const credentials = { accessKeyId: "AKIA123456789012", secretAccessKey: "other" };
  return new KMSClient({
    region: "eu-west-1",
    endpoint: "https://sandbox.invalid",
    requestHandler: sandbox.requestHandler,
    credentials,
    maxAttempts: 1,
  });
}

const look = async (testbed: Testbed, KeyId = "alias/lab-test-data") =>
  (await kmsOf(testbed).send(new DescribeKeyCommand({ KeyId }))).KeyMetadata!;
const keysOf = async (testbed: Testbed) => (await kmsOf(testbed).send(new ListKeysCommand({}))).Keys!;
const aliasesOf = async (testbed: Testbed) =>
  (await kmsOf(testbed).send(new ListAliasesCommand({}))).Aliases!.map(({ AliasName }) => AliasName);

async function withoutIt(testbed: Testbed): Promise<string> {
  return `${header}allowDestroy: { kmsKey/data: "${(await look(testbed)).Arn}" }\n`;
}

describe("a key", () => {
  it.each(["CreateKey", "CreateAlias"])("is made once when the answer of %s is lost", async (operation) => {
    const testbed = openTestbed({ sandbox: { faults: { loseAnswer: [{ operation: `kms:${operation}` }] } } });
    await settle(testbed, yaml());
    expect(await keysOf(testbed)).toHaveLength(1);
    expect(await aliasesOf(testbed)).toEqual(["alias/lab-test-data"]);
  });

  it("is found by its alias while the index of tags lags, and is not made again by the next run", async () => {
    const testbed = openTestbed({ sandbox: { faults: { lag: { index: 600_000, tags: 600_000 } } } });
    await settle(testbed, yaml());
    expect(await keysOf(testbed)).toHaveLength(1);
  });

  it("without an alias yet, of a run that died, is found among all keys", async () => {
    const testbed = openTestbed({ sandbox: { faults: { lag: { index: 600_000 } } } });
    const Tags = Object.entries({ "infra:project": "lab", "infra:environment": "test", "infra:resource": "kmsKey/data" });
    await kmsOf(testbed).send(new CreateKeyCommand({ Tags: Tags.map(([TagKey, TagValue]) => ({ TagKey, TagValue })) }));
    await testbed.apply(yaml());
    expect(await keysOf(testbed)).toHaveLength(1);
    expect((await look(testbed)).KeyState).toBe("Enabled");
  });

  it("goes with the days that its tag keeps, and is brought back, enabled, when it is wanted again", async () => {
    const testbed = openTestbed();
    await settle(testbed, yaml("deletionWindow: 7"));
    const { KeyId } = await look(testbed);
    const gone = await withoutIt(testbed);
    const { events } = await testbed.apply(gone);
    expect(JSON.stringify(events)).toContain("can be restored for 7 days");
    const { KeyState, DeletionDate } = await look(testbed, KeyId);
    expect(KeyState).toBe("PendingDeletion");
    expect((DeletionDate!.getTime() - testbed.clock.now()) / 86_400_000).toBeCloseTo(7, 1);
    expect(await aliasesOf(testbed)).toEqual([]);
    expect(stepsOf(await testbed.plan(gone))).toEqual([]);
    const back = await settle(testbed, yaml("deletionWindow: 7"));
    expect(told(back).said.join()).toContain("so the data that it encrypted can be read again");
    expect(await look(testbed)).toMatchObject({ KeyId, KeyState: "Enabled" });
    expect(await keysOf(testbed)).toHaveLength(1);
  });

  it("is kept when it leaves the YAML and nobody allows it to be deleted", async () => {
    const testbed = openTestbed();
    await settle(testbed, yaml());
    expect((await testbed.tryApply(header)).run.plan.steps.map(({ action }) => action)).toEqual(["keep"]);
    expect((await look(testbed)).KeyState).toBe("Enabled");
  });

  it("has another alias without being another key, and no more than one alias of ours", async () => {
    const testbed = openTestbed();
    await settle(testbed, yaml());
    const { KeyId } = await look(testbed);
    await settle(testbed, yaml("alias: alias/shop"));
    expect(await aliasesOf(testbed)).toEqual(["alias/shop"]);
    expect((await look(testbed, "alias/shop")).KeyId).toBe(KeyId);
  });

  it("does not take the alias of somebody else's key", async () => {
    const testbed = openTestbed();
    const kms = kmsOf(testbed);
    const { KeyMetadata: theirs } = await kms.send(new CreateKeyCommand({}));
    await kms.send(new CreateAliasCommand({ AliasName: "alias/lab-test-data", TargetKeyId: theirs!.KeyId }));
    expect(told(await testbed.tryApply(yaml())).failed.join()).toContain("already exists");
    expect((await look(testbed)).KeyId).toBe(theirs!.KeyId);
  });

  it("costs the declared number of calls", async () => {
    const testbed = openTestbed();
    await testbed.apply(yaml());
    testbed.sandbox.forgetCalls();
    await testbed.plan(yaml());
    const calls = testbed.sandbox.calls.filter(({ service }) => service === "kms");
    const lookAtIndex = 1;
    expect(calls).toHaveLength(kmsKey.readCost({ ours: 1, account: 1 }) - lookAtIndex);
  });
});

describe("mistakes in a key", () => {
  const account = '{ AWS: "arn:aws:iam::123456789012:root" }';
  const statement = (action: string) =>
    `policy: { Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: ${account}, Action: "${action}", Resource: "*" }] }`;

  it.each([
    ["usage: SIGN_VERIFY", "ENCRYPT_DECRYPT only"],
    ["spec: RSA_2048", "needs a `usage` that fits it"],
    ["spec: HMAC_256, usage: SIGN_VERIFY", "needs a `usage` that fits it"],
    ["spec: RSA_2048, usage: SIGN_VERIFY, rotation: true", "rotates only SYMMETRIC_DEFAULT keys"],
    ["rotationPeriod: 90", "`rotationPeriod` needs `rotation: true`"],
    [statement("kms:Decrypt"), "nobody could change the policy again"],
    ["alias: alias/aws/mine", "alias"],
  ])("is reported before anything is sent: %s", (fields, why) => {
    expect(() => loadText(yaml(fields))).toThrow(why);
  });

  it.each([statement("kms:*"), "spec: ECC_NIST_P256, usage: KEY_AGREEMENT", "rotation: true, rotationPeriod: 90"])(
    "is nothing: %s",
    (fields) => {
      expect(loadText(yaml(fields)).nodes).toHaveLength(1);
    },
  );
});
