/** Reading commands write nothing and need no right to write. A failed read never counts as "does not exist". */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { sampleOf } from "../support/night.ts";
import { cloudWatchReads, tagReads, deniedCode } from "./bends.ts";
import { allWrites } from "./support/calls.ts";
import { asUser, type Statement } from "./support/iam.ts";
import { openMotoTestbed, words, type Testbed } from "./support/testbed.ts";
import { describeWithMoto, startMoto, type Moto } from "./support/moto.ts";
import { startProxy, throttled, type Proxy } from "./support/proxy.ts";

const unavailable = { status: 503, type: "text/html", body: "<html><body>Service Unavailable<br></body></html>" };

const looks = ["plan basic-vpc", "drift basic-vpc", "status basic-vpc"] as const;
/** One of them by day, where all must behave the same. */
const some = sampleOf<(typeof looks)[number]>(looks, ["plan basic-vpc"], (look) => look);

describeWithMoto("plan, drift and status", () => {
  let moto: Moto;
  let proxy: Proxy;
  let testbed: Testbed;
  beforeAll(async () => {
    moto = await startMoto({});
    proxy = await startProxy(moto.url);
    testbed = await openMotoTestbed(moto, proxy.url);
    await testbed.workshop.apply("basic-vpc");
  });
  afterAll(async () => {
    await proxy.close();
    await moto.stop();
  });

  test.each(looks)("%s makes no mutating call", async (command) => {
    const { result, calls } = await moto.record(testbed.account, () => testbed.workshop.infra(command));
    expect(result.code, result.stderr).toBe(0);
    expect(calls.length).toBeGreaterThan(5);
    expect(allWrites(calls)).toEqual([]);
  });

  describe("with keys that may only read", () => {
    afterEach(() => moto.enforceIam(false));

    test("they work; apply is refused by AWS at its first write", async () => {
      const user = await asUser(testbed.account, "reader", [readOnly]);
      await moto.enforceIam(true);
      for (const command of looks) {
        const looked = await testbed.workshop.infra(command, withoutToken(user.env));
        expect(looked.code, looked.stderr).toBe(0);
        expect(looked.stderr).toContain(`account ${testbed.account.id} as arn:aws:iam::${testbed.account.id}:user/reader`);
      }
      testbed.workshop.edit("basic-vpc", ["description: HTTP from anywhere", "description: HTTP"]);
      const refused = await testbed.workshop.infra("apply basic-vpc --yes", withoutToken(user.env));
      testbed.workshop.edit("basic-vpc", ["description: HTTP", "description: HTTP from anywhere"]);
      expect(refused.code, refused.stderr).toBe(1);
    });

    test("a denied read of a kind that the YAML uses fails and names the call", async () => {
      const user = await asUser(testbed.account, "blind", [readOnly, { Effect: "Deny", Action: ["ec2:DescribeSubnets"], Resource: "*" }]);
      await moto.enforceIam(true);
      for (const command of some) {
        const looked = await testbed.workshop.infra(command, withoutToken(user.env));
        expect(looked.code, looked.stdout).toBe(1);
        expect(words(looked.stderr)).toContain("error access-denied AWS denies ec2:DescribeSubnets.");
        expect(looked.stderr).toMatch(deniedCode);
        expect(looked.stdout).toBe("");
      }
    });

    test("a denied read of a kind that the YAML does not use is reported, and stops nothing", async () => {
      const user = await asUser(testbed.account, "half-blind", [
        readOnly,
        { Effect: "Deny", Action: ["ec2:DescribeNatGateways"], Resource: "*" },
      ]);
      await moto.enforceIam(true);
      const planned = await testbed.workshop.infra("plan basic-vpc", withoutToken(user.env));
      expect(planned.code, planned.stderr).toBe(0); // the environment has never had one, so a plan does not ask
      expect(planned.stdout).toContain("No changes.");
      const looked = await testbed.workshop.infra("drift basic-vpc", withoutToken(user.env));
      expect(looked.code, looked.stderr).toBe(0);
      expect(words(looked.stdout)).toContain("infra could not list natGateways: DescribeNatGateways was denied");
    });
  });

  describe("when AWS does not answer as it should", () => {
    afterAll(() => proxy.reset());

    test.each(some)("%s waits throttled reads out and then sees the objects", async (command) => {
      const refused = new Map<string, number>();
      proxy.reset(({ operation, service }) => {
        const times = refused.get(operation) ?? 0;
        if (service !== "ec2" || times >= 2) return "pass";
        refused.set(operation, times + 1);
        return throttled;
      });
      const looked = await testbed.workshop.infra(command);
      expect(looked.code, looked.stderr).toBe(0);
      expect(refused.get("DescribeSubnets")).toBe(2);
      expect(looked.stdout).toMatch(/No changes\.|No drift\.|subnet\/public-a/);
      expect(looked.stdout).not.toMatch(/to create, [1-9]/);
    });

    // Each waits out an outage of a minute, so the three run at the same time.
    test.each([
      ["goes on failing", unavailable, /ec2 DescribeRouteTables.*503/],
      ["loses its answer each time", "drop-answer", /AWS did not answer ec2 DescribeRouteTables \(/],
    ] as const)("they fail and name the call when a read %s", async (_how, bend, says) => {
      proxy.reset(({ operation }) => (operation === "DescribeRouteTables" ? bend : "pass"));
      for (const looked of await Promise.all(some.map((command) => testbed.workshop.infra(command)))) {
        expect(looked.code, looked.stdout).toBe(1);
        expect(looked.stdout).toBe("");
        expect(words(looked.stderr)).toMatch(says);
      }
    });
  });
});

/** Only the permissions that the kinds declare for their reads. */
const readOnly: Statement = {
  Effect: "Allow",
  Action: [
    ...new Set(kinds.flatMap(({ iam }) => iam.read)),
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "sts:GetCallerIdentity",
    ...cloudWatchReads,
    ...tagReads,
  ],
  Resource: "*",
};

/** Removes the session token of the role, which is in the folder's environment, because a user's keys have none. */
function withoutToken(env: Readonly<Record<string, string>>): Record<string, string> {
  return { ...env, AWS_SESSION_TOKEN: "" };
}
