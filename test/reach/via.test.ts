import { describe, expect, it } from "vitest";
import type { NetworkPart } from "../../src/kinds/kind.ts";
import { flowChanges, type FlowChange } from "../../src/reach/change.ts";
import { networkOf } from "../../src/reach/network.ts";

it("a prefix list whose networks change is named as the cause", () => {
  const parts = (...ranges: string[]): NetworkPart[] => [
    { is: "vpc", id: "vpc/a", ranges: ["10.0.0.0/16"] },
    { is: "door", id: "internetGateway/a", leads: "internet", vpc: "vpc/a" },
    { is: "subnet", id: "subnet/a", vpc: "vpc/a", range: "10.0.1.0/24", zone: "a", givesPublic: true },
    {
      is: "table",
      id: "routeTable/a",
      vpc: "vpc/a",
      main: true,
      subnets: [],
      routes: [{ to: "0.0.0.0/0", by: "internetGateway/a", path: "routes[0]" }],
    },
    { is: "list", id: "prefixList/office", ranges },
    {
      is: "firewall",
      id: "securityGroup/web",
      ingress: [{ protocol: "tcp", from: 22, to: 22, peer: { unread: "prefixList/office" }, path: "ingress[0]" }],
      egress: [],
    },
    { is: "endpoint", id: "instance/web", subnets: ["subnet/a"], firewalls: ["securityGroup/web"], public: "as-subnet" },
  ];
  const { opens, closes } = flowChanges(
    networkOf(parts("198.51.100.0/24")),
    networkOf(parts("198.51.100.0/24", "203.0.113.0/24")),
    new Set(["prefixList/office"]),
  );
  expect(closes).toEqual([]);
  expect(opens.map(({ from, to, via }) => ({ from, to, via: via.map(({ id, says }) => `${id}: ${says}`) }))).toEqual([
    {
      from: "203.0.113.0/24",
      to: "instance/web",
      via: ["prefixList/office: named by securityGroup/web { port: 22, source: prefixList/office }"],
    },
  ]);
});

it("so is one that a route names", () => {
  const open = { protocol: "all", from: -1, to: -1, peer: { range: "0.0.0.0/0" }, path: "egress[0]" };
  const parts = (...ranges: string[]): NetworkPart[] => [
    { is: "vpc", id: "vpc/a", ranges: ["10.0.0.0/16"] },
    { is: "door", id: "internetGateway/a", leads: "internet", vpc: "vpc/a" },
    { is: "subnet", id: "subnet/a", vpc: "vpc/a", range: "10.0.1.0/24", zone: "a", givesPublic: true },
    {
      is: "table",
      id: "routeTable/a",
      vpc: "vpc/a",
      main: true,
      subnets: [],
      routes: [{ to: "prefixList/office", by: "internetGateway/a", path: "routes[0]" }],
    },
    { is: "list", id: "prefixList/office", ranges },
    { is: "firewall", id: "securityGroup/web", ingress: [], egress: [open] },
    { is: "endpoint", id: "instance/web", subnets: ["subnet/a"], firewalls: ["securityGroup/web"], public: "as-subnet" },
  ];
  const { opens } = flowChanges(networkOf(parts()), networkOf(parts("203.0.113.0/24")), new Set(["prefixList/office"]));
  expect(opens.map(({ from, to, via }) => ({ from, to, via: via.map(({ id, says }) => `${id}: ${says}`) }))).toEqual([
    {
      from: "instance/web",
      to: "203.0.113.0/24",
      via: ["prefixList/office: named by routeTable/a 203.0.113.0/24 → internetGateway/a"],
    },
  ]);
});

describe("the lines that are named for a change that opens and closes 22", () => {
  type Rule = readonly [port: number, allows: boolean];
  const all = { protocol: "all", from: -1, to: -1 };
  const parts = (ports: readonly number[], entries: readonly Rule[]): NetworkPart[] => [
    { is: "vpc", id: "vpc/a", ranges: ["10.0.0.0/16"] },
    { is: "door", id: "internetGateway/a", leads: "internet", vpc: "vpc/a" },
    { is: "subnet", id: "subnet/a", vpc: "vpc/a", range: "10.0.1.0/24", zone: "a", givesPublic: true },
    {
      is: "table",
      id: "routeTable/a",
      vpc: "vpc/a",
      main: true,
      subnets: [],
      routes: [{ to: "0.0.0.0/0", by: "internetGateway/a", path: "routes[0]" }],
    },
    {
      is: "acl",
      id: "networkAcl/a",
      subnets: ["subnet/a"],
      ingress: [
        ...entries.map(([port, allows]) => ({
          protocol: "tcp",
          from: port,
          to: port,
          allows,
          peer: "0.0.0.0/0",
          path: `ingress.${port}`,
        })),
        { ...all, allows: true, peer: "0.0.0.0/0", path: "ingress.200" },
      ],
      egress: [{ ...all, allows: true, peer: "0.0.0.0/0", path: "egress.200" }],
    },
    {
      is: "firewall",
      id: "securityGroup/web",
      ingress: ports.map((port, i) => ({ protocol: "tcp", from: port, to: port, peer: { range: "0.0.0.0/0" }, path: `ingress[${i}]` })),
      egress: [{ ...all, peer: { range: "0.0.0.0/0" }, path: "egress[0]" }],
    },
    { is: "endpoint", id: "instance/web", subnets: ["subnet/a"], firewalls: ["securityGroup/web"], public: "as-subnet" },
  ];
  const both = new Set(["networkAcl/a", "securityGroup/web"]);
  const told = (list: readonly FlowChange[]) => list.flatMap(({ via }) => via.map(({ id, path, says }) => [id, path, says]));
  const from = networkOf(parts([22, 80], []));

  it("opened by a rule: the rule, and no entry that was there before", () => {
    const { opens } = flowChanges(networkOf(parts([80], [[443, false]])), networkOf(parts([22, 80], [])), both);
    expect(told(opens)).toEqual([["securityGroup/web", "ingress[0]", "{ port: 22, source: 0.0.0.0/0 }"]]);
  });

  it("closed by an entry: the entry, with its place", () =>
    expect(told(flowChanges(from, networkOf(parts([22, 80], [[22, false]])), both).closes)).toEqual([
      ["networkAcl/a", "ingress.22", "22: deny tcp 22 from 0.0.0.0/0"],
    ]));

  // In the file another rule has taken the place of the removed one.
  it("closed by taking a rule away: the rule, without a place", () =>
    expect(told(flowChanges(from, networkOf(parts([80], [])), both).closes)).toEqual([
      ["securityGroup/web", undefined, "no longer { port: 22, source: 0.0.0.0/0 }"],
    ]));
});
