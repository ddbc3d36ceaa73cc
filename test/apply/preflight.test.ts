import { describe, expect, it } from "vitest";
import { preflight, type Tried } from "../../src/apply/preflight.ts";
import { rehearsal, RehearsalEnded } from "../../src/aws/rehearsal.ts";
import { header, lab, type Lab } from "../support/lab.ts";

const vpc = "vpcs:\n  main: { cidrBlock: 10.0.0.0/16 }\n";
const rest = `subnets:
  a: { vpc: main, cidrBlock: 10.0.0.0/24, availabilityZone: a }
securityGroups:
  web: { vpc: main, description: Web }
`;

async function tried(
  aws: Lab,
  yaml: string,
): Promise<{ readonly tried: readonly Tried[]; readonly writes: readonly string[]; readonly objects: number }> {
  const run = await aws.plan(yaml);
  const before = run.connection.calls.writes;
  const outcome = await preflight({
    aws: run.connection.aws,
    environment: run.environment,
    planned: run.planned,
    observed: run.observed,
    drivers: run.drivers,
  });
  const after = await aws.plan(yaml);
  return { tried: outcome, writes: [String(run.connection.calls.writes - before)], objects: after.observed.objects.size };
}

const outcomes = (all: readonly Tried[]) => Object.fromEntries(all.map(({ address, outcome }) => [address, outcome]));

describe("preflight", () => {
  it("of an empty account tries what stands alone, says what is made first, and makes nothing", async () => {
    const { tried: all, objects } = await tried(lab(), header + vpc + rest);
    expect(outcomes(all)).toEqual({ "vpc/main": "would-work", "subnet/a": "untried", "securityGroup/web": "untried" });
    expect(all.find(({ address }) => address === "subnet/a")?.text).toBe("vpc/main is made first");
    expect(objects).toBe(0);
  });

  it("tries subnets, groups and machines where their network is", async () => {
    const aws = lab();
    await aws.apply(header + vpc + rest);
    const more = `${header}${vpc}${rest}  db: { vpc: main, description: Db }\ninstances:\n  web: { subnet: a, image: ami-0123456789abcdef0, instanceType: t3.micro }\n`;
    const { tried: all, objects } = await tried(
      aws,
      more.replace("subnets:\n", "subnets:\n  b: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: b }\n"),
    );
    expect(outcomes(all)).toMatchObject({ "subnet/b": "would-work", "securityGroup/db": "would-work", "instance/web": "refused" });
    expect(objects).toBe(3);
  });

  it("finds on their lines an image and a zone that do not exist", async () => {
    const { tried: all } = await tried(
      lab(),
      `${header}${vpc}subnets:\n  a: { vpc: main, cidrBlock: 10.0.0.0/24, availabilityZone: z }\ninstances:\n  web: { subnet: a, image: ami-0123456789abcdef0, instanceType: t3.micro }\n`,
    );
    const refused = all.filter(({ outcome }) => outcome === "refused");
    expect(refused.map(({ code, at }) => [code, at?.line])).toEqual([
      ["no-such-zone", 8],
      ["no-such-image", 10],
    ]);
  });

  it("tells what AWS refuses: no right, a range that is taken", async () => {
    const denied = lab({ sandbox: { faults: { refuse: [{ operation: "CreateVpc", code: "UnauthorizedOperation", status: 403 }] } } });
    expect((await tried(denied, header + vpc)).tried).toMatchObject([
      { address: "vpc/main", outcome: "refused", code: "UnauthorizedOperation", at: { line: 6 } },
    ]);

    const taken = lab();
    const { run, connection } = await taken.apply(header + vpc);
    const ec2 = await import("../../src/aws/sdk/ec2.ts");
    const VpcId = (await taken.plan(header + vpc)).observed.objects.get("vpc/main")!.live.id;
    await connection.aws.ec2(new ec2.CreateSubnetCommand({ VpcId, CidrBlock: "10.0.0.0/24" }));
    expect(run.plan.steps).toHaveLength(1);
    expect((await tried(taken, header + vpc + rest)).tried.find(({ address }) => address === "subnet/a")).toMatchObject({
      outcome: "refused",
      code: "InvalidSubnet.Conflict",
      at: { line: 8 },
    });
  });

  it("leaves what only changes or goes untried", async () => {
    const aws = lab();
    await aws.apply(header + vpc + rest);
    const { tried: all, objects } = await tried(
      aws,
      header + vpc.replace("/16 }", "/16, enableDnsHostnames: true }") + rest.slice(0, rest.indexOf("securityGroups")),
    );
    expect(outcomes(all)).toEqual({ "vpc/main": "untried", "securityGroup/web": "untried" });
    expect(objects).toBe(3);
  });
});

describe("a rehearsal", () => {
  it("never lets a write through that has no dry run", async () => {
    const aws = lab();
    const { aws: real } = await aws.connection();
    const ec2 = await import("../../src/aws/sdk/ec2.ts");
    const ssm = await import("../../src/aws/sdk/ssm.ts");
    const way = rehearsal(real);
    await expect(
      way.ec2(new ec2.ModifySubnetAttributeCommand({ SubnetId: "subnet-1", MapPublicIpOnLaunch: { Value: true } })),
    ).rejects.toMatchObject({ wasTried: false });
    await expect(way.ssm(new ssm.PutParameterCommand({ Name: "/x", Value: "y" }))).rejects.toBeInstanceOf(RehearsalEnded);
    await expect(way.ec2(new ec2.CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).rejects.toMatchObject({ wasTried: true });
    expect((await real.ec2(new ec2.DescribeVpcsCommand({}))).Vpcs?.filter(({ IsDefault }) => !IsDefault)).toEqual([]);
  });
});
