/** Reads run at the same time. The first failure is reported, in whatever order the others end, and no later failure ends the program. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { VirtualClock } from "@plumbline/clock";
import type { FaultPlan } from "@plumbline/aws-sandbox/faults/plan.ts";
import { createSandbox, type Sandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { connect } from "../../src/aws/connect.ts";
import type { Connection } from "../../src/aws/connection.ts";
import { AwsError } from "../../src/aws/errors.ts";
import { planEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { importOf, stripped } from "../import/support.ts";
import { header, loadText, openTestbed } from "../support/testbed.ts";
import { isNight } from "../support/night.ts";

const yaml = `${header}
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a } }
securityGroups: { web: { vpc: main, ingress: [{ port: 80, source: 0.0.0.0/0 }] } }
launchTemplates: { web: { image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, securityGroups: [web] } }
topics: { alerts: {} }
hostedZones: { main: { name: example.org } }
records: { www: { zone: main, name: www.example.org, type: A, values: [192.0.2.1] } }
iamRoles: { web: { trust: ec2.amazonaws.com } }
logGroups: { web: { retention: 30 } }
buckets: { files: { name: files-of-the-lab } }
`;
const environment = loadText(yaml);

/** Rejections that nothing awaited. */
const unhandled: unknown[] = [];
const hear = (reason: unknown) => void unhandled.push(reason);
beforeAll(() => void process.on("unhandledRejection", hear));
afterAll(() => void process.off("unhandledRejection", hear));

const reads: Readonly<Record<string, (connection: Connection, vpc: string) => Promise<unknown>>> = {
  plan: (connection) => planEnvironment(kinds, connection, environment, { goal: "agree", preflight: true }),
  drift: (connection) => planEnvironment(kinds, connection, environment, { goal: "agree", unmanaged: true }),
  destroy: (connection) => planEnvironment(kinds, connection, environment, { goal: "destroy" }),
  import: (connection, vpc) => importOf(connection, environment, [{ kind: kinds.find(({ name }) => name === "vpc")!, id: vpc }]),
};

test.each(Object.keys(reads))("%s", async (what) => {
  const state = new SandboxState();
  const testbed = openTestbed({ sandbox: { state } });
  await testbed.apply(yaml);
  const run = await testbed.plan(yaml);
  const vpc = run.plan.objects.find(({ address }) => address === "vpc/main")!.id;
  if (what === "import") await stripped(run, run.connection);
  const once = async (faults: FaultPlan) => {
    const clock = new VirtualClock(testbed.clock.now());
    const sandbox = createSandbox({ clock, state: state.copy(), faults });
    return { end: await read(what, clock, sandbox, vpc), calls: sandbox.calls.length };
  };
  const { end, calls } = await once({});
  expect(end).toBe("done");
  expect(calls).toBeGreaterThan(8);
  const told = new Set<string>();
  for (let call = 2; call <= calls; call += isNight ? 1 : 11)
    for (const [code, status] of [
      ["UnauthorizedOperation", 403],
      ["InvalidParameterValue", 400],
    ] as const) {
      const latency = { default: { median: 100, sigma: 2 } };
      told.add(
        (
          await once({
            seed: call,
            latency,
            refuse: [
              { call, code, status },
              { call: call + 1, code, status },
            ],
          })
        ).end,
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
  expect(unhandled).toEqual([]);
  expect([...told].filter((one) => !/^(done|UnauthorizedOperation|InvalidParameterValue)$/.test(one))).toEqual([]);
  expect(told).toContain("InvalidParameterValue");
});

async function read(what: string, clock: VirtualClock, sandbox: Sandbox, vpc: string): Promise<string> {
  try {
    const connection = await connect({
      region: "eu-west-1",
      clock,
      requestHandler: sandbox.requestHandler,
      credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" },
    });
    await reads[what]!(connection, vpc);
    return "done";
  } catch (error) {
    if (error instanceof AwsError) return error.code;
    const text = String(error instanceof Error ? error.stack : error);
    return /^Error: \w+ cannot be read: \w+ was denied \((\w+)\)/.exec(text)?.[1] ?? text; // an import names what it may not read
  }
}
