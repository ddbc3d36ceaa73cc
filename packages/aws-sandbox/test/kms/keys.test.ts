import * as kms from "@aws-sdk/client-kms";
import { VirtualClock } from "@plumbline/clock";
import { describe, expect, it } from "vitest";
import { createSandbox } from "../../src/sandbox.ts";
import { configFor, failureOf } from "../core/toys.ts";

function account() {
  const clock = new VirtualClock();
  return { clock, client: new kms.KMSClient(configFor(createSandbox({ clock }))) };
}

async function withKey() {
  const { client, clock } = account();
  const { KeyMetadata } = await client.send(new kms.CreateKeyCommand({ Tags: [{ TagKey: "team", TagValue: "a" }] }));
  await client.send(new kms.CreateAliasCommand({ AliasName: "alias/one", TargetKeyId: KeyMetadata!.KeyId }));
  return { client, clock, id: KeyMetadata!.KeyId! };
}

const policyFor = (who: string, action = "kms:*") =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { AWS: who }, Action: action, Resource: "*" }] });

describe("a key", () => {
  it("is another one for each create, has its tags from creation, and has AWS's default policy", async () => {
    const { client, id } = await withKey();
    await client.send(new kms.CreateKeyCommand({}));
    expect((await client.send(new kms.ListKeysCommand({}))).Keys).toHaveLength(2);
    expect((await client.send(new kms.ListResourceTagsCommand({ KeyId: id }))).Tags).toEqual([{ TagKey: "team", TagValue: "a" }]);
    expect((await client.send(new kms.GetKeyPolicyCommand({ KeyId: id }))).Policy).toContain("key-default-1");
  });

  it("that waits for its deletion takes no change, keeps its alias, comes back disabled, and is gone in the end", async () => {
    const { client, clock, id } = await withKey();
    await client.send(new kms.ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }));
    for (const command of [
      new kms.ScheduleKeyDeletionCommand({ KeyId: id }),
      new kms.EnableKeyCommand({ KeyId: id }),
      new kms.TagResourceCommand({ KeyId: id, Tags: [] }),
      new kms.CreateAliasCommand({ AliasName: "alias/two", TargetKeyId: id }),
    ])
      expect((await failureOf(client.send(command as kms.EnableKeyCommand))).name).toBe("KMSInvalidStateException");
    expect((await client.send(new kms.ListAliasesCommand({}))).Aliases).toHaveLength(1);
    await client.send(new kms.CancelKeyDeletionCommand({ KeyId: id }));
    expect((await client.send(new kms.DescribeKeyCommand({ KeyId: "alias/one" }))).KeyMetadata!.KeyState).toBe("Disabled");
    await client.send(new kms.ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }));
    await clock.sleep(8 * 86_400_000);
    expect((await failureOf(client.send(new kms.DescribeKeyCommand({ KeyId: id })))).name).toBe("NotFoundException");
    expect((await client.send(new kms.ListAliasesCommand({}))).Aliases).toEqual([]);
  });

  it.each([
    [
      "a window of six days",
      "ValidationException",
      (KeyId: string) => new kms.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 6 }),
    ],
    [
      "a rotation of 89 days",
      "ValidationException",
      (KeyId: string) => new kms.EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 89 }),
    ],
    [
      "an alias that is taken",
      "AlreadyExistsException",
      (TargetKeyId: string) => new kms.CreateAliasCommand({ AliasName: "alias/one", TargetKeyId }),
    ],
    [
      "an alias of AWS's",
      "InvalidAliasNameException",
      (TargetKeyId: string) => new kms.CreateAliasCommand({ AliasName: "alias/aws/x", TargetKeyId }),
    ],
    ["an alias where an id is asked for", "NotFoundException", () => new kms.EnableKeyCommand({ KeyId: "alias/one" })],
    [
      "a policy that locks everybody out",
      "MalformedPolicyDocumentException",
      (KeyId: string) => new kms.PutKeyPolicyCommand({ KeyId, Policy: policyFor("arn:aws:iam::123456789012:root", "kms:Decrypt") }),
    ],
    [
      "a policy that names nobody",
      "MalformedPolicyDocumentException",
      (KeyId: string) => new kms.PutKeyPolicyCommand({ KeyId, Policy: policyFor("arn:aws:iam::123456789012:role/none") }),
    ],
    ["a usage that is not told", "ValidationException", () => new kms.CreateKeyCommand({ KeySpec: "RSA_2048" })],
    ["a tag of AWS's", "TagException", () => new kms.CreateKeyCommand({ Tags: [{ TagKey: "aws:x", TagValue: "1" }] })],
  ])("refuses %s", async (_what, name, command) => {
    const { client, id } = await withKey();
    expect((await failureOf(client.send(command(id) as kms.EnableKeyCommand))).name).toBe(name);
  });

  it("that is disabled does not rotate, and an asymmetric one never does", async () => {
    const { client, id } = await withKey();
    await client.send(new kms.DisableKeyCommand({ KeyId: id }));
    expect((await failureOf(client.send(new kms.EnableKeyRotationCommand({ KeyId: id })))).name).toBe("DisabledException");
    const { KeyMetadata } = await client.send(new kms.CreateKeyCommand({ KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" }));
    const status = client.send(new kms.GetKeyRotationStatusCommand({ KeyId: KeyMetadata!.KeyId }));
    expect((await failureOf(status)).name).toBe("UnsupportedOperationException");
  });
});
