/** The resources that an account has in a region from the beginning: the default VPC, its subnets, internet gateway and route. */
import type { CreateDefaultVpcRequest, CreateDefaultVpcResult } from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { addressOf } from "./cidrs.ts";
import { makeInternetGateway } from "./gateways.ts";
import { seedImages } from "./images.ts";
import { mainTable } from "./route-tables.ts";
import { settings, subnets, vpcs } from "./state.ts";
import { makeSubnet } from "./subnets.ts";
import { makeVpc, vpcOperations } from "./vpcs.ts";
import { zonesOf } from "./zones.ts";

/**
 * Creates the resources that the account has from the beginning, at the first EC2 call. The setting "defaultVpc" of the table
 * "ec2.settings" (`{ value: false }`) leaves the default VPC out.
 */
export function createdWith(call: Call): void {
  if (settings(call).has("born")) return;
  settings(call).set("born", { value: true });
  seedImages(call);
  if (settings(call).get("defaultVpc")?.value === false) return;
  makeDefaultVpc(call);
  // They existed long before the first call.
  for (const old of [...vpcs(call).values(), ...subnets(call).values()]) Object.assign(old, { createdAt: 0 });
}

function makeDefaultVpc(call: Call): string {
  const vpc = makeVpc(call, "172.31.0.0/16", { isDefault: true });
  const gateway = makeInternetGateway(call, vpc.id);
  mainTable(call, vpc.id).routes.push({
    destination: "0.0.0.0/0",
    family: "ipv4",
    target: { type: "gateway", id: gateway.id },
    origin: "CreateRoute",
  });
  const first = 172 * 2 ** 24 + 31 * 2 ** 16;
  zonesOf(call).forEach((zone, place) =>
    makeSubnet(call, vpc, { cidr: `${addressOf(first + place * 4096)}/20`, zone: zone.name, default: true }),
  );
  return vpc.id;
}

const createDefaultVpc: Handler<CreateDefaultVpcRequest, CreateDefaultVpcResult> = (_, call) => {
  for (const vpc of vpcs(call).values())
    if (vpc.isDefault) throw new AwsFault("DefaultVpcAlreadyExists", "A Default VPC already exists for this account in this region.");
  const id = makeDefaultVpc(call);
  const { Vpcs } = vpcOperations["DescribeVpcs"]!({ Filters: [{ Name: "vpc-id", Values: [id] }] }, call) as {
    Vpcs: CreateDefaultVpcResult["Vpc"][];
  };
  return { Vpc: Vpcs[0] };
};

export const defaultVpcOperations: Record<string, Handler> = { CreateDefaultVpc: createDefaultVpc };
