import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { folder, infra } from "./infra.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("infra reach", () => {
  it("tells the way, and the line of each hop", async () => {
    const { code, stdout } = await infra(root, "reach nat-bastion 203.0.113.10/32 instance/bastion 22");
    expect(code).toBe(0);
    expect(stdout.split("\n")[0]).toBe("203.0.113.10/32 → instance/bastion tcp 22: reachable, whatever addresses AWS picks");
    expect(stdout).toMatch(/securityGroup\/bastion +\{ port: 22, source: 203\.0\.113\.10\/32 \} +line \d+/);
    expect(stdout).toMatch(/back +routes of routeTable\/public +0\.0\.0\.0\/0 → internetGateway\/main/);
  });

  it("names the blocking rule, and the missing one", async () => {
    const { code, stdout } = await infra(root, "reach three-tier instance/web-a dbInstance/main 5432");
    expect(code).toBe(2);
    expect(stdout).toContain("blocked at securityGroup/database");
    expect(stdout).toContain("to open it, add to securityGroup/database: ingress { port: 5432, source: securityGroup/web }");
  });

  it("does not take a part of the internet for all of it", async () => {
    const { code, stdout } = await infra(root, "reach nat-bastion internet instance/bastion 22 --format json");
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      of: "file",
      questions: [{ answer: "partly", such: "203.0.113.10", possible: { tcp: "22" }, certain: {} }],
    });
  });

  it("lists every flow as data", async () => {
    const { code, stdout } = await infra(root, "reach nat-bastion --format json");
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { flows: object[] }).flows).toContainEqual({
      from: "instance/bastion",
      to: "instance/worker-a",
      possible: { tcp: "22" },
      certain: { tcp: "22" },
    });
  });

  it.each([
    ["reach nat-bastion instance/bastoin internet", 'did you mean "instance/bastion"?'],
    ["reach nat-bastion internet", "needs both FROM and TO"],
    ["reach nat-bastion internet instance/bastion http", '"http" is not a port'],
    ["reach nat-bastion internet instance/bastion 22 23", "takes at most"],
  ])("`infra %s` gets a hint", async (line, said) => {
    const { code, stderr } = await infra(root, line);
    expect(code).toBe(1);
    expect(stderr).toContain(said);
  });

  it("answers for a range of which only a part passes that it is a part, and exits with 2", async () => {
    const cwd = folder({ "environments/dev.yaml": oneMachine });
    const { code, stdout } = await infra(cwd, "reach dev internet instance/web 440-450");
    expect(stdout).toMatch(/^internet → instance\/web tcp 440-450: only in part: tcp 443\n/);
    expect(code).toBe(2);
    expect((await infra(cwd, "reach dev internet instance/web 443-443")).code).toBe(0);
  });

  it("--live answers for the state in AWS: 0 reachable, 2 not, 1 where an end does not exist yet", async () => {
    const cwd = folder({ "environments/dev.yaml": oneMachine });
    const asked = (to: string) => infra(cwd, `reach dev internet ${to} --live --sandbox --format json`);
    const before = await asked("instance/web 443");
    expect(before.code).toBe(1);
    expect(before.stderr).toContain("AWS has no instance/web with a network address, although the file declares it.");
    expect((await infra(cwd, "apply dev --sandbox --yes")).code).toBe(0);
    const there = await asked("instance/web 443");
    expect(JSON.parse(there.stdout)).toMatchObject({ of: "aws", notWeighed: [], questions: [{ answer: "reachable" }] });
    expect(there.code).toBe(0);
    expect((await asked("instance/web 22")).code).toBe(2);
  });
});

const oneMachine = `format: 1
project: lab
environment: dev
region: eu-west-1
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
internetGateways: { main: { vpc: main } }
subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a, mapPublicIpOnLaunch: true } }
routeTables: { main: { vpc: main, subnets: [a], routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }] } }
securityGroups: { web: { vpc: main, ingress: [{ port: 443, source: 0.0.0.0/0 }] } }
instances:
  web:
    subnet: a
    image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }
    instanceType: t3.micro
    securityGroups: [web]
`;
