import {
  AddListenerCertificatesCommand,
  CreateListenerCommand,
  CreateRuleCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteRuleCommand,
  DescribeListenerCertificatesCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
  RemoveListenerCertificatesCommand,
  SetRulePrioritiesCommand,
  DescribeListenerAttributesCommand,
  ModifyListenerAttributesCommand,
  type Action,
  type RuleCondition,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { beforeEach, describe, expect, it } from "vitest";
import { codeOf, elbTestbed, type ElbTestbed } from "./elb.ts";

let b: ElbTestbed;
let balancer: string;
let targets: string;
beforeEach(async () => {
  b = await elbTestbed();
  balancer = await b.balancer();
  targets = await b.targets();
});

const certificate = (name: string) => `arn:aws:acm:ap-northeast-2:123456789012:certificate/${name}`;
const make = (more: object) =>
  b.elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: balancer,
      Port: 80,
      Protocol: "HTTP",
      DefaultActions: [{ Type: "forward", TargetGroupArn: targets }],
      ...more,
    }),
  );

describe("a listener", () => {
  it("tells a forward in the short and the long form", async () => {
    const { Listeners } = await make({});
    expect(Listeners![0]!.DefaultActions).toEqual([
      {
        Type: "forward",
        TargetGroupArn: targets,
        ForwardConfig: { TargetGroups: [{ TargetGroupArn: targets, Weight: 1 }], TargetGroupStickinessConfig: { Enabled: false } },
      },
    ]);
  });

  it("tells a redirect with all its fields", async () => {
    const { Listeners } = await make({
      DefaultActions: [{ Type: "redirect", RedirectConfig: { Protocol: "HTTPS", StatusCode: "HTTP_301" } }],
    });
    expect(Listeners![0]!.DefaultActions![0]!.RedirectConfig).toEqual({
      Protocol: "HTTPS",
      Host: "#{host}",
      Port: "#{port}",
      Path: "/#{path}",
      Query: "#{query}",
      StatusCode: "HTTP_301",
    });
  });

  it("is the same when it is asked for again, and in the way when the settings differ", async () => {
    const first = await make({});
    expect((await make({})).Listeners![0]!.ListenerArn).toBe(first.Listeners![0]!.ListenerArn);
    expect(await codeOf(make({ DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "404" } }] }))).toBe(
      "DuplicateListener",
    );
  });

  it.each([
    ["a protocol of the other type", { Protocol: "TCP" }, "ValidationError"],
    ["HTTPS without a certificate", { Protocol: "HTTPS", Port: 443 }, "ValidationError"],
    [
      "a certificate that does not exist",
      { Protocol: "HTTPS", Port: 443, Certificates: [{ CertificateArn: certificate("missing") }] },
      "CertificateNotFound",
    ],
    [
      "an unknown policy",
      {
        Protocol: "HTTPS",
        Port: 443,
        Certificates: [{ CertificateArn: certificate("one") }],
        SslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-07",
      },
      "SSLPolicyNotFound",
    ],
    ["no action", { DefaultActions: [] }, "ValidationError"],
    [
      "a redirect that loops",
      { DefaultActions: [{ Type: "redirect", RedirectConfig: { StatusCode: "HTTP_301" } }] },
      "InvalidLoadBalancerAction",
    ],
    [
      "a fixed response that redirects",
      { DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "301" } }] },
      "ValidationError",
    ],
    [
      "a login without TLS",
      { DefaultActions: [{ Type: "authenticate-oidc" }, { Type: "fixed-response", FixedResponseConfig: { StatusCode: "200" } }] },
      "InvalidLoadBalancerAction",
    ],
  ])("is refused for %s", async (_what, more, code) => expect(await codeOf(make(more))).toBe(code));

  it.each([
    ["TCP", "TCP", "succeeded"],
    ["TCP", "TCP_UDP", "succeeded"],
    ["TCP", "TLS", "IncompatibleProtocols"],
    ["TLS", "TLS", "succeeded"],
    ["TLS", "TCP", "succeeded"],
    ["TLS", "TCP_UDP", "IncompatibleProtocols"],
    ["UDP", "UDP", "succeeded"],
    ["UDP", "TCP_UDP", "succeeded"],
    ["UDP", "TCP", "IncompatibleProtocols"],
    ["TCP_UDP", "TCP_UDP", "succeeded"],
    ["TCP_UDP", "TCP", "IncompatibleProtocols"],
    ["TCP_UDP", "UDP", "IncompatibleProtocols"],
    ["TCP", "HTTP", "IncompatibleProtocols"],
  ] as const)("of %s forwards to a group of %s: %s", async (Protocol, groups, code) => {
    const LoadBalancerArn = await b.balancer({ Name: "net", Type: "network" });
    const TargetGroupArn = await b.targets({ Name: "net", Protocol: groups });
    const Certificates = Protocol === "TLS" ? { Certificates: [{ CertificateArn: certificate("one") }] } : {};
    const made = make({ LoadBalancerArn, Protocol, Port: 5000, DefaultActions: [{ Type: "forward", TargetGroupArn }], ...Certificates });
    expect(await codeOf(made)).toBe(code);
  });

  it.each([
    ["UDP", "TCP_UDP"],
    ["TCP", "TCP_UDP"],
    ["TCP_UDP", "UDP"],
    ["TCP_UDP", "TCP"],
  ] as const)("of %s leaves no room for one of %s on its port, and gives all of it back", async (first, second) => {
    const LoadBalancerArn = await b.balancer({ Name: "net", Type: "network" });
    const TargetGroupArn = await b.targets({ Name: "net", Protocol: "TCP_UDP" });
    const of = (Protocol: string) => make({ LoadBalancerArn, Protocol, Port: 53, DefaultActions: [{ Type: "forward", TargetGroupArn }] });
    const { Listeners } = await of(first);
    expect(await codeOf(of(second))).toBe("DuplicateListener");
    expect((await b.elb.send(new DescribeListenersCommand({ LoadBalancerArn }))).Listeners).toHaveLength(1);
    await b.elb.send(new DeleteListenerCommand({ ListenerArn: Listeners![0]!.ListenerArn }));
    expect(await codeOf(of(second))).toBe("succeeded");
  });

  it("keeps forwarding to target groups that its new protocol accepts", async () => {
    const LoadBalancerArn = await b.balancer({ Name: "net", Type: "network" });
    const TargetGroupArn = await b.targets({ Name: "net", Protocol: "TCP" });
    const { Listeners } = await make({ LoadBalancerArn, Protocol: "TCP", DefaultActions: [{ Type: "forward", TargetGroupArn }] });
    const { ListenerArn } = Listeners![0]!;
    expect(await codeOf(b.elb.send(new ModifyListenerCommand({ ListenerArn, Protocol: "TCP_UDP" })))).toBe("IncompatibleProtocols");
  });

  it("cannot share a target group with another balancer, nor use one of other protocols", async () => {
    await make({});
    const other = await b.balancer({ Name: "other" });
    expect(await codeOf(b.listener(other, targets))).toBe("TargetGroupAssociationLimit");
    const tcp = await b.targets({ Name: "tcp", Protocol: "TCP" });
    expect(await codeOf(b.listener(other, tcp))).toBe("IncompatibleProtocols");
    const { TargetGroups } = await b.elb.send(new DescribeTargetGroupsCommand({ LoadBalancerArn: balancer }));
    expect(TargetGroups!.map((group) => group.TargetGroupArn)).toEqual([targets]);
  });

  it("keeps the fields that a change omits, and loses its certificates with HTTPS", async () => {
    const ListenerArn = (await make({ Protocol: "HTTPS", Port: 443, Certificates: [{ CertificateArn: certificate("one") }] }))
      .Listeners![0]!.ListenerArn!;
    const { Listeners } = await b.elb.send(new ModifyListenerCommand({ ListenerArn, SslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06" }));
    expect(Listeners![0]).toMatchObject({
      Certificates: [{ CertificateArn: certificate("one") }],
      SslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      DefaultActions: [{ TargetGroupArn: targets }],
    });
    const plain = await b.elb.send(new ModifyListenerCommand({ ListenerArn, Protocol: "HTTP" }));
    expect(plain.Listeners![0]).not.toHaveProperty("Certificates");
    expect(plain.Listeners![0]).not.toHaveProperty("SslPolicy");
  });

  it("takes further certificates one a call, and never loses the default that way", async () => {
    const ListenerArn = (await make({ Protocol: "HTTPS", Port: 443, Certificates: [{ CertificateArn: certificate("one") }] }))
      .Listeners![0]!.ListenerArn!;
    const add = (...names: string[]) =>
      codeOf(
        b.elb.send(
          new AddListenerCertificatesCommand({ ListenerArn, Certificates: names.map((name) => ({ CertificateArn: certificate(name) })) }),
        ),
      );
    expect([await add("two"), await add("two"), await add("three", "four")]).toEqual(["succeeded", "succeeded", "ValidationError"]);
    const { Certificates } = await b.elb.send(new DescribeListenerCertificatesCommand({ ListenerArn }));
    expect(Certificates).toEqual([
      { CertificateArn: certificate("one"), IsDefault: true },
      { CertificateArn: certificate("two"), IsDefault: false },
    ]);
    expect(
      await codeOf(
        b.elb.send(new RemoveListenerCertificatesCommand({ ListenerArn, Certificates: [{ CertificateArn: certificate("one") }] })),
      ),
    ).toBe("OperationNotPermitted");
  });

  it("goes with its balancer, and its rules with it", async () => {
    const ListenerArn = (await make({})).Listeners![0]!.ListenerArn!;
    await b.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: balancer }));
    expect(await codeOf(b.elb.send(new DescribeListenersCommand({ ListenerArns: [ListenerArn] })))).toBe("ListenerNotFound");
    expect((await b.elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [targets] }))).TargetGroups![0]!.LoadBalancerArns).toEqual(
      [],
    );
  });
});

describe("attributes of a listener", () => {
  const set = (ListenerArn: string, Key: string, Value: string) =>
    b.elb.send(new ModifyListenerAttributesCommand({ ListenerArn, Attributes: [{ Key, Value }] }));

  it("are headers of an Application Load Balancer, which are returned as empty when they are not set", async () => {
    const arn = (await make({})).Listeners![0]!.ListenerArn!;
    const key = "routing.http.response.x_frame_options.header_value";
    await set(arn, key, "DENY");
    const { Attributes = [] } = await b.elb.send(new DescribeListenerAttributesCommand({ ListenerArn: arn }));
    expect(Attributes).toContainEqual({ Key: key, Value: "DENY" });
    expect(Attributes).toContainEqual({ Key: "routing.http.response.server.enabled", Value: "true" });
    expect(Attributes.filter(({ Value }) => Value === "")).toHaveLength(17);
    expect(await codeOf(set(arn, "routing.http.request.x_amzn_tls_version.header_name", "no good"))).toBe("ValidationError");
    expect(await codeOf(set(arn, "tcp.idle_timeout.seconds", "60"))).toBe("ValidationError");
  });
});

describe("a rule", () => {
  let listener: string;
  beforeEach(async () => void (listener = (await make({})).Listeners![0]!.ListenerArn!));

  const path = (value: string): RuleCondition => ({ Field: "path-pattern", Values: [value] });
  const answer = (StatusCode: string): Action => ({ Type: "fixed-response", FixedResponseConfig: { StatusCode } });
  const rule = async (Priority: number, Conditions = [path(`/${Priority}`)]) =>
    (await b.elb.send(new CreateRuleCommand({ ListenerArn: listener, Priority, Conditions, Actions: [answer("200")] }))).Rules![0]!
      .RuleArn!;
  const order = async () =>
    (await b.elb.send(new DescribeRulesCommand({ ListenerArn: listener }))).Rules!.map((one) => [
      one.Priority,
      one.Conditions![0]?.Values?.[0],
    ]);
  const move = (...RulePriorities: { RuleArn: string; Priority: number }[]) => b.elb.send(new SetRulePrioritiesCommand({ RulePriorities }));

  it("stands by priority, the default one last, and tells host and path in both forms", async () => {
    await rule(20);
    await rule(10, [{ Field: "path-pattern", PathPatternConfig: { Values: ["/10"] } }]);
    expect(await order()).toEqual([
      ["10", "/10"],
      ["20", "/20"],
      ["default", undefined],
    ]);
    const { Rules } = await b.elb.send(new DescribeRulesCommand({ ListenerArn: listener }));
    expect(Rules![0]!.Conditions).toEqual([{ Field: "path-pattern", Values: ["/10"], PathPatternConfig: { Values: ["/10"] } }]);
  });

  it("cannot take the priority of another, unless both move in one call", async () => {
    const [one, two] = [await rule(1), await rule(2)];
    expect(await codeOf(rule(1))).toBe("PriorityInUse");
    expect(await codeOf(move({ RuleArn: one, Priority: 2 }))).toBe("PriorityInUse");
    await move({ RuleArn: one, Priority: 2 }, { RuleArn: two, Priority: 1 });
    expect(await order()).toEqual([
      ["1", "/2"],
      ["2", "/1"],
      ["default", undefined],
    ]);
    expect(await codeOf(move({ RuleArn: one, Priority: 5 }, { RuleArn: two, Priority: 5 }))).toBe("PriorityInUse");
  });

  it.each([
    ["no condition", [], "ValidationError"],
    ["six values", [{ Field: "path-pattern", Values: ["/1", "/2", "/3", "/4", "/5", "/6"] }], "TooManyRules"],
    ["one field twice", [path("/a"), path("/b")], "ValidationError"],
    ["an unknown field", [{ Field: "cookie", Values: ["x"] }], "ValidationError"],
  ])("is refused for %s", async (_what, conditions, code) => expect(await codeOf(rule(1, conditions))).toBe(code));

  it("is refused beyond a hundred on all listeners of the load balancer together", async () => {
    const first = listener;
    for (let i = 1; i <= 60; i++) await rule(i);
    listener = (await make({ Port: 81 })).Listeners![0]!.ListenerArn!;
    for (let i = 1; i <= 40; i++) await rule(i);
    expect(await codeOf(rule(41))).toBe("TooManyRules");
    listener = first;
    expect(await codeOf(rule(61))).toBe("TooManyRules");
  });

  it("changes the fields that a change names, and the default one not at all", async () => {
    const RuleArn = await rule(1);
    const { Rules } = await b.elb.send(new ModifyRuleCommand({ RuleArn, Actions: [answer("503")] }));
    expect(Rules![0]).toMatchObject({ Conditions: [{ Values: ["/1"] }], Actions: [{ FixedResponseConfig: { StatusCode: "503" } }] });
    const all = (await b.elb.send(new DescribeRulesCommand({ ListenerArn: listener }))).Rules!;
    const dflt = all.find((one) => one.IsDefault)!.RuleArn!;
    expect(await codeOf(b.elb.send(new DeleteRuleCommand({ RuleArn: dflt })))).toBe("OperationNotPermitted");
    expect(await codeOf(b.elb.send(new DeleteRuleCommand({ RuleArn })))).toBe("succeeded");
    expect(await codeOf(b.elb.send(new DeleteRuleCommand({ RuleArn })))).toBe("RuleNotFound");
  });
});
