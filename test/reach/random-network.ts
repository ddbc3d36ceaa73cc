/** Random networks as parts: small enough to try every packet, varied enough for every rule to matter. */
import type { AclEntry, NetworkPart, Opening, PartId, Traffic } from "../../src/kinds/kind.ts";
import { Random } from "../fuzz/random.ts";

export const ports = { tcp: [22, 80, 443], udp: [53], icmp: [0x0800, 0x0300, 0x8000], other: [47] } as const;

/** Addresses outside of the VPCs: on the internet, and in a private network of somebody else. */
export const outside = {
  internet: ["8.8.8.0", "8.8.8.1", "8.8.8.2", "2a00:1::", "2a00:1::1", "2a00:1::2"],
  elsewhere: ["10.9.0.0", "10.9.0.1", "fd00::", "fd00::1"],
} as const;

/** The /64 of each subnet; those of VPC a lie in one /56. */
const ipv6Ranges: Readonly<Record<string, string>> = {
  a1: "2600:1:2:a00::/64",
  a2: "2600:1:2:a01::/64",
  a3: "2600:1:2:a02::/64",
  b1: "2600:1:2:b00::/64",
};

/** Enough addresses for every part into which the rules can divide IPv6. */
export const ipv6Samples: readonly string[] = [
  ...Object.values(ipv6Ranges).flatMap((range) => ["", "1", "2", "3"].map((end) => range.replace("/64", end))),
  "2600:1:2:a09::1",
  "2600:1:2:b09::1",
  "2600:1:9::1",
  "2600:2::1",
  "2a00:1::",
  "2a00:1::1",
  "2a00:1::2",
  "2000::1",
  "3fff::1",
  "fd00::",
  "fd00:5::",
  "fd00:5::1",
  "fd00:5::2",
  "fd00:5::3",
  "fd00::1",
  "fd00::2",
  "64:ff9b::808:801",
  "1::1",
];

const ipv6RuleRanges = [
  "::/0",
  "::/0",
  "2600:1:2:a00::/56",
  "2600:1::/32",
  ...Object.values(ipv6Ranges),
  "2600:1:2:a00::/127",
  "2600:1:2:a01::2/128",
  "2600:1:2:b00::1/128",
  "2a00:1::/127",
  "2a00:1::1/128",
  "fd00::1/128",
];

const subnets = [
  { id: "a1", vpc: "a", range: "10.0.0.0/30", zone: "x" },
  { id: "a2", vpc: "a", range: "10.0.0.4/30", zone: "y" },
  { id: "a3", vpc: "a", range: "10.0.0.8/30", zone: "x" },
  { id: "b1", vpc: "b", range: "10.1.0.0/30", zone: "x" },
] as const;

const ranges = [
  "0.0.0.0/0",
  "10.0.0.0/8",
  "10.0.0.0/28",
  "10.0.0.0/29",
  ...subnets.map(({ range }) => range),
  "10.0.0.0/31",
  "10.0.0.2/32",
  "10.0.0.6/31",
  "10.1.0.1/32",
  "8.8.8.0/31",
  "8.8.8.1/32",
  "10.9.0.1/32",
];

export function randomNetwork(seed: number): readonly NetworkPart[] {
  const random = new Random(seed);
  const made = new Maker(random).parts().map(defaultNowAndThen(new Random(seed + 1_000_000)));
  // Every second network also has IPv6. It is drawn separately, so that the rest stays the same.
  const dual = seed % 2 === 0 ? new WithIpv6(new Random(seed + 2_000_000)).parts(made) : made;
  // Some subnets of some of these networks have no IPv4.
  const both = [7, 11, 13].includes(seed % 17) ? withoutIpv4(new Random(seed + 6_000_000), dual) : dual;
  // Every fifth network has a transit gateway between its VPCs.
  const parts = seed % 5 === 0 ? new WithTransit(new Random(seed + 3_000_000)).parts(both) : both;
  return withPropagation(seed, random, seed % 3 === 0 ? withService(new Random(seed + 5_000_000), parts) : parts);
}

/** Makes some subnets IPv6-only. */
function withoutIpv4(random: Random, parts: readonly NetworkPart[]): readonly NetworkPart[] {
  return parts.map((part) => {
    if (part.is !== "subnet" || part.ipv6Range === undefined || random.below(100) < 40) return part;
    const { range: _none, ...only } = part;
    return { ...only, givesIpv6: true, givesPublic: false };
  });
}

function withPropagation(seed: number, random: Random, parts: readonly NetworkPart[]): readonly NetworkPart[] {
  const given = new Random(seed + 4_000_000).below(100) < 20 && seed % 5 === 0 ? "tb" : "";
  const all = parts.map((part) => (part.is === "table" && part.id === given ? { ...part, propagating: ["vgw"] } : part));
  // Sometimes an ACL allows ingress only from the VPC, so that answers to traffic through NAT are lost.
  return random.below(100) < 15 ? all.map((part) => (part.is === "acl" && part.id === "ay" ? { ...part, ingress: ofVpc } : part)) : all;
}

/** Adds an endpoint service with the network's load balancer, and an endpoint to it. */
function withService(random: Random, parts: readonly NetworkPart[]): readonly NetworkPart[] {
  const chance = (percent: number) => random.below(100) < percent;
  if (!parts.some((part) => part.is === "endpoint" && part.id === "lb")) return parts;
  const isOpenToClients = chance(40);
  return [
    ...parts.map((part) => (part.is === "endpoint" && part.id === "lb" && isOpenToClients ? { ...part, isOpenToClients } : part)),
    {
      is: "firewall",
      id: "wide",
      ingress: ["0.0.0.0/0", "::/0"].map((range) => ({ ...everything, peer: { range }, path: "" })),
      egress: [],
    },
    { is: "offer", id: "svc", balancers: ["lb"], acceptsAll: chance(60) },
    {
      is: "endpoint",
      id: "ep",
      subnets: random.pick([["a1"], ["a2"], ["b1"], ["b1"], ["a1", "a2"]]),
      firewalls: random.pick([["g"], ["h"], ["g", "h"], "default", ["wide"], ["wide"], ["wide"]] as const),
      public: "no",
      isInternal: true,
      ...(chance(60) ? { isSilent: true as const } : {}),
      leadsTo: chance(92) ? "svc" : "other",
      ...(chance(50) ? { ipv6: "yes" as const } : {}),
    },
  ];
}

/** Sometimes turns groups and ACLs into a VPC's default ones. Drawn separately, so that a seed always means the same network. */
function defaultNowAndThen(random: Random): (part: NetworkPart) => NetworkPart {
  const [group, acl] = [random.below(100) < 25, random.below(100) < 30];
  return (part) => {
    if (part.is === "firewall" && part.id === "h" && group) return { ...part, defaultOf: "a" };
    return part.is === "acl" && part.id === "ay" && acl ? { ...part, defaultOf: "a" } : part;
  };
}

const ofVpc: readonly AclEntry[] = [{ protocol: "all", from: -1, to: -1, peer: "10.0.0.0/8", allows: true, path: "" }];

class Maker {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  parts(): NetworkPart[] {
    const machines = ["m1", "m2", "m3"].map((id) => this.#machine(id));
    const balancer = this.#chance(45) ? this.#balancer() : [];
    return [
      ...["a", "b"].flatMap((vpc): NetworkPart[] => {
        const isOurs = this.#chance(97);
        const ranges = vpc === "a" ? ["10.0.0.0/27"] : ["10.1.0.0/28"];
        return isOurs ? [{ is: "vpc", id: vpc, ranges }] : [];
      }),
      ...subnets.map((subnet): NetworkPart => ({ is: "subnet", ...subnet, givesPublic: this.#chance(60) })),
      ...(this.#chance(90) ? [{ is: "door", id: "igw", leads: "internet", vpc: "a" } as const] : []),
      { is: "door", id: "nat", leads: "nat", subnet: this.#pick(["a3", "a3", "a1"]) },
      { is: "door", id: "peering", leads: "peer", vpcs: ["a", "b"] },
      { is: "door", id: "astray", leads: "peer", vpcs: ["a", "c"] },
      this.#table("ta", "a", ["a1"]),
      this.#table("tb", "a", ["a2"]),
      this.#table("tc", "a", ["a3"]),
      { ...this.#table("td", "b", this.#chance(50) ? ["b1"] : []), main: this.#chance(70) },
      ...["ax", "ay"].flatMap((id) => (this.#chance(60) ? [this.#acl(id, id === "ax" ? ["a1", "b1"] : [this.#pick(["a2", "a3"])])] : [])),
      ...["g", "h"].map((id): NetworkPart => ({
        is: "firewall",
        id,
        ingress: [
          ...this.#some(3, () => this.#opening()),
          ...(this.#chance(50) ? [{ ...everything, peer: { range: "0.0.0.0/0" }, path: "" }] : []),
        ],
        egress: this.#chance(75)
          ? [{ protocol: "all", from: -1, to: -1, peer: { range: "0.0.0.0/0" }, path: "" }]
          : this.#some(2, () => this.#opening()),
      })),
      ...machines.flat(),
      ...balancer,
    ];
  }

  #machine(id: PartId): NetworkPart[] {
    const places = this.#chance(80) ? [this.#pick(subnets)] : [subnets[0], subnets[1]];
    const isFixed = places.length === 1 && this.#chance(50);
    return [
      {
        is: "endpoint",
        id,
        subnets: this.#chance(96) ? places.map((place) => place.id) : ["foreign"],
        firewalls: this.#groups(),
        ...(isFixed
          ? {
              address: `${places[0]!.range.split("/")[0]!.slice(0, -1)}${Number(/(\d+)\/30$/.exec(places[0]!.range)![1]) + this.#random.below(4)}`,
            }
          : {}),
        public: this.#pick(["yes", "yes", "no", "as-subnet", "as-subnet", "unread"]),
        ...(this.#chance(20) ? { isMany: true as const } : {}),
        ...(this.#chance(12) ? { listens: [{ protocol: "tcp", from: 22, to: this.#pick([22, 80]) }] } : {}),
      },
      ...(this.#chance(10) ? [{ is: "public-address", id: `ip-${id}`, of: id } as const] : []),
    ];
  }

  #balancer(): NetworkPart[] {
    const passes = this.#pick(["connections", "requests"] as const);
    return [
      {
        is: "endpoint",
        id: "lb",
        subnets: this.#pick([["a1", "a2"], ["a3", "a2"], ["a3"]]),
        firewalls: passes === "connections" && this.#chance(50) ? "none" : this.#groups(),
        public: this.#pick(["yes", "no"]),
        listens: [{ protocol: "tcp", from: 443, to: 443 }],
      },
      {
        is: "forward",
        from: "lb",
        protocol: "tcp",
        port: 443,
        pools: ["pool"],
        passes,
        keepsClient: passes === "connections" && this.#chance(60),
        crossZone: this.#chance(60),
        path: "",
      },
      ...(this.#chance(95)
        ? [
            {
              is: "pool",
              id: "pool",
              port: 80,
              targets: this.#chance(70) ? [{ endpoint: "m1", port: this.#pick([22, 80]) }] : [],
              ...(this.#chance(20) ? { crossZone: this.#chance(50) } : {}),
              ...(passes === "connections" && this.#chance(20) ? { keepsClient: this.#chance(50) } : {}),
            } as const,
          ]
        : []),
      ...(this.#chance(50) ? [{ is: "member", of: "pool", endpoint: "m2" } as const] : []),
    ];
  }

  #groups(): readonly PartId[] | "default" | "unread" {
    if (this.#chance(5)) return "unread";
    if (this.#chance(10)) return "default";
    return this.#pick([["g"], ["h"], ["g", "h"], ["g"], ["h"], ["g", "h"], ["g", "stranger"]]);
  }

  #table(id: PartId, vpc: PartId, of: readonly PartId[]): Extract<NetworkPart, { is: "table" }> {
    const ways = vpc === "a" ? ["igw", "igw", "nat", "peering", "astray", "vpn"] : ["peering", "vpn"];
    const usual = vpc === "a" ? [{ to: "10.1.0.0/28", by: this.#pick(["peering", "peering", "astray"]), path: "" }, { to: "0.0.0.0/0", by: this.#pick(["igw", "nat"]), path: "" }] : [{ to: "10.0.0.0/27", by: "peering", path: "" }]; // oxfmt-ignore
    const routes = [
      ...usual.filter(() => this.#chance(50)),
      ...this.#some(2, () => ({
        to: this.#pick(["0.0.0.0/0", "0.0.0.0/0", "8.8.8.0/31", "10.1.0.0/28", "10.1.0.0/31", "10.0.0.0/27", "10.0.0.0/31", "10.9.0.0/30"]),
        by: this.#pick(ways),
        path: "",
      })),
    ];
    const distinct = routes.filter(
      ({ to }, i) => routes.findIndex((other) => other.to === to) === i && !(vpc === "a" && to === "10.0.0.0/27"),
    );
    return { is: "table", id, vpc, main: false, subnets: of, routes: distinct };
  }

  #acl(id: PartId, of: readonly PartId[]): NetworkPart {
    const entries = () => [
      ...this.#some(3, () => this.#entry()),
      ...(this.#chance(60) ? [{ ...everything, peer: "0.0.0.0/0", allows: true, path: "" }] : []),
    ];
    return { is: "acl", id, subnets: of, ingress: entries(), egress: entries() };
  }

  #entry(): AclEntry {
    return { ...this.#traffic(), allows: this.#chance(65), peer: this.#pick(ranges), path: "" };
  }

  #opening(): Opening {
    const peer = this.#chance(60)
      ? { range: this.#pick(ranges) }
      : this.#chance(90)
        ? { firewall: this.#pick(["g", "h", "stranger"]) }
        : { unread: "pl-1" };
    return { ...this.#traffic(), peer, path: "" };
  }

  #traffic(): Traffic {
    return this.#pick([
      everything,
      everything,
      { protocol: "tcp", from: 0, to: 65_535 },
      { protocol: "tcp", from: 22, to: 22 },
      { protocol: "tcp", from: 22, to: 443 },
      { protocol: "tcp", from: 1024, to: 65_535 },
      { protocol: "tcp", from: 1024, to: 50_000 },
      { protocol: "tcp", from: 50_001, to: 65_535 },
      { protocol: "udp", from: 53, to: 65_535 },
      { protocol: "udp", from: 0, to: 65_535 },
      { protocol: "icmp", from: 8, to: -1 },
      { protocol: "icmp", from: 0, to: 0 },
      { protocol: "icmp", from: -1, to: -1 },
      { protocol: "47", from: -1, to: -1 },
    ]);
  }

  #some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.#random.below(most + 1) }, make);
  }

  #chance(percent: number): boolean {
    return this.#random.below(100) < percent;
  }

  #pick<T>(list: readonly T[]): T {
    return this.#random.pick(list);
  }
}

const everything: Traffic = { protocol: "all", from: -1, to: -1 };

/** Adds a private IPv6 network in one subnet. */
function privately(parts: readonly NetworkPart[]): readonly NetworkPart[] {
  const text = JSON.stringify(parts).replaceAll("2600:1:2:a02::", "fd00:5::");
  return (JSON.parse(text) as readonly NetworkPart[]).map((part) =>
    part.is === "vpc" && part.id === "a" ? { ...part, ranges: [...part.ranges, "fd00:5::/64"] } : part,
  );
}

/** Adds IPv6 to a network: ranges, addresses, rules, entries and routes. */
class WithIpv6 {
  readonly #random: Random;
  readonly #vpcs: Readonly<Record<string, "known" | "unread" | "none">>;

  constructor(random: Random) {
    this.#random = random;
    this.#vpcs = { a: this.#pick(["known", "known", "unread", "none"]), b: this.#pick(["known", "known", "unread", "none"]) };
  }

  parts(parts: readonly NetworkPart[]): readonly NetworkPart[] {
    const changed = parts.map((part) => this.#changed(part));
    const withRange = new Set(
      changed.flatMap((part) => (part.is === "subnet" && part.ipv6Range !== "unread" && part.ipv6Range !== undefined ? [part.id] : [])),
    );
    const all = this.#chance(10) ? privately(changed) : changed;
    return [
      // An address is known only where its network is known.
      ...all.map((part) => {
        if (part.is !== "endpoint" || part.subnets.every((id) => withRange.has(id))) return part;
        const { ipv6Address: _none, ...rest } = part;
        return rest;
      }),
      ...(this.#chance(70) ? [{ is: "door", id: "eigw", leads: "outwards", vpc: "a" } as const] : []),
    ];
  }

  #changed(part: NetworkPart): NetworkPart {
    switch (part.is) {
      case "vpc": {
        const has = this.#vpcs[part.id];
        if (has === "none") return part;
        if (has === "unread") return { ...part, ipv6: "unread" };
        return { ...part, ranges: [...part.ranges, part.id === "a" ? "2600:1:2:a00::/56" : "2600:1:2:b00::/56"] };
      }
      case "subnet":
        return this.#subnet(part);
      case "table":
        return { ...part, routes: [...part.routes, ...this.#routes(part.vpc)] };
      case "acl":
        return { ...part, ingress: this.#entries(part.ingress), egress: this.#entries(part.egress) };
      case "firewall":
        return { ...part, ingress: this.#openings(part.ingress, 50), egress: this.#openings(part.egress, 75) };
      case "endpoint":
        return this.#endpoint(part);
      case "pool":
        return this.#chance(35) ? { ...part, ipv6: true } : part;
      default:
        return part;
    }
  }

  #subnet(part: Extract<NetworkPart, { is: "subnet" }>): NetworkPart {
    const has = this.#vpcs[part.vpc];
    if (has === "none" || this.#chance(15)) return part;
    const ipv6Range = this.#chance(has === "unread" ? 90 : 20) ? "unread" : ipv6Ranges[part.id]!;
    return { ...part, ipv6Range, ...(this.#chance(75) ? { givesIpv6: true } : {}) };
  }

  #endpoint(part: Extract<NetworkPart, { is: "endpoint" }>): NetworkPart {
    const ipv6 = this.#pick(["yes", "yes", "as-subnet", "as-subnet", "as-subnet", "no", "unread", undefined] as const);
    const [place, ...more] = part.subnets;
    const range = place === undefined || more.length > 0 ? undefined : ipv6Ranges[place];
    return {
      ...part,
      ...(ipv6 === undefined ? {} : { ipv6 }),
      ...(range !== undefined && this.#chance(20) ? { ipv6Address: range.replace("/64", this.#pick(["1", "2"])) } : {}),
      ...(this.#chance(15) ? { isInternal: true as const } : {}),
    };
  }

  #routes(vpc: string): Extract<NetworkPart, { is: "table" }>["routes"] {
    const ways = vpc === "a" ? ["igw", "igw", "eigw", "eigw", "peering", "vpn"] : ["peering", "peering", "vpn", "eigw"];
    const usual = [
      ...(this.#chance(75) ? [{ to: "::/0", by: this.#pick(vpc === "a" ? ["igw", "igw", "eigw"] : ["vpn", "eigw"]), path: "" }] : []),
      ...(this.#chance(70) ? [{ to: vpc === "a" ? "2600:1:2:b00::/56" : "2600:1:2:a00::/56", by: "peering", path: "" }] : []),
    ];
    if (vpc === "a" && this.#chance(20)) usual.push({ to: "64:ff9b::/96", by: "nat", path: "" });
    const more = this.#some(2, () => ({
      to: this.#pick(["2600:1:2:b00::/64", "2600:1:2:a01::/64", "2a00:1::/127", "2a00:1::1/128", "fd00::1/128", "2600:1::/32"]),
      by: this.#pick(ways),
      path: "",
    }));
    const own = vpc === "a" ? "2600:1:2:a" : "2600:1:2:b";
    return [...usual, ...more].filter(({ to }, i, all) => !to.startsWith(own) && all.findIndex((other) => other.to === to) === i);
  }

  #entries(entries: readonly AclEntry[]): readonly AclEntry[] {
    const entry = (): AclEntry => ({ ...this.#traffic(), allows: this.#chance(65), peer: this.#pick(ipv6RuleRanges), path: "" });
    const end = this.#chance(70) ? [{ ...everything, peer: "::/0", allows: true, path: "" }] : [];
    return [...this.#some(2, entry), ...entries, ...this.#some(1, entry), ...end];
  }

  #openings(openings: readonly Opening[], all: number): readonly Opening[] {
    const one = (): Opening => ({ ...this.#traffic(), peer: { range: this.#pick(ipv6RuleRanges) }, path: "" });
    return [...openings, ...this.#some(2, one), ...(this.#chance(all) ? [{ ...everything, peer: { range: "::/0" }, path: "" }] : [])];
  }

  #traffic(): Traffic {
    return this.#pick([
      everything,
      everything,
      { protocol: "tcp", from: 0, to: 65_535 },
      { protocol: "tcp", from: 22, to: 443 },
      { protocol: "tcp", from: 1024, to: 65_535 },
      { protocol: "tcp", from: 50_001, to: 65_535 },
      { protocol: "udp", from: 0, to: 65_535 },
      { protocol: "icmp", from: -1, to: -1 },
      { protocol: "icmpv6", from: -1, to: -1 },
      { protocol: "icmpv6", from: 128, to: -1 },
      { protocol: "icmpv6", from: 129, to: 0 },
      { protocol: "47", from: -1, to: -1 },
    ]);
  }

  #some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.#random.below(most + 1) }, make);
  }

  #chance(percent: number): boolean {
    return this.#random.below(100) < percent;
  }

  #pick<T>(list: readonly T[]): T {
    return this.#random.pick(list);
  }
}

/** Adds a transit gateway: attachments, their route tables, and routes to it. */
class WithTransit {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  parts(parts: readonly NetworkPart[]): readonly NetworkPart[] {
    const ids = ["at-a", "at-b"];
    const [first, second] = [ids.filter(() => this.#chance(50)), ids.filter(() => this.#chance(50))];
    return [
      ...parts.map((part) => (part.is === "table" ? { ...part, routes: this.#routes(part) } : part)),
      {
        is: "door",
        id: "tgw",
        leads: "transit",
        associates: this.#chance(75),
        propagates: this.#chance(75),
        sharesGroups: this.#chance(50),
      },
      ...(this.#chance(92) ? [this.#attachment("a", this.#pick([["a1"], ["a3"], ["a1", "a2"], ["a3", "a2"], ["a3", "a2"], ["a2"]]))] : []),
      ...(this.#chance(92) ? [this.#attachment("b", ["b1"])] : []),
      this.#table("rt1", first),
      this.#table(
        "rt2",
        second.filter((id) => !first.includes(id)),
      ),
    ];
  }

  #attachment(vpc: string, subnets: readonly PartId[]): NetworkPart {
    return {
      is: "attachment",
      id: `at-${vpc}`,
      gateway: "tgw",
      vpc,
      subnets,
      anyZone: this.#chance(25),
      ipv6: this.#chance(70),
      sharesGroups: this.#chance(75),
      isSettled: false,
    };
  }

  #table(id: PartId, associations: readonly PartId[]): NetworkPart {
    const routes =
      ["10.0.0.0/27", "10.1.0.0/28", "10.0.0.4/30", "10.1.0.1/32", "10.0.0.0/8", "0.0.0.0/0", "2600:1:2:a00::/56", "2600:1::/32", "2600:1:2:b00::1/128"] // oxfmt-ignore
        .filter(() => this.#chance(25))
        .map((to) => {
          const by = this.#pick([to.startsWith("10.1.") ? "at-b" : "at-a", "at-a", "at-b", "stranger", undefined]);
          return { to, ...(by === undefined ? {} : { by }), path: "" };
        });
    const propagations = ["at-a", "at-b"].filter(() => this.#chance(70));
    return {
      is: "transit-table",
      id,
      gateway: "tgw",
      associations,
      propagations: this.#chance(6) ? [...propagations, "stranger"] : propagations,
      routes,
    };
  }

  #routes({ vpc, routes }: Extract<NetworkPart, { is: "table" }>): Extract<NetworkPart, { is: "table" }>["routes"] {
    const ranges =
      vpc === "a"
        ? ["10.1.0.0/28", "10.1.0.0/28", "2600:1:2:b00::/56", "0.0.0.0/0", "10.9.0.0/30"]
        : ["10.0.0.0/27", "10.0.0.0/27", "10.0.0.0/27", "2600:1:2:a00::/56", "0.0.0.0/0"];
    const added = [...new Set(ranges.filter((_, i) => this.#chance(i < 3 ? 60 : 12)))];
    return [...routes.filter(({ to }) => !added.includes(to)), ...added.map((to) => ({ to, by: "tgw", path: "" }))];
  }

  #chance(percent: number): boolean {
    return this.#random.below(100) < percent;
  }

  #pick<T>(list: readonly T[]): T {
    return this.#random.pick(list);
  }
}
