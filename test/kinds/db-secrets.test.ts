/** A password goes from one call into the next and appears nowhere else: not in anything that is shown, logged or kept. */
import * as ssm from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import { VirtualClock } from "@plumbline/clock";
import { connect } from "../../src/aws/connect.ts";
import { kinds as allKinds } from "../../src/kinds/index.ts";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import type { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { everyWord, spell } from "../support/every-word.ts";
import { header } from "../support/testbed.ts";

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

describe("the password of a database", () => {
  it.each([
    ["CreateDBInstance", instance],
    ["CreateDBCluster", cluster],
  ])("of %s is in no plan, event, trace, error or file of the sandbox", async (operation, yaml) => {
    const clock = new VirtualClock();
    const sandbox = createSandbox({ clock });
    const hear = async (text: string) => (await everyWord(kinds, text, clock, sandbox)).words;
    const words = [...(await hear(yaml("main", "db.t4g.medium"))), ...(await hear(yaml("main", "db.t4g.large")))];
    // A create that AWS refuses: the error and its causes must not hold the password.
    sandbox.setFaults({ refuse: [{ operation, code: "InvalidParameterValue" }] });
    words.push(...(await hear(yaml("second", "db.t4g.large"))));

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
    const { passwordIn } = await import("../../src/kinds/shared/rds/password.ts");
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
