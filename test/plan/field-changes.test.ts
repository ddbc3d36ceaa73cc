/** The changes that a step reports: the old and new values, their place in the file, and further facts. */
import { describe, expect, test } from "vitest";
import type { Desired, Live } from "../../src/kinds/kind.ts";
import { kinds } from "../../src/kinds/index.ts";
import { decision } from "../../src/plan/decision.ts";
import type { Delta } from "../../src/plan/diff.ts";
import { createOnlyChanges, fieldChange, summaryOf, tagFieldChange } from "../../src/plan/field-changes.ts";
import { remembering } from "../../src/plan/flapping.ts";
import type { FieldChange } from "../../src/plan/plan.ts";
import { planned } from "./pure.ts";

/** Returns "size: 1 → 2 [5:12]", with entries by their keys and further facts in round brackets. */
function line({ path, at, before, after, items, ...more }: FieldChange): string[] {
  const place = (where: typeof at) => (where ? ` [${where.line}:${where.column}]` : "");
  const text = (value: unknown) => (value === undefined ? "none" : JSON.stringify(value));
  const said = Object.entries(more).filter(([key]) => key !== "stage" && key !== "impact");
  const beside = said.map(([key, value]) => (value === true ? key : `${key} ${text(value)}`)).join(", ");
  const what = more.secret ? "a secret" : items ? "" : `${text(before)} → ${text(after)}`;
  return [
    `${path}: ${what}${place(at)}${beside ? ` (${beside})` : ""}`,
    ...(items?.added.map((one) => `  +${one.key}${place(one.at)} ${text(one.value)} ${text(one.told)}`) ?? []),
    ...(items?.removed.map((one) => `  -${one.key}${one.made ? " (ours)" : ""} ${text(one.value)} ${text(one.told)}`) ?? []),
    ...(items?.changed.map((one) => `  ~${one.key}${place(one.at)} ${text(one.before)} → ${text(one.after)}`) ?? []),
  ];
}

function changesOf(before: string, after: string, address: string): string[] {
  const step = planned(before, after).plan.steps.find((one) => one.address === address);
  return step && "changes" in step ? step.changes.flatMap(line) : [];
}

// The header of the file has four lines.
const vpc = "vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n";
const machine = (name: string) => `${name}: { subnet: a, image: ami-0123456789abcdef0, instanceType: t3.micro, disposable: true }`;
const network = `${vpc}internetGateways: { g: { vpc: main } }
subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a } }
instances: { ${machine("m")}, ${machine("n")} }
`;
const group = (rules: string) => `${vpc}securityGroups: { s: { vpc: main, ingress: [${rules}] } }\n`;
const address = (instance: string, more = "") => `${network}elasticIps: { x: { instance: ${instance}${more} } }\n`;
const template = (type: string) => `${network}launchTemplates: { t: { image: ami-0123456789abcdef0, instanceType: ${type} } }
autoScalingGroups: { g: { launchTemplate: t, subnets: [a], minSize: 0, maxSize: 1 } }
`;

test.each<[what: string, before: string, after: string, address: string, lines: string[]]>([
  [
    "a field, with the place of its value and why it costs what it costs",
    network,
    network.replace("t3.micro", "t3.small"),
    "instance/m",
    ['instanceType: "t3.micro" → "t3.small" [8:74] (because "changing the instance type needs a stop and start")'],
  ],
  [
    "a field that the file has no more, at the place of the object",
    vpc.replace("/16", "/16, enableDnsHostnames: true"),
    vpc,
    "vpc/main",
    ['enableDnsHostnames: true → false [5:9] (unwritten, urgency "traffic")'],
  ],
  [
    "tags that come, change and go",
    vpc.replace("/16", "/16, tags: { team: app, old: x }"),
    vpc.replace("/16", "/16, tags: { team: web, new: y, old: null }"),
    "vpc/main",
    ['tags.team: "app" → "web" [5:41]', 'tags.new: none → "y" [5:41]', 'tags.old: "x" → none [5:41]'],
  ],
  [
    "entries, each at its own place in the list, and whom they let in",
    group("{ port: 22, source: 10.0.0.0/8 }, { port: 80, source: 10.0.0.0/8, description: A }"),
    group("{ port: 443, source: 0.0.0.0/0 }, { port: 80, source: 10.0.0.0/8, description: B }"),
    "securityGroup/s",
    [
      'ingress:  [6:35] (exposes "it allows inbound tcp 443 0.0.0.0/0")',
      '  +tcp 443 0.0.0.0/0 [6:45] {"protocol":"tcp","port":443,"source":"0.0.0.0/0"} {"text":"in   tcp 443 from 0.0.0.0/0","warning":"open to the internet"}',
      '  -tcp 22 10.0.0.0/8 {"protocol":"tcp","port":22,"source":"10.0.0.0/8"} {"text":"in   tcp 22 from 10.0.0.0/8"}',
      '  ~tcp 80 10.0.0.0/8 [6:79] {"protocol":"tcp","port":80,"source":"10.0.0.0/8","description":"A"} → {"protocol":"tcp","port":80,"source":"10.0.0.0/8","description":"B"}',
    ],
  ],
  [
    "and nothing of the other list of the stage, which stays",
    group("").replace("ingress: []", "ingress: [], egress: []"),
    group("{ port: 22, source: 10.0.0.0/8 }").replace("}] }", "}], egress: [] }"),
    "securityGroup/s",
    [
      "ingress:  [6:35]",
      '  +tcp 22 10.0.0.0/8 [6:45] {"protocol":"tcp","port":22,"source":"10.0.0.0/8"} {"text":"in   tcp 22 from 10.0.0.0/8"}',
    ],
  ],
  [
    "an entry by default, at the place of the object",
    group("").replace("ingress: []", "egress: []"),
    group("").replace("ingress: []", ""),
    "securityGroup/s",
    [
      'egress:  [6:19] (unwritten, exposes "it allows outbound all 0.0.0.0/0")',
      '  +all 0.0.0.0/0 [6:19] {"protocol":"all","destination":"0.0.0.0/0"} {"text":"out  all to 0.0.0.0/0"}',
    ],
  ],
  [
    "what is taken back and set again with a change of another field of its stage",
    address("m", ", privateIpAddress: 10.0.1.9"),
    address("n", ", privateIpAddress: 10.0.1.9"),
    "elasticIp/x",
    [
      'instance: "instance/m" → "instance/n" [9:30] (because "the address moves from one instance to the other", renews {"privateIpAddress":"10.0.1.9"}, urgency "traffic")',
    ],
  ],
  [
    "and nothing where there is no other",
    address("m"),
    address("n"),
    "elasticIp/x",
    ['instance: "instance/m" → "instance/n" [9:30] (because "the address moves from one instance to the other", urgency "traffic")'],
  ],
  [
    "what follows the change of another object",
    template("t3.micro"),
    template("t3.small"),
    "autoScalingGroup/g",
    ['launchTemplate: "launchTemplate/t" → "launchTemplate/t" [10:43] (because "launchTemplate/t changes", follows, caused)'],
  ],
  [
    "of what is made anew not the tags: its successor gets them all",
    "topics: { t: { name: a, tags: { team: app } } }\n",
    "topics: { t: { name: b, tags: { team: web } } }\n",
    "topic/t",
    ['name: "a" → "b" [5:22] (because "AWS cannot rename it")'],
  ],
])("%s", (_what, before, after, of, lines) => {
  expect(changesOf(before, after, of)).toEqual(lines);
});

test("of a new object are its written fields, with their place, and its defaults", () => {
  expect(changesOf("", vpc, "vpc/main")).toEqual([
    'cidrBlock: none → "10.0.0.0/16" [5:28]',
    "enableDnsSupport: none → true (unwritten)",
    "enableDnsHostnames: none → false (unwritten)",
    'instanceTenancy: none → "default" (unwritten)',
  ]);
});

test("a tag that others set back is shown like a field", () => {
  const history = remembering(new Map(), [{ id: "id of vpc/main", field: "tags.team", want: "web" }], 0);
  const again = remembering(history, [{ id: "id of vpc/main", field: "tags.team", want: "web" }], 1);
  const { plan } = planned(vpc, vpc.replace("/16", "/16, tags: { team: web }"), { appliedHistory: again });
  expect(plan.contested?.flatMap(({ change }) => line(change))).toEqual(['tags.team: none → "web" [5:41]']);
});

describe("shown as the rule of a field says", () => {
  const kind = kinds.find(({ name }) => name === "vpc")!;
  const at = (path?: string) => ({ file: "f", line: 1, column: path === undefined ? 1 : path.length });
  const desired = {
    kind: "vpc",
    name: "main",
    address: "vpc/main",
    spec: { cidrBlock: "10.0.0.0/16" },
    tags: {},
    at,
  } as unknown as Desired;
  const declared = { kind, desired, resolved: desired.spec };
  const live: Live = { id: "vpc-1", aliases: [], tags: {}, spec: {}, handle: undefined, state: "ready" };
  const found = { address: "vpc/main", kind, live, linked: {} };
  const one = decision("vpc/main", kind, { declared, found });
  const told = (delta: Partial<Delta>) =>
    line(
      fieldChange(
        {
          path: "cidrBlock",
          field: "cidrBlock",
          stage: "create",
          impact: "update",
          before: "a",
          after: "b",
          rule: { change: "update" },
          ...delta,
        },
        one,
      ),
    );

  test("a secret is never shown", () => {
    const items = { added: [{ key: "k", value: "b" }], removed: [], changed: [] };
    expect(told({ rule: { change: "update", secret: true } })).toEqual(["cidrBlock: a secret [1:9] (secret)"]);
    expect(told({ rule: { change: "update", secret: true }, items })).toEqual(["cidrBlock: a secret [1:9] (secret)"]);
    const hidden = { ...kind, fields: { cidrBlock: { change: "update" as const, secret: true as const } } } as typeof kind;
    expect(createOnlyChanges(hidden, declared).flatMap(line)).toEqual(["cidrBlock: a secret [1:9] (secret)"]);
  });

  test("a script is shown by its hash, and unfinished, removed and marked values are labelled", () => {
    expect(told({ rule: { change: "update", hashed: true } })).toEqual([
      'cidrBlock: "sha256:ca978112ca1bbdcafac231b39a23dc4d" → "sha256:3e23e8160039594a33894f6564e1b134" [1:9]',
    ]);
    expect(told({ rule: { change: "update", unfinished: (have) => have === "a" } })).toEqual(['cidrBlock: "a" → "b" [1:9] (unfinished)']);
    expect(told({ isGone: true, after: undefined })).toEqual(['cidrBlock: "a" → null [1:9] (isGone)']);
    const items = { added: [], removed: [{ key: "k", value: "b", made: true as const }], changed: [] };
    expect(told({ items })).toEqual(["cidrBlock:  [1:9]", '  -k (ours) "b" none']);
  });

  test("fields that a plan always shows of a new object, and fields that it never does", () => {
    const shown = (rule: object) => {
      const other = { ...kind, fields: { cidrBlock: { change: "update", ...rule } } } as unknown as typeof kind;
      return createOnlyChanges(other, declared).flatMap(line);
    };
    expect(shown({ show: "always" })).toEqual(['cidrBlock: none → "10.0.0.0/16" [1:9] (isShown)']);
    expect(shown({ change: "never" })).toEqual([]);
    expect(createOnlyChanges({ ...kind, fields: {} } as typeof kind, declared)).toEqual([]);
    const unset = { ...declared, desired: { ...desired, spec: { cidrBlock: undefined } } as unknown as Desired };
    expect(createOnlyChanges({ ...kind, fields: { cidrBlock: { change: "update" } } } as unknown as typeof kind, unset)).toEqual([]);
  });

  test("a tag of an object that is no longer in the file has no place", () => {
    expect(line(tagFieldChange(decision("vpc/main", kind, { found }), "a", "b"))).toEqual(['tags.a: none → "b"']);
  });

  test("in one line a summary of a new object, where its kind has one", () => {
    expect(summaryOf(kind, declared)).toEqual({ summary: { line: "10.0.0.0/16", tells: ["cidrBlock"] } });
    const { summary: _, ...silent } = kind;
    expect(summaryOf(silent, declared)).toEqual({});
  });
});
