import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadBalancer } from "../../src/kinds/load-balancer/load-balancer.ts";
import { actionRequest, observeAction, wantedWeights } from "../../src/kinds/load-balancer/actions.ts";
import { conditionRequest, conditionTexts } from "../../src/kinds/load-balancer/conditions.ts";
import { normalise } from "../../src/kinds/load-balancer/normal.ts";
import { planRules, type Standing } from "../../src/kinds/load-balancer/rules.ts";
import type { Rule } from "../../src/kinds/load-balancer/schema.ts";
import { areMoved, weightsTag, weightsText, weightsToSend, writtenWeights } from "../../src/kinds/load-balancer/weights.ts";
import { resourceIndexOf } from "./mocked-ec2.ts";

const arn = (name: string) => `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/${name}/${name}`;
const group = (name: string, weight: number) => ({ targetGroup: arn(name), weight });

describe("conditions", () => {
  it("mean the same in any order, with hosts and names of headers in any case", () => {
    const one = conditionTexts(
      conditionRequest({ host: ["B.example.com", "a.example.com"], header: { "X-A": ["2", "1"] }, query: ["k=v", "x"] }),
    );
    const two = conditionTexts([
      { Field: "query-string", QueryStringConfig: { Values: [{ Value: "x" }, { Key: "k", Value: "v" }] } },
      { Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "x-a", Values: ["1", "2"] } },
      { Field: "host-header", Values: ["a.example.com", "b.example.com"] },
    ]);
    expect(one).toEqual(two);
    expect(one).toEqual(["header x-a: 1 | 2", "host: a.example.com | b.example.com", "query: k=v | x"]);
  });

  it("that this release cannot write equal nothing written", () => {
    expect(conditionTexts([{ Field: "path-pattern", PathPatternConfig: { RegexValues: ["^/a"] } }])).toEqual(["path-pattern regex: ^/a"]);
  });
});

describe("actions", () => {
  const forward = (...groups: [string, number][]) => ({
    Type: "forward" as const,
    ForwardConfig: {
      TargetGroups: groups.map(([name, Weight]) => ({ TargetGroupArn: arn(name), Weight })),
      TargetGroupStickinessConfig: { Enabled: false },
    },
  });

  it("a forward to one group has two forms in AWS's answers, and is one", () => {
    const plain = { authenticateOidc: "none", authenticateCognito: "none", jwtValidation: "none", forward: arn("a") };
    expect(observeAction([{ ...forward(["a", 1]), TargetGroupArn: arn("a") }])).toEqual(plain);
    expect(observeAction([{ Type: "forward", TargetGroupArn: arn("a") }])).toEqual(plain);
    expect(actionRequest({ forward: arn("a") }, wantedWeights(arn("a")))).toEqual([{ Type: "forward", TargetGroupArn: arn("a") }]);
  });

  it("keeps authentication that somebody put before, with the secret that is never returned", () => {
    const before = [
      {
        Type: "authenticate-oidc" as const,
        Order: 1,
        AuthenticateOidcConfig: { Issuer: "i", AuthorizationEndpoint: "a", TokenEndpoint: "t", UserInfoEndpoint: "u", ClientId: "c" },
      },
      { ...forward(["a", 1]), Order: 2 },
    ];
    expect(actionRequest({ forward: arn("b") }, wantedWeights(arn("b")), before)).toEqual([
      { ...before[0], AuthenticateOidcConfig: { ...before[0]!.AuthenticateOidcConfig, UseExistingClientSecret: true } },
      { Type: "forward", TargetGroupArn: arn("b"), Order: 2 },
    ]);
  });

  it("keeps a stickiness that is not written", () => {
    const sticky = { Enabled: true, DurationSeconds: 60 };
    const before = [
      { ...forward(["a", 1]), ForwardConfig: { TargetGroups: [{ TargetGroupArn: arn("a") }], TargetGroupStickinessConfig: sticky } },
    ];
    expect(actionRequest({ forward: arn("b") }, wantedWeights(arn("b")), before)[0]!.ForwardConfig!.TargetGroupStickinessConfig).toEqual(
      sticky,
    );
  });
});

describe("weights", () => {
  const tags = { [weightsTag]: weightsText([group("a", 100), group("b", 0)])! };

  it("are shown as written while somebody else moves them", () => {
    const live = [group("a", 0), group("b", 100)];
    expect(writtenWeights(live, tags)).toEqual([group("a", 100), group("b", 0)]);
    expect(areMoved(live, tags)).toBe(true);
    expect(areMoved([group("a", 100), group("b", 0)], tags)).toBe(false);
    expect(areMoved(live, {})).toBe(false);
  });

  it.each([
    [
      "the same as written: the live ones",
      [group("a", 100), group("b", 0)],
      [group("a", 0), group("b", 100)],
      [group("a", 0), group("b", 100)],
    ],
    ["new ones: those", [group("a", 50), group("b", 50)], [group("a", 0), group("b", 100)], [group("a", 50), group("b", 50)]],
    [
      "another group in one's place: its live weight",
      [group("c", 100), group("b", 0)],
      [group("a", 0), group("b", 100)],
      [group("c", 0), group("b", 100)],
    ],
    [
      "an added group: its own",
      [group("a", 100), group("b", 0), group("c", 5)],
      [group("a", 0), group("b", 100)],
      [group("a", 0), group("b", 100), group("c", 5)],
    ],
  ])("sends, when the wanted are %s", (_what, request, live, sent) => expect(weightsToSend(request, live, tags)).toEqual(sent));
});

describe("the order of rules", () => {
  const rule = fc.record({ priority: fc.integer({ min: 1, max: 8 }), path: fc.constantFrom("/a", "/b", "/c") });
  const side = fc.uniqueArray(fc.tuple(fc.constantFrom("one", "two", "three", "four", "five"), rule), { selector: ([name]) => name });
  const distinct = (rules: [string, { priority: number }][]) => new Set(rules.map(([, { priority }]) => priority)).size === rules.length;

  it("never lets two rules collide, and ends with the desired rules", () => {
    fc.assert(
      fc.property(side.filter(distinct), side.filter(distinct), (before, after) => {
        const live: Standing[] = before.map(([name, { priority, path }]) => ({ arn: name, name, priority, conditions: [`path: ${path}`] }));
        const request = Object.fromEntries(
          after.map(([name, { priority, path }]): [string, Rule] => [name, { priority, conditions: { path: [path] } }]),
        );
        const plan = planRules(
          request,
          live,
          () => true,
          (_name, resolved, rule) => rule.conditions[0] !== `path: ${resolved.conditions.path![0]}`,
        );
        const listener = new Map(
          live.map((rule) => [rule.arn, { name: rule.name!, priority: rule.priority, path: rule.conditions[0]!.slice(6) }]),
        );
        const free = (priority: number, except: readonly string[] = []) =>
          ![...listener].some(([key, rule]) => rule.priority === priority && !except.includes(key));
        for (const rule of plan.deletes) listener.delete(rule.arn);
        for (const { rule, name } of plan.renames) listener.get(rule.arn)!.name = name;
        const moving = plan.moves.map(({ rule }) => rule.arn);
        for (const { priority } of plan.moves) expect(free(priority, moving)).toBe(true);
        for (const { rule, priority } of plan.moves) listener.get(rule.arn)!.priority = priority;
        for (const { name, request: resolved } of plan.creates) {
          expect(free(resolved.priority!)).toBe(true);
          listener.set(`new ${name}`, { name, priority: resolved.priority!, path: resolved.conditions.path![0]! });
        }
        for (const { rule, request: resolved } of plan.changes) listener.get(rule.arn)!.path = resolved.conditions.path![0]!;
        const text = (rules: readonly { name: string; priority: number; path: string }[]) =>
          rules.map((one) => `${one.name} ${one.priority} ${one.path}`).sort();
        expect(text([...listener.values()])).toEqual(text(after.map(([name, { priority, path }]) => ({ name, priority, path }))));
      }),
      { numRuns: 500 },
    );
  });
});

describe("the compared form", () => {
  it("is flat, without order, and normalising it again changes nothing", () => {
    const once = normalise({
      listeners: {
        "80": {
          protocol: "HTTP",
          forward: [group("b", 1), { targetGroup: arn("a") }],
          rules: { api: { priority: 1, conditions: { path: ["/b", "/a"] }, forward: [group("a", 7)] } },
        },
      },
      accessLogs: { bucket: "logs" },
    });
    expect(once).toEqual({
      listeners: {
        "80": { protocol: "HTTP", forward: [group("a", 1), group("b", 1)] },
        "80.rules.api": { priority: 1, conditions: ["path: /a | /b"], forward: arn("a") },
      },
      accessLogs: { bucket: "logs", enabled: true },
    });
    expect(normalise(once)).toEqual(once);
  });
});

describe("checks", () => {
  const declared = [
    { address: "vpc/main", spec: {} },
    { address: "subnet/a", spec: { vpc: "vpc/main", availabilityZone: "a" } },
    { address: "subnet/a2", spec: { vpc: "vpc/main", availabilityZone: "eu-west-1a" } },
    { address: "subnet/b", spec: { vpc: "vpc/main", availabilityZone: "b" } },
    { address: "subnet/far", spec: { vpc: "vpc/far", availabilityZone: "c" } },
    { address: "subnet/tiny", spec: { vpc: "vpc/main", availabilityZone: "c", cidrBlock: "10.0.0.0/28" } },
    { address: "subnet/small", spec: { vpc: "vpc/main", availabilityZone: "c", cidrBlock: "10.0.0.0/27" } },
    { address: "internetGateway/main", spec: { vpc: "vpc/main" } },
    { address: "targetGroup/http", spec: { vpc: "vpc/main", protocol: "HTTP" } },
    { address: "targetGroup/tcp", spec: { vpc: "vpc/main", protocol: "TCP" } },
    ...["TLS", "UDP", "TCP_UDP"].map((protocol) => ({
      address: `targetGroup/${protocol.toLowerCase()}`,
      spec: { vpc: "vpc/main", protocol },
    })),
    { address: "targetGroup/far", spec: { vpc: "vpc/far", protocol: "HTTP" } },
  ];
  const base = { scheme: "internal", subnets: ["subnet/a", "subnet/b"], securityGroups: ["securityGroup/one"] };
  const check = (spec: object, awsName?: string) => {
    const self = { address: "loadBalancer/web", spec: { ...base, ...spec }, ...(awsName === undefined ? {} : { awsName }) };
    const index = resourceIndexOf(...declared, self);
    return loadBalancer.check!(index.subject("loadBalancer/web"), index).map(({ path }) => path);
  };
  const listening = (listener: object, port = "80") => ({
    listeners: { [port]: { protocol: "HTTP", forward: "targetGroup/http", ...listener } },
  });
  const rules = (...all: object[]) =>
    listening({
      rules: Object.fromEntries(
        all.map((one, i) => [`r${i}`, { priority: i + 1, conditions: { path: ["/"] }, forward: "targetGroup/http", ...one }]),
      ),
    });

  it.each([
    ["what is well", listening({}), []],
    ["one subnet", { subnets: ["subnet/a"] }, ["subnets"]],
    ["one zone twice, in two spellings", { subnets: ["subnet/a", "subnet/a2", "subnet/b"] }, ["subnets"]],
    ["a subnet that is too small", { subnets: ["subnet/a", "subnet/tiny"] }, ["subnets"]],
    ["a subnet that is just large enough", { subnets: ["subnet/a", "subnet/small"] }, []],
    ["a small subnet of a network balancer", { type: "network", subnets: ["subnet/tiny"] }, []],
    ["two VPCs", { subnets: ["subnet/a", "subnet/far"] }, ["subnets"]],
    ["neither subnets nor mappings", { subnets: undefined }, [""]],
    ["both", { subnetMappings: [{ subnet: "subnet/a" }] }, ["subnetMappings"]],
    ["no security groups", { securityGroups: [] }, ["securityGroups"]],
    ["a network balancer without", { type: "network", securityGroups: [] }, []],
    [
      "an Elastic IP inside",
      { type: "network", subnets: undefined, subnetMappings: [{ subnet: "subnet/a", elasticIp: "elasticIp/x" }] },
      ["subnetMappings[0].elasticIp"],
    ],
    [
      "a private address outside",
      {
        type: "network",
        scheme: "internet-facing",
        subnets: undefined,
        subnetMappings: [{ subnet: "subnet/a", privateIpv4Address: "10.0.0.9" }],
      },
      ["subnetMappings[0].privateIpv4Address"],
    ],
    ["fields of the other type", { type: "network", http2: true, idleTimeout: 60 }, ["idleTimeout", "http2"]],
    ["cross zone off", { crossZone: false }, ["crossZone"]],
    ["a log without a bucket", { accessLogs: { prefix: "x" } }, ["accessLogs"]],
    ["a port beyond the last", listening({}, "70000"), ["listeners.70000"]],
    ["a protocol of the other type", listening({ protocol: "TCP" }), ["listeners.80.protocol"]],
    ["HTTPS without a certificate", listening({ protocol: "HTTPS" }), ["listeners.80"]],
    [
      "a certificate without HTTPS",
      listening({ certificate: "arn:x", sslPolicy: "ELBSecurityPolicy-X" }),
      ["listeners.80.certificate", "listeners.80.sslPolicy"],
    ],
    ["no action", listening({ forward: undefined }), ["listeners.80"]],
    ["two actions", listening({ fixedResponse: { statusCode: 200 } }), ["listeners.80"]],
    [
      "a fixed response that redirects",
      listening({ forward: undefined, fixedResponse: { statusCode: 302 } }),
      ["listeners.80.fixedResponse.statusCode"],
    ],
    [
      "a redirect from HTTPS to HTTP",
      listening({ protocol: "HTTPS", certificate: "arn:x", forward: undefined, redirect: { protocol: "HTTP" } }),
      ["listeners.80.redirect.protocol"],
    ],
    ["a redirect that changes nothing", listening({ forward: undefined, redirect: { statusCode: "HTTP_302" } }), ["listeners.80.redirect"]],
    ["a group of another protocol", listening({ forward: "targetGroup/tcp" }), ["listeners.80.forward"]],
    ["a group of another VPC", listening({ forward: "targetGroup/far" }), ["listeners.80.forward"]],
    [
      "a group twice",
      listening({ forward: [{ targetGroup: "targetGroup/http" }, { targetGroup: "targetGroup/http" }] }),
      ["listeners.80.forward"],
    ],
    ["all weights 0", listening({ forward: [{ targetGroup: "targetGroup/http", weight: 0 }] }), ["listeners.80.forward"]],
    ["one priority twice", rules({}, { priority: 1 }), ["listeners.80.rules.r1.priority"]],
    ["no condition", rules({ conditions: {} }), ["listeners.80.rules.r0.conditions"]],
    [
      "six values",
      rules({ conditions: { path: ["/1", "/2", "/3"], header: { a: ["1", "2", "3"] } } }),
      ["listeners.80.rules.r0.conditions"],
    ],
    [
      "rules of a network balancer",
      {
        type: "network",
        listeners: {
          80: {
            protocol: "TCP",
            forward: "targetGroup/tcp",
            rules: { a: { priority: 1, conditions: { path: ["/"] }, forward: "targetGroup/tcp" } },
          },
        },
      },
      ["listeners.80.rules"],
    ],
  ])("find %s", (_what, spec, paths) => expect(check(spec)).toEqual(paths));

  it.each([
    ["TCP", ["tcp", "tcp_udp"]],
    ["TLS", ["tls", "tcp"]],
    ["UDP", ["udp", "tcp_udp"]],
    ["TCP_UDP", ["tcp_udp"]],
  ])("let a %s listener of a network balancer forward to %j only", (protocol, fitting) => {
    const secure = protocol === "TLS" ? { certificate: "arn:x" } : {};
    const isTaken = (group: string) =>
      check({ type: "network", ...listening({ protocol, forward: `targetGroup/${group}`, ...secure }) }).length === 0;
    const all = ["http", "tcp", "tls", "udp", "tcp_udp"];
    expect(all.filter(isTaken).sort()).toEqual([...fitting].sort());
  });

  it.each([
    ["internal-web", ["name"]],
    ["web-", ["name"]],
    ["web", []],
  ])("judge the name %s", (name, paths) => expect(check({}, name)).toEqual(paths));

  it("find a group that two application balancers forward to, at the later one", () => {
    const one = { address: "loadBalancer/a", spec: { ...base, ...listening({}) } };
    const two = { address: "loadBalancer/b", spec: { ...base, ...listening({}) } };
    const index = resourceIndexOf(...declared, one, two);
    expect(loadBalancer.check!(index.subject("loadBalancer/a"), index)).toEqual([]);
    expect(loadBalancer.check!(index.subject("loadBalancer/b"), index)).toMatchObject([
      { path: "listeners", summary: expect.stringContaining("loadBalancer/a also forwards to targetGroup/http") },
    ]);
  });

  it("an internet-facing balancer comes after the gateway of its VPC, an internal one need not", () => {
    const index = resourceIndexOf(
      ...declared,
      { address: "loadBalancer/out", spec: { ...base, scheme: "internet-facing" } },
      { address: "loadBalancer/in", spec: base },
    );
    expect(loadBalancer.after!(index.subject("loadBalancer/out"), index)).toEqual(["internetGateway/main"]);
    expect(loadBalancer.after!(index.subject("loadBalancer/in"), index)).toEqual([]);
  });
});
