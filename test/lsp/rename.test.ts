/** A rename in an environment that names resources in every way that docs/writing.md knows: afterwards it means the same, under the new name. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { editorFilesOf } from "../../src/cli/commands/lsp.ts";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { LanguageServer } from "../../src/lsp/server.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "infra-rename-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const part = `part: 1
parameters:
  vpc: { ref: vpc }
  subnets: { refs: subnet }
  group: { ref: securityGroup }
  front: { ref: [loadBalancer, topic] }
  path: { type: string, default: / }
targetGroups:
  web: { vpc: "\${param.vpc}", protocol: HTTP, port: 8080, healthCheck: { path: "\${param.path}" } }
loadBalancers:
  lb:
    scheme: internal
    subnets: \${param.subnets}
    securityGroups: ["\${param.group}"]
    listeners: { 80: { protocol: HTTP, forward: web } }
outputs:
  url: http://\${loadBalancer.lb.dnsName}
`;

const template = '#!/bin/bash\nA="${topic.jobs.arn}"; B=${vpc.main.id} # main\n';

const whole = `project: shop
region: eu-west-1
variables:
  zones: { type: map, default: { a: 0, b: 1 } }
  main: main
x-place: &place { vpc: main }
vpcs:
  "main": { cidrBlock: 10.0.0.0/16, tags: { main: main } }
internetGateways:
  main: { vpc: main }
subnets:
  public:
    forEach: \${var.zones}
    vpc: vpc/main
    availabilityZone: \${each.key}
    cidrBlock: \${cidr.subnet(vpc.main.cidrBlock, 8, each.value)}
  front-a: { <<: *place, cidrBlock: 10.0.9.0/24, availabilityZone: a, tags: { of: "\${vpc.main.id}" } }
  front-b:
    when: \${subnet["front-a"].cidrBlock != vpc.main.cidrBlock && has(vpc.main.cidrBlock)}
    vpc: "\${var.main == 'main' ? 'main' : 'vpc/main'}"
    cidrBlock: >-
      \${cidr.subnet(vpc.main.cidrBlock,
      8, 10)}
    availabilityZone: b
  far: { vpc: { environment: other, address: vpc/main }, cidrBlock: 10.0.11.0/24, availabilityZone: a }
elasticIps:
  main: {}
volumes:
  data: { availabilityZone: a, size: 8, attachments: { worker: { device: /dev/sdf } } }
natGateways:
  main: { subnet: "public[a]", elasticIp: main }
routeTables:
  public:
    vpc: 'main'
    routes:
      - { destination: 0.0.0.0/0, target: internetGateway/main }
    subnets: public[*]
  private:
    vpc: main
    routes: [{ destination: 0.0.0.0/0, target: natGateway/main }]
    subnets: [front-a, "front-b"]
securityGroups:
  default: { default: true, vpc: main, ingress: [] }
  main:
    vpc: main
    ingress:
      - { port: 443, source: 0.0.0.0/0 }
      - { port: 80, source: securityGroup/web }
      - { port: 81, source: self }
  web: { vpc: main, ingress: [{ port: 22, source: securityGroup/main, description: "main" }] }
topics:
  jobs: {}
iamRoles:
  worker:
    trust: ec2.amazonaws.com
    policies:
      jobs: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "sns:Publish", Resource: "\${topic.jobs.arn}" }] }
      queue: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "sqs:*", Resource: ['\${resource("AWS::SQS::Queue/main").Arn}'] }] }
AWS::SQS::Queue:
  main: { VisibilityTimeout: 30 }
instances:
  worker:
    subnet: front-a
    image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }
    instanceType: t3.micro
    disposable: true
    securityGroups: [main, web]
    userDataTemplate: ../worker.sh
  reader:
    subnet: "public[b]"
    image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }
    instanceType: t3.micro
    disposable: true
    securityGroups: [{ default: vpc/main }, web]
    userData: |
      #!/bin/bash
      echo "\${instance.worker.privateIp} $\${main}" in \${subnet.public["a"].cidrBlock} main
targetGroups:
  web: { vpc: main, protocol: HTTP, port: 80 }
loadBalancers:
  web: { scheme: internal, subnets: [front-a, "public[b]"], securityGroups: [web], listeners: { 80: { protocol: HTTP, forward: web } } }
alarms:
  unhealthy:
    namespace: AWS/ApplicationELB
    metricName: UnHealthyHostCount
    dimensions: { LoadBalancer: loadBalancer/web, TargetGroup: targetGroup/web }
    statistic: Maximum
    period: 60
    evaluationPeriods: 2
    threshold: 1
    comparisonOperator: GreaterThanOrEqualToThreshold
    alarmActions: [topic/jobs]
use:
  front: { part: ../parts/web-tier.yaml, with: { vpc: main, subnets: "public[*]", group: web, front: topic/jobs, path: "/main" } }
  team:
    part: ../parts/web-tier.yaml
    forEach: [a]
    with: { vpc: vpc/main, subnets: ["public[b]", front-a], group: securityGroup/web, front: web, path: "/\${topic.jobs.fifo}" }
assert:
  no-ssh: { deny: { from: internet, to: [instance/worker, "subnet/*"], port: 22 }, severity: warning }
  web: { only: { from: securityGroup/main, to: securityGroup/web, port: 22 }, severity: warning }
moved:
  - { from: vpc/old, to: vpc/main }
  - { from: subnet/public-a, to: "subnet/public[a]" }
allowDestroy:
  topic/jobs: arn:aws:sns:eu-west-1:123456789012:old
  "vpc/main": vpc-0a1b2c3d4e5f60718
outputs:
  main: \${vpc.main.id} and \${ vpc["main"].cidrBlock }
  ranges: \${subnet.public.map(main, subnet.public[main].cidrBlock)}
  url: \${use.front.url}
  mine: \${resource("vpc/main").cidrBlock}
  listener: http://\${loadBalancer.web.dnsName}
  first: \${resource("subnet/public[a]").id}
`;

const files = { "environments/dev.yaml": whole, "parts/web-tier.yaml": part, "worker.sh": template };

function write(all: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

interface Range {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

/** Asks for a rename at the first place of a text in a file; carries it out, or answers with why it is refused. */
function renamed(file: string, at: string, to: string, into = 1, disk = editorFilesOf(folder)): string | undefined {
  const server = new LanguageServer(disk);
  const path = join(folder, file);
  const before = readFileSync(path, "utf8")
    .slice(0, readFileSync(path, "utf8").indexOf(at) + into)
    .split("\n");
  const position = { line: before.length - 1, character: before.at(-1)!.length };
  const params = { textDocument: { uri: disk.uriOf(path) }, position, newName: to };
  const { result, error } = server.receive({ id: 1, method: "textDocument/rename", params })[0]!;
  if (error) return (error as { message: string }).message;
  const { changes } = result as { changes: Record<string, { range: Range; newText: string }[]> };
  for (const [uri, edits] of Object.entries(changes)) {
    const text = readFileSync(disk.pathOf(uri), "utf8");
    const starts = text.split("\n").reduce<number[]>((all, line) => [...all, all.at(-1)! + line.length + 1], [0]);
    const offset = ({ line, character }: Range["start"]) => starts[line]! + character;
    const sorted = edits.toSorted((a, b) => offset(b.range.start) - offset(a.range.start));
    const after = sorted.reduce((now, one) => now.slice(0, offset(one.range.start)) + one.newText + now.slice(offset(one.range.end)), text);
    writeFileSync(disk.pathOf(uri), after);
  }
  return undefined;
}

function loaded(name = "dev") {
  const { environment, diagnostics } = loadEnvironment({ nameOrPath: name, cwd: folder, kinds, types });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return environment!;
}

/** All that a plan is made from, with the waiting values open; as a rename will have it. */
function meaning(name: string, [from, to]: readonly [string, string] = ["-", "-"]): string {
  const { nodes, outputs, allowDestroy, assertions } = loaded(name);
  const objects = nodes.map(({ address, spec, awsNameWritten, protect, adopt }) => ({ address, spec, awsNameWritten, protect, adopt }));
  const opened = (text: string): string => {
    const open = text.replace(/\uE003([\w-]+)\uE004/g, (_mark, code: string) => Buffer.from(code, "base64url").toString());
    return open === text ? text : opened(open);
  };
  return opened(JSON.stringify({ objects, outputs, allowDestroy, assertions }, undefined, 1)).replace(
    new RegExp(`(?<![\\w:-]|infra:resource": ")${from}(?![\\w-])`, "g"),
    to,
  );
}

describe("afterwards an environment with every form of reference means the same", () => {
  test.each([
    ["vpc/main", '"main": { cidr', "vpc/net", 2],
    ["vpc/main", "main.cidrBlock, 8, each", "vpc/core-net"],
    ["vpc/main", "main.id} and", "vpc/net"],
    ["vpc/main", "main, subnets: ", "vpc/net"],
    ["subnet/public", "public:\n    forEach", "subnet/outer"],
    ["subnet/public", "public[*]\n", "subnet/outer-ones"],
    ["subnet/front-a", "front-a: {", "subnet/first"],
    ["natGateway/main", "natGateway/main }", "natGateway/out"],
    ["internetGateway/main", "internetGateway/main }", "internetGateway/out"],
    ["elasticIp/main", "main: {}", "elasticIp/nat"],
    ["securityGroup/web", "securityGroup/web }", "securityGroup/front"],
    ["securityGroup/main", "main:\n    vpc: main", "securityGroup/core"],
    ["topic/jobs", "jobs: {}", "topic/tasks"],
    ["topic/jobs", "topic/jobs: arn", "topic/all-jobs"],
    ["AWS::SQS::Queue/main", "main: { Visib", "AWS::SQS::Queue/jobs"],
    ["instance/worker", "instance/worker,", "instance/work-er"],
    ["loadBalancer/web", "loadBalancer/web, T", "loadBalancer/front-lb2"],
    ["targetGroup/web", "targetGroup/web }", "targetGroup/front"],
    ["iamRole/worker", "worker:\n    trust", "iamRole/runner"],
    ["routeTable/public", "public:\n    vpc: 'main'", "routeTable/outer"],
  ])("%s at %j as %s", (from, at, to, into = 1) => {
    write(files);
    const before = meaning("dev", [from, to]);
    const lines = loaded().moved.map(({ from: was, to: is }) => `${was} → ${is}`);
    expect(renamed("environments/dev.yaml", at, to.slice(to.indexOf("/") + 1), into)).toBeUndefined();
    expect(meaning("dev")).toBe(before);
    const moved = loaded().moved.map(({ from: was, to: is }) => `${was} → ${is}`);
    const keys = from === "subnet/public" ? ["[a]", "[b]"] : [""];
    const kept = lines.map((line) => line.replace(new RegExp(`→ ${from}(?![\\w-])`), `→ ${to}`));
    expect(moved.toSorted()).toEqual([...kept, ...keys.map((key) => `${from}${key} → ${to}${key}`)].toSorted());
  });
});

describe("a rename", () => {
  const small = (more: string) =>
    `project: shop\nregion: eu-west-1\nvariables: { net: other, names: "a,b" }\nvpcs:\n  main: { cidrBlock: 10.0.0.0/16 }\n  other: { cidrBlock: 10.1.0.0/16 }\n${more}`;
  const subnet = (fields: string) => `subnets:\n  a: { cidrBlock: 10.0.1.0/24, availabilityZone: a, ${fields} }\n`;

  test("is turned round by a second one: the line is, too", () => {
    write(files);
    expect(renamed("environments/dev.yaml", "public:\n    forEach", "outer")).toBeUndefined();
    expect(renamed("environments/dev.yaml", "outer:\n    forEach", "public")).toBeUndefined();
    expect(
      loaded()
        .moved.map(({ from, to }) => `${from} → ${to}`)
        .toSorted(),
    ).toEqual([
      "subnet/outer[a] → subnet/public[a]",
      "subnet/outer[b] → subnet/public[b]",
      "subnet/public-a → subnet/public[a]",
      "vpc/old → vpc/main",
    ]);
  });

  test.each([
    ["moved: [{ from: vpc/x, to: vpc/main }]\n", "moved: [{ from: vpc/main, to: vpc/net }, { from: vpc/x, to: vpc/net }]\n"],
    ["moved: []\n", "moved: [{ from: vpc/main, to: vpc/net }]\n"],
    [
      "moved: # of old\n\n- { from: vpc/x, to: vpc/main }\n",
      "moved: # of old\n- { from: vpc/main, to: vpc/net }\n\n- { from: vpc/x, to: vpc/net }\n",
    ],
  ])("adds to the list that is there: %j", (moved, expected) => {
    write({ "environments/dev.yaml": small(moved) });
    expect(renamed("environments/dev.yaml", "main: {", "net")).toBeUndefined();
    expect(readFileSync(join(folder, "environments/dev.yaml"), "utf8")).toContain(expected);
  });

  test.each([
    [
      "a name from a variable",
      subnet('vpc: "${var.net}"'),
      "other: {",
      /in dev, environments\/dev\.yaml:8:\d+: subnet\/a names vpc "other", which is not declared/,
    ],
    [
      "a name in pieces",
      subnet("vpc: 'ma${each.key}', forEach: { in: 0 }"),
      "main: {",
      /in dev, environments\/dev\.yaml:8:\d+: subnet\/a\[in\] names vpc "main", which is not declared/,
    ],
    ["a key of forEach", subnet('vpc: "${each.key}", forEach: { other: 0 }'), "other: {", /may name vpc\/other, .*\$\{each\.key\}/],
    [
      "an index that is computed",
      subnet("vpc: main") + 'outputs: { x: "${vpc[var.net].id}" }\n',
      "other: {",
      /in dev, environments\/dev\.yaml:9:\d+: /,
    ],
    [
      "a loop over names",
      subnet("vpc: main") + "outputs: { x: \"${vpc.filter(v, v != 'x')}\" }\n",
      "main: {",
      /in dev, output x would not mean the same/,
    ],
    [
      "an anchor that is a text, too",
      subnet("vpc: &x main, tags: { of: *x }"),
      "main: {",
      /dev\.yaml:8:\d+: tags of subnet\/a would not mean the same/,
    ],
    ["a text with escapes", subnet('vpc: "m\\u0061in"'), "main: {", /dev\.yaml:8 may name vpc\/main, .*quotes or line breaks hide/],
    [
      "a template that is missing",
      'instances: { i: { userDataTemplate: "${var.net}.sh" } }\n',
      "main: {",
      /dev\.yaml:7 may name vpc\/main, .*names a file that cannot be read/,
    ],
    [
      "a part that is missing",
      "use: { p: { part: ../no.yaml, with: { vpc: main } } }\n",
      "main: {",
      /dev\.yaml:7 may name vpc\/main, .*part that cannot be read/,
    ],
    ["a file that is no YAML", "subnets: { a: { vpc: main }\n", "main: {", /dev\.yaml:\d+ cannot be searched for vpc\/main/],
    [
      "a key that is there twice",
      subnet("vpc: main") + subnet("vpc: main").replace("a:", "b:"),
      "main: {",
      /cannot be searched for vpc\/main/,
    ],
    [
      "a resource that is not declared now",
      subnet("vpc: main, when: false"),
      "a: {",
      /^subnet\/a is not declared in dev as it is now: /,
      "b",
    ],
    [
      "a name that a part has made",
      subnet("vpc: main") + "use: { p: { part: ../parts/p.yaml } }\n",
      "a: {",
      /subnet\/a cannot be renamed: in dev, .*subnet\/p-a/,
      "p-a",
    ],
    [
      "a resource of a part",
      subnet("vpc: main") + 'use: { p: { part: ../parts/p.yaml } }\noutputs: { x: "${topic["p-t"].arn}" }\n'.replace('"p-t"', "'p-t'"),
      "p-t']",
      /topic\/p-t is not declared in the files/,
      "q",
    ],
  ])("is refused, with the place, for %s", (_what, more, at, why, to = "net") => {
    const all = {
      "environments/dev.yaml": small(more),
      "parts/p.yaml":
        "part: 1\ntopics: { t: {}, u: {} }\nvpcs: { v: { cidrBlock: 10.9.0.0/16 } }\nsubnets: { a: { vpc: v, cidrBlock: 10.9.1.0/24, availabilityZone: a } }\n",
    };
    write(all);
    expect(renamed("environments/dev.yaml", at, to)).toMatch(why);
    expect(readFileSync(join(folder, "environments/dev.yaml"), "utf8")).toBe(all["environments/dev.yaml"]);
  });

  test("is made where names are computed that cannot be this one", () => {
    write({ "environments/dev.yaml": small(subnet('vpc: "${var.net}"')) });
    expect(renamed("environments/dev.yaml", "main: {", "net")).toBeUndefined();
    expect(readFileSync(join(folder, "environments/dev.yaml"), "utf8")).toContain("  net: { cidr");
  });

  const base = "project: shop\nregion: eu-west-1\nvpcs:\n  main: { cidrBlock: 10.0.0.0/16 }\n";
  const over = (name: string) => `extends: ../bases/net.yaml\nenvironment: ${name}\n${subnet("vpc: main")}`;

  test("of a name in a base goes through all that extend it", () => {
    write({
      "bases/net.yaml": base,
      "environments/one.yaml": over("one"),
      "environments/two.yaml": over("two") + "vpcs: { main: { tags: { a: b } } }\n",
    });
    const [one, two] = [meaning("one", ["vpc/main", "vpc/net"]), meaning("two", ["vpc/main", "vpc/net"])];
    expect(renamed("environments/one.yaml", "vpc: main", "net", 6)).toBe(undefined);
    expect([meaning("one"), meaning("two")]).toEqual([one, two]);
    for (const name of ["one", "two"]) expect(loaded(name).moved).toMatchObject([{ from: "vpc/main", to: "vpc/net" }]);
  });

  test("of a name in a base is refused where the line would not reach an environment", () => {
    write({
      "bases/net.yaml": base,
      "environments/one.yaml": over("one"),
      "environments/two.yaml": `${over("two")}moved: [{ from: vpc/x, to: vpc/main }]\n`,
    });
    expect(renamed("environments/one.yaml", "vpc: main", "net", 6)).toMatch(
      /^vpc\/main cannot be renamed: in one, vpc\/main would be deleted and made anew, because a line under `moved:` does not reach it$/,
    );
  });

  test("takes along what other environments say of it, and the files of a folder", () => {
    write({
      "environments/net/main.yaml": "project: shop\nregion: eu-west-1\nvpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n",
      "environments/net/more.yaml": 'subnets: { "a": { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a } }\n',
      "environments/dev.yaml": `project: shop\nregion: eu-west-1\nvpcs: { main: { cidrBlock: 10.9.0.0/16 } }\nsubnets:\n  b: { vpc: { environment: net, address: vpc/main }, cidrBlock: 10.0.2.0/24, availabilityZone: b }\n  c: { vpc: { environment: dev2, address: vpc/main }, cidrBlock: 10.0.3.0/24, availabilityZone: b }\n`,
    });
    const other = (project: string) =>
      `project: ${project}\nregion: eu-west-1\nsubnets:\n  b: { vpc: { environment: net, address: vpc/main`;
    const rest = ", cidrBlock: 10.0.2.0/24, availabilityZone: b }\n";
    write({ "environments/else.yaml": `${other("bank")} }${rest}`, "environments/more.yaml": `${other("bank")}, project: shop }${rest}` });
    expect(renamed("environments/net/more.yaml", "vpc: main", "net", 6)).toBeUndefined();
    expect(readFileSync(join(folder, "environments/else.yaml"), "utf8")).toContain("address: vpc/main");
    expect(readFileSync(join(folder, "environments/more.yaml"), "utf8")).toContain("address: vpc/net");
    const text = readFileSync(join(folder, "environments/dev.yaml"), "utf8");
    expect(text).toContain("vpcs: { main:");
    expect(text).toContain("{ environment: net, address: vpc/net }");
    expect(text).toContain("{ environment: dev2, address: vpc/main }");
    expect(loaded("net").moved).toMatchObject([{ from: "vpc/main", to: "vpc/net" }]);
  });

  test("is made while the file has other mistakes, but not of a repeated resource, whose objects nobody knows then", () => {
    write({ "environments/dev.yaml": small(`${subnet("vpc: main, forEach: [a], nonsense: 1")}outputs: { x: "\${vpc.main.id}" }\n`) });
    expect(renamed("environments/dev.yaml", "a: {", "b")).toMatch(/^subnet\/a is several objects/);
    expect(renamed("environments/dev.yaml", "main: {", "net")).toBeUndefined();
    expect(readFileSync(join(folder, "environments/dev.yaml"), "utf8")).toContain('x: "${vpc.net.id}"');
  });

  const machine = (name: string) =>
    `  ${name}: { subnet: a, image: ami-0a1b2c3d4e5f60718, instanceType: t3.micro, disposable: true, userDataTemplate: ../run.sh }\n`;
  const withMachines = small(`${subnet("vpc: main")}instances:\n${machine("one")}${machine("two")}topics: { jobs: {} }\n`);

  test("changes a template once that two resources use, and is refused where another environment uses it", () => {
    write({ "environments/dev.yaml": withMachines, "run.sh": "echo ${topic.jobs.arn} jobs\n" });
    expect(renamed("environments/dev.yaml", "jobs: {}", "tasks")).toBeUndefined();
    expect(readFileSync(join(folder, "run.sh"), "utf8")).toBe("echo ${topic.tasks.arn} jobs\n");
    write({ "environments/other.yaml": withMachines.replace("jobs", "tasks") });
    expect(renamed("environments/dev.yaml", "tasks: {}", "jobs")).toMatch(/^topic\/tasks cannot be renamed: in other, run\.sh:1:/);
  });

  const net = "project: shop\nregion: eu-west-1\nvpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n";
  const far = (vpc: string, project = "shop") =>
    `project: ${project}\nregion: eu-west-1\nvariables: { of: net, one: main }\nsubnets: { b: { vpc: ${vpc}, cidrBlock: 10.0.2.0/24, availabilityZone: b } }\n`;
  const usesPart = (parameters: string, project = "shop") =>
    `project: ${project}\nregion: eu-west-1\nuse: { p: { part: ../parts/p.yaml, with: ${parameters} } }\n`;

  test.each([
    ["a computed environment", far('{ environment: "${var.of}", address: vpc/main }')],
    ["a computed address", far('{ environment: net, address: "vpc/${var.one}" }')],
    ["a computed address, from another project", far('{ environment: net, project: shop, address: "vpc/${var.one}" }', "bank")],
    [
      "a variable",
      "project: shop\nregion: eu-west-1\nvariables: { v: { type: map, default: { environment: net, address: vpc/main } } }\nsubnets: { b: { vpc: '${var.v}', cidrBlock: 10.0.2.0/24, availabilityZone: b } }\n",
    ],
    ["a parameter of a part", usesPart("{ of: net }")],
  ])("is refused where another environment names the resource by %s", (_what, text) => {
    write({
      "environments/net.yaml": net,
      "environments/dev.yaml": text,
      "parts/p.yaml":
        "part: 1\nparameters: { of: { type: string } }\nsubnets: { b: { vpc: { environment: '${param.of}', address: vpc/main }, cidrBlock: 10.0.2.0/24, availabilityZone: b } }\n",
    });
    expect(renamed("environments/net.yaml", "main: {", "core")).toMatch(
      /^vpc\/main cannot be renamed: in dev, \S+:\d+:\d+: vpc of subnet\/(?:p-)?b would go on naming vpc\/main$/,
    );
    expect(readFileSync(join(folder, "environments/net.yaml"), "utf8")).toBe(net);
  });

  test.each([
    ["computes", '{ environment: net, address: "vpc/${var.one}" }, nonsense: 1'],
    ["leaves out", '{ environment: net, address: "vpc/${var.one}" }, when: false'],
  ])("is refused where an environment with a mistake, or a `when`, %s a reference that nothing shows", (_what, vpc) => {
    write({ "environments/net.yaml": net, "environments/dev.yaml": far(vpc) });
    expect(renamed("environments/net.yaml", "main: {", "core")).toMatch(
      /^environments\/dev\.yaml:4 may name vpc\/main, and cannot be renamed with it: it computes a reference to another environment$/,
    );
  });

  test("changes what the parts of other environments say of it, and is refused where two projects share such a part", () => {
    write({
      "environments/net.yaml": net,
      "environments/dev.yaml": usesPart("{}"),
      "parts/p.yaml":
        "part: 1\nsubnets: { b: { vpc: { environment: net, address: vpc/main }, cidrBlock: 10.0.2.0/24, availabilityZone: b } }\n",
    });
    expect(renamed("environments/net.yaml", "main: {", "core")).toBeUndefined();
    expect(readFileSync(join(folder, "parts/p.yaml"), "utf8")).toContain("{ environment: net, address: vpc/core }");
    write({ "environments/bank.yaml": usesPart("{}", "bank") });
    expect(renamed("environments/net.yaml", "core: {", "main")).toMatch(
      /in bank, parts\/p\.yaml:2:\d+.*: vpc of subnet\/p-b would not mean/,
    );
  });

  test("is refused where mistakes hide the project that another environment may mean", () => {
    write({
      "environments/net.yaml": net.replace("project: shop\n", ""),
      "environments/dev.yaml": far("{ environment: net, address: vpc/main }"),
    });
    expect(renamed("environments/net.yaml", "main: {", "core")).toMatch(
      /^environments\/dev\.yaml may name vpc\/main, and its project is not known/,
    );
  });

  test("leaves an environment of the same name in another project, whose files do not all say `project:`", () => {
    write({
      "environments/net.yaml": net,
      "environments/bank/main.yaml": "project: bank\nregion: eu-west-1\n",
      "environments/bank/more.yaml":
        "subnets: { b: { vpc: { environment: net, address: vpc/main }, cidrBlock: 10.0.2.0/24, availabilityZone: b } }\n",
    });
    expect(renamed("environments/net.yaml", "main: {", "core")).toBeUndefined();
    expect(readFileSync(join(folder, "environments/bank/more.yaml"), "utf8")).toContain("address: vpc/main");
  });

  test("finds the project of a base in any folder, also for a server that was started elsewhere", () => {
    mkdirSync(join(folder, ".git"));
    write({ "elsewhere/a.txt": "", "bases/more/net.yaml": base, "environments/one.yaml": over("one").replace("bases/", "bases/more/") });
    expect(renamed("bases/more/net.yaml", "main: {", "net", 1, editorFilesOf(join(folder, "elsewhere")))).toBeUndefined();
    expect(readFileSync(join(folder, "environments/one.yaml"), "utf8")).toContain("vpc: net");
  });

  test.each([
    ["a line above", `  x: "a\n    \${vpc.main.id}"\n`, `  x: "a\n    \${vpc['the-net'].id}"\n`],
    ["the other quotes", `  x: '" \${vpc.main.id}'\n`, `  x: '" \${vpc["the-net"].id}'\n`],
    ["a block", `  x: |\n    "\${vpc.main.id}"\n`, `  x: |\n    "\${vpc["the-net"].id}"\n`],
  ])("knows the quotes of a text with quotes in %s", (_what, written, after) => {
    write({ "environments/dev.yaml": small(`outputs:\n${written}`) });
    expect(renamed("environments/dev.yaml", "main: {", "the-net")).toBeUndefined();
    expect(readFileSync(join(folder, "environments/dev.yaml"), "utf8")).toContain(after);
  });

  test("in a file that stands alone", () => {
    write({ "alone.yaml": small(subnet("vpc: main, forEach: [a]")).replace("region", "environment: dev\nregion") });
    expect(renamed("alone.yaml", "a: {", "b")).toBeUndefined();
    expect(readFileSync(join(folder, "alone.yaml"), "utf8")).toContain('- { from: "subnet/a[a]", to: "subnet/b[a]" }');
  });

  test("of a part is refused", () => {
    write(files);
    expect(renamed("parts/web-tier.yaml", "lb:", "balancer")).toMatch(/^parts\/web-tier\.yaml is a part: /);
  });
});
