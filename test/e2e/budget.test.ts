/** The calls of a plan that finds nothing to do, counted on the wire. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openMotoTestbed } from "./support/testbed.ts";
import { describeOnEach, region, type Endpoint } from "./support/moto.ts";

const groups = 20;

describeOnEach("an empty plan", (start) => {
  let aws: Endpoint;
  beforeAll(async () => {
    aws = await start();
  });
  afterAll(() => aws.stop());

  test.each([1, 5])("of %s VPCs with 20 groups each costs at most 16 calls and 2 a VPC", async (vpcs) => {
    const { workshop, account } = await openMotoTestbed(aws);
    workshop.write("environments/estate.yaml", estate(vpcs));
    await workshop.apply("estate");
    const { result, calls } = await aws.record(account, () => workshop.infra("plan estate"));
    expect(result.stdout, result.stderr).toContain("No changes.");
    const byService = (name: string) => calls.filter(({ service }) => service === name).length;
    // Reads of other services, which a plan makes though the YAML has none of their kinds.
    const elsewhere = ["elasticloadbalancing", "autoscaling", "rds", "secretsmanager", "tagging"].map(byService);
    const parameters = calls.filter(({ operation }) => operation === "DescribeParameters").length;
    const others = elsewhere.reduce((sum, count) => sum + count, parameters);
    expect(
      calls.length - others,
      calls
        .map(({ operation }) => operation)
        .sort()
        .join(" "),
    ).toBeLessThanOrEqual(16 + 2 * vpcs);
    expect(calls.length).toBeLessThanOrEqual(31 + 2 * vpcs);
    expect(result.stderr).toContain(`${calls.length} calls to AWS (${calls.length} reads, 0 writes)`);
  });
});

/** VPCs with an internet gateway, two subnets, a route table and twenty security groups that name each other in a ring. */
function estate(vpcs: number): string {
  const every = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, index) => line(index)).join("\n");
  const each = (line: (vpc: number) => string) => every(vpcs, line);
  return `format: 1
project: plumbline
environment: estate
region: ${region}
vpcs:
${each((vpc) => `  v${vpc}: { cidrBlock: 10.${vpc}.0.0/16 }`)}
internetGateways:
${each((vpc) => `  v${vpc}: { vpc: v${vpc} }`)}
subnets:
${each((vpc) => `  v${vpc}-a: { vpc: v${vpc}, cidrBlock: 10.${vpc}.1.0/24, availabilityZone: a }\n  v${vpc}-c: { vpc: v${vpc}, cidrBlock: 10.${vpc}.2.0/24, availabilityZone: c }`)}
routeTables:
${each((vpc) => `  v${vpc}: { vpc: v${vpc}, routes: [{ destination: 0.0.0.0/0, target: internetGateway/v${vpc} }], subnets: [v${vpc}-a, v${vpc}-c] }`)}
securityGroups:
${each((vpc) => every(groups, (group) => `  v${vpc}-g${group}: { vpc: v${vpc}, description: Group ${group}, ingress: [{ port: 443, source: 10.0.0.0/8 }, { port: 8080, source: securityGroup/v${vpc}-g${(group + 1) % groups} }] }`))}
`;
}
