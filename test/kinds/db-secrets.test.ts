/** A password goes from one call into the next and stands nowhere: looked for in everything that is shown, logged or kept. */
import * as ssm from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import { VirtualClock } from "@plumbline/clock";
import { connect } from "../../src/aws/connect.ts";
import { applyEnvironment, planEnvironment } from "../../src/engine.ts";
import { kinds as allKinds } from "../../src/kinds/index.ts";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import type { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { header, loadText } from "../support/testbed.ts";

const kinds = allKinds.filter((kind) => ["vpc", "subnet", "dbSubnetGroup", "dbInstance", "dbCluster"].includes(kind.name));
const around = `${header}
vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
dbSubnetGroups:
  main: { subnets: [a, b] }
`;
const instance = (name: string, instanceClass: string) => `${around}dbInstances:
  ${name}:
    engine: postgres
    instanceClass: ${instanceClass}
    allocatedStorage: 20
    subnetGroup: main
    masterUsername: dbadmin
    masterPassword: { ssmParameter: /lab/test/main }
`;

const cluster = (name: string, instanceClass: string) => `${around}dbClusters:
  ${name}:
    engine: aurora-mysql
    instances: { a: { instanceClass: ${instanceClass} } }
    subnetGroup: main
    masterUsername: dbadmin
    masterPassword: { ssmParameter: /lab/test/main }
`;

/** Runs plan and apply and keeps every word that leaves them. */
async function everyWord(text: string, clock: VirtualClock, sandbox: ReturnType<typeof createSandbox>): Promise<unknown[]> {
  const words: unknown[] = [];
  const connection = await connect({
    region: "eu-west-1",
    clock,
    requestHandler: sandbox.requestHandler,
    credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" },
    onCall: (record) => words.push(record),
  });
  const run = await planEnvironment(kinds, connection, loadText(text, kinds), { goal: "agree" });
  words.push(
    run.plan,
    run.diagnostics,
    [...run.observed.objects.values()].map(({ live, linked }) => [live, linked]),
  );
  for await (const event of applyEnvironment(connection, run, { signal: new AbortController().signal })) words.push(event);
  return words;
}

/** Everything in a value, also what JSON leaves out: messages, causes and stacks of errors. */
function spell(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (seen.has(value)) return "";
  seen.add(value);
  const entries =
    value instanceof Map ? [...value] : Object.getOwnPropertyNames(value).map((name) => [name, (value as Record<string, unknown>)[name]]);
  return entries
    .flat()
    .map((one) => spell(one, seen))
    .join("\n");
}

describe("the password of a database", () => {
  it.each([
    ["CreateDBInstance", instance],
    ["CreateDBCluster", cluster],
  ])("of %s is in no plan, event, trace, error or file of the sandbox", async (operation, yaml) => {
    const clock = new VirtualClock();
    const sandbox = createSandbox({ clock });
    const words = await everyWord(yaml("main", "db.t4g.medium"), clock, sandbox);
    words.push(...(await everyWord(yaml("main", "db.t4g.large"), clock, sandbox)));
    // A create that AWS refuses: the error and all that hangs on it.
    sandbox.setFaults({ refuse: [{ operation, code: "InvalidParameterValue" }] });
    words.push(...(await everyWord(yaml("second", "db.t4g.large"), clock, sandbox)));

    const { aws } = await connect({
      region: "eu-west-1",
      clock,
      requestHandler: sandbox.requestHandler,
      credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" },
    });
    const { Parameter } = await aws.ssm(new ssm.GetParameterCommand({ Name: "/lab/test/main", WithDecryption: true }));
    const password = Parameter!.Value!;
    expect(password).toMatch(/^[A-Za-z0-9\-_.~]{40}$/);
    const said = spell(words);
    expect(said).toContain(operation);
    expect(said).toContain("InvalidParameterValue");
    expect(said).not.toContain(password);
    expect(JSON.stringify(sandbox.state as SandboxState)).not.toContain(password);
  });

  it("is made at random, once, as an encrypted parameter, and read again when the create is repeated", async () => {
    const { passwordIn } = await import("../../src/kinds/shared/rds-password.ts");
    const clock = new VirtualClock();
    const sandbox = createSandbox({ clock });
    const { aws } = await connect({
      region: "eu-west-1",
      clock,
      requestHandler: sandbox.requestHandler,
      credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" },
    });
    const first = await passwordIn(aws, "/a");
    expect(await passwordIn(aws, "/a")).toBe(first);
    expect(await passwordIn(aws, "/b")).not.toBe(first);
    const { Parameters } = await aws.ssm(new ssm.DescribeParametersCommand({}));
    expect(Parameters!.map(({ Name, Type }) => [Name, Type])).toEqual([
      ["/a", "SecureString"],
      ["/b", "SecureString"],
    ]);
    await aws.ssm(new ssm.PutParameterCommand({ Name: "/open", Type: "String", Value: "hunter2hunter2" }));
    const refused = passwordIn(aws, "/open");
    await expect(refused).rejects.toThrow("Make it a SecureString");
    await expect(refused).rejects.not.toThrow("hunter2");
  });
});
