/** Random small estates with conflicting ranges, names and gateways, and a search for an order in which the steps can run. */
import type { Address, Slot, Spec, Subject, ResourceIndex } from "../../src/kinds/kind.ts";
import { fieldOf, refsOf } from "../../src/resource/references.ts";
import type { Decision } from "../../src/plan/decision.ts";

const ranges = ["10.0.1.0/24", "10.0.1.0/25", "10.0.1.128/25", "10.0.2.0/24", "10.0.2.0/26", "10.0.3.0/24"];

/** Returns a source of numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Returns an environment as YAML. `stubborn`: some objects may not be deleted, or hold data that may not be lost. */
export function estate(random: () => number, stubborn = false): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const chance = (of: number) => random() < of;
  const stays = (of: number) => (stubborn && chance(of) ? `, ${pick(["protect", "retain"])}: true` : "");
  const free = [...ranges].sort(() => random() - 0.5);
  const subnets = new Map<string, string>();
  for (const name of ["a", "b", "c"]) {
    const at = free.findIndex((range) => ![...subnets.values()].some((other) => overlaps(range, other)));
    if (chance(0.7) && at >= 0) subnets.set(name, free.splice(at, 1)[0]!);
  }
  const groups = ["x", "y", "z"].filter(() => chance(0.6));
  const names = ["one", "two", "three"].sort(() => random() - 0.5);
  const gateway = chance(0.6) ? pick(["g", "h"]) : undefined;
  const machines = subnets.size > 0 && groups.length > 0 ? ["m", "n"].filter(() => chance(0.4)) : [];
  const taken = new Set<string>();
  return [
    "vpcs:\n  main: { cidrBlock: 10.0.0.0/16 }",
    section(
      "subnets",
      [...subnets].map(
        ([name, range]) => `${name}: { vpc: main, cidrBlock: ${range}, availabilityZone: ${pick(["a", "b"])}${stays(0.1)} }`,
      ),
    ),
    section(
      "securityGroups",
      groups.map((name, i) => {
        const written = chance(0.6) ? `, name: ${names[i]}` : "";
        const source = pick(groups);
        const rules = source !== name && chance(0.4) ? `, ingress: [{ port: 22, source: securityGroup/${source} }]` : "";
        return `${name}: { vpc: main${written}, description: ${pick(["One", "Two"])}${rules}${stays(0.1)} }`;
      }),
    ),
    section("internetGateways", gateway === undefined ? [] : [`${gateway}: { vpc: main }`]),
    section("routeTables", [
      `r: { vpc: main, routes: [${gateway === undefined ? "" : `{ destination: 0.0.0.0/0, target: internetGateway/${gateway} }`}], subnets: [${[...subnets.keys()].join(", ")}] }`,
    ]),
    section(
      "instances",
      machines.map((name) => {
        const [subnet, range] = pick([...subnets]);
        const address = range.replace(/\d+\/\d+$/, (end) => String(Number.parseInt(end, 10) + 10));
        const isFixed = chance(0.4) && !taken.has(address);
        if (isFixed) taken.add(address);
        const own = groups.filter(() => chance(0.5));
        return `${name}: { subnet: ${subnet}, image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, disposable: ${!stubborn || chance(0.5)}${stays(0.2)}, securityGroups: [${(own.length > 0 ? own : [pick(groups)]).join(", ")}]${isFixed ? `, privateIpAddress: ${address}` : ""} }`;
      }),
    ),
  ].join("\n");
}

function section(name: string, entries: readonly string[]): string {
  return entries.length === 0 ? "" : `${name}:\n${entries.map((entry) => `  ${entry}`).join("\n")}`;
}

function overlaps(a: string, b: string): boolean {
  const bounds = (text: string) => {
    const [, third, fourth, prefix] = /^10\.0\.(\d+)\.(\d+)\/(\d+)$/.exec(text)!.map(Number) as [number, number, number, number];
    const first = third * 256 + fourth;
    return [first, first + 2 ** (32 - prefix) - 1] as const;
  };
  const [[first, last], [begin, end]] = [bounds(a), bounds(b)];
  return first <= end && begin <= last;
}

/** Returns an environment as YAML, with conflicting Elastic IPs, target groups, listeners and priorities in a network with room for all. */
export function served(random: () => number): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const chance = (of: number) => random() < of;
  const mixed = <T>(items: readonly T[]): T[] => [...items].sort(() => random() - 0.5);
  const addresses = mixed(["e", "f"]).slice(0, chance(0.7) ? 2 : 1);
  const ips = mixed(["10.0.1.10", "10.0.1.11", "10.0.1.12"]);
  const gateways = ["n", "o"].filter(() => chance(0.6)).slice(0, addresses.length);
  const groups = ["t", "u", "v"].filter(() => chance(0.8));
  const names = mixed(["one", "two", "three"]);
  const free = mixed(groups);
  const priorities = mixed([10, 20, 30]);
  const listener = () => {
    const forward = free.pop();
    if (forward === undefined) return "fixedResponse: { statusCode: 404 }";
    const rules = ["r", "s"].filter(() => chance(0.6));
    const target = () => pick([...free, forward]);
    const lines = rules.map((rule, i) => `${rule}: { priority: ${priorities[i]}, conditions: { path: [/${rule}] }, forward: ${target()} }`);
    return `forward: ${forward}${lines.length === 0 ? "" : `, rules: { ${lines.join(", ")} }`}`;
  };
  const balancers = chance(0.8) ? ["l"] : [];
  const ports = mixed([80, 8080]).slice(0, chance(0.5) ? 2 : 1);
  return [
    `vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
internetGateways: { g: { vpc: main } }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
routeTables: { r: { vpc: main, routes: [{ destination: 0.0.0.0/0, target: internetGateway/g }], subnets: [a, b] } }
securityGroups: { w: { vpc: main } }`,
    section(
      "elasticIps",
      addresses.map((name) => `${name}: {}`),
    ),
    section(
      "natGateways",
      gateways.map((name, i) => `${name}: { subnet: a, elasticIp: ${addresses[i]}${chance(0.5) ? `, privateIpAddress: ${ips[i]}` : ""} }`),
    ),
    section(
      "targetGroups",
      groups.map((name, i) => `${name}: { vpc: main, protocol: HTTP, port: ${pick([80, 81])}${chance(0.5) ? `, name: ${names[i]}` : ""} }`),
    ),
    section(
      "loadBalancers",
      balancers.map(
        (name) =>
          `${name}: { scheme: internal, subnets: [a, b], securityGroups: [w], disposable: true, listeners: { ${ports.map((port) => `${port}: { protocol: HTTP, ${listener()} }`).join(", ")} } }`,
      ),
    ),
  ].join("\n");
}

interface Thing {
  readonly one: Decision;
  readonly spec: Spec;
  readonly slots: readonly Slot[];
  /** The addresses that cannot be deleted while this object exists. */
  readonly blocks: ReadonlySet<Address>;
  readonly needs: ReadonlySet<Address>;
}

/** The existing objects: the old form of each address, its new one, or both. */
type State = ReadonlySet<string>;

/** Whether the plan's own steps (delete, create, update) can run in some order in which AWS refuses none. */
export function someOrder(decisions: ReadonlyMap<Address, Decision>, index: ResourceIndex): boolean {
  const olds = new Map([...decisions.values()].filter(({ found }) => found).map((one) => [one.address, oldOf(one, index)]));
  const news = new Map([...decisions.values()].filter(({ declared }) => declared).map((one) => [one.address, newOf(one, index)]));
  const isMade = ({ action }: Decision) => action === "create" || action === "replace";
  const isMoved = ({ action }: Decision) => action === "update" || action === "restart";
  const things = (state: State) => [...state].map((key) => (key.startsWith("old ") ? olds : news).get(key.slice(4))!);
  const goal = (state: State) =>
    [...decisions.values()].every((one) => {
      const isNew = state.has(`new ${one.address}`);
      return isMade(one) || isMoved(one)
        ? isNew && !state.has(`old ${one.address}`)
        : one.action !== "delete" || !state.has(`old ${one.address}`);
    });
  const isFree = (thing: Thing, state: State) =>
    things(state).every((other) => (other.one === thing.one ? !isMade(thing.one) || !meet(other, thing) : !meet(other, thing)));
  const hasAll = (thing: Thing, state: State) =>
    [...thing.needs].every((address) => {
      const used = decisions.get(address);
      return !used || (isMade(used) ? state.has(`new ${address}`) : true);
    });
  const next = (state: State): State[] =>
    [...decisions.values()].flatMap((one) => {
      const [old, made] = [`old ${one.address}`, `new ${one.address}`];
      const states: State[] = [];
      const mayGo = one.action === "delete" || one.action === "replace";
      if (
        mayGo &&
        state.has(old) &&
        !things(state).some((other) => other.one !== one && isOld(other, state) && other.blocks.has(one.address))
      )
        states.push(without(state, old));
      const thing = news.get(one.address);
      if (!thing || state.has(made) || (!isMade(one) && !isMoved(one))) return states;
      if (hasAll(thing, state) && isFree(thing, state))
        states.push(isMoved(one) ? new Set([...without(state, old), made]) : new Set([...state, made]));
      return states;
    });
  const isOld = (thing: Thing, state: State) => state.has(`old ${thing.one.address}`) && olds.get(thing.one.address) === thing;
  const seen = new Set<string>();
  const queue: State[] = [new Set([...olds.keys()].map((address) => `old ${address}`))];
  for (let state = queue.pop(); state; state = queue.pop()) {
    if (goal(state)) return true;
    for (const one of next(state)) {
      const key = [...one].sort().join();
      if (!seen.has(key)) queue.push(one);
      seen.add(key);
    }
  }
  return false;
}

function oldOf(one: Decision, index: ResourceIndex): Thing {
  const { kind, found } = one;
  const { linked, live } = found!;
  const subject: Subject = { address: one.address, kind: kind.name, name: "", spec: linked, tags: {} };
  const refs = refsOf(kind.schema, linked).filter(({ value }) => typeof value === "string");
  const rules = kind.fields as Readonly<Record<string, { readonly whileGone?: unknown }>>;
  const blocks = refs.filter(({ path }) => rules[fieldOf(path)]?.whileGone !== "free").map(({ value }) => value as Address);
  return {
    one,
    spec: linked,
    slots: [...(kind.slots?.(subject, index) ?? []), ...nameOf(one, live.name, linked)],
    blocks: new Set(blocks),
    needs: new Set(),
  };
}

function newOf(one: Decision, index: ResourceIndex): Thing {
  const { kind, declared } = one;
  const { desired } = declared!;
  const spec = desired.spec as Spec;
  const needs = refsOf(kind.schema, spec).map(({ value }) => value as Address);
  // An object that stays keeps its name. A replacement without a written name gets an unused one.
  const stays = one.found && one.action !== "replace" ? one.found.live.name : undefined;
  const name = stays ?? (one.action === "create" || desired.awsNameWritten ? desired.awsName : undefined);
  const slots = [...(kind.slots?.(desired, index) ?? []), ...nameOf(one, name, spec)];
  return { one, spec, slots, blocks: new Set(), needs: new Set(needs) };
}

function nameOf({ kind }: Decision, name: string | undefined, spec: Spec): Slot[] {
  if (!kind.naming || name === undefined) return [];
  return [{ space: `${kind.name} names in ${String(spec["vpc"])}`, value: name, path: "name", what: name }];
}

function meet(a: Thing, b: Thing): boolean {
  return a.slots.some((one) =>
    b.slots.some((other) => {
      if (one.space !== other.space) return false;
      if (typeof one.value === "string" || typeof other.value === "string") return one.value === other.value;
      return one.value.first <= other.value.last && other.value.first <= one.value.last;
    }),
  );
}

function without(state: State, key: string): Set<string> {
  return new Set([...state].filter((one) => one !== key));
}
