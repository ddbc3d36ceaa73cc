import {
  AssociateNatGatewayAddressCommand,
  CreateNatGatewayCommand,
  DeleteNatGatewayCommand,
  DescribeNatGatewaysCommand,
  DisassociateNatGatewayAddressCommand,
  type NatGateway as AwsNatGateway,
  type NatGatewayAddress,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { natGateway } from "../../src/kinds/nat-gateway/nat-gateway.ts";
import type { NatGateway } from "../../src/kinds/nat-gateway/schema.ts";
import { identity, mockedEc2, refusal, runOf, scope, sent, resourceIndexOf, type Declared, type MockedEc2 } from "./mocked-ec2.ts";
import { slotsOf } from "../support/slots.ts";

const driver = await natGateway.load();
let aws: MockedEc2["aws"];
let ec2: MockedEc2["ec2"];
let clock: MockedEc2["clock"];
beforeEach(async () => ({ aws, ec2, clock } = await mockedEc2()));

const first: NatGatewayAddress = {
  AllocationId: "eipalloc-1",
  NetworkInterfaceId: "eni-1",
  PrivateIp: "10.0.1.5",
  PublicIp: "203.0.113.5",
  AssociationId: "eipassoc-1",
};
const further = (AllocationId: string, Status: string, FailureMessage?: string): NatGatewayAddress => ({
  AllocationId,
  AssociationId: `assoc-${AllocationId}`,
  IsPrimary: false,
  Status: Status as never,
  FailureMessage,
});

function found(more: Partial<AwsNatGateway> = {}): AwsNatGateway {
  return {
    NatGatewayId: "nat-1",
    SubnetId: "subnet-1",
    State: "available",
    ConnectivityType: "public",
    NatGatewayAddresses: [first],
    ...more,
  };
}

/** Makes DescribeNatGateways return these answers one after the other, and then always the last. */
function shows(...answers: AwsNatGateway[]) {
  const described = ec2.on(DescribeNatGatewaysCommand);
  for (const answer of answers.slice(0, -1)) described.resolvesOnce({ NatGateways: [answer] });
  described.resolves({ NatGateways: [answers.at(-1)!] });
}

async function get() {
  return (await driver.get(aws, ["nat-1"], scope)).get("nat-1")!;
}

describe("reading", () => {
  it.each<[Partial<AwsNatGateway>, unknown]>([
    [{ State: "pending" }, "pending"],
    [{ State: "available" }, "ready"],
    [{ State: "deleting" }, "deleting"],
    [{ State: "deleted" }, "dead"],
    [{ State: "failed", FailureCode: "Gateway.NotAttached", FailureMessage: "no gateway" }, { failed: "Gateway.NotAttached: no gateway" }],
    [{ State: "failed" }, { failed: "AWS gives no reason" }],
  ])("%j is %j", async (more, state) => {
    shows(found(more));
    expect((await get()).state).toEqual(state);
  });

  it("tells the first address from the others, whether or not AWS marks it", async () => {
    shows(
      found({
        NatGatewayAddresses: [further("eipalloc-2", "succeeded"), further("eipalloc-3", "associating"), { ...first, IsPrimary: true }],
      }),
    );
    expect((await get()).spec).toEqual({
      availabilityMode: "zonal",
      subnet: "subnet-1",
      elasticIp: "eipalloc-1",
      connectivityType: "public",
      privateIpAddress: "10.0.1.5",
      secondaryElasticIps: ["eipalloc-2"],
    });
    shows(found());
    expect((await get()).spec).toMatchObject({ elasticIp: "eipalloc-1", secondaryElasticIps: [] });
  });

  it("filters with `Filter`, and drops the surplus of an endpoint that ignores it", async () => {
    ec2.on(DescribeNatGatewaysCommand).resolves({ NatGateways: [found(), found({ NatGatewayId: "nat-9" })] });
    expect([...(await driver.get(aws, ["nat-1"], scope)).keys()]).toEqual(["nat-1"]);
    expect(sent(ec2)[0]!.input).toEqual({ Filter: [{ Name: "nat-gateway-id", Values: ["nat-1"] }], MaxResults: 1000 });
  });

  it("finds live ones only by tags", async () => {
    const Tags = [{ Key: "Name", Value: "shared" }];
    ec2.on(DescribeNatGatewaysCommand).resolves({
      NatGateways: [found({ Tags }), found({ NatGatewayId: "nat-2", Tags, State: "deleted" }), found({ NatGatewayId: "nat-3" })],
    });
    expect(await driver.find!(aws, { Name: "shared" }, undefined)).toEqual(["nat-1"]);
    expect(await driver.find!(aws, { Name: "shared" }, "999999999999")).toEqual([]);
  });
});

describe("creating", () => {
  it("sends the token, and all addresses at once", async () => {
    ec2.on(CreateNatGatewayCommand).resolves({ NatGateway: { NatGatewayId: "nat-1" } });
    await driver.create(aws, { subnet: "subnet-1", elasticIp: "eipalloc-1", secondaryElasticIps: ["eipalloc-2"] }, identity());
    await driver.create(aws, { subnet: "subnet-1", connectivityType: "private", privateIpAddress: "10.0.1.9" }, identity());
    const common = {
      SubnetId: "subnet-1",
      ClientToken: "t0k3n",
      TagSpecifications: [{ ResourceType: "natgateway", Tags: expect.any(Array) as unknown }],
    };
    expect(sent(ec2).map(({ input }) => input)).toEqual([
      { ...common, ConnectivityType: "public", AllocationId: "eipalloc-1", SecondaryAllocationIds: ["eipalloc-2"] },
      { ...common, ConnectivityType: "private", PrivateIpAddress: "10.0.1.9" },
    ]);
  });
});

describe("further addresses", () => {
  const request: NatGateway = { subnet: "subnet-1", elasticIp: "eipalloc-1", secondaryElasticIps: ["eipalloc-2"] };
  const set = async () => {
    const live = await get();
    const before = sent(ec2).length;
    await driver.update!(aws, "addresses", live, request, {}, runOf(clock, get));
    return sent(ec2)
      .slice(before)
      .map(({ name }) => name);
  };
  beforeEach(() => {
    ec2.on(AssociateNatGatewayAddressCommand).resolves({});
    ec2.on(DisassociateNatGatewayAddressCommand).resolves({});
  });

  it("are added and ready before others are drained", async () => {
    const old = further("eipalloc-9", "succeeded");
    shows(
      found({ NatGatewayAddresses: [first, old] }),
      found({ NatGatewayAddresses: [first, old, further("eipalloc-2", "associating")] }),
      found({ NatGatewayAddresses: [first, old, further("eipalloc-2", "succeeded")] }),
      found({ NatGatewayAddresses: [first, further("eipalloc-9", "disassociating"), further("eipalloc-2", "succeeded")] }),
      found({ NatGatewayAddresses: [first, further("eipalloc-2", "succeeded")] }),
    );
    expect(await set()).toEqual([
      "AssociateNatGatewayAddress",
      "DescribeNatGateways",
      "DescribeNatGateways",
      "DisassociateNatGatewayAddress",
      "DescribeNatGateways",
      "DescribeNatGateways",
    ]);
    expect(ec2.commandCalls(DisassociateNatGatewayAddressCommand)[0]!.args[0].input).toEqual({
      NatGatewayId: "nat-1",
      AssociationIds: ["assoc-eipalloc-9"],
    });
  });

  it("are added after others were drained, where the gateway has as many as it may have", async () => {
    const old = further("eipalloc-9", "succeeded");
    ec2.on(AssociateNatGatewayAddressCommand).rejectsOnce(refusal("NatGatewayAddressLimitExceeded")).resolves({});
    shows(
      found({ NatGatewayAddresses: [first, old] }),
      found({ NatGatewayAddresses: [first] }),
      found({ NatGatewayAddresses: [first, further("eipalloc-2", "succeeded")] }),
    );
    expect(await set()).toEqual([
      "AssociateNatGatewayAddress",
      "DisassociateNatGatewayAddress",
      "DescribeNatGateways",
      "AssociateNatGatewayAddress",
      "DescribeNatGateways",
    ]);
    ec2.on(AssociateNatGatewayAddressCommand).rejects(refusal("NatGatewayAddressLimitExceeded"));
    shows(found());
    await expect(set(), "nothing to make room with").rejects.toMatchObject({ code: "NatGatewayAddressLimitExceeded" });
  });

  it("takes a conflict for success only when this gateway has the address", async () => {
    ec2.on(AssociateNatGatewayAddressCommand).rejects(refusal("Resource.AlreadyAssociated"));
    shows(found(), found({ NatGatewayAddresses: [first, further("eipalloc-2", "succeeded")] }));
    await set();
    shows(found());
    await expect(set()).rejects.toMatchObject({ code: "Resource.AlreadyAssociated" });
  });

  it("says why AWS gave up on one", async () => {
    shows(found(), found({ NatGatewayAddresses: [first, further("eipalloc-2", "failed", "it is taken")] }));
    await expect(set()).rejects.toThrow("AWS could not add eipalloc-2 to nat-1: it is taken");
  });
});

describe("deleting", () => {
  it.each(["NatGatewayNotFound", "InvalidNatGatewayID.NotFound"])("%s is done", async (code) => {
    shows(found());
    ec2.on(DeleteNatGatewayCommand).rejects(refusal(code));
    await driver.delete(aws, await get(), runOf(clock, get));
  });

  it.each(["deleting", "deleted"] as const)("says nothing to one that is %s", async (State) => {
    shows(found({ State }));
    await driver.delete(aws, await get(), runOf(clock, get));
    expect(ec2.commandCalls(DeleteNatGatewayCommand)).toHaveLength(0);
  });
});

describe("the slots of a NAT gateway", () => {
  it.each<[Partial<NatGateway>, string[]]>([
    [{}, []],
    [{ elasticIp: "elasticIp/a" }, ["uses of Elastic IPs: elasticIp/a"]],
    [
      { elasticIp: "elasticIp/a", secondaryElasticIps: ["elasticIp/b"] },
      ["uses of Elastic IPs: elasticIp/a", "uses of Elastic IPs: elasticIp/b"],
    ],
    [{ privateIpAddress: "10.0.1.5" }, ["addresses of subnet/a: 10.0.1.5"]],
  ])("%j: %j", (spec, slots) => expect(slotsOf(natGateway, { subnet: "subnet/a", ...spec })).toEqual(slots));
});

describe("checking and order", () => {
  const around: Declared[] = [
    { address: "vpc/a", spec: {} },
    { address: "vpc/bare", spec: {} },
    { address: "internetGateway/a", spec: { vpc: "vpc/a" } },
    { address: "subnet/a", spec: { vpc: "vpc/a", availabilityZone: "eu-west-1a" } },
    { address: "subnet/other", spec: { vpc: "vpc/a", availabilityZone: "eu-west-1b" } },
    { address: "subnet/bare", spec: { vpc: "vpc/bare", availabilityZone: "eu-west-1a" } },
    { address: "elasticIp/a", spec: {} },
    { address: "elasticIp/machine", spec: { instance: "instance/a" } },
  ];
  const out = { destination: "0.0.0.0/0", target: "internetGateway/a" };

  it.each([
    [
      "the table of its subnet",
      [{ address: "routeTable/t", spec: { vpc: "vpc/a", subnets: ["subnet/a"], routes: [out] } }],
      ["internetGateway/a", "routeTable/t"],
    ],
    [
      "the main table",
      [{ address: "routeTable/t", spec: { vpc: "vpc/a", main: true, routes: [out] } }],
      ["internetGateway/a", "routeTable/t"],
    ],
    ["no table that leads nowhere", [{ address: "routeTable/t", spec: { vpc: "vpc/a", subnets: ["subnet/a"] } }], ["internetGateway/a"]],
    [
      "no table of another subnet",
      [{ address: "routeTable/t", spec: { vpc: "vpc/a", subnets: ["subnet/other"], routes: [out] } }],
      ["internetGateway/a"],
    ],
    [
      "no table that waits for it",
      [
        {
          address: "routeTable/t",
          spec: { vpc: "vpc/a", subnets: ["subnet/a"], routes: [out, { destination: "10.9.0.0/16", target: "natGateway/x" }] },
        },
      ],
      ["internetGateway/a"],
    ],
  ])("comes after the internet gateway and %s", (_what, tables, addresses) => {
    const index = resourceIndexOf(...around, ...tables, {
      address: "natGateway/x",
      spec: { subnet: "subnet/a", elasticIp: "elasticIp/a" },
    });
    expect(natGateway.after!(index.subject("natGateway/x"), index)).toEqual(addresses);
  });

  it("a private one comes after nothing", () => {
    const index = resourceIndexOf(...around, { address: "natGateway/x", spec: { subnet: "subnet/a", connectivityType: "private" } });
    expect(natGateway.after!(index.subject("natGateway/x"), index)).toEqual([]);
  });

  it("needs no gateway of ours where a table leads to somebody's", () => {
    const index = resourceIndexOf(
      ...around,
      { address: "routeTable/t", spec: { vpc: "vpc/bare", routes: [{ destination: "0.0.0.0/0", target: "igw-0shared" }] } },
      { address: "natGateway/x", spec: { subnet: "subnet/bare", elasticIp: "elasticIp/a" } },
    );
    expect(natGateway.check!(index.subject("natGateway/x"), index)).toEqual([]);
  });

  const fine = { subnet: "subnet/a", elasticIp: "elasticIp/a" };
  it.each([
    [[fine], []],
    [[{ subnet: "subnet/a" }], ["0 missing-field undefined"]],
    [[{ subnet: "subnet/a", connectivityType: "private" }], []],
    [[{ ...fine, connectivityType: "private" }], ["0 conflict elasticIp"]],
    [[{ ...fine, subnet: "subnet/bare" }], ["0 no-gateway subnet"]],
    [[fine, fine], ["1 conflict elasticIp"]],
    [[{ ...fine, secondaryElasticIps: ["elasticIp/a"] }], ["0 conflict secondaryElasticIps[0]"]],
    [[{ ...fine, elasticIp: "elasticIp/machine" }], ["0 conflict elasticIp"]],
    [Array.from({ length: 6 }, (_, i) => ({ subnet: "subnet/a", elasticIp: `eipalloc-${i}` })), ["5 quota undefined"]],
  ])("%j: %j", (specs, problems) => {
    const index = resourceIndexOf(...around, ...specs.map((spec, i) => ({ address: `natGateway/${i}`, spec })));
    expect(
      index.of("natGateway").flatMap((one) => natGateway.check!(one, index).map(({ code, path }) => `${one.name} ${code} ${path}`)),
    ).toEqual(problems);
  });
});
