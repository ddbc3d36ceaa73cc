import { expect, it } from "vitest";
import type { NetworkPart } from "../../src/kinds/kind.ts";
import { flowChanges } from "../../src/reach/change.ts";
import { networkOf } from "../../src/reach/network.ts";

it("a prefix list whose networks change is named as what opens and closes", () => {
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
