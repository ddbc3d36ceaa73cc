/** Roles with the policy of `infra iam-policy`: with exactly its actions everything works, with one action less it does not. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cloudWatchReads, tagReads, withoutDescriptionsOfGroupRules } from "./bends.ts";
import { asUser } from "./support/iam.ts";
import type { Call } from "./support/calls.ts";
import { sampleOf } from "../support/night.ts";
import { openMotoTestbed, type Testbed } from "./support/testbed.ts";
import { describeWithMoto, region, startMoto, type Account, type Moto } from "./support/moto.ts";

/** All environments except auto-scaling, because moto has no notifications and no instance refreshes. */
const all = ["basic-vpc", "nat-bastion", "single-public-subnet", "analysis-server", "web-service", "database", "three-tier"] as const;
const environments = sampleOf<string>(all, ["web-service"], (name) => name);

const missingActions = sampleOf(
  [
    ["plan", "ec2:DescribeSubnets"],
    ["plan", "ec2:DescribeRouteTables"],
    ["apply", "ec2:CreateSubnet"],
    ["apply", "ec2:CreateRoute"],
    ["apply", "ec2:AuthorizeSecurityGroupIngress"],
  ] as const,
  ["ec2:DescribeRouteTables", "ec2:CreateRoute"],
  ([, action]) => action,
);

describeWithMoto("roles made by infra iam-policy", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto({});
  });
  afterAll(() => moto.stop());

  describe.sequential("under IAM", () => {
    test.each(environments)("%s is planned, applied, planned and destroyed with exactly the listed actions", async (name) => {
      const testbed = await openMotoTestbed(moto);
      withoutDescriptionsOfGroupRules(testbed.workshop, name);
      const [planner, applier] = [await roleFor(testbed, name, "plan"), await roleFor(testbed, name, "apply")];
      await moto.enforceIam(true);
      try {
        const seen: Call[] = [];
        const run = async (user: Listed, command: string) => {
          const { result, calls } = await moto.record(user.account, () => testbed.workshop.infra(command, keysOf(user.account)));
          expect(result.code, `${command}\n${result.stderr}${result.stdout}`).toBe(0);
          for (const call of calls) expect(user.actions, command).toContain(actionOf(call));
          seen.push(...calls);
          return result;
        };
        await run(planner, `plan ${name}`);
        await run(applier, `apply ${name} --yes`);
        const again = await run(planner, `plan ${name} --detailed-exitcode`);
        expect(again.stdout).not.toContain("infra could not list");
        await run(planner, `drift ${name}`);
        await run(applier, `destroy ${name} --confirm ${testbed.account.id}/${region}/${name}`);
        expect(seen.length).toBeGreaterThan(20);
      } finally {
        await moto.enforceIam(false);
      }
    });

    test.each(missingActions)("basic-vpc: %s without %s fails and names it", async (purpose, missing) => {
      const testbed = await openMotoTestbed(moto);
      withoutDescriptionsOfGroupRules(testbed.workshop, "basic-vpc");
      const user = await roleFor(testbed, "basic-vpc", purpose, missing);
      await moto.enforceIam(true);
      const ran = await testbed.workshop.infra(purpose === "plan" ? "plan basic-vpc" : "apply basic-vpc --yes", keysOf(user.account));
      await moto.enforceIam(false);
      expect(ran.code, ran.stdout).not.toBe(0);
      expect(ran.stderr + ran.stdout).toContain(missing.split(":")[1]);
    });
  });
});

interface Listed {
  readonly account: Account;
  readonly actions: readonly string[];
}

/**
 * Returns a user with the actions of a policy. moto does not evaluate resources and refuses every statement with a condition, so only the
 * actions are tested. Golden files cover the rest.
 */
async function roleFor({ account, workshop }: Testbed, name: string, purpose: "plan" | "apply", without?: string): Promise<Listed> {
  const { code, stdout, stderr } = await workshop.infra(`iam-policy ${name} --for ${purpose}`);
  expect(code, stderr).toBe(0);
  const { Statement: statements } = JSON.parse(stdout) as { readonly Statement: readonly { readonly Action: readonly string[] }[] };
  const actions = statements.flatMap(({ Action }) => Action).filter((action) => action !== without);
  const uses = (service: string) => actions.some((action) => action.startsWith(service));
  const bent = [...(uses("cloudwatch:") ? cloudWatchReads : []), ...(uses("tag:") ? tagReads : [])];
  return {
    account: await asUser(account, `${purpose}-${without?.split(":")[1] ?? "all"}`, [
      { Effect: "Allow", Action: [...actions, ...bent], Resource: "*" },
    ]),
    actions,
  };
}

/** Some services have a signing name that differs from the name in their actions. */
const signedAs: Readonly<Record<string, string>> = { monitoring: "cloudwatch", tagging: "tag" };

/** The IAM actions of REST requests, which name no operation (Service Authorization Reference). */
const restActions: Readonly<Record<string, string>> = {
  "elasticfilesystem GET /2015-02-01/file-systems": "elasticfilesystem:DescribeFileSystems",
  "s3 GET /": "s3:ListAllMyBuckets",
  "route53 GET /2013-04-01/hostedzone": "route53:ListHostedZones",
  "route53 GET /2013-04-01/hostedzonesbyvpc": "route53:ListHostedZonesByVPC",
  "route53 POST /2013-04-01/tags/hostedzone": "route53:ListTagsForResources",
};

function actionOf({ service, operation }: Call): string {
  return restActions[`${service} ${operation}`] ?? `${signedAs[service] ?? service}:${operation}`;
}

function keysOf({ env }: Account): Record<string, string> {
  return { ...env, AWS_SESSION_TOKEN: "" };
}
