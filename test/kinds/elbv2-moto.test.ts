/**
 * The same kinds against moto, an emulator by others. Where moto differs from AWS, the test adapts and says so. moto returns no fixed
 * addresses of Network Load Balancers and has no slow states, so only the sandbox tests those.
 */
import { ACMClient, RequestCertificateCommand } from "@aws-sdk/client-acm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Connection } from "../../src/aws/connection.ts";
import { applyEnvironment, planEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { isNight } from "../support/night.ts";
import { loadText, stepsOf } from "../support/testbed.ts";
import { hasMoto, motoTestbed, type MotoTestbed } from "./db-moto.ts";

const environment = (certificate: string) => `
format: 1
project: lab
environment: test
region: ap-northeast-2
vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
internetGateways:
  main: { vpc: main }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
  c: { vpc: main, cidrBlock: 10.0.3.0/24, availabilityZone: c }
securityGroups:
  one: { vpc: main, description: One }
  two: { vpc: main, description: Two }
launchTemplates:
  web:
    image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }
    instanceType: t3.micro
    securityGroups: [one]
    userData: "echo one"
    rootVolume: { size: 20, type: gp3, encrypted: true }
    volumes: { /dev/sdf: { size: 50 } }
    metadataOptions: { httpPutResponseHopLimit: 2 }
    monitoring: true
    instanceTags: { role: web }
targetGroups:
  blue: { vpc: main, protocol: HTTP, port: 8001, healthCheck: { path: /a, interval: 20 }, deregistrationDelay: 30, stickiness: { type: lb_cookie, duration: 60 } }
  green: { vpc: main, protocol: HTTP, port: 8001 }
  tcp: { vpc: main, protocol: TCP, port: 9000, targetType: ip, targets: [{ ip: 10.0.1.77 }, { ip: 10.0.1.78, port: 99 }] }
loadBalancers:
  web:
    scheme: internet-facing
    subnets: [a, b]
    securityGroups: [one]
    idleTimeout: 120
    dropInvalidHeaderFields: true
    listeners:
      80: { protocol: HTTP, redirect: { protocol: HTTPS, port: 443 } }
      443:
        protocol: HTTPS
        certificate: ${certificate}
        forward: [{ targetGroup: blue, weight: 90 }, { targetGroup: green, weight: 10 }]
        rules:
          api: { priority: 20, conditions: { path: [/api/*], header: { X-Version: ["2"] }, query: [a=b] }, forward: green }
          down: { priority: 10, conditions: { host: [old.example.com], method: [GET], source: [10.0.0.0/8] }, fixedResponse: { statusCode: 503, contentType: text/plain, messageBody: down } }
  net:
    type: network
    scheme: internet-facing
    subnets: [a]
    securityGroups: []
    crossZone: true
    listeners:
      9000: { protocol: TCP, forward: tcp }
`;

/** moto accepts only certificates that its ACM knows. */
async function certificate({ client }: MotoTestbed, domain: string): Promise<string> {
  const { CertificateArn } = await new ACMClient(client).send(new RequestCertificateCommand({ DomainName: domain }));
  return CertificateArn!;
}

it("moto is there, or this is no CI", () => expect(hasMoto || process.env["CI"] === undefined).toBe(true));

describe.runIf(hasMoto)("on moto", () => {
  let moto: MotoTestbed;
  let yaml: string;
  let other: string;
  beforeAll(async () => {
    moto = await motoTestbed();
    yaml = environment(await certificate(moto, "one.example.com"));
    other = await certificate(moto, "two.example.com");
  });
  afterAll(() => moto.stop());

  async function run(text: string, goal: "agree" | "destroy" = "agree") {
    const connection = moto as unknown as Connection;
    const plan = await planEnvironment(kinds, connection, loadText(text), { goal });
    expect(plan.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    const failures: string[] = [];
    const before = connection.calls.writes;
    for await (const event of applyEnvironment(connection, plan, { signal: new AbortController().signal }))
      if (event.type === "step-failed")
        failures.push(`${event.step.address} ${event.step.stage}: ${event.failure.code} ${event.failure.message}`);
    expect(failures).toEqual([]);
    return { plan, writes: connection.calls.writes - before };
  }

  async function settle(text: string): Promise<string[]> {
    const first = await run(text);
    const second = await run(text);
    expect(second.plan.plan.steps).toEqual([]);
    expect(second.writes).toBe(0);
    return stepsOf(first.plan);
  }

  it("is applied, found as written, changed field by field and back, and destroyed", async () => {
    expect((await settle(yaml)).length).toBeGreaterThan(10);
    const changes: [string, string, string[]][] = [
      ["path: /a", "path: /b", ["update targetGroup/blue"]],
      ["deregistrationDelay: 30", "deregistrationDelay: 60", ["update targetGroup/blue"]],
      ["duration: 60", "duration: 90", ["update targetGroup/blue"]],
      ["subnets: [a, b]", "subnets: [a, c]", ["update loadBalancer/web"]],
      ["securityGroups: [one]\n    idleTimeout", "securityGroups: [two]\n    idleTimeout", ["update loadBalancer/web"]],
      ["idleTimeout: 120", "idleTimeout: 90", ["update loadBalancer/web"]],
      ["dropInvalidHeaderFields: true", "dropInvalidHeaderFields: false", ["update loadBalancer/web"]],
      ["weight: 90", "weight: 50", ["update loadBalancer/web"]],
      ["port: 443 } }", "port: 8443 } }", ["update loadBalancer/web"]],
      [/certificate: (.*)/.exec(yaml)![1]!, other, ["update loadBalancer/web"]],
      ["priority: 20", "priority: 5", ["update loadBalancer/web"]],
      ["path: [/api/*]", "path: [/v2/*]", ["update loadBalancer/web"]],
      ["statusCode: 503", "statusCode: 410", ["update loadBalancer/web"]],
      ["9000: { protocol: TCP", "9001: { protocol: TCP", ["update loadBalancer/net"]],
      ["instanceType: t3.micro", "instanceType: t3.small", ["update launchTemplate/web"]],
      ["echo one", "echo two", ["update launchTemplate/web"]],
      ["{ size: 50 }", "{ size: 60 }", ["update launchTemplate/web"]],
    ];
    // An entry or a whole field that leaves the file is removed.
    changes.push(
      [", { ip: 10.0.1.78, port: 99 }", "", ["update targetGroup/tcp"]],
      [", targets: [{ ip: 10.0.1.77 }, { ip: 10.0.1.78, port: 99 }]", "", ["update targetGroup/tcp"]],
      ["    listeners:\n      9000: { protocol: TCP, forward: tcp }\n", "", ["update loadBalancer/net"]],
    );
    for (const [from, to, steps] of isNight ? changes : changes.filter((_, i) => i % 3 === 0)) {
      expect(yaml).toContain(from);
      expect(await settle(yaml.replace(from, to)), `${from} → ${to}`).toEqual(steps);
      expect(await settle(yaml), `${to} → ${from}`).toEqual(steps);
    }
    await run(yaml, "destroy");
    expect((await run(yaml, "destroy")).plan.plan.objects).toEqual([]);
  });

  it("loses the entries that are removed from a group and a topic, one entry or the whole field", async () => {
    const fields = [
      "scalingPolicies: { p: { targetTracking: { metric: ASGAverageCPUUtilization, target: 50 } }, q: { targetTracking: { metric: ASGAverageNetworkIn, target: 5000 } } }",
      'scheduledActions: { s: { recurrence: "0 9 * * *", maxSize: 4 } }',
      "lifecycleHooks: { h: { transition: terminating, heartbeat: 60, defaultResult: CONTINUE } }",
    ];
    const [head] = yaml.split("loadBalancers:");
    const group = (...written: string[]) => `${head}autoScalingGroups:
  web: { launchTemplate: web, subnets: [a, b], minSize: 0, maxSize: 4, ${written.join(", ")} }
topics:
  ops: { subscriptions: [{ protocol: sqs, endpoint: "arn:aws:sqs:ap-northeast-2:123456789012:q" }] }
`;
    const full = group(...fields);
    await settle(full);
    const fewer = full.replace(/, q: .*? \} \} \}/, " }").replace(/subscriptions: .*\] /, "");
    expect((await settle(fewer)).sort()).toEqual(["update autoScalingGroup/web", "update topic/ops"]);
    await run(full);
    expect(await settle(fewer.replace(/scalingPolicies.*(?= \})/, "healthCheckGracePeriod: 300"))).toEqual([
      "update autoScalingGroup/web",
      "update topic/ops",
    ]);
    await run(full, "destroy");
  });
});
