import { DescribeNetworkInterfacesCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  DescribeListenerCertificatesCommand,
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  ModifyListenerCommand,
  ModifyLoadBalancerAttributesCommand,
  ModifyRuleCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { describe, expect, it } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { openTestbed, machines, network, settle, stepsOf, foreignClient, thereAndBack } from "./elbv2-testbed.ts";
import { loadText } from "../support/testbed.ts";

type ResourceIndex = ReturnType<typeof openTestbed>;

const certificate = (name: string) => `arn:aws:acm:eu-west-1:123456789012:certificate/${name}`;

const groups = `
targetGroups:
  blue: { vpc: main, protocol: HTTP, port: 8001 }
  green: { vpc: main, protocol: HTTP, port: 8001 }
`;

const application = `${network}${groups}
loadBalancers:
  web:
    scheme: internet-facing
    subnets: [a, b]
    securityGroups: [one]
    listeners:
      80: { protocol: HTTP, forward: blue }
`;

const networkBalancer = `${network}
targetGroups:
  tcp: { vpc: main, protocol: TCP, port: 8001 }
loadBalancers:
  web:
    type: network
    scheme: internal
    subnets: [a, b]
    securityGroups: [one]
    crossZone: false
    dnsClientRouting: any_availability_zone
    listeners:
      80: { protocol: TCP, forward: tcp }
`;

/** Reads the only load balancer with a separate client. */
async function seen(index: ResourceIndex) {
  const aws = foreignClient(index);
  const { LoadBalancers: [balancer] = [] } = await aws.send(new DescribeLoadBalancersCommand({}));
  const { Listeners = [] } = await aws.send(new DescribeListenersCommand({ LoadBalancerArn: balancer!.LoadBalancerArn! }));
  const { Attributes = [] } = await aws.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: balancer!.LoadBalancerArn! }));
  const rules = async (port: number) =>
    ((await aws.send(new DescribeRulesCommand({ ListenerArn: on(port).ListenerArn! }))).Rules ?? []).filter((rule) => !rule.IsDefault);
  const on = (port: number) => Listeners.find((listener) => listener.Port === port)!;
  return {
    aws,
    balancer: balancer!,
    arn: balancer!.LoadBalancerArn!,
    listeners: Listeners,
    on,
    rules,
    attributes: Object.fromEntries(Attributes.map(({ Key, Value }) => [Key, Value])),
  };
}

async function groupArns(index: ResourceIndex): Promise<Record<string, string>> {
  const { TargetGroups = [] } = await foreignClient(index).send(new DescribeTargetGroupsCommand({}));
  return Object.fromEntries(TargetGroups.map((group) => [group.TargetGroupName!.replace(/^test-/, ""), group.TargetGroupArn!]));
}

describe("logs", () => {
  const logging = (service: string, resource = "arn:aws:s3:::lab-logs/web/AWSLogs/*") => `
buckets:
  logs:
    name: lab-logs
    policy: { Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: { Service: ${service} }, Action: "s3:PutObject", Resource: "${resource}" }] }
`;
  const yaml = application.replace("listeners:", "accessLogs: { bucket: logs, prefix: web }\n    listeners:");

  it("go to a bucket of the file, whose policy comes before the log is switched on", async () => {
    const index = openTestbed();
    await settle(index, yaml + logging("logdelivery.elasticloadbalancing.amazonaws.com"));
  });

  it("that the policy of the bucket does not let in are refused: by the file where it says nothing of them, else by AWS", async () => {
    expect(() => loadText(yaml + logging("ec2.amazonaws.com"))).toThrow("does not let Elastic Load Balancing write the log");
    const other = logging("logdelivery.elasticloadbalancing.amazonaws.com", "arn:aws:s3:::lab-logs/other/*");
    const { outcome } = await openTestbed().tryApply(yaml + other);
    expect(outcome.failed.map(({ failure }) => failure.message).join()).toContain("Access Denied for bucket: lab-logs");
  });
});

describe("fields", () => {
  it("creates an application balancer as the YAML says, as another client sees it", async () => {
    const index = openTestbed();
    await settle(
      index,
      application.replace(
        "listeners:\n      80: { protocol: HTTP, forward: blue }",
        `idleTimeout: 120
    accessLogs: { bucket: { name: logs-of-web }, prefix: web }
    dropInvalidHeaderFields: true
    deletionProtection: true
    listeners:
      80: { protocol: HTTP, redirect: { protocol: HTTPS, port: 443 } }
      443:
        protocol: HTTPS
        certificate: ${certificate("main")}
        certificates: [${certificate("two")}]
        forward: [{ targetGroup: blue, weight: 90 }, { targetGroup: green, weight: 10 }]
        forwardStickiness: 600
        rules:
          api:
            priority: 20
            conditions: { path: [/api/*], header: { X-Version: ["2"] }, query: [a=b, c] }
            forward: green
          down: { priority: 10, conditions: { host: [Old.example.com], method: [GET], source: [10.0.0.0/8] }, fixedResponse: { statusCode: 503, contentType: text/plain, messageBody: down } }`,
      ),
    );
    const { balancer, on, rules, attributes, aws } = await seen(index);
    const arns = await groupArns(index);
    expect(balancer).toMatchObject({
      LoadBalancerName: "test-web",
      Type: "application",
      Scheme: "internet-facing",
      State: { Code: "active" },
    });
    expect(balancer.AvailabilityZones!.map((zone) => zone.ZoneName).sort()).toEqual(["eu-west-1a", "eu-west-1b"]);
    expect(attributes).toMatchObject({
      "idle_timeout.timeout_seconds": "120",
      "access_logs.s3.enabled": "true",
      "access_logs.s3.bucket": "logs-of-web",
      "access_logs.s3.prefix": "web",
      "routing.http.drop_invalid_header_fields.enabled": "true",
      "deletion_protection.enabled": "true",
    });
    expect(on(80).DefaultActions).toMatchObject([
      { Type: "redirect", RedirectConfig: { Protocol: "HTTPS", Port: "443", Host: "#{host}", StatusCode: "HTTP_301" } },
    ]);
    expect(on(443)).toMatchObject({
      Protocol: "HTTPS",
      SslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      Certificates: [{ CertificateArn: certificate("main") }],
    });
    expect(on(443).DefaultActions![0]!.ForwardConfig).toMatchObject({
      TargetGroups: expect.arrayContaining([
        { TargetGroupArn: arns["blue"], Weight: 90 },
        { TargetGroupArn: arns["green"], Weight: 10 },
      ]),
      TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 600 },
    });
    const { Certificates = [] } = await aws.send(new DescribeListenerCertificatesCommand({ ListenerArn: on(443).ListenerArn! }));
    expect(Certificates.filter((one) => !one.IsDefault).map((one) => one.CertificateArn)).toEqual([certificate("two")]);
    expect(await rules(443)).toMatchObject([
      { Priority: "10", Actions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "503", MessageBody: "down" } }] },
      { Priority: "20", Actions: [{ TargetGroupArn: arns["green"] }] },
    ]);
    const { TagDescriptions = [] } = await aws.send(
      new DescribeTagsCommand({ ResourceArns: (await rules(443)).map((rule) => rule.RuleArn!) }),
    );
    expect(TagDescriptions.map(({ Tags }) => Tags!.find(({ Key }) => Key === "infra:rule")?.Value).sort()).toEqual(["api", "down"]);
  });

  it.each([
    ["subnets: [a, b]", "subnets: [a, b, c]"],
    ["forward: blue", "forward: green"],
    ["forward: blue", "forward: [{ targetGroup: blue, weight: 3 }, { targetGroup: green }]"],
    ["forward: blue", "redirect: { host: example.com }"],
    ["forward: blue", "fixedResponse: { statusCode: 404 }"],
    ["80: { protocol: HTTP, forward: blue }", "8080: { protocol: HTTP, forward: blue }"],
    ["80: { protocol: HTTP, forward: blue }", "80: { protocol: HTTP, forward: blue }\n      81: { protocol: HTTP, forward: blue }"],
    ["80: { protocol: HTTP, forward: blue }", `80: { protocol: HTTPS, forward: blue, certificate: "${certificate("main")}" }`],
    [
      "80: { protocol: HTTP, forward: blue }",
      "80: { protocol: HTTP, forward: blue, rules: { api: { priority: 1, conditions: { path: [/api] }, forward: green } } }",
    ],
  ])("changes %s to %s in place, and back", async (from, to) => {
    const index = openTestbed();
    await settle(index, application);
    expect(await thereAndBack(index, application, from, to)).toEqual(["update loadBalancer/web"]);
  });

  const secure = application.replace(
    "80: { protocol: HTTP, forward: blue }",
    `443: { protocol: HTTPS, forward: blue, certificate: "${certificate("one")}", certificates: ["${certificate("two")}"], sslPolicy: ELBSecurityPolicy-TLS13-1-2-2021-06 }`,
  );
  it.each([
    [`certificates: ["${certificate("two")}"]`, `certificates: ["${certificate("main")}", "${certificate("two")}"]`],
    [`certificates: ["${certificate("two")}"]`, "certificates: []"],
  ])("changes certificates in place: %s to %s, and back", async (from, to) => {
    const index = openTestbed();
    await settle(index, secure);
    expect(await thereAndBack(index, secure, from, to)).toEqual(["update loadBalancer/web"]);
  });

  it.each([
    ["subnets: [a, b]", "subnets: [a, b, c]"],
    ["subnets: [a, b]", "subnets: [b]"],
    [
      "80: { protocol: TCP, forward: tcp }",
      `80: { protocol: TLS, forward: tcp, certificate: "${certificate("one")}", alpnPolicy: HTTP2Preferred }`,
    ],
  ])("changes %s of a network balancer to %s in place, and back", async (from, to) => {
    const index = openTestbed();
    await settle(index, networkBalancer);
    expect(await thereAndBack(index, networkBalancer, from, to)).toEqual(["update loadBalancer/web"]);
  });

  it("makes a network balancer with fixed addresses", async () => {
    const index = openTestbed();
    const yaml = `${networkBalancer.replace("scheme: internal", "scheme: internet-facing").replace("subnets: [a, b]", "subnetMappings: [{ subnet: a, elasticIp: a }, { subnet: b, elasticIp: b }]")}
elasticIps:
  a: {}
  b: {}
  other: {}
`;
    const applied = await settle(index, yaml);
    const { balancer } = await seen(index);
    const allocations = balancer.AvailabilityZones!.flatMap((zone) => zone.LoadBalancerAddresses!.map((one) => one.AllocationId));
    const { objects } = await index.plan(yaml).then(({ plan }) => plan);
    expect(allocations.sort()).toEqual(["a", "b"].map((name) => objects.find(({ address }) => address === `elasticIp/${name}`)!.id).sort());
    expect(applied.outcome.failed).toEqual([]);
    const moved = await index.plan(yaml.replace("elasticIp: b }", "elasticIp: other }"));
    expect(moved.diagnostics.map(({ code, summary }) => `${code}: ${summary}`)).toEqual([
      expect.stringMatching(
        /^destroys-data: loadBalancer\/web .* the address of a load balancer in a subnet cannot be changed; that would lose its address/,
      ),
    ]);
    await index.destroy(yaml);
  });
});

describe("rules", () => {
  const rule = (name: string, priority: number, path: string) =>
    `          ${name}: { priority: ${priority}, conditions: { path: [${path}] }, forward: green }\n`;
  const withRules = (...rules: string[]) =>
    application.replace(
      "80: { protocol: HTTP, forward: blue }\n",
      `80:\n        protocol: HTTP\n        forward: blue\n        rules:\n${rules.join("")}`,
    );
  const priorities = async (index: ResourceIndex) =>
    Object.fromEntries((await (await seen(index)).rules(80)).map((one) => [one.Conditions![0]!.Values![0], one.Priority]));

  it("of all listeners together count against the quota of a load balancer", () => {
    const listener = (port: number, count: number) =>
      `      ${port}:\n        protocol: HTTP\n        forward: blue\n        rules:\n${Array.from({ length: count }, (_, i) => rule(`r${i}`, i + 1, `/${i}`)).join("")}`;
    const withListeners = (...all: string[]) => application.replace("      80: { protocol: HTTP, forward: blue }\n", all.join(""));
    const warnings = (yaml: string) => {
      const unsaved = new Map([["/texts/test.yaml", yaml]]);
      const { diagnostics } = loadEnvironment({ nameOrPath: "./test.yaml", cwd: "/texts", unsaved, kinds });
      return diagnostics.map(({ severity, summary }) => `${severity}: ${summary}`);
    };
    expect(warnings(withListeners(listener(80, 60), listener(81, 40)))).toEqual([]);
    expect(warnings(withListeners(listener(80, 60), listener(81, 41)))).toEqual([
      "warning: the listeners have 101 rules together, but AWS allows 100 unless the quota was raised",
    ]);
  });

  it("swap places in one call, so that no two collide", async () => {
    const index = openTestbed();
    await settle(index, withRules(rule("one", 1, "/one"), rule("two", 2, "/two"), rule("three", 3, "/three")));
    const before = (await (await seen(index)).rules(80)).map((one) => one.RuleArn).sort();
    const swapped = await settle(index, withRules(rule("one", 2, "/one"), rule("two", 3, "/two"), rule("three", 1, "/three")));
    expect(await priorities(index)).toEqual({ "/one": "2", "/two": "3", "/three": "1" });
    expect((await (await seen(index)).rules(80)).map((one) => one.RuleArn).sort()).toEqual(before);
    expect(swapped.connection.calls.byOperation.get("elbv2:SetRulePriorities")).toBe(1);
  });

  it("go, move, come and change in one apply", async () => {
    const index = openTestbed();
    await settle(index, withRules(rule("one", 1, "/one"), rule("two", 2, "/two"), rule("three", 3, "/three")));
    await settle(index, withRules(rule("two", 1, "/two"), rule("three", 3, "/third"), rule("four", 2, "/four")));
    expect(await priorities(index)).toEqual({ "/two": "1", "/four": "2", "/third": "3" });
  });

  it("keep their place when only the name changes", async () => {
    const index = openTestbed();
    await settle(index, withRules(rule("one", 1, "/one")));
    const [before] = await (await seen(index)).rules(80);
    await settle(index, withRules(rule("renamed", 1, "/one")));
    expect((await (await seen(index)).rules(80)).map((one) => one.RuleArn)).toEqual([before!.RuleArn]);
  });

  it("that others made stay and are reported; ours that are gone from the YAML go", async () => {
    const index = openTestbed();
    await settle(index, withRules(rule("one", 1, "/one")));
    const { aws, on } = await seen(index);
    await aws.send(
      new CreateRuleCommand({
        ListenerArn: on(80).ListenerArn!,
        Priority: 77,
        Conditions: [{ Field: "path-pattern", Values: ["/theirs"] }],
        Actions: on(80).DefaultActions!,
      }),
    );
    const applied = await index.apply(application);
    expect(stepsOf(applied.run)).toEqual(["update loadBalancer/web"]);
    expect(await priorities(index)).toEqual({ "/theirs": "77" });
    const again = await index.plan(application);
    expect(again.plan.steps).toEqual([]);
    expect(again.plan.notes.map((note) => note.text)).toContainEqual(expect.stringContaining("80.rules.@77"));
  });

  it("take a condition away that somebody added by hand", async () => {
    const index = openTestbed();
    await settle(index, withRules(rule("one", 1, "/one")));
    const { aws, rules } = await seen(index);
    const [found] = await rules(80);
    await aws.send(
      new ModifyRuleCommand({
        RuleArn: found!.RuleArn!,
        Conditions: [
          { Field: "path-pattern", Values: ["/one"] },
          { Field: "source-ip", SourceIpConfig: { Values: ["192.0.2.0/24"] } },
        ],
      }),
    );
    await settle(index, withRules(rule("one", 1, "/one")));
    expect((await rules(80))[0]!.Conditions).toHaveLength(1);
  });
});

describe("weights that a deployment tool moved", () => {
  const weighted = (blue: number, green: number) =>
    application.replace("forward: blue", `forward: [{ targetGroup: blue, weight: ${blue} }, { targetGroup: green, weight: ${green} }]`);
  const move = async (index: ResourceIndex, blue: number, green: number) => {
    const { aws, on } = await seen(index);
    const arns = await groupArns(index);
    const TargetGroups = [
      { TargetGroupArn: arns["blue"], Weight: blue },
      { TargetGroupArn: arns["green"], Weight: green },
    ];
    await aws.send(
      new ModifyListenerCommand({
        ListenerArn: on(80).ListenerArn!,
        DefaultActions: [{ Type: "forward", ForwardConfig: { TargetGroups } }],
      }),
    );
  };
  const weights = async (index: ResourceIndex) => {
    const arns = await groupArns(index);
    const live = (await seen(index)).on(80).DefaultActions![0]!.ForwardConfig!.TargetGroups!;
    return ["blue", "green"].map((name) => live.find((group) => group.TargetGroupArn === arns[name])?.Weight);
  };

  it("are not flipped back, and said", async () => {
    const index = openTestbed();
    await settle(index, weighted(100, 0));
    await move(index, 0, 100);
    const plan = await index.plan(weighted(100, 0));
    expect(plan.plan.steps).toEqual([]);
    expect(plan.plan.notes.map((note) => note.text)).toContainEqual(
      expect.stringContaining("somebody else changed the weights of listener 80"),
    );
    expect(await weights(index)).toEqual([0, 100]);
  });

  it("stay when something else of the listener changes", async () => {
    const index = openTestbed();
    await settle(index, weighted(100, 0));
    await move(index, 0, 100);
    await settle(index, weighted(100, 0).replace("weight: 0 }]", "weight: 0 }], forwardStickiness: 60"));
    expect(await weights(index)).toEqual([0, 100]);
  });

  it("give way to other weights in the YAML", async () => {
    const index = openTestbed();
    await settle(index, weighted(100, 0));
    await move(index, 0, 100);
    const applied = await settle(index, weighted(50, 50));
    expect(stepsOf(applied.run)).toEqual(["update loadBalancer/web"]);
    expect(await weights(index)).toEqual([50, 50]);
  });
});

describe("drift", () => {
  it("closes a listener that was opened by hand, unless the author keeps unlisted ones", async () => {
    const index = openTestbed();
    await settle(index, application);
    const { aws, arn, on } = await seen(index);
    await aws.send(
      new CreateListenerCommand({ LoadBalancerArn: arn, Port: 8080, Protocol: "HTTP", DefaultActions: on(80).DefaultActions! }),
    );
    expect((await index.plan(application.replace("scheme:", "unlisted: keep\n    scheme:"))).plan.steps).toEqual([]);
    const repaired = await settle(index, application);
    expect(repaired.run.plan.steps).toMatchObject([{ changes: [{ path: "listeners", items: { removed: [{ key: "8080" }] } }] }]);
  });

  it("repairs a listener whose action was changed by hand", async () => {
    const index = openTestbed();
    await settle(index, application);
    const { aws, on } = await seen(index);
    await aws.send(
      new ModifyListenerCommand({
        ListenerArn: on(80).ListenerArn!,
        DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "503" } }],
      }),
    );
    await settle(index, application);
    expect((await seen(index)).on(80).DefaultActions![0]!.TargetGroupArn).toBe((await groupArns(index))["blue"]);
  });
});

describe("replacements that AWS makes hard", () => {
  const live = `${network}${machines}
targetGroups:
  web: { vpc: main, protocol: HTTP, port: 8001, deregistrationDelay: 30, healthCheck: { interval: 10, healthyThreshold: 2 }, targets: [a, b] }
loadBalancers:
  web: { scheme: internet-facing, subnets: [a, b], securityGroups: [one], listeners: { 80: { protocol: HTTP, forward: web } } }
`;

  it("a target group in use: new name, healthy under weight 0, repointed, the old one deleted", async () => {
    const index = openTestbed();
    await settle(index, live);
    await index.clock.sleep(10 * 60_000);
    const applied = await settle(index, live.replace("port: 8001", "port: 8002"));
    expect(stepsOf(applied.run)).toEqual(["replace targetGroup/web", "update loadBalancer/web"]);
    expect(Object.keys(await groupArns(index))).toEqual([expect.stringMatching(/^web-[0-9a-f]{6}$/)]);
    // Once with the new group at weight 0, once with it alone.
    expect(applied.connection.calls.byOperation.get("elbv2:ModifyListener")).toBe(2);
    const waited = applied.events.filter((event) => event.type === "step-waiting").map((event) => event.what);
    expect(waited).toContainEqual(
      expect.stringMatching(/^a healthy target in test-web-[0-9a-f]{6}; listener 80 forwards to the old target groups until then$/),
    );
  });

  it("a balancer: refused, since people know its name; with allowDestroy the old one goes before the new one comes", async () => {
    const index = openTestbed();
    await settle(index, application);
    const internal = application.replace("internet-facing", "internal");
    expect((await index.plan(internal)).diagnostics.map(({ code }) => code)).toEqual(["destroys-data"]);
    const { arn } = await seen(index);
    const applied = await settle(index, `${internal}\nallowDestroy: { loadBalancer/web: "${arn}" }\n`);
    expect(applied.run.plan.steps).toMatchObject([{ action: "replace", address: "loadBalancer/web", order: "delete-first" }]);
    expect((await seen(index)).balancer).toMatchObject({ Scheme: "internal", LoadBalancerName: "test-web" });
  });

  it("a security group on a load balancer's interfaces: the load balancer leaves the old one first", async () => {
    const index = openTestbed();
    await settle(index, application);
    const applied = await settle(index, application.replace("description: One", "description: Other"));
    expect(stepsOf(applied.run).sort()).toEqual(["replace securityGroup/one", "update loadBalancer/web"]);
  });
});

describe("the VPC in which a balancer lies for good", () => {
  const another = (yaml: string) => yaml.replaceAll("10.0.", "10.1.");
  const disposable = (yaml: string) => yaml.replace("subnets: [a, b]", "subnets: [a, b]\n    disposable: true");

  it.each([
    ["an application balancer", application],
    ["a network balancer", networkBalancer],
  ])("replaces %s when it is replaced itself", async (_what, yaml) => {
    const index = openTestbed();
    await settle(index, disposable(yaml));
    const applied = await settle(index, another(disposable(yaml)));
    expect(stepsOf(applied.run)).toEqual(expect.arrayContaining(["replace vpc/main", "replace loadBalancer/web"]));
    expect(applied.run.plan.steps.find(({ address }) => address === "loadBalancer/web")!.because).toBe("vpc/main is replaced");
  });

  it("is not replaced either, where people know the balancer's name", async () => {
    const index = openTestbed();
    await settle(index, application);
    const run = await index.plan(another(application));
    expect(stepsOf(run)).toEqual([]);
    expect(run.diagnostics.map(({ code }) => code)).toContain("destroys-data");
  });

  it("is settled by its subnets: in those of another VPC it is another", async () => {
    const index = openTestbed();
    const elsewhere = `${disposable(application)}`
      .replace("vpcs:\n", "vpcs:\n  other: { cidrBlock: 10.9.0.0/16 }\n")
      .replace("internetGateways:\n", "internetGateways:\n  other: { vpc: other }\n")
      .replace(
        "subnets:\n",
        "subnets:\n  x: { vpc: other, cidrBlock: 10.9.1.0/24, availabilityZone: a }\n  y: { vpc: other, cidrBlock: 10.9.2.0/24, availabilityZone: b }\n",
      )
      .replace("securityGroups:\n", "securityGroups:\n  three: { vpc: other, description: Three }\n")
      .replace("targetGroups:\n", "targetGroups:\n  red: { vpc: other, protocol: HTTP, port: 8001 }\n");
    await settle(index, elsewhere);
    const moved = await settle(
      index,
      elsewhere
        .replace("subnets: [a, b]", "subnets: [x, y]")
        .replace("securityGroups: [one]", "securityGroups: [three]")
        .replace("forward: blue", "forward: red"),
    );
    expect(stepsOf(moved.run)).toEqual(["replace loadBalancer/web"]);
    expect(moved.run.plan.steps[0]!.because).toBe("it cannot move from vpc/main to vpc/other");
  });
});

describe("trap 1: a create that answers with somebody else's balancer", () => {
  it("is found out, and the foreign balancer is left alone", async () => {
    const index = openTestbed();
    const bare = `${network}${groups}`;
    await index.apply(bare);
    const { objects } = (await index.plan(bare)).plan;
    const id = (address: string) => objects.find((one) => one.address === address)!.id;
    await foreignClient(index).send(
      new CreateLoadBalancerCommand({
        Name: "test-web",
        Scheme: "internet-facing",
        Subnets: [id("subnet/a"), id("subnet/b")],
        SecurityGroups: [id("securityGroup/one")],
      }),
    );
    const tried = await index.tryApply(application);
    expect(tried.outcome.failed.map(({ failure }) => failure)).toMatchObject([
      { code: "name-taken", message: expect.stringContaining('The name "test-web" is taken by arn:') },
    ]);
    expect(tried.connection.calls.writes).toBe(0);
    expect((await seen(index)).listeners).toEqual([]);
  });
});

describe("trap 22: interfaces that outlive a balancer", () => {
  it("are waited for by name, so that groups, subnets and the gateway go at the first try", async () => {
    const index = openTestbed();
    await settle(index, application);
    const applied = await index.destroy(application);
    const waited = applied.events.filter((event) => event.type === "step-waiting").map((event) => event.what);
    expect(waited).toContainEqual(expect.stringContaining("AWS to delete its network interfaces"));
    expect(waited.filter((what) => what.includes("DependencyViolation"))).toEqual([]);
    const ec2 = new EC2Client({
      region: "eu-west-1",
      endpoint: "https://sandbox.invalid",
      requestHandler: index.sandbox.requestHandler as never,
      credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "x" },
    });
    const { NetworkInterfaces = [] } = await ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: "description", Values: ["ELB*"] }] }),
    );
    expect(NetworkInterfaces).toEqual([]);
  });
});

describe("trap 23: a network balancer that was made without security groups", () => {
  it("says that it can never get any, and is not replaced without permission", async () => {
    const index = openTestbed();
    const bare = networkBalancer.replace("securityGroups: [one]", "securityGroups: []");
    await settle(index, bare);
    expect((await seen(index)).balancer.SecurityGroups ?? []).toEqual([]);
    const { diagnostics } = await index.plan(networkBalancer);
    expect(diagnostics.map(({ summary }) => summary)).toEqual([
      expect.stringContaining("a Network Load Balancer that was created without security groups cannot get any"),
    ]);
  });
});

describe("trap 25: tags are not inline", () => {
  it("a copy of our tags on another balancer is reported, never touched", async () => {
    const index = openTestbed();
    await settle(index, application);
    const { aws, arn, balancer } = await seen(index);
    const { TagDescriptions = [] } = await aws.send(new DescribeTagsCommand({ ResourceArns: [arn] }));
    const Subnets = balancer.AvailabilityZones!.map((zone) => zone.SubnetId!);
    await aws.send(
      new CreateLoadBalancerCommand({
        Name: "copied",
        Scheme: "internet-facing",
        Subnets,
        SecurityGroups: balancer.SecurityGroups!,
        Tags: TagDescriptions[0]!.Tags!,
      }),
    );
    const again = await index.apply(application);
    expect(again.run.plan.steps).toEqual([]);
    expect(again.connection.calls.writes).toBe(0);
    expect(again.run.plan.notes.map((note) => note.text)).toContainEqual(expect.stringContaining("copied"));
  });
});

describe("protection", () => {
  it("that AWS gives is lifted only for a balancer that allowDestroy names", async () => {
    const index = openTestbed();
    await settle(index, application);
    const { aws, arn } = await seen(index);
    await aws.send(
      new ModifyLoadBalancerAttributesCommand({
        LoadBalancerArn: arn,
        Attributes: [{ Key: "deletion_protection.enabled", Value: "true" }],
      }),
    );
    const without = `${network}${groups}`;
    expect((await index.plan(without)).plan.steps).toMatchObject([{ action: "keep", address: "loadBalancer/web" }]);
    await index.apply(`${without}\nallowDestroy: { loadBalancer/web: "${arn}" }\n`);
    expect((await foreignClient(index).send(new DescribeLoadBalancersCommand({}))).LoadBalancers).toEqual([]);
  });

  it("that the YAML asks for keeps the load balancer, and the objects that it needs, from destroy", async () => {
    const index = openTestbed();
    const yaml = application.replace("    listeners:", "    deletionProtection: true\n    listeners:");
    await settle(index, yaml);
    const { plan } = await index.plan(yaml, "destroy");
    const kept = plan.steps.filter((step) => step.action === "keep").map((step) => step.address);
    expect(kept).toEqual(
      expect.arrayContaining(["loadBalancer/web", "targetGroup/blue", "securityGroup/one", "subnet/a", "internetGateway/main", "vpc/main"]),
    );
    await index.destroy(yaml);
    expect((await seen(index)).balancer.State).toEqual({ Code: "active" });
  });
});

describe("failure", () => {
  it("of AWS to set a load balancer up fails the apply with AWS's words", async () => {
    const index = openTestbed({ sandbox: { faults: { events: ["elbv2:loadBalancerFails"] } as never } });
    const tried = await index.tryApply(application);
    expect(tried.outcome.failed.map(({ failure }) => failure.message)).toEqual([
      expect.stringContaining("the load balancer could not be set up"),
    ]);
  });
});
