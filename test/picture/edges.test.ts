/** Unusual contents of an account that a drawing does not expect. */
import { XMLParser } from "fast-xml-parser";
import { describe, expect, test } from "vitest";
import { resourceIndexOf } from "../../src/config/kind-checks.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { Subject } from "../../src/kinds/kind.ts";
import { inputOfPlan } from "../../src/picture/changes.ts";
import { pictureOf } from "../../src/picture/picture.ts";
import { blockOf, type Block } from "../../src/picture/place.ts";
import { sceneOf } from "../../src/picture/scene.ts";
import { pictureInputOf } from "../../src/picture/input.ts";
import type { Step } from "../../src/plan/plan.ts";

const resource = (kind: string, name: string, spec: object): Subject => ({ address: `${kind}/${name}`, kind, name, spec, tags: {} });
const index = (subjects: readonly Subject[]) => resourceIndexOf("us-west-2", subjects);
const inputFrom = (subjects: readonly Subject[]) =>
  pictureInputOf({ title: "lab/dev", region: "us-west-2" }, kinds, subjects, index(subjects));
const vpc = (name: string, cidrBlock = "10.0.0.0/16") => resource("vpc", name, { cidrBlock });
const subnet = (name: string, of: string, zone: string) =>
  resource("subnet", name, { vpc: of, cidrBlock: "10.0.1.0/24", availabilityZone: zone });

function blocksOf(subjects: readonly Subject[]): readonly Block[] {
  const scene = sceneOf(inputFrom(subjects));
  return scene.frames.map((frame) => blockOf(frame, scene.flows));
}

const zonesOf = (block: Block) => block.zones.map(({ text }) => text);
const cellsOf = (block: Block) => block.rows.flatMap(({ cells }) => cells.map(({ cell }) => cell.name));

describe("networks", () => {
  test("a node for the network as a whole is named inside it, and parts that are not considered below", () => {
    const all = [
      vpc("main"),
      resource("vpnGateway", "office", { vpc: "vpc/main" }),
      resource("customerGateway", "office", { ipAddress: "203.0.113.12" }),
      resource("vpnConnection", "office", { vpnGateway: "vpnGateway/office", customerGateway: "customerGateway/office" }),
      resource("flowLog", "all", { of: "vpc/main", to: "logGroup/flow" }),
      subnet("a", "vpc/main", "us-west-2a"),
      resource("routeTable", "a", { vpc: "vpc/main", subnets: ["subnet/a"], propagatingVpnGateways: ["vpnGateway/office"] }),
      resource("securityGroup", "web", { vpc: "vpc/main", ingress: [{ port: 22, source: "192.168.0.0/16" }] }),
      resource("instance", "web", { subnet: "subnet/a", instanceType: "t3.micro", securityGroups: ["securityGroup/web"] }),
    ];
    const [block] = blocksOf(all) as [Block];
    const notes = block.notes.map(({ text }) => text);
    expect(notes).toEqual(expect.arrayContaining(["VPN connection office to customer gateway office", "flow log all"]));
    expect(pictureOf(inputFrom(all))).toContain(">Not considered: routes from vpnGateway/office in routeTable/a</text>");
  });

  test("no network: a page of cards, without a heading or a legend of subnets", () => {
    const svg = pictureOf(inputFrom([resource("topic", "mails", {}), resource("kmsKey", "main", {})]));
    expect(svg).toContain('data-a="kmsKey/main"');
    expect(svg).not.toMatch(/Beside the network|subnet|Internet/);
  });

  test("no subnet: a frame with its gateway, and nothing cut off", () => {
    const [block] = blocksOf([vpc("empty"), resource("internetGateway", "main", { vpc: "vpc/empty" })]) as [Block];
    expect({ zones: zonesOf(block), rows: block.rows.length, doors: block.doors.length }).toEqual({ zones: [], rows: 0, doors: 1 });
    expect(block.height - block.box.y).toBe(block.box.height);
  });

  test("the VPC of others is a dashed frame with its whole id; subnets of others stand in one of their own", () => {
    const subjects = [
      subnet("mine-a", "vpc-0abc1234def567890", "us-west-2a"),
      resource("instance", "web", { subnet: "subnet/mine-a", instanceType: "t3.micro" }),
      resource("instance", "far", { subnet: "subnet-0123456789abcdef0", instanceType: "t3.micro" }),
    ];
    const svg = pictureOf(inputFrom(subjects));
    expect(svg.match(/class="frame foreign"/g)?.length).toBe(2);
    expect(svg).toContain(">vpc-0abc1234def567890</text>");
    expect(svg).toContain(">Other subnets</text>");
    expect(svg).toContain(">subnet-0123456789abcdef0</text>");
  });

  test("two networks without a gateway and with one range are two frames, and nothing comes from the internet", () => {
    const subjects = [vpc("one"), vpc("two"), subnet("one-a", "vpc/one", "us-west-2a"), subnet("two-a", "vpc/two", "us-west-2a")];
    expect(blocksOf(subjects).map((block) => [block.frame.name, cellsOf(block), block.internet])).toEqual([
      ["one", ["one-a"], undefined],
      ["two", ["two-a"], undefined],
    ]);
  });

  test("six zones are six columns; a region's own zones stand before its local ones", () => {
    const zones = ["us-west-2-lax-1a", "us-west-2b", "us-west-2a", "us-west-2-wl1-las-wlz-1", "us-west-2d", "us-west-2c"];
    const [block] = blocksOf([vpc("main"), ...zones.map((zone, i) => subnet(`app-${i}`, "vpc/main", zone))]) as [Block];
    expect(zonesOf(block)).toEqual(["us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d", "us-west-2-lax-1a", "us-west-2-wl1-las-wlz-1"]);
    expect(new Set(block.rows[0]!.cells.map(({ box }) => box.x)).size).toBe(6);
    expect(block.width).toBeLessThan(1820);
  });

  test("a balancer in zones without targets has a box in each run of its subnets, and no line", () => {
    const subnets = ["a", "b", "c"].map((zone) => subnet(`web-${zone}`, "vpc/main", `us-west-2${zone}`));
    const balancer = resource("loadBalancer", "front", { subnets: ["subnet/web-a", "subnet/web-c"], listeners: { 80: {} } });
    const [block] = blocksOf([vpc("main"), ...subnets, balancer]) as [Block];
    expect(block.items.map(({ item }) => item.id)).toEqual(["loadBalancer/front", "loadBalancer/front"]);
    expect(block.lines).toEqual([]);
  });

  test("more than three peerings are one pill that names them all; one that changes stays its own", () => {
    const spokes = [1, 2, 3, 4, 5].flatMap((i) => [
      vpc(`spoke-${i}`, `10.${i}.0.0/16`),
      resource("vpcPeering", `to-${i}`, { vpc: "vpc/hub", peerVpc: `vpc/spoke-${i}` }),
    ]);
    const input = inputFrom([vpc("hub"), ...spokes]);
    const doors = (marked: string) => {
      const { frames } = sceneOf({
        ...input,
        shown: input.shown.map((one) => (one.address === marked ? { ...one, mark: "create" } : one)),
      });
      const block = blockOf(
        frames.find(({ name }) => name === "hub")!,
        [],
      );
      return block.doors.map(({ door: { sub, name, more = [] } }) => `${sub} ${name} +${more.length}`);
    };
    expect(doors("")).toEqual(["5 × peering  +4"]);
    expect(doors("vpcPeering/to-2")).toEqual(["peering to-2 +0", "4 × peering  +3"]);
    expect(pictureOf(input)).toContain('data-a="vpcPeering/to-1 vpcPeering/to-2 vpcPeering/to-3 vpcPeering/to-4 vpcPeering/to-5"');
  });

  test("an internet gateway among others comes down right of the name of its network", () => {
    const long = "a-name-that-is-longer-than-the-room-for-it";
    const of = { vpc: `vpc/${long}` };
    const subjects = [
      vpc(long),
      subnet("app", of.vpc, "us-west-2a"),
      resource("internetGateway", "main", of),
      resource("egressOnlyInternetGateway", "main", of),
      resource("vpnGateway", "office", of),
    ];
    const [block] = blocksOf(subjects) as [Block];
    const gateway = block.doors.find(({ door }) => door.leadsTo === "internet")!.box;
    expect(gateway.x + gateway.width / 2).toBeGreaterThan(18 + block.nameWidth);
    expect(block.doors.every(({ box }) => box.x >= 0 && box.x + box.width <= block.width)).toBe(true);
  });
});

test("web[0] to web[39] in two zones are two stacks of twenty, each with all its addresses", () => {
  const web = Array.from({ length: 40 }, (_, i) =>
    resource("instance", `web[${i}]`, { subnet: `subnet/app-${i % 2 === 0 ? "a" : "b"}`, instanceType: "t3.micro" }),
  );
  const subnets = [subnet("app-a", "vpc/main", "us-west-2a"), subnet("app-b", "vpc/main", "us-west-2b")];
  const [block] = blocksOf([vpc("main"), ...subnets, ...web]) as [Block];
  expect(block.items.map(({ item }) => [item.title, item.addresses.length])).toEqual([
    ["web × 20", 20],
    ["web × 20", 20],
  ]);
});

test.each([
  ["markup", "<script>alert(1)</script>", /^<script>alert\(1\)<\/script>$/],
  ["60 letters", "a-name-of-sixty-characters-which-nobody-would-have-chosen-ok", /^a-name-of-sixty.*…$/],
  ["Korean", "데이터베이스-기본-서버-이름이-아주-길다", /^데이터베이스-기본-서버.*…$/],
  ["right to left", "שרת-אינטרנט", "שרת-אינטרנט"],
  ["emoji of several signs, without what joins them", "👩‍👩‍👧‍👦-family", "👩👩👧👦-family"],
  ["signs that turn texts around", "web\u202Egnp.exe\u0007", "webgnp.exe"],
  ["quotes", "x\"&'y", "x\"&'y"],
])("a name of %s is text, as far as it fits, and whole in the tooltip", (_what, name, shown) => {
  const parser = new XMLParser({ ignoreAttributes: false, processEntities: true, isArray: (tag) => tag === "g" });
  const svg = pictureOf(inputFrom([resource("topic", name, {})]));
  const { svg: page } = parser.parse(svg) as { svg: unknown };
  const texts = textsIn(page);
  expect(texts.some((text) => (typeof shown === "string" ? text === shown : shown.test(text)))).toBe(true);
  // eslint-disable-next-line no-control-regex
  expect(texts).toContain(`topic/${name.replace(/[\u202E\u0007\u200d]/g, "")}: topic`);
  expect(svg).not.toMatch(/<script|<image|<foreignObject|javascript:/);
});

function textsIn(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

describe("plans", () => {
  const group = (rules: readonly object[]) => resource("securityGroup", "web", { vpc: "vpc/main", ingress: rules });
  const machine = resource("instance", "web", { subnet: "subnet/app", instanceType: "t3.micro", securityGroups: ["securityGroup/web"] });
  const base = [
    vpc("main"),
    resource("internetGateway", "main", { vpc: "vpc/main" }),
    resource("subnet", "app", { vpc: "vpc/main", cidrBlock: "10.0.1.0/24", availabilityZone: "us-west-2a", mapPublicIpOnLaunch: true }),
    machine,
  ];
  const table = resource("routeTable", "public", {
    vpc: "vpc/main",
    routes: [{ destination: "0.0.0.0/0", target: "internetGateway/main" }],
    subnets: ["subnet/app"],
  });
  const planned = (before: readonly Subject[], wanted: readonly Subject[], actions: Readonly<Record<string, Step["action"]>>) =>
    inputOfPlan({
      kinds,
      index,
      before,
      wanted,
      plan: {
        project: "lab",
        environment: "dev",
        region: "us-west-2",
        isNew: false,
        steps: Object.entries(actions).map(([address, action]) => ({ address, action }) as Step),
      },
    });
  const closed = [...base, table, group([])];
  const open = [...base, table, group([{ port: 22, source: "0.0.0.0/0" }])];

  test("a destroy: every box is marked, and none is left without", () => {
    const svg = pictureOf(planned(open, [], Object.fromEntries(open.map(({ address }) => [address, "delete"]))));
    const boxes = svg.match(/<g class="(frame|cell|card|pill)[^"]*"(?= data-a)/g)!;
    expect(boxes.length).toBe(4);
    expect(boxes.filter((box) => !box.includes("m-delete"))).toEqual([]);
  });

  test("a rule opens and closes only the packets that may really pass: no route, no arrow", () => {
    const changes = (before: readonly Subject[], wanted: readonly Subject[]) =>
      planned(before, wanted, { "securityGroup/web": "update" }).flows.flatMap(({ from, to, change }) =>
        change === undefined ? [] : `${change} ${from} ${to}`,
      );
    expect(changes(closed, open)).toEqual(["opens 0.0.0.0/0 instance/web"]);
    expect(changes(open, closed)).toEqual(["closes 0.0.0.0/0 instance/web"]);
    const without = (of: readonly Subject[]) => of.filter(({ kind }) => kind !== "routeTable");
    expect(changes(without(closed), without(open))).toEqual([]);
  });

  test("a new instance needs no line for a connection from the internet that it now has", () => {
    const fresh = resource("instance", "fresh", { subnet: "subnet/app", instanceType: "t3.nano" });
    const input = planned(closed, [...open, fresh], { "securityGroup/web": "update", "instance/fresh": "create" });
    expect(input.flows.map(({ from, to, change }) => [from, to, change])).toContainEqual(["instance/fresh", "instance/web", undefined]);
    const scene = sceneOf(input);
    expect(blockOf(scene.frames[0]!, scene.flows).labels.map(({ full }) => full)).toEqual(["opens tcp 22"]);
  });

  test("a route opens a connection that a rule has long allowed", () => {
    const input = planned(
      open.filter((one) => one !== table),
      open,
      { "routeTable/public": "create" },
    );
    expect(input.flows).toMatchObject([{ from: "0.0.0.0/0", to: "instance/web", change: "opens", protocol: "tcp" }]);
    expect(pictureOf(input)).toContain("<title>opens tcp 22</title>");
  });

  test("the text says what opens and what closes, before what stays", () => {
    // No connection leads to the gateway, so the networks behind it are unknown.
    const vpn = resource("vpnGateway", "office", { vpc: "vpc/main" });
    const routes = resource("routeTable", "public", {
      vpc: "vpc/main",
      routes: [{ destination: "172.20.0.0/16", target: "vpnGateway/office" }],
      subnets: ["subnet/app"],
    });
    const rule = (port: number) => ({ port, source: "172.20.0.0/16" });
    const state = (...ports: readonly number[]) => [...base, vpn, routes, group(ports.map(rule))];
    const input = planned(state(22, 80), state(80, 443), { "securityGroup/web": "update" });
    const scene = sceneOf(input);
    expect(blockOf(scene.frames[0]!, scene.flows).notes.map(({ text }) => text)).toEqual([
      "closes, possible: tcp 22 to web from 172.20.0.0/16",
      "opens, possible: tcp 443 to web from 172.20.0.0/16",
      "possible: tcp 80 to web from 172.20.0.0/16",
      "\u201cpossible\u201d depends on addresses, targets or rules that are not known",
    ]);
  });
});
