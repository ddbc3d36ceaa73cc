/** Properties of every network, whatever is in it. */
import { expect, test } from "vitest";
import type { AclPart, NetworkPart, PartId } from "../../src/kinds/kind.ts";
import { flowChanges, groupsThatDiffer } from "../../src/reach/change.ts";
import { includesFlows, noFlows, type Flows } from "../../src/reach/flows.ts";
import { flowsOfNetwork } from "../../src/reach/matrix.ts";
import { networkOf } from "../../src/reach/network.ts";
import { Random } from "../fuzz/random.ts";
import { randomNetwork } from "./random-network.ts";

const seeds = Array.from({ length: 60 }, (_, i) => i + 1);

interface Found {
  readonly may: Flows;
  readonly must: Flows;
}

/** Returns the flows between resources. Networks outside are named by the rules, and so differ between two networks. */
function flowsIn(parts: readonly NetworkPart[]): ReadonlyMap<string, Found> {
  const network = networkOf(parts);
  const inside = flowsOfNetwork(network).filter(({ from, to }) => network.endpoints.has(from) && network.endpoints.has(to));
  return new Map(inside.map(({ from, to, may, must }) => [`${from} → ${to}`, { may, must }]));
}

/** Checks that everything that passes in one network also passes in the other. */
function expectWithin(less: ReadonlyMap<string, Found>, more: ReadonlyMap<string, Found>, what: string): void {
  for (const [pair, { may, must }] of less) {
    const other = more.get(pair) ?? { may: noFlows, must: noFlows };
    expect(includesFlows(other.may, may), `${what}, ${pair}: may`).toBe(true);
    expect(includesFlows(other.must, must), `${what}, ${pair}: must`).toBe(true);
  }
}

test("a rule more of a security group never lets less pass", () => {
  let grown = 0;
  for (const seed of seeds) {
    const parts = randomNetwork(seed);
    const range = seed % 2 === 0 ? "::/0" : "10.0.0.0/8";
    const more = parts.map((part) =>
      part.is === "firewall" && part.id === "g"
        ? { ...part, ingress: [...part.ingress, { protocol: "tcp", from: 1, to: 9_999, peer: { range }, path: "" }] }
        : part,
    );
    const [before, after] = [flowsIn(parts), flowsIn(more)];
    expectWithin(before, after, `seed ${seed}`);
    if (JSON.stringify([...before]) !== JSON.stringify([...after])) grown++;
  }
  expect(grown).toBeGreaterThan(5);
});

test("an entry less that allows, of a network ACL, never lets more pass", () => {
  let shrunk = 0;
  for (const seed of seeds) {
    const parts = randomNetwork(seed);
    const without = (entries: AclPart["ingress"]) => {
      const first = entries.findIndex(({ allows }) => allows);
      return entries.filter((_, i) => i !== first);
    };
    const fewer = parts.map((part) => (part.is === "acl" ? { ...part, ingress: without(part.ingress) } : part));
    const [before, after] = [flowsIn(parts), flowsIn(fewer)];
    expectWithin(after, before, `seed ${seed}`);
    if (JSON.stringify([...before]) !== JSON.stringify([...after])) shrunk++;
  }
  expect(shrunk).toBeGreaterThan(5);
});

test("names and the order of unordered lists do not matter", () => {
  const names: readonly PartId[] = ["a1", "a2", "a3", "b1", "igw", "eigw", "peering", "ta", "tb", "tc", "td", "ax", "ay", "g", "h", "m1", "m2", "m3", "lb"];
  for (const seed of seeds) {
    const parts = randomNetwork(seed);
    const renamed = names.reduce((text, name) => text.replaceAll(`"${name}"`, `"z/${name}"`), JSON.stringify(parts));
    const shuffled = shuffle(JSON.parse(renamed) as NetworkPart[], new Random(seed)).map((part) => {
      if (part.is === "firewall") return { ...part, ingress: [...part.ingress].reverse(), egress: [...part.egress].reverse() };
      return part.is === "table" ? { ...part, routes: [...part.routes].reverse() } : part;
    });
    const back = new Map([...flowsIn(shuffled)].map(([pair, found]) => [pair.replaceAll("z/", ""), found]));
    expect(new Map([...back].sort()), `seed ${seed}`).toEqual(new Map([...flowsIn(parts)].sort()));
  }
}); // oxfmt-ignore

test("the connections that a change opens are closed by its way back", () => {
  let changes = 0;
  for (const seed of seeds.slice(0, 30)) {
    const parts = randomNetwork(seed);
    const other = randomNetwork(seed + 2).find((part) => part.is === "firewall" && part.id === "g")!;
    const changed = parts.map((part) => (part.is === "firewall" && part.id === "g" ? other : part));
    const told = (list: ReturnType<typeof flowChanges>["opens"]) => list.map(({ from, to, flows, isCertain }) => ({ from, to, flows, isCertain }));
    const there = flowChanges(networkOf(parts), networkOf(changed), new Set());
    const back = flowChanges(networkOf(changed), networkOf(parts), new Set());
    expect(told(back.closes), `seed ${seed}`).toEqual(told(there.opens));
    expect(told(back.opens), `seed ${seed}`).toEqual(told(there.closes));
    changes += there.opens.length + there.closes.length;
  }
  expect(changes).toBeGreaterThan(30);
}); // oxfmt-ignore

function shuffle<T>(list: readonly T[], random: Random): T[] {
  const left = [...list];
  return list.map(() => left.splice(random.below(left.length), 1)[0]!);
}

test("where a load balancer passes connections on, it is not enough to check the members of a group that differs", () => {
  const forwarding = seeds.map((seed) => randomNetwork(seed)).filter((parts) => parts.some(({ is }) => is === "forward"));
  expect(forwarding.length).toBeGreaterThan(0);
  for (const parts of forwarding) expect(groupsThatDiffer(parts, parts)).toBeUndefined();
});

test("where only groups differ, it is enough to check their members", () => {
  let asked = 0;
  for (const seed of seeds) {
    const parts = randomNetwork(seed);
    const other = parts.map((part) => (part.is === "firewall" && part.id === "g" ? { ...part, ingress: part.ingress.slice(1), egress: part.egress.slice(1) } : part)); // oxfmt-ignore
    const groups = groupsThatDiffer(parts, other);
    if (!groups || groups.size === 0) continue;
    asked++;
    const [before, after] = [networkOf(parts), networkOf(other)];
    expect(flowChanges(before, after, new Set(), groups), `seed ${seed}`).toEqual(flowChanges(before, after, new Set()));
  }
  expect(asked).toBeGreaterThan(10);
  expect(groupsThatDiffer([], randomNetwork(1))).toBeUndefined();
});
