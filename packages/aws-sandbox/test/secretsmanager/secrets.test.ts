import * as sm from "@aws-sdk/client-secrets-manager";
import { VirtualClock } from "@plumbline/clock";
import { describe, expect, it } from "vitest";
import { createSandbox } from "../../src/sandbox.ts";
import { configFor, failureOf } from "../core/toys.ts";

const token = "0123456789abcdef0123456789abcdef";
const make = (more: Partial<sm.CreateSecretCommandInput> = {}) =>
  new sm.CreateSecretCommand({
    Name: "shop/key",
    ClientRequestToken: token,
    SecretString: "hush",
    Tags: [{ Key: "team", Value: "a" }],
    ...more,
  });

function account() {
  const clock = new VirtualClock();
  return { clock, client: new sm.SecretsManagerClient(configFor(createSandbox({ clock }))) };
}

describe("a secret", () => {
  it("is the same again for the same token and value, and refused with another value", async () => {
    const { client } = account();
    const { ARN, VersionId } = await client.send(make());
    expect(VersionId).toBe(token);
    expect((await client.send(make())).ARN).toBe(ARN);
    expect((await failureOf(client.send(make({ SecretString: "other" })))).name).toBe("ResourceExistsException");
    expect((await client.send(new sm.GetSecretValueCommand({ SecretId: ARN }))).SecretString).toBe("hush");
  });

  it("holds its name from the first moment, though it cannot be read yet", async () => {
    const client = new sm.SecretsManagerClient(
      configFor(createSandbox({ clock: new VirtualClock(), faults: { lag: { ids: 5_000, tags: 5_000 } } })),
    );
    const { ARN } = await client.send(make());
    expect((await failureOf(client.send(new sm.DescribeSecretCommand({ SecretId: ARN })))).name).toBe("ResourceNotFoundException");
    expect((await client.send(make())).ARN).toBe(ARN);
    expect((await failureOf(client.send(make({ SecretString: "other" })))).name).toBe("ResourceExistsException");
  });

  it("that waits to be deleted is hidden, keeps its name, can be restored, and is another one afterwards", async () => {
    const { client, clock } = account();
    const { ARN } = await client.send(make());
    await client.send(new sm.DeleteSecretCommand({ SecretId: "shop/key", RecoveryWindowInDays: 7 }));
    expect((await client.send(new sm.ListSecretsCommand({}))).SecretList).toEqual([]);
    expect((await client.send(new sm.ListSecretsCommand({ IncludePlannedDeletion: true }))).SecretList).toHaveLength(1);
    for (const command of [make(), new sm.TagResourceCommand({ SecretId: ARN, Tags: [] }), new sm.DeleteSecretCommand({ SecretId: ARN })])
      expect((await failureOf(client.send(command as ReturnType<typeof make>))).name).toBe("InvalidRequestException");
    await client.send(new sm.RestoreSecretCommand({ SecretId: ARN }));
    expect((await client.send(new sm.GetSecretValueCommand({ SecretId: ARN }))).SecretString).toBe("hush");
    await client.send(new sm.DeleteSecretCommand({ SecretId: ARN, RecoveryWindowInDays: 7 }));
    await clock.sleep(8 * 86_400_000);
    expect((await failureOf(client.send(new sm.DescribeSecretCommand({ SecretId: ARN })))).name).toBe("ResourceNotFoundException");
    expect((await client.send(make())).ARN).not.toBe(ARN);
  });

  it.each([
    [[{ Key: "tag-key", Values: ["te"] }], 1],
    [[{ Key: "tag-key", Values: ["!te"] }], 0],
    [
      [
        { Key: "tag-value", Values: ["a"] },
        { Key: "name", Values: ["shop/"] },
      ],
      1,
    ],
    [[{ Key: "description", Values: ["x"] }], 0],
  ] as const)("is listed by beginnings: %j finds %d", async (Filters, count) => {
    const { client } = account();
    await client.send(make());
    const input = { Filters: Filters.map(({ Key, Values }) => ({ Key, Values: [...Values] })) };
    expect((await client.send(new sm.ListSecretsCommand(input))).SecretList).toHaveLength(count);
  });

  it.each([
    ["a name with a space", make({ Name: "a b" })],
    ["a short token", make({ Name: "a", ClientRequestToken: "short" })],
    ["a key that is not there", make({ Name: "a", KmsKeyId: "alias/none" })],
    ["a tag of AWS's", make({ Name: "a", Tags: [{ Key: "aws:x", Value: "1" }] })],
    ["six days", new sm.DeleteSecretCommand({ SecretId: "shop/key", RecoveryWindowInDays: 6 })],
    [
      "both ways to delete",
      new sm.DeleteSecretCommand({ SecretId: "shop/key", RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true }),
    ],
  ])("is refused: %s", async (_what, command) => {
    const { client } = account();
    await client.send(make());
    expect((await failureOf(client.send(command as ReturnType<typeof make>))).name).toBe("InvalidParameterException");
  });
});
