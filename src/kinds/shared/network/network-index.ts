/**
 * Questions of the network kinds to a resource index: the VPC of a subnet, the gateway of a VPC, the route table of a subnet. Each answer
 * is computed once for an index, so that an environment of thousands of resources is checked in linear time.
 */
import type { Subject, ResourceIndex } from "../../kind.ts";

/** Returns the text by which references are compared: addresses and ids as they are, look-ups by their contents. */
export function refKey(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

/** Returns the VPC of a subnet, as the subnet names it; undefined when the subnet is not in the index. */
export function vpcOfSubnet(index: ResourceIndex, subnet: unknown): string | undefined {
  const found = typeof subnet === "string" ? index.get(subnet) : undefined;
  return found?.kind === "subnet" ? refKey(found.spec.vpc) : undefined;
}

/** Returns the VPC of an object in these subnets, as far as the index knows it. */
export function vpcOfSubnets(index: ResourceIndex, subnets: readonly unknown[]): string | undefined {
  return subnets.map((subnet) => vpcOfSubnet(index, subnet)).find((vpc) => vpc !== undefined);
}

/** Returns the internet gateways of a VPC. A correct environment has at most one. */
export function gatewaysOf(index: ResourceIndex, vpc: unknown): readonly Subject[] {
  return byVpc(index, "internetGateway").get(refKey(vpc)) ?? [];
}

/** Whether a VPC has an internet gateway: one in the index, or a foreign one that is the target of one of its route tables. */
export function hasGateway(index: ResourceIndex, vpc: unknown): boolean {
  if (gatewaysOf(index, vpc).length > 0) return true;
  const targets: unknown[] = tablesOf(index, vpc)
    .flatMap((table) => (table.spec.routes as { target: unknown }[] | undefined) ?? [])
    .map(({ target }) => target);
  return targets.some((target) => typeof target === "object" || (typeof target === "string" && target.startsWith("igw-")));
}

export function subnetsOf(index: ResourceIndex, vpc: unknown): readonly Subject[] {
  return byVpc(index, "subnet").get(refKey(vpc)) ?? [];
}

export function tablesOf(index: ResourceIndex, vpc: unknown): readonly Subject[] {
  return byVpc(index, "routeTable").get(refKey(vpc)) ?? [];
}

/** Returns the route tables that name a subnet. A correct environment has at most one. */
export function tablesNaming(index: ResourceIndex, subnet: unknown): readonly Subject[] {
  return tablesBySubnet(index).get(refKey(subnet)) ?? [];
}

/** Returns the route table of a subnet: the one that names it, or else the declared main table of its VPC. */
export function tableFor(index: ResourceIndex, subnet: unknown): Subject | undefined {
  const named = tablesNaming(index, subnet)[0];
  if (named) return named;
  const vpc = vpcOfSubnet(index, subnet);
  return vpc === undefined ? undefined : tablesOf(index, vpc).find((table) => table.spec.main === true);
}

type Index = ReadonlyMap<string, readonly Subject[]>;

const indexes = new WeakMap<ResourceIndex, Map<string, Index>>();

function byVpc(index: ResourceIndex, kind: string): Index {
  return indexBy(index, `${kind} by vpc`, kind, (subject) => [subject.spec.vpc]);
}

function tablesBySubnet(index: ResourceIndex): Index {
  return indexBy(index, "tables by subnet", "routeTable", (table) => [...new Set<unknown>(table.spec.subnets ?? [])]);
}

/** Returns the resources of a kind by each of their keys. A resource index does not change, so this never becomes stale. */
export function indexBy(index: ResourceIndex, name: string, kind: string, keysOf: (subject: Subject) => readonly unknown[]): Index {
  const known = indexes.get(index) ?? new Map<string, Index>();
  indexes.set(index, known);
  const made = known.get(name);
  if (made) return made;
  const groups = new Map<string, Subject[]>();
  for (const subject of index.of(kind))
    for (const key of keysOf(subject)) {
      const group = groups.get(refKey(key));
      if (group) group.push(subject);
      else groups.set(refKey(key), [subject]);
    }
  known.set(name, groups);
  return groups;
}

/** Returns the declared interface that an instance starts with, if the instance names no subnet. */
export function firstInterface(index: ResourceIndex, machine: { readonly spec: unknown } | undefined): Subject | undefined {
  const { subnet, networkInterfaces } = (machine?.spec ?? {}) as { readonly subnet?: unknown; readonly networkInterfaces?: unknown[] };
  const first = subnet === undefined ? networkInterfaces?.[0] : undefined;
  return typeof first === "string" ? index.get(first) : undefined;
}

/** Returns the subnet of an instance: the one that it names, or that of the interface it starts with. */
export function subnetOfMachine(index: ResourceIndex, machine: { readonly spec: unknown } | undefined): unknown {
  return (machine?.spec as { readonly subnet?: unknown } | undefined)?.subnet ?? firstInterface(index, machine)?.spec.subnet;
}
