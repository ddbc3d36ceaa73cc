/** Changes that AWS is known to refuse stop an apply before its first write. */
import { describe, expect, it } from "vitest";
import { folder, infra } from "./infra.ts";

const machine = `format: 1
project: lab
environment: dev
region: eu-west-1
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a } }
instances: { web: { subnet: a, image: ami-0123456789abcdef0, instanceType: t3.micro } }
`;

describe("an image that does not exist", () => {
  it("ends the apply with 1, and nothing is made", async () => {
    const cwd = folder({ "environments/dev.yaml": machine });
    const { code, stderr } = await infra(cwd, "apply dev --yes --sandbox");
    expect(code).toBe(1);
    expect(stderr).toContain("error  no-such-image");
    expect(stderr.match(/error  no-such-image/g)).toHaveLength(1);
    expect(stderr.replaceAll(/\s+/g, " ")).toContain("--ignore-preflight no-such-image@instance/web tries it anyway");
    const { stdout } = await infra(cwd, "status dev --sandbox");
    expect(stdout).not.toContain("vpc-");
  });

  it("is tried when it is named, and is not waited for", async () => {
    const cwd = folder({ "environments/dev.yaml": machine });
    const { code, stderr } = await infra(cwd, "apply dev --yes --sandbox --ignore-preflight no-such-image@instance/web");
    expect(code).toBe(3);
    expect(stderr).toContain("InvalidAMIID.NotFound");
    expect(stderr).not.toContain("AWS to take RunInstances");
  });

  it("is a warning of the plan", async () => {
    const cwd = folder({ "environments/dev.yaml": machine });
    const { code, stderr } = await infra(cwd, "plan dev --sandbox");
    expect(code).toBe(0);
    expect(stderr).toContain("warning  no-such-image");
  });
});
