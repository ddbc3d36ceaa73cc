/** An apply whose lock is freed in the middle of its work. */
import { expect, it } from "vitest";
import { VirtualClock } from "@plumbline/clock";
import type { FaultPlan } from "@plumbline/aws-sandbox/faults/plan.ts";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { breakLease, type Me } from "../../src/apply/lease.ts";
import { connect } from "../../src/aws/connect.ts";
import { applyUnderLease } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { header, loadText } from "../support/testbed.ts";

const owner = { project: "lab", environment: "test" };
const never = new AbortController().signal;
const me = (run: string): Me => ({ who: `arn:aws:iam::123456789012:user/${run}`, run, process: `host ${run}` });

const subnets = [1, 2, 3, 4, 5, 6].map((n) => `  s${n}: { vpc: main, cidrBlock: 10.0.${n}.0/24, availabilityZone: a }`).join("\n");
const environment = loadText(`${header}
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
internetGateways: { main: { vpc: main } }
subnets:
${subnets}
routeTables:
  public: { vpc: main, routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }], subnets: [s1] }
  private: { vpc: main, routes: [{ destination: 0.0.0.0/0, target: natGateway/nat }], subnets: [s2, s3] }
elasticIps: { nat: {} }
natGateways: { nat: { subnet: s1, elasticIp: nat } }
`);

it.each([3, 8, 14])("after its %i. write: it ends before the next apply writes its first, which makes nothing twice", async (after) => {
  const clock = new VirtualClock();
  const state = new SandboxState();
  const join = async (faults: FaultPlan = {}) => {
    const sandbox = createSandbox({ clock, state, faults });
    const connection = await connect({
      region: "eu-west-1",
      clock,
      requestHandler: sandbox.requestHandler,
      credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" },
    });
    return { connection, sandbox };
  };
  const run = async (name: string, faults: FaultPlan = {}) => {
    const { connection, sandbox } = await join(faults);
    const request = { goal: "agree", signal: never, onEvent: () => undefined, lease: { me: me(name) } } as const;
    const ended = applyUnderLease(kinds, connection, environment, request);
    const writes = () => sandbox.calls.filter(({ mutating, service }) => mutating && service !== "ssm");
    return { ended, writes };
  };
  const first = await run("first", { seed: after, latency: { default: { median: 5_000, sigma: 0.5 } } });
  while (first.writes().length < after) await clock.sleep(100);
  expect(await breakLease((await join()).connection.aws, owner, me("admin"))).toBeDefined();
  const second = await run("second");
  const [one, two] = await Promise.all([first.ended, second.ended]);

  expect(one.ended === "ran" && one.outcome.failed.map(({ failure }) => failure.code)).toContain("lease-lost");
  expect(two).toMatchObject({ ended: "ran", outcome: { status: "done", failed: [] } });
  const last = Math.max(...first.writes().map(({ at }) => at));
  expect(Math.min(...second.writes().map(({ at }) => at))).toBeGreaterThan(last + 10_000);
  expect(await (await run("third")).ended).toMatchObject({ ended: "nothing-to-do" });
  const tables = [...state.regions.values()][0]!.toJSON().tables;
  const made = Object.fromEntries(
    ["vpcs", "internetGateways", "subnets", "addresses", "natGateways"].map((name) => [name, tables[`ec2.${name}`]?.length]),
  );
  // The account also has the default VPC, its internet gateway and its three subnets.
  expect(made).toEqual({ vpcs: 2, internetGateways: 2, subnets: 9, addresses: 1, natGateways: 1 });
});
