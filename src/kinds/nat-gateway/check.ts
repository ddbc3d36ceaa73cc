/** What a NAT gateway needs around it that no reference in the YAML says, and what is wrong with a declaration. */
import type { Address, Problem, Subject, ResourceIndex } from "../kind.ts";
import { gatewaysOf, hasGateway, indexBy, refKey, tableFor, vpcOfSubnet } from "../shared/network-index.ts";
import { beyondQuota } from "../shared/quotas.ts";

type Gateway = {
  readonly subnet: string;
  readonly elasticIp?: string;
  readonly secondaryElasticIps?: readonly string[];
  readonly connectivityType?: "public" | "private";
};

/**
 * A public gateway fails for good when its VPC has no internet gateway yet, and is of no use before its subnet's table
 * leads there; and both can only go after it. A table that itself leads to a NAT gateway is left out: it would be a circle.
 */
export function needs(self: Subject<Gateway>, index: ResourceIndex): readonly Address[] {
  if (self.spec.connectivityType === "private") return [];
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
  const { elasticIp, secondaryElasticIps = [], connectivityType = "public" } = self.spec;
  const addresses = [
    ...(elasticIp === undefined ? [] : [{ address: elasticIp, path: "elasticIp" }]),
    ...secondaryElasticIps.map((address, i) => ({ address, path: `secondaryElasticIps[${i}]` })),
  ];
  return [
    ...checkZone(self, index),
    ...(connectivityType === "public"
      ? checkPublic(self, index)
      : addresses.map(({ path }): Problem => ({ code: "conflict", summary: "A private NAT gateway has no Elastic IP.", path }))),
    ...addresses.flatMap(({ address, path }) => checkAddress(self, index, address, path)),
  ];
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
  if (vpc !== undefined && index.get(vpc) && !hasGateway(index, vpc))
    problems.push({
      code: "no-gateway",
      summary: `${vpc} has no internet gateway, without which a public NAT gateway fails.`,
      path: "subnet",
      hint: "declare one under `internetGateways`",
    });
  return problems;
}

/** One address serves one gateway, in one role, and no machine besides. */
function checkAddress(self: Subject<Gateway>, index: ResourceIndex, address: string, path: string): Problem[] {
  const users = indexBy(index, "NAT gateways by address", "natGateway", ({ spec }) => [
    ...(spec.elasticIp === undefined ? [] : [spec.elasticIp]),
    ...(spec.secondaryElasticIps ?? []),
  ]);
  const here = users.get(refKey(address)) ?? [];
  const problems: Problem[] = [];
  if (here[0] && here[0].address !== self.address)
    problems.push({ code: "conflict", summary: `${refKey(address)} already belongs to ${here[0].address}.`, path });
  else if (path !== "elasticIp" && here.filter((user) => user.address === self.address).length > 1)
    problems.push({ code: "conflict", summary: `${refKey(address)} is named twice.`, path });
  const machine = index.get(address)?.spec.instance;
  if (machine !== undefined)
    problems.push({
      code: "conflict",
      summary: `${address} leads to ${refKey(machine)}.`,
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
