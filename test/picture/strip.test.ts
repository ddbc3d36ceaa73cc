/** Resources that have no place in a network, among them those of AWS's own types. */
import { describe, expect, test } from "vitest";
import { resourceIndexOf } from "../../src/config/kind-checks.ts";
import { kinds as native } from "../../src/kinds/index.ts";
import type { Kind, Live, Subject } from "../../src/kinds/kind.ts";
import { typeKind } from "../../src/kinds/types/types.ts";
import { pictureOf } from "../../src/picture/picture.ts";
import { sceneOf, type Item } from "../../src/picture/scene.ts";
import { pictureInputOf } from "../../src/picture/input.ts";
import { stripOf } from "../../src/picture/strip.ts";
import { markOf } from "../../src/resource/late.ts";

const types = ["AWS::SQS::Queue", "AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping"];
const kinds: readonly Kind[] = [...native, ...types.map((name) => (typeKind(name) as { kind: Kind }).kind)];

const resource = (kind: string, name: string, spec: object): Subject => ({ address: `${kind}/${name}`, kind, name, spec, tags: {} });
const late = (address: string, output = "Arn") => markOf({ address, output });

const subjects = [
  resource("vpc", "main", { cidrBlock: "10.0.0.0/16" }),
  resource("subnet", "app-a", { vpc: "vpc/main", cidrBlock: "10.0.0.0/24", availabilityZone: "a" }),
  resource("AWS::SQS::Queue", "failed", {}),
  resource("AWS::SQS::Queue", "jobs", { RedrivePolicy: { deadLetterTargetArn: late("AWS::SQS::Queue/failed") } }),
  resource("AWS::Lambda::Function", "work", { VpcConfig: { SubnetIds: [late("subnet/app-a", "id")] } }),
  resource("AWS::Lambda::EventSourceMapping", "jobs", {
    FunctionName: late("AWS::Lambda::Function/work"),
    EventSourceArn: late("AWS::SQS::Queue/jobs"),
  }),
];

function input(of: readonly Subject[] = subjects, lives?: ReadonlyMap<string, Live>) {
  return pictureInputOf({ title: "lab/dev", region: "eu-west-1" }, kinds, of, resourceIndexOf("eu-west-1", of), lives);
}

const edgesOf = (items: readonly Item[]) => stripOf(items, 956, false).lines.map(({ ends }) => ends.join(" → "));

describe("beside the network", () => {
  test("AWS's types are cards with their type, and with the subnets that they name", () => {
    expect(sceneOf(input()).beside.map(({ title, sub }) => `${title}: ${sub}`)).toEqual([
      "failed: SQS::Queue",
      "jobs: Lambda::EventSourceMapping",
      "jobs: SQS::Queue",
      "work: Lambda::Function · in app-a",
    ]);
    expect(pictureOf(input())).toContain('data-a="AWS::Lambda::Function/work"');
  });

  test("the description for readers of screens counts AWS's types by their names, and one resource is no resources", () => {
    const described = (of: readonly Subject[]) => /<desc[^>]*>(.*?)<\/desc>/.exec(pictureOf(input(of)))?.[1];
    expect(described(subjects.slice(2))).toBe(
      "4 resources in eu-west-1: 1 × AWS::Lambda::EventSourceMapping, 1 × AWS::Lambda::Function, 2 × AWS::SQS::Queue.",
    );
    expect(described(subjects.slice(2, 3))).toBe("1 resource in eu-west-1: 1 × AWS::SQS::Queue.");
  });

  test("a line leads from the resource that names another to the named one", () =>
    expect(edgesOf(sceneOf(input()).beside).sort()).toEqual([
      "AWS::Lambda::EventSourceMapping/jobs → AWS::Lambda::Function/work",
      "AWS::Lambda::EventSourceMapping/jobs → AWS::SQS::Queue/jobs",
      "AWS::SQS::Queue/jobs → AWS::SQS::Queue/failed",
    ]));

  test("each card sits beside those that it names, so that every line is straight", () => {
    const { items, lines } = stripOf(sceneOf(input()).beside, 956, false);
    expect(items.map(({ item }) => item.id).sort()).toEqual(
      subjects
        .slice(2)
        .map(({ address }) => address)
        .sort(),
    );
    expect(lines.map(({ points }) => points.length)).toEqual([2, 2, 2]);
  });

  test("a star of four stands around its middle, two that name each other have a line each", () => {
    const queue = (name: string, ...uses: string[]) =>
      resource("AWS::SQS::Queue", name, { Uses: uses.map((use) => late(`AWS::SQS::Queue/${use}`)) });
    const star = stripOf(sceneOf(input([queue("a", "b", "c", "d"), ...["b", "c", "d"].map((name) => queue(name))])).beside, 956, false);
    expect(star.lines.map(({ points }) => points.length)).toEqual([2, 2, 2]);
    const { lines } = stripOf(sceneOf(input([queue("a", "b"), queue("b", "a")])).beside, 956, false);
    expect(new Set(lines.map(({ points }) => points[0]![1])).size).toBe(2);
  });

  test("the meaning of the arrows stands beside the heading, or in the head where there is no network", () => {
    expect(pictureOf(input())).toContain(">arrows: references</text>");
    expect(pictureOf(input(subjects.slice(2, 4)))).toContain("eu-west-1 · 2 resources · arrows: references</text>");
    expect(pictureOf(input(subjects.slice(0, 3)))).not.toContain("arrows:");
  });

  test("the ids and ARNs in the texts of observed objects show which object names which", () => {
    const arn = (name: string) => `arn:aws:sqs:eu-west-1:123456789012:${name}`;
    const found = [
      resource("AWS::SQS::Queue", "failed", {}),
      resource("AWS::SQS::Queue", "jobs", { RedrivePolicy: { deadLetterTargetArn: arn("failed") } }),
    ];
    const live = (name: string): [string, Live] => [
      `AWS::SQS::Queue/${name}`,
      { id: `https://sqs/${name}`, outputs: { Arn: arn(name) }, tags: {}, spec: {}, state: "ready", handle: {} } as unknown as Live,
    ];
    expect(edgesOf(sceneOf(input(found, new Map([live("failed"), live("jobs")]))).beside)).toEqual([
      "AWS::SQS::Queue/jobs → AWS::SQS::Queue/failed",
    ]);
    expect(edgesOf(sceneOf(input(found)).beside)).toEqual([]);
  });

  test("objects that name each other in a circle are drawn", () => {
    const circle = [
      resource("AWS::SQS::Queue", "a", { Of: late("AWS::SQS::Queue/b") }),
      resource("AWS::SQS::Queue", "b", { Of: late("AWS::SQS::Queue/a") }),
    ];
    expect(edgesOf(sceneOf(input(circle)).beside).sort()).toEqual([
      "AWS::SQS::Queue/a → AWS::SQS::Queue/b",
      "AWS::SQS::Queue/b → AWS::SQS::Queue/a",
    ]);
  });

  test("of many alike one card is left, and of too many lines their number", () => {
    const many = Array.from({ length: 30 }, (_, i) => resource("topic", `t-${i}`, {}));
    expect(sceneOf(input(many)).beside.length).toBe(30);
    expect(stripOf(sceneOf(input(many)).beside, 956, false).items.map(({ item }) => item.title)).toEqual(["30 × topic"]);
    const tangled = Array.from({ length: 8 }, (_, i) =>
      resource("AWS::SQS::Queue", `q-${i}`, { Uses: Array.from({ length: i }, (_other, other) => late(`AWS::SQS::Queue/q-${other}`)) }),
    );
    const { lines, left } = stripOf(sceneOf(input(tangled)).beside, 956, false);
    expect({ lines: lines.length, left }).toEqual({ lines: 0, left: 28 });
    expect(pictureOf(input(tangled))).toContain("28 lines between these are too many to draw");
  });
});

test("a peering stands on the border of both networks, an egress-only gateway is no way in", () => {
  const of = [
    ...subjects.slice(0, 2),
    resource("vpc", "other", { cidrBlock: "10.1.0.0/16" }),
    resource("vpcPeering", "link", { vpc: "vpc/main", peerVpc: "vpc/other" }),
    resource("egressOnlyInternetGateway", "out", { vpc: "vpc/main" }),
  ];
  expect(
    sceneOf(input(of)).frames.map(
      ({ name, doors }) => `${name}: ${doors.map(({ sub, name: own, end }) => [sub, own, end].filter(Boolean).join(" ")).join(", ")}`,
    ),
  ).toEqual(["main: peering link with other, egress-only internet gateway out", "other: peering link with main"]);
  expect(pictureOf(input(of))).not.toContain(">Internet<");
});

test("an estate that is too large to be computed is drawn by its rules, and says so", async () => {
  const { reachedIn } = await import("../../src/picture/reached.ts");
  const group = resource("securityGroup", "web", { vpc: "vpc/main", ingress: [{ port: 80, source: "0.0.0.0/0" }] });
  const machine = resource("instance", "web", { subnet: "subnet/app-a", instanceType: "t3.micro", securityGroups: ["securityGroup/web"] });
  const of = [...subjects.slice(0, 2), group, machine];
  const reached = reachedIn(kinds, { subjects: of, index: resourceIndexOf("eu-west-1", of) }, 0);
  expect(reached).toMatchObject({ by: "rules", flows: [{ from: "0.0.0.0/0", to: "securityGroup/web" }] });
  expect(pictureOf({ ...input(of), ...reached })).toContain("arrows: security groups only");
});
