import { CreateVpcEndpointCommand, ModifyVpcEndpointCommand, type CreateVpcEndpointRequest } from "@aws-sdk/client-ec2";
import { beforeEach, expect, it } from "vitest";
import { codeOf, openTestbed, type Testbed } from "./ec2.ts";
import { network, type Network } from "./network.ts";

let b: Testbed;
let net: Network;
beforeEach(async () => {
  b = openTestbed();
  net = await network(b);
});

const create = async (more: Partial<CreateVpcEndpointRequest>) =>
  (await b.ec2.send(new CreateVpcEndpointCommand({ VpcId: net.vpc, ServiceName: "com.amazonaws.ap-northeast-2.s3", ...more })))
    .VpcEndpoint!;

it("chooses the DNS records of an endpoint that names none", async () => {
  expect((await create({})).DnsOptions).toEqual({ DnsRecordIpType: "service-defined" });
  const made = await create({ VpcEndpointType: "Interface", SubnetIds: [net.subnet], PrivateDnsEnabled: false });
  expect(made.DnsOptions).toEqual({ DnsRecordIpType: "ipv4" });
});

it("refuses DNS records for which an interface endpoint has no addresses", async () => {
  const shape: Partial<CreateVpcEndpointRequest> = { VpcEndpointType: "Interface", SubnetIds: [net.subnet], PrivateDnsEnabled: false };
  for (const DnsRecordIpType of ["ipv6", "dualstack", "service-defined"] as const)
    expect(await codeOf(create({ ...shape, DnsOptions: { DnsRecordIpType } }))).toBe("InvalidParameter");
  const { VpcEndpointId } = await create({ ...shape, DnsOptions: { DnsRecordIpType: "ipv4" } });
  b.pass(120);
  expect(await codeOf(b.ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId, DnsOptions: { DnsRecordIpType: "ipv6" } })))).toBe(
    "InvalidParameter",
  );
});
