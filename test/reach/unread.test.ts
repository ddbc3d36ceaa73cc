import { expect, it } from "vitest";
import type { NetworkPart } from "../../src/kinds/kind.ts";
import { explain } from "../../src/reach/explain.ts";
import { flowsOfPorts } from "../../src/reach/flows.ts";
import { networkOf } from "../../src/reach/network.ts";
import { partiesOf } from "../../src/reach/parties.ts";

const end = { is: "endpoint", public: "no" } as const;
const made: readonly NetworkPart[] = [
  { is: "vpc", id: "vpc/a", ranges: ["10.0.0.0/16"] },
  { is: "subnet", id: "subnet/a", vpc: "vpc/a", range: "10.0.1.0/24", zone: "a", givesPublic: false },
  { is: "subnet", id: "subnet/b", vpc: "vpc/a", range: "10.0.2.0/24", zone: "a", givesPublic: false },
  { ...end, id: "instance/a", subnets: ["subnet/a"], firewalls: "none" },
  { ...end, id: "instance/b", subnets: ["subnet/b"], firewalls: "none" },
  { ...end, id: "instance/c", subnets: ["subnet/b"], firewalls: "default" },
];
const denied: NetworkPart = { is: "blind", id: "acls", what: "networkAcls: DescribeNetworkAcls was denied", lets: "either" };
const table: NetworkPart = { is: "table", id: "routeTable/a", vpc: "vpc/a", main: true, subnets: [], routes: [] };
const acl: NetworkPart = {
  is: "acl",
  id: "networkAcl/a",
  defaultOf: "vpc/a",
  subnets: [],
  ingress: [{ protocol: "all", from: -1, to: -1, allows: true, peer: "0.0.0.0/0", path: "" }],
  egress: [{ protocol: "all", from: -1, to: -1, allows: true, peer: "0.0.0.0/0", path: "" }],
};

function asked(to: string, parts: readonly NetworkPart[]) {
  const network = networkOf([...made, ...parts]);
  const { answer, verdict } = explain(
    network,
    partiesOf(network, "instance/a")![0]!,
    partiesOf(network, to)![0]!,
    flowsOfPorts("tcp", [[22, 22]]),
  );
  return [answer, ...verdict.unknown];
}

it("an undeclared object is as AWS makes it, unless it was to be read and could not be", () => {
  expect(asked("instance/b", [])).toEqual(["reachable"]);
  expect(asked("instance/b", [denied, table])).toEqual([
    "unknown",
    "the network ACL of subnet/a was not read",
    "the network ACL of subnet/b was not read",
  ]);
  expect(asked("instance/b", [denied, acl])).toEqual([
    "unknown",
    "the route table of subnet/a was not read",
    "the route table of subnet/b was not read",
  ]);
  expect(asked("instance/b", [denied, acl, table])).toEqual(["reachable"]);
  expect(asked("instance/c", [])).toEqual(["blocked"]);
  expect(asked("instance/c", [denied, acl, table])).toEqual(["unknown", "its security groups are not known"]);
});
