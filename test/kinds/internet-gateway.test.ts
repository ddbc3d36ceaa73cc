import {
  AttachInternetGatewayCommand,
  DeleteInternetGatewayCommand,
  DescribeInternetGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DetachInternetGatewayCommand,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { internetGateway } from "../../src/kinds/internet-gateway/internet-gateway.ts";
import type { Live } from "../../src/kinds/kind.ts";
import { mockedEc2, refusal, runOf, scope, sent, resourceIndexOf, type MockedEc2 } from "./mocked-ec2.ts";

const driver = await internetGateway.load();
let aws: MockedEc2["aws"];
let ec2: MockedEc2["ec2"];
let clock: MockedEc2["clock"];
beforeEach(async () => ({ aws, ec2, clock } = await mockedEc2()));

function shows(vpc?: string, State = "available") {
  ec2.on(DescribeInternetGatewaysCommand).resolves({
    InternetGateways: [
      { InternetGatewayId: "igw-1", OwnerId: "123456789012", Attachments: vpc ? [{ VpcId: vpc, State: State as never }] : [] },
    ],
  });
}

async function get() {
  return (await driver.get(aws, ["igw-1"], scope)).get("igw-1")!;
}

const attach = (live: Live, vpc: string) => driver.update!(aws, "attachment", live, { vpc }, {}, runOf(clock, get));

describe("reading", () => {
  it.each([
    ["vpc-1", "available", "vpc-1"],
    ["vpc-1", "attaching", "vpc-1"],
    ["vpc-1", "detached", undefined],
    [undefined, "available", undefined],
  ])("attached to %s (%s): %s", async (vpc, state, told) => {
    shows(vpc, state);
    const { spec } = await get();
    expect(spec).toEqual({ vpc: told });
    expect(spec).toHaveProperty("vpc"); // AWS returned that there is none, which is not the same as not read
  });
});

describe("attaching", () => {
  it("moves by detaching first", async () => {
    shows("vpc-1");
    const live = await get();
    ec2.resetHistory();
    ec2.on(DetachInternetGatewayCommand).resolves({});
    ec2.on(AttachInternetGatewayCommand).resolves({});
    await attach(live, "vpc-2");
    expect(sent(ec2)).toEqual([
      { name: "DetachInternetGateway", input: { InternetGatewayId: "igw-1", VpcId: "vpc-1" } },
      { name: "AttachInternetGateway", input: { InternetGatewayId: "igw-1", VpcId: "vpc-2" } },
    ]);
  });

  it("does nothing when the pair is there", async () => {
    shows("vpc-1");
    const live = await get();
    ec2.resetHistory();
    await attach(live, "vpc-1");
    expect(sent(ec2)).toEqual([]);
  });

  it.each(["Resource.AlreadyAssociated", "InvalidParameterValue"])(
    "takes %s for success only when the very pair is there",
    async (code) => {
      ec2.on(AttachInternetGatewayCommand).rejects(refusal(code));
      shows();
      const live = await get();
      shows("vpc-1");
      await attach(live, "vpc-1");
      shows("vpc-9");
      await expect(attach(live, "vpc-1")).rejects.toMatchObject({ code });
    },
  );

  it("tells that the gateway is not visible yet", async () => {
    shows();
    ec2.on(AttachInternetGatewayCommand).rejects(refusal("InvalidInternetGatewayID.NotFound"));
    await expect(attach(await get(), "vpc-1")).rejects.toMatchObject({ class: "not-found" });
  });
});

describe("deleting", () => {
  it("detaches, and takes a missing one for done", async () => {
    shows("vpc-1");
    ec2.on(DetachInternetGatewayCommand).rejects(refusal("Gateway.NotAttached"));
    ec2.on(DeleteInternetGatewayCommand).rejects(refusal("InvalidInternetGatewayID.NotFound"));
    await driver.delete(aws, await get(), runOf(clock, get));
  });

  it("does not go on when public addresses are in the way, and names them", async () => {
    shows("vpc-1");
    ec2.on(DetachInternetGatewayCommand).rejects(refusal("DependencyViolation", "Network vpc-1 has some mapped public address(es)."));
    ec2.on(DescribeNetworkInterfacesCommand).resolves({
      NetworkInterfaces: [
        { NetworkInterfaceId: "eni-1", Attachment: { InstanceId: "i-1" }, Association: { PublicIp: "203.0.113.5" } },
        { NetworkInterfaceId: "eni-2" },
      ],
    });
    await expect(driver.delete(aws, await get(), runOf(clock, get))).rejects.toMatchObject({ class: "dependency" });
    expect(sent(ec2).map(({ name }) => name)).not.toContain("DeleteInternetGateway");
    expect(await driver.blockers!(aws, [await get()])).toEqual(
      new Map([["igw-1", [{ id: "eni-1", what: "public address 203.0.113.5 on the network interface of instance i-1", holder: "i-1" }]]]),
    );
  });
});

it("a VPC has one gateway", () => {
  const index = resourceIndexOf(
    ...["a", "b", "c"].map((name) => ({ address: `internetGateway/${name}`, spec: { vpc: name === "c" ? "vpc/y" : "vpc/x" } })),
  );
  expect(
    index.of("internetGateway").flatMap((one) => internetGateway.check!(one, index).map(({ code, path }) => `${one.name} ${code} ${path}`)),
  ).toEqual(["b one-gateway vpc"]);
});
