/** What a NAT gateway needs around it that no reference in the YAML says, and what is wrong with a declaration. */
import type { Address, Problem, Subject, World } from "../kind.ts";
import { gatewaysOf, hasGateway, index, refKey, tableFor, vpcOfSubnet } from "../network-world.ts";
import { beyondQuota } from "../quotas.ts";

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
export function needs(self: Subject<Gateway>, world: World): readonly Address[] {
  if (self.spec.connectivityType === "private") return [];
  const vpc = vpcOfSubnet(world, self.spec.subnet);
  const gateways = vpc === undefined ? [] : gatewaysOf(world, vpc).map(({ address }) => address);
  const table = tableFor(world, self.spec.subnet);
  return table && leadsOut(world, table) ? [...gateways, table.address] : gateways;
}

function leadsOut(world: World, table: Subject): boolean {
  const routes: readonly { destination: unknown; target: unknown }[] = table.spec.routes ?? [];
  const kindOf = (target: unknown) => (typeof target === "string" ? world.get(target)?.kind : undefined);
  const toInternet = routes.some(({ destination, target }) => destination === "0.0.0.0/0" && kindOf(target) === "internetGateway");
  return toInternet && !routes.some(({ target }) => kindOf(target) === "natGateway");
}

export function checkGateway(self: Subject<Gateway>, world: World): readonly Problem[] {
  const { elasticIp, secondaryElasticIps = [], connectivityType = "public" } = self.spec;
  const addresses = [
    ...(elasticIp === undefined ? [] : [{ address: elasticIp, path: "elasticIp" }]),
    ...secondaryElasticIps.map((address, i) => ({ address, path: `secondaryElasticIps[${i}]` })),
  ];
  return [
    ...checkZone(self, world),
    ...(connectivityType === "public"
      ? checkPublic(self, world)
      : addresses.map(({ path }): Problem => ({ code: "conflict", summary: "A private NAT gateway has no Elastic IP.", path }))),
    ...addresses.flatMap(({ address, path }) => checkAddress(self, world, address, path)),
  ];
}

function checkPublic(self: Subject<Gateway>, world: World): Problem[] {
  const problems: Problem[] = [];
  if (self.spec.elasticIp === undefined)
    problems.push({
      code: "missing-field",
      summary: "A public NAT gateway needs an Elastic IP.",
      hint: "add `elasticIp: NAME`, or `connectivityType: private`",
    });
  const vpc = vpcOfSubnet(world, self.spec.subnet);
  if (vpc !== undefined && world.get(vpc) && !hasGateway(world, vpc))
    problems.push({
      code: "no-gateway",
      summary: `${vpc} has no internet gateway, without which a public NAT gateway fails.`,
      path: "subnet",
      hint: "declare one under `internetGateways`",
    });
  return problems;
}

/** One address serves one gateway, in one role, and no machine besides. */
function checkAddress(self: Subject<Gateway>, world: World, address: string, path: string): Problem[] {
  const users = index(world, "NAT gateways by address", "natGateway", ({ spec }) => [
    ...(spec.elasticIp === undefined ? [] : [spec.elasticIp]),
    ...(spec.secondaryElasticIps ?? []),
  ]);
  const here = users.get(refKey(address)) ?? [];
  const problems: Problem[] = [];
  if (here[0] && here[0].address !== self.address)
    problems.push({ code: "conflict", summary: `${refKey(address)} already belongs to ${here[0].address}.`, path });
  else if (path !== "elasticIp" && here.filter((user) => user.address === self.address).length > 1)
    problems.push({ code: "conflict", summary: `${refKey(address)} is named twice.`, path });
  const machine = world.get(address)?.spec.instance;
  if (machine !== undefined)
    problems.push({
      code: "conflict",
      summary: `${address} leads to ${refKey(machine)}.`,
      path,
      hint: "give the gateway an Elastic IP of its own",
    });
  return problems;
}

function checkZone(self: Subject<Gateway>, world: World): readonly Problem[] {
  const zoneOf = (subnet: unknown) => (typeof subnet === "string" ? world.get(subnet)?.spec.availabilityZone : undefined);
  const zone = zoneOf(self.spec.subnet);
  if (zone === undefined) return [];
  const all = index(world, "NAT gateways by zone", "natGateway", ({ spec }) => [zoneOf(spec.subnet)]).get(refKey(zone)) ?? [];
  return beyondQuota(self, all, 5, `NAT gateways in zone ${zone}`);
}
