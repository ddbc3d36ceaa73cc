import { describe, expect, test } from "vitest";
import { resourceIndexOf } from "../../src/config/kind-checks.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { Subject } from "../../src/kinds/kind.ts";
import { bundlesOf } from "../../src/picture/bundles.ts";
import { changedFlows, portsText, rulesOf, type Flow } from "../../src/picture/flows.ts";
import { gridOf } from "../../src/picture/grid.ts";
import { readable } from "../../src/picture/names.ts";
import { sceneOf } from "../../src/picture/scene.ts";
import { pictureInputOf } from "../../src/picture/input.ts";
import { commonStart, stemOf } from "../../src/picture/stem.ts";

test.each([
  ["web-a", "web"],
  ["web-2", "web"],
  ["web-2a", "web"],
  ["web[b]", "web"],
  ["web-a-1", "web"],
  ["web-eu-west-1a", "web"],
  ["public", "public"],
  ["rds-standby", "rds-standby"],
  ["a", "a"],
])("the stem of %s is %s", (name, stem) => expect(stemOf(name)).toBe(stem));

test.each([
  ["rds-master", "rds-standby", "rds"],
  ["web", "app", ""],
])("%s and %s begin with %j", (a, b, start) => expect(commonStart(a, b)).toBe(start));

test.each([
  ["vpc-0ab", "vpc-0ab"],
  ['{"tags":{"Name":"shared","team":"net"}}', "Name=shared, team=net"],
  ['{"id":"vpc-1"}', "vpc-1"],
])("%s is shown as %s", (key, text) => expect(readable(key)).toBe(text));

describe("rows", () => {
  const subnet = (name: string, zone: string): Subject =>
    resource("subnet", name, { vpc: "vpc/main", cidrBlock: "10.0.0.0/24", availabilityZone: zone });
  const table = (name: string, target: string | undefined, subnets: readonly string[]): Subject =>
    resource("routeTable", name, {
      vpc: "vpc/main",
      routes: target === undefined ? [] : [{ destination: "0.0.0.0/0", target }],
      subnets: subnets.map((one) => `subnet/${one}`),
    });

  test.each([
    [
      "zones are columns, tiers are rows, public first",
      [subnet("app-a", "a"), subnet("app-b", "b"), subnet("dmz-a", "a"), table("out", "internetGateway/x", ["dmz-a"])],
      ["dmz: dmz-a -", "app: app-a app-b"],
    ],
    [
      "rows without a table of their own are last in their tier",
      [subnet("app-a", "a"), subnet("web-a", "a"), table("inner", undefined, ["web-a"])],
      ["web: web-a", "app: app-a"],
    ],
    [
      "a table for each zone makes no row of its own",
      [subnet("app-a", "a"), subnet("app-b", "b"), table("a", "nat-1", ["app-a"]), table("b", "nat-2", ["app-b"])],
      ["app: app-a app-b"],
    ],
    [
      "names with a common start in different zones are one row",
      [subnet("rds-master", "a"), subnet("rds-standby", "b")],
      ["rds: rds-master rds-standby"],
    ],
    [
      "a second subnet of the same zone begins a row",
      [subnet("app-a-1", "a"), subnet("app-a-2", "a"), subnet("app-b-1", "b")],
      ["app: app-a-1 app-b-1", "app-a-2: app-a-2 -"],
    ],
  ])("%s", (_name, subjects, expected) => {
    const { rows } = gridFrom(subjects);
    expect(rows.map(({ label, cells }) => `${label}: ${cells.map((cell) => cell?.name ?? "-").join(" ")}`)).toEqual(expected);
  });

  test.each([
    [[], "no way out"],
    [[{ destination: "0.0.0.0/0", target: "natGateway/x" }], "out through NAT"],
    [[{ destination: "10.1.0.0/16", target: "vpcPeering/other" }], "only to peered VPCs"],
    [[{ destination: "10.0.0.0/8", target: "transitGateway/hub" }], "only to a transit gateway"],
    [[{ destination: "10.1.0.0/16", target: "vpnGateway/office" }], "only to a VPN"],
    [
      [
        { destination: "10.1.0.0/16", target: "vpcPeering/other" },
        { destination: "0.0.0.0/0", target: "internetGateway/x" },
      ],
      "to the internet",
    ],
  ])("a table with the routes %j leads %s", (routes, way) => {
    const of = resource("routeTable", "of", { vpc: "vpc/main", routes, subnets: ["subnet/web-a"] });
    expect(gridFrom([subnet("web-a", "a"), of]).rows.map((row) => row.way)).toEqual([way]);
  });

  test("more than four cards of a subnet are folded: equal ones, then the rest", () => {
    const machines = Array.from({ length: 6 }, (_, i) =>
      resource("instance", `web-${i}`, { subnet: "subnet/app-a", instanceType: "t3.micro" }),
    );
    const others = ["four", "one", "three", "two"].map((name) =>
      resource("instance", name, { subnet: "subnet/app-a", instanceType: `${name}.large` }),
    );
    const { rows } = gridFrom([subnet("app-a", "a"), ...machines, ...others]);
    expect(rows[0]!.cells[0]!.cards.map(({ title, sub }) => `${title}: ${sub}`)).toEqual([
      "four: four.large",
      "one: one.large",
      "web × 6: t3.micro",
      "2 more: three, two",
    ]);
  });

  test("a bar ends before a subnet that is not its own, and continues over a gap", () => {
    const subnets = [subnet("app-a", "a"), subnet("app-b", "b"), subnet("app-c", "c"), subnet("db-a", "a"), subnet("db-c", "c")];
    const balancer = resource("loadBalancer", "lb", {
      subnets: ["subnet/app-a", "subnet/app-c", "subnet/db-a", "subnet/db-c"],
      scheme: "internal",
    });
    expect(gridFrom([...subnets, balancer]).rows.map(({ bars }) => bars.map(({ first, last }) => [first, last]).sort())).toEqual([
      [
        [0, 0],
        [2, 2],
      ],
      [[0, 2]],
    ]);
  });
});

describe("flows", () => {
  test.each([
    [
      [
        ["tcp", 443, 443],
        ["tcp", 80, 80],
        ["tcp", 80, 80],
      ],
      "tcp 80, 443",
    ],
    [
      [
        ["udp", 53, 53],
        ["tcp", 8000, 8100],
      ],
      "tcp 8000–8100, udp 53",
    ],
    [
      [
        ["all", -1, -1],
        ["tcp", 22, 22],
      ],
      "all traffic, tcp 22",
    ],
    [[["icmp", -1, -1]], "icmp"],
  ] as const)("%j reads %s", (flows, text) =>
    expect(portsText(flows.map(([protocol, first, last]) => ({ protocol, ports: { first, last } })))).toBe(text),
  );

  test("a connection of one state only opens or closes", () => {
    const flow = (from: string) => ({ from, to: "securityGroup/db", protocol: "tcp", ports: { first: 1, last: 1 } });
    expect(changedFlows([flow("a"), flow("b")], [flow("b"), flow("c")]).map(({ from, change }) => [from, change])).toEqual([
      ["b", undefined],
      ["c", "opens"],
      ["a", "closes"],
    ]);
  });

  const base = [
    resource("vpc", "main", { cidrBlock: "10.0.0.0/16" }),
    resource("internetGateway", "main", { vpc: "vpc/main" }),
    resource("subnet", "dmz", { vpc: "vpc/main", cidrBlock: "10.0.1.0/24", availabilityZone: "a", mapPublicIpOnLaunch: true }),
    resource("subnet", "app", { vpc: "vpc/main", cidrBlock: "10.0.2.0/24", availabilityZone: "a" }),
    resource("routeTable", "out", {
      vpc: "vpc/main",
      routes: [{ destination: "0.0.0.0/0", target: "internetGateway/main" }],
      subnets: ["subnet/dmz"],
    }),
    resource("instance", "front", { subnet: "subnet/dmz", securityGroups: ["securityGroup/front"] }),
    resource("instance", "back", { subnet: "subnet/app", securityGroups: ["securityGroup/back"] }),
  ];
  const rules = (front: readonly object[], back: readonly object[], more: object = {}) => [
    resource("securityGroup", "front", { vpc: "vpc/main", ingress: front, ...more }),
    resource("securityGroup", "back", { vpc: "vpc/main", ingress: back }),
  ];

  test.each([
    ["from the internet to a public machine", rules([{ port: 80, source: "0.0.0.0/0" }], []), ["in: internet → front, tcp 80"], []],
    [
      "from one network of the internet",
      rules([{ port: 22, source: "203.0.113.0/24" }], []),
      ["in: internet → front, tcp 22 from 203.0.113.0/24"],
      [],
    ],
    [
      "a rule for everybody on a private machine is no way in from the internet",
      rules([], [{ port: 80, source: "0.0.0.0/0" }]),
      [],
      ["also allowed: tcp 80 to back from everywhere inside"],
    ],
    ["from group to group", rules([], [{ port: 80, source: "securityGroup/front" }]), ["mid: front → back, tcp 80"], []],
    ["nothing from a group that lets nothing out", rules([], [{ port: 80, source: "securityGroup/front" }], { egress: [] }), [], []],
    [
      "nothing from a group that lets other ports out",
      rules([], [{ port: 80, source: "securityGroup/front" }], { egress: [{ port: 443, destination: "0.0.0.0/0" }] }),
      [],
      [],
    ],
    ["from the subnet of a range", rules([], [{ port: 22, source: "10.0.1.0/24" }]), ["mid: front → back, tcp 22"], []],
    [
      "from the whole network: told, not drawn",
      rules([], [{ port: 22, source: "10.0.0.0/16" }]),
      [],
      ["also allowed: tcp 22 to back from 10.0.0.0/16"],
    ],
    [
      "from elsewhere: told, not drawn",
      rules([], [{ port: 22, source: "10.9.0.0/16" }]),
      [],
      ["also allowed: tcp 22 to back from 10.9.0.0/16"],
    ],
    [
      "two rules of the same ends are one line",
      rules(
        [],
        [
          { port: 80, source: "securityGroup/front" },
          { ports: "8000-8100", source: "securityGroup/front" },
        ],
      ),
      ["mid: front → back, tcp 80, 8000–8100"],
      [],
    ],
  ])("by the rules of groups alone: %s", (_name, groups, lines, notes) => {
    const subjects = [...base, ...groups];
    const rules = rulesOf(new Map(kinds.map((kind) => [kind.name, kind])), subjects, resourceIndexOf("eu-west-1", subjects));
    expect(drawnOf(subjects, rules)).toEqual({ lines, notes });
  });

  const from = (port: number, source: string) => ({ port, source });
  const many = Array.from({ length: 6 }, (_, i) =>
    resource("instance", `app-${i}`, { subnet: "subnet/app", instanceType: `t${i}.nano`, securityGroups: ["securityGroup/back"] }),
  );
  const acl = resource("networkAcl", "app", {
    vpc: "vpc/main",
    subnets: ["subnet/app"],
    ingress: { 100: { action: "allow", protocol: "tcp", port: 22, source: "10.0.0.0/16" } },
    egress: { 100: { action: "allow", protocol: "tcp", ports: "1024-65535", destination: "10.0.0.0/16" } },
  });
  test.each([
    ["from the internet to a public machine", rules([from(80, "0.0.0.0/0")], []), ["in: internet → front, tcp 80"], []],
    ["a rule for everybody lets in who is inside", rules([], [from(80, "0.0.0.0/0")]), ["mid: front → back, tcp 80"], []],
    ["no route leads to a network elsewhere", rules([], [from(22, "10.9.0.0/16")]), [], []],
    ["from one network of the internet", rules([from(22, "203.0.113.0/24")], []), ["in: internet → front, tcp 22 from 203.0.113.0/24"], []],
    [
      "an ACL stops what rules let in",
      [...rules([], [from(80, "securityGroup/front"), from(22, "securityGroup/front")]), acl],
      ["mid: front → back, tcp 22"],
      [],
    ],
    [
      "machines that reach each other are told, and a line from another to all of them is one",
      [...rules([], [from(7000, "self"), from(7000, "securityGroup/front")]), ...many],
      ["mid: front → app-0+app-1+app-2+app+, tcp 7000"],
      ["also allowed: tcp 7000 among back"],
    ],
    [
      "of a balancer, the ports of its target groups; what only some of its addresses may do is possible",
      [
        ...rules([], [from(8001, "securityGroup/front"), from(22, "10.0.1.0/24"), from(8001, "10.0.1.0/24")]),
        resource("subnet", "app-b", { vpc: "vpc/main", cidrBlock: "10.0.3.0/24", availabilityZone: "b" }),
        resource("targetGroup", "back", { vpc: "vpc/main", protocol: "HTTP", port: 8001 }),
        resource("loadBalancer", "inner", {
          subnets: ["subnet/dmz", "subnet/app-b"],
          scheme: "internal",
          securityGroups: ["securityGroup/lb"],
          listeners: { 80: { forward: "targetGroup/back" } },
        }),
        resource("securityGroup", "lb", { vpc: "vpc/main", ingress: [] }),
      ],
      ["mid: front → back, tcp 22, 8001", "mid: inner → back, tcp 8001, possible"],
      ["\u201cpossible\u201d depends on addresses, targets or rules that are not known"],
    ],
    ["a rule of IPv6 opens nothing where nobody has such an address", rules([{ port: 80, source: "2001:db8::/32" }], []), [], []],
  ])("by the connections: %s", (_name, groups, lines, notes) => {
    const subjects = [...base, ...groups];
    expect(drawnOf(subjects, inputFrom(subjects).flows)).toEqual({ lines, notes });
  });

  function drawnOf(subjects: readonly Subject[], flows: readonly Flow[]) {
    const { bundles, notes } = bundlesOf(gridOf(sceneOf(inputFrom(subjects)).frames[0]!), flows);
    const nameOf = (id: string) => id.slice(id.indexOf("/") + 1);
    const lines = bundles.map(
      ({ tone, from, to, label }) => `${tone}: ${from.map(nameOf).join("+") || "internet"} → ${to.map(nameOf).join("+")}, ${label}`,
    );
    return { lines, notes };
  }

  const portOf = (to: string, from: string) => 1000 + 10 * Number(to.slice(1)) + Number(from.slice(1));

  test("above twelve bundles only those from the internet and those that change are drawn, and the picture says so", () => {
    const groups = Array.from({ length: 5 }, (_, i) => `g${i}`);
    const subjects = [
      ...base.slice(0, 5),
      ...groups
        .map((name) =>
          resource("instance", name, { subnet: "subnet/dmz", securityGroups: [`securityGroup/${name}`], instanceType: `${name}.x` }),
        )
        .slice(0, 4),
      resource("instance", "g4", { subnet: "subnet/app", securityGroups: ["securityGroup/g4"] }),
      ...groups.map((name) =>
        resource("securityGroup", name, {
          vpc: "vpc/main",
          ingress: [
            { port: 80, source: "0.0.0.0/0" },
            ...groups.filter((other) => other !== name).map((other) => ({ port: portOf(name, other), source: `securityGroup/${other}` })),
          ],
        }),
      ),
    ];
    const input = inputFrom(subjects);
    const grid = gridOf(sceneOf(input).frames[0]!);
    const quiet = bundlesOf(grid, input.flows);
    expect(quiet.bundles.every(({ tone }) => tone === "in")).toBe(true);
    expect(quiet.notes[0]).toBe("20 more flows inside, too many to draw; the HTML page lists them");
    const [changed] = input.flows.filter(({ from }) => from === "instance/g1");
    const loud = bundlesOf(
      grid,
      input.flows.map((flow) => (flow === changed ? { ...flow, change: "opens" as const } : flow)),
    );
    expect(loud.bundles.filter(({ change }) => change === "opens").length).toBe(1);
  });
});

function resource(kind: string, name: string, spec: object): Subject {
  return { address: `${kind}/${name}`, kind, name, spec, tags: {} };
}

function inputFrom(subjects: readonly Subject[]) {
  return pictureInputOf({ title: "lab/dev", region: "eu-west-1" }, kinds, subjects, resourceIndexOf("eu-west-1", subjects));
}

function gridFrom(subjects: readonly Subject[]) {
  return gridOf(sceneOf(inputFrom([resource("vpc", "main", { cidrBlock: "10.0.0.0/16" }), ...subjects])).frames[0]!);
}
