/**
 * Reads the foreign objects that decide who reaches whom: the security groups, subnets and networks that our objects refer to by id, and
 * the route tables, ACLs and security groups of a foreign VPC that contains our objects. It makes one call for each kind and round, and
 * none when our objects refer to nothing foreign. On request it also reads objects in our networks that nobody declared: the security
 * group, the ACL and the route table that AWS made with them, and foreign instances in our subnets.
 */
import type { Aws } from "../aws/aws.ts";
import { isDenied } from "../aws/errors.ts";
import { machinesIn, type MachineInterface } from "../aws/interfaces.ts";
import type { Address, AwsId, Kind, Live, NetworkPart, ResourceIndex, Spec, Subject } from "../kinds/kind.ts";
import { mapRefs, refsOf } from "../resource/references.ts";
import type { Observed } from "../plan/observed.ts";
import { idsOf } from "../resource/ownership-check.ts";
import type { Drivers } from "./drivers.ts";
import { idsOfOurs } from "./foreign-dependents.ts";

/** The parts of foreign objects, and the reads that were denied. */
export interface ForeignFacts {
  readonly parts: readonly NetworkPart[];
  readonly unread: readonly string[];
}

/** Further objects to read, although none of ours refers to them. */
export interface Besides {
  /** The objects that AWS made with our networks. "as-made": they are not read, and count as AWS makes them. */
  readonly ofOurNetworks: "read" | "as-made";
  /** Foreign instances and interfaces in our subnets. */
  readonly machines: boolean;
}

export const noForeignFacts: ForeignFacts = { parts: [], unread: [] };

interface Asked {
  readonly kind: Kind;
  readonly spec: Spec;
}

/** Reads the foreign objects. `asked`: all our objects, as declared (with look-ups resolved) and as found. */
export async function readForeign(
  kinds: readonly Kind[],
  drivers: Drivers,
  aws: Aws,
  asked: readonly Asked[],
  observed: Observed,
  region: string,
  besides: Besides,
): Promise<ForeignFacts> {
  const reading = new ForeignReading(kinds, drivers, aws, observed);
  await reading.follow(asked.filter(({ kind }) => kind.network !== undefined));
  if (besides.machines) await reading.readMachines();
  // A foreign subnet lies in a foreign network, which is then read with the parts that every network has.
  await reading.follow(reading.found());
  await reading.readNetworks(besides.ofOurNetworks === "read" ? [...observed.objects.values()] : []);
  return { parts: reading.parts(region), unread: [...reading.unread].sort() };
}

class ForeignReading {
  readonly unread = new Set<string>();
  readonly #kinds: readonly Kind[];
  readonly #drivers: Drivers;
  readonly #aws: Aws;
  readonly #ours = new Map<AwsId, Address>();
  readonly #subnets = new Set<AwsId>();
  readonly #found = new Map<AwsId, { readonly kind: Kind; readonly live: Live }>();
  readonly #asked = new Set<AwsId>();
  readonly #isOurs: (id: AwsId) => boolean;
  readonly #machines: MachineInterface[] = [];

  constructor(kinds: readonly Kind[], drivers: Drivers, aws: Aws, observed: Observed) {
    this.#kinds = kinds.filter(({ network }) => network !== undefined);
    this.#drivers = drivers;
    this.#aws = aws;
    const known = idsOfOurs(observed);
    this.#isOurs = (id) => known.has(id);
    for (const { address, kind, live } of [...observed.objects.values(), ...observed.leftovers]) {
      for (const id of idsOf(live)) this.#ours.set(id, address);
      if (kind.machines === "within") this.#subnets.add(live.id);
    }
  }

  found(): readonly Asked[] {
    return [...this.#found.values()].map(({ kind, live }) => ({ kind, spec: live.spec as Spec }));
  }

  /** Reads the foreign objects that these specs refer to by id. */
  async follow(asked: readonly Asked[]): Promise<void> {
    const wanted = new Map<Kind, Set<AwsId>>();
    for (const { kind, spec } of asked)
      for (const { value, allowedKinds } of refsOf(kind.schema, spec)) {
        const of = typeof value === "string" ? this.#kindOf(value, allowedKinds) : undefined;
        if (!of || this.#ours.has(value as AwsId) || this.#asked.has(value as AwsId)) continue;
        wanted.set(of, (wanted.get(of) ?? new Set()).add(value as AwsId));
      }
    await Promise.all([...wanted].map(([kind, ids]) => this.#read(kind, [...ids])));
  }

  /** Reads the foreign instances in all our subnets with one call, and their security groups with another. */
  async readMachines(): Promise<void> {
    const subnets = [...this.#subnets];
    if (subnets.length === 0) return;
    const found = await this.#unlessDenied("networkInterfaces", () => machinesIn(this.#aws, subnets));
    this.#machines.push(...(found ?? []).filter(({ id, machine }) => !this.#isOurs(machine ?? id) && !this.#isOurs(id)));
    const group = this.#kinds.find(({ machines }) => machines === "having");
    const groups = new Set(this.#machines.flatMap((one) => one.groups).filter((id) => !this.#ours.has(id) && !this.#asked.has(id)));
    if (group && groups.size > 0) await this.#read(group, [...groups]);
  }

  /** Reads the route tables, ACLs and security groups in the foreign networks and gateways that were found, and in these of ours. */
  async readNetworks(ours: readonly { readonly kind: Kind; readonly live: Live }[]): Promise<void> {
    const parents = new Set(this.#kinds.flatMap(({ madeWith }) => (typeof madeWith === "object" ? [madeWith.parent] : [])));
    const networks = new Map<string, Set<AwsId>>();
    for (const { kind, live } of [...this.#found.values(), ...ours])
      if (parents.has(kind.name)) networks.set(kind.name, (networks.get(kind.name) ?? new Set()).add(live.id));
    if (networks.size === 0) return;
    await Promise.all(
      this.#kinds
        .filter(({ madeWith }) => typeof madeWith === "object")
        .map(async (kind) => {
          const driver = await this.#drivers.of(kind);
          const members = await this.#unlessDenied(kind.section, async () => (await driver.within?.(this.#aws, networks)) ?? []);
          const ids = (members ?? []).map(({ id }) => id).filter((id) => !this.#ours.has(id) && !this.#asked.has(id));
          if (ids.length > 0) await this.#read(kind, ids);
        }),
    );
  }

  parts(region: string): readonly NetworkPart[] {
    const subjects = new Map<string, Subject>();
    for (const [id, { kind, live }] of this.#found)
      subjects.set(
        id,
        subjectOf(
          kind,
          live,
          mapRefs(kind.schema, live.spec as Spec, (value) => (typeof value === "string" ? (this.#ours.get(value) ?? value) : value)),
        ),
      );
    const index: ResourceIndex = {
      region,
      of: (kind) => [...subjects.values()].filter((one) => one.kind === kind),
      get: (address) => subjects.get(address),
    };
    return [
      ...[...this.#found].flatMap(([id, { kind, live }]) => kind.network?.(subjects.get(id)!, index, live) ?? []),
      ...this.#machines.map((one) => this.#endpointOf(one)),
    ];
  }

  #endpointOf({ id, machine, subnet, groups, address, isPublic, ipv6 }: MachineInterface): NetworkPart {
    const known = (one: AwsId) => this.#ours.get(one) ?? one;
    return {
      is: "endpoint",
      id: machine === undefined ? id : `${machine} (${id})`,
      subnets: [known(subnet)],
      firewalls: groups.map(known),
      public: isPublic ? "yes" : "no",
      ...(address === undefined ? {} : { address }),
      ipv6: ipv6.length > 0 ? "yes" : "no",
      ...(ipv6.length === 1 ? { ipv6Address: ipv6[0]! } : {}),
    };
  }

  #kindOf(value: string, allowed: readonly string[]): Kind | undefined {
    return this.#kinds.find(({ name, idPrefix }) => allowed.includes(name) && idPrefix !== undefined && value.startsWith(idPrefix));
  }

  async #read(kind: Kind, ids: readonly AwsId[]): Promise<void> {
    for (const id of ids) this.#asked.add(id);
    const driver = await this.#drivers.of(kind);
    const lives = await this.#unlessDenied(kind.section, () => driver.get(this.#aws, ids, everything));
    for (const [id, live] of lives ?? []) this.#found.set(id, { kind, live });
  }

  /** Runs a read. If AWS denies it, the result stays unknown, and `unread` says so. */
  async #unlessDenied<T>(section: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!isDenied(error)) throw error;
      this.unread.add(`others' ${section}: ${error.operation} was denied (${error.code})`);
      return undefined;
    }
  }
}

const everything = { project: "", environment: "", whole: true as const, asks: () => true };

function subjectOf(kind: Kind, { id, tags }: Live, spec: Spec): Subject {
  return { address: id, kind: kind.name, name: id, spec, tags };
}
