/** Checks of a NAT gateway, and the resources that it needs although the YAML does not refer to them. */
import type { Address, Problem, Subject, ResourceIndex } from "../kind.ts";
import { needsIpv4 } from "../shared/network/ipv6-only.ts";
import { gatewaysOf, hasGateway, indexBy, refKey, tableFor, vpcOfSubnet } from "../shared/network/network-index.ts";
import { beyondQuota } from "../shared/quotas.ts";
import { elasticIpsOf, type NatGateway } from "./schema.ts";

type Gateway = NatGateway;

/**
 * Returns the resources that must exist before the gateway. A public gateway fails permanently when its VPC has no internet gateway, and it
 * has no use before its subnet's route table leads there. Both can be deleted only after it. A route table that itself leads to a NAT
 * gateway is left out, because that would be a cycle.
 */
export function needs(self: Subject<Gateway>, index: ResourceIndex): readonly Address[] {
  if (self.spec.connectivityType === "private") return [];
  if (self.spec.availabilityMode === "regional") return gatewaysOf(index, self.spec.vpc).map(({ address }) => address);
  const vpc = vpcOfSubnet(index, self.spec.subnet);
  const gateways = vpc === undefined ? [] : gatewaysOf(index, vpc).map(({ address }) => address);
  const table = tableFor(index, self.spec.subnet);
  return table && leadsOut(index, table) ? [...gateways, table.address] : gateways;
}

function leadsOut(index: ResourceIndex, table: Subject): boolean {
  const routes: readonly { destination: unknown; target: unknown }[] = table.spec.routes ?? [];
  const kindOf = (target: unknown) => (typeof target === "string" ? index.get(target)?.kind : undefined);
  const toInternet = routes.some(({ destination, target }) => destination === "0.0.0.0/0" && kindOf(target) === "internetGateway");
  return toInternet && !routes.some(({ target }) => kindOf(target) === "natGateway");
}

export function checkGateway(self: Subject<Gateway>, index: ResourceIndex): readonly Problem[] {
  const { availabilityMode = "zonal", connectivityType = "public", subnet } = self.spec;
  const addresses = elasticIpsOf(self.spec);
  return [
    ...(availabilityMode === "regional" ? checkRegional(self, index) : checkZonal(self)),
    ...checkZone(self, index),
    ...(availabilityMode === "regional" || subnet === undefined
      ? []
      : connectivityType === "public"
        ? checkPublic(self, index)
        : addresses.map(({ path }): Problem => ({ code: "conflict", summary: "A private NAT gateway has no Elastic IP.", path }))),
    ...addresses.flatMap(({ address, path }) => checkAddress(self, index, address, path)),
    ...needsIpv4(index, "a NAT gateway", [["subnet", subnet]]),
  ];
}

const furtherAddresses = ["secondaryPrivateIpAddresses", "secondaryPrivateIpAddressCount"] as const;

function checkZonal({ spec }: Subject<Gateway>): Problem[] {
  const further = furtherAddresses.filter((field) => spec[field] !== undefined);
  const regional = (["vpc", "availabilityZoneAddresses"] as const).filter((field) => spec[field] !== undefined);
  return [
    ...(spec.connectivityType === "private" ? further.slice(1) : further).map((path): Problem => ({
      code: "conflict",
      path,
      ...(spec.connectivityType === "private"
        ? { summary: `\`${further[0]}\` already determines the number of addresses.` }
        : { summary: `\`${path}\` is for private NAT gateways.`, hint: "for a public one, write `secondaryElasticIps`" }),
    })),
    ...regional.map((path): Problem => ({
      code: "conflict",
      path,
      summary: `\`${path}\` is for regional NAT gateways, and this one is zonal.`,
      hint: "add `availabilityMode: regional`, or write `subnet` instead",
    })),
    ...(spec.subnet === undefined && regional.length === 0
      ? [
          {
            code: "missing-field" as const,
            summary: "A zonal NAT gateway needs a subnet.",
            hint: "add `subnet: NAME`, or `availabilityMode: regional` with `vpc: NAME`",
          },
        ]
      : []),
  ];
}

/** Checks a regional gateway, which is public and in no subnet (VPC User Guide, "Regional NAT gateways"). */
function checkRegional({ spec }: Subject<Gateway>, index: ResourceIndex): Problem[] {
  const zonal = (["subnet", "elasticIp", "secondaryElasticIps", "privateIpAddress", ...furtherAddresses] as const).filter(
    (field) => spec[field] !== undefined,
  );
  const problems = zonal.map((path): Problem => ({
    code: "conflict",
    path,
    summary: `\`${path}\` is for zonal NAT gateways, and this one is regional.`,
    hint: path === "subnet" ? "write `vpc`" : "write the addresses of each zone under `availabilityZoneAddresses`",
  }));
  if (spec.connectivityType === "private")
    problems.push({ code: "conflict", path: "connectivityType", summary: "A regional NAT gateway cannot be private." });
  if (spec.vpc === undefined)
    problems.push({ code: "missing-field", summary: "A regional NAT gateway needs a VPC.", hint: "add `vpc: NAME`" });
  else if (index.get(spec.vpc) && !hasGateway(index, spec.vpc)) problems.push(noGateway(spec.vpc, "vpc"));
  return problems;
}

function noGateway(vpc: string, path: string): Problem {
  return {
    code: "no-gateway",
    summary: `${vpc} has no internet gateway, and a public NAT gateway needs one.`,
    path,
    hint: "declare one under `internetGateways`",
  };
}

function checkPublic(self: Subject<Gateway>, index: ResourceIndex): Problem[] {
  const problems: Problem[] = [];
  if (self.spec.elasticIp === undefined)
    problems.push({
      code: "missing-field",
      summary: "A public NAT gateway needs an Elastic IP.",
      hint: "add `elasticIp: NAME`, or `connectivityType: private`",
    });
  const vpc = vpcOfSubnet(index, self.spec.subnet);
  if (vpc !== undefined && index.get(vpc) && !hasGateway(index, vpc)) problems.push(noGateway(vpc, "subnet"));
  return problems;
}

/** Checks that an Elastic IP serves only this gateway, in one role, and no instance. */
function checkAddress(self: Subject<Gateway>, index: ResourceIndex, address: string, path: string): Problem[] {
  const users = indexBy(index, "NAT gateways by address", "natGateway", ({ spec }) =>
    elasticIpsOf(spec as Gateway).map((one) => one.address),
  );
  const here = users.get(refKey(address)) ?? [];
  const problems: Problem[] = [];
  if (here[0] && here[0].address !== self.address)
    problems.push({ code: "conflict", summary: `${refKey(address)} already belongs to ${here[0].address}.`, path });
  else if (path !== elasticIpsOf(self.spec).find((one) => one.address === address)?.path)
    problems.push({ code: "conflict", summary: `${refKey(address)} is listed twice.`, path });
  const machine = index.get(address)?.spec.instance;
  if (machine !== undefined)
    problems.push({
      code: "conflict",
      summary: `${address} is already associated with ${refKey(machine)}.`,
      path,
      hint: "give the gateway an Elastic IP of its own",
    });
  return problems;
}

function checkZone(self: Subject<Gateway>, index: ResourceIndex): readonly Problem[] {
  const zoneOf = (subnet: unknown) => (typeof subnet === "string" ? index.get(subnet)?.spec.availabilityZone : undefined);
  const zone = zoneOf(self.spec.subnet);
  if (zone === undefined) return [];
  const all = indexBy(index, "NAT gateways by zone", "natGateway", ({ spec }) => [zoneOf(spec.subnet)]).get(refKey(zone)) ?? [];
  return beyondQuota(self, all, 5, `NAT gateways in zone ${zone}`);
}
