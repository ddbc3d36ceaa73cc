/**
 * What the network kinds ask of a world about each other: whose subnets, which gateway, whose table. Each answer is
 * indexed once a world, so that an environment of thousands of resources is checked in linear time.
 */
import type { Subject, World } from "./kind.ts";

/** How a reference is compared: addresses and ids as they are, look-ups by what they ask for. */
export function refKey(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

/** The VPC in which a subnet lies, as the subnet names it; undefined when the subnet is not one of the world. */
export function vpcOfSubnet(world: World, subnet: unknown): string | undefined {
  const found = typeof subnet === "string" ? world.get(subnet) : undefined;
  return found?.kind === "subnet" ? refKey(found.spec.vpc) : undefined;
}

/** The VPC in which something lies that stands in these subnets, as far as the world knows. */
export function vpcOfSubnets(world: World, subnets: readonly unknown[]): string | undefined {
  return subnets.map((subnet) => vpcOfSubnet(world, subnet)).find((vpc) => vpc !== undefined);
}

/** The internet gateways of a VPC: one at most where the environment is right. */
export function gatewaysOf(world: World, vpc: unknown): readonly Subject[] {
  return byVpc(world, "internetGateway").get(refKey(vpc)) ?? [];
}

/** Whether a VPC has an internet gateway: one of the world, or somebody's to which one of its tables leads. */
export function hasGateway(world: World, vpc: unknown): boolean {
  if (gatewaysOf(world, vpc).length > 0) return true;
  const targets: unknown[] = tablesOf(world, vpc)
    .flatMap((table) => (table.spec.routes as { target: unknown }[] | undefined) ?? [])
    .map(({ target }) => target);
  return targets.some((target) => typeof target === "object" || (typeof target === "string" && target.startsWith("igw-")));
}

export function subnetsOf(world: World, vpc: unknown): readonly Subject[] {
  return byVpc(world, "subnet").get(refKey(vpc)) ?? [];
}

export function tablesOf(world: World, vpc: unknown): readonly Subject[] {
  return byVpc(world, "routeTable").get(refKey(vpc)) ?? [];
}

/** The route tables that name a subnet: one at most where the environment is right. */
export function tablesNaming(world: World, subnet: unknown): readonly Subject[] {
  return tablesBySubnet(world).get(refKey(subnet)) ?? [];
}

/** The table that a subnet's traffic follows: the one that names it, else its VPC's declared main table. */
export function tableFor(world: World, subnet: unknown): Subject | undefined {
  const named = tablesNaming(world, subnet)[0];
  if (named) return named;
  const vpc = vpcOfSubnet(world, subnet);
  return vpc === undefined ? undefined : tablesOf(world, vpc).find((table) => table.spec.main === true);
}

type Index = ReadonlyMap<string, readonly Subject[]>;

const indexes = new WeakMap<World, Map<string, Index>>();

function byVpc(world: World, kind: string): Index {
  return index(world, `${kind} by vpc`, kind, (subject) => [subject.spec.vpc]);
}

function tablesBySubnet(world: World): Index {
  return index(world, "tables by subnet", "routeTable", (table) => [...new Set<unknown>(table.spec.subnets ?? [])]);
}

/** Subjects of a kind by each of their keys. A world does not change, so an index never goes stale. */
export function index(world: World, name: string, kind: string, keysOf: (subject: Subject) => readonly unknown[]): Index {
  const known = indexes.get(world) ?? new Map<string, Index>();
  indexes.set(world, known);
  const made = known.get(name);
  if (made) return made;
  const groups = new Map<string, Subject[]>();
  for (const subject of world.of(kind))
    for (const key of keysOf(subject)) {
      const group = groups.get(refKey(key));
      if (group) group.push(subject);
      else groups.set(refKey(key), [subject]);
    }
  known.set(name, groups);
  return groups;
}
