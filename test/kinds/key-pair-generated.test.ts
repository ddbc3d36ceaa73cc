import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteKeyPairCommand,
  DescribeImagesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeKeyPairsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { DeleteParameterCommand, GetParameterCommand, ListTagsForResourceCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import { newPrivateKey, publicLineOf } from "../../src/kinds/key-pair/private-key.ts";
import { whyNotKey } from "../../src/kinds/key-pair/openssh.ts";
import { instance } from "../../src/kinds/instance/instance.ts";
import { keyPair } from "../../src/kinds/key-pair/key-pair.ts";
import { parameter } from "../../src/kinds/parameter/parameter.ts";
import { header, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";
import { others } from "./data-testbed.ts";
import { settle } from "./elbv2-testbed.ts";
import { told } from "./group-testbed.ts";
import { mockedEc2, scope } from "./mocked-ec2.ts";

const yaml = `${header}keyPairs: { web: { generate: ed25519, privateKey: { ssmParameter: /keys/web } } }\n`;
const kinds = [keyPair, parameter];
const named = { KeyNames: ["test-web"], IncludePublicKey: true };

const text = async (testbed: Testbed) =>
  (await others(testbed).ssm.send(new GetParameterCommand({ Name: "/keys/web", WithDecryption: true }))).Parameter!.Value!;
const ec2 = (testbed: Testbed) =>
  new EC2Client({
    region: "eu-west-1",
    requestHandler: testbed.sandbox.requestHandler as never,
    credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "other" },
    maxAttempts: 1,
  });
const publicKey = async (testbed: Testbed) =>
  (await ec2(testbed).send(new DescribeKeyPairsCommand(named))).KeyPairs![0]!.PublicKey!.split(" ").slice(0, 2).join(" ");
const errors = ({ diagnostics }: Awaited<ReturnType<Testbed["plan"]>>) =>
  diagnostics.filter(({ severity }) => severity === "error").map(({ code, summary }) => `${code}: ${summary}`);

describe("a private key", () => {
  it.each(["ed25519", "rsa"] as const)("of type %s is one whose public half EC2 takes and ssh-keygen reads the same", async (type) => {
    const made = await newPrivateKey(type);
    const found = publicLineOf(made)!;
    expect(found.type).toBe(type);
    expect(whyNotKey(found.line)).toBeUndefined();
    expect(Buffer.byteLength(made)).toBeLessThan(4096);
    expect(await newPrivateKey(type)).not.toBe(made);
    expect(sshKeygen(made) ?? found.line).toBe(found.line);
  });

  it.each(["", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----", "ssh-ed25519 AAAA"])(
    "is not read out of %j",
    (other) => expect(publicLineOf(other)).toBeUndefined(),
  );
});

describe("a generated pair", () => {
  it("keeps its private key in a tagged SecureString, and nowhere else", async () => {
    const testbed = openTestbed({ kinds });
    const applied = await settle(testbed, yaml);
    const made = await text(testbed);
    expect(publicLineOf(made)).toEqual({ type: "ed25519", line: await publicKey(testbed) });
    const { TagList } = await others(testbed).ssm.send(
      new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: "/keys/web" }),
    );
    expect(TagList).toEqual(
      expect.arrayContaining([
        { Key: "infra:project", Value: "lab" },
        { Key: "infra:environment", Value: "test" },
        { Key: "infra:private-key-of", Value: "keyPair/web" },
      ]),
    );
    const writes = testbed.sandbox.calls.map(({ operation }) => operation).filter((name) => /^(Put|Import)/.test(name));
    expect(writes.filter((name) => /KeyPair|PutParameter/.test(name)).slice(-2)).toContain("ImportKeyPair");
    const again = await testbed.plan(yaml);
    const all = JSON.stringify([applied.events, applied.run.plan, [...again.observed.objects], testbed.sandbox.calls]);
    expect(all).toContain("/keys/web");
    for (const line of made.split("\n").filter((one) => one.length > 20 && !one.startsWith("-"))) expect(all).not.toContain(line);
  });

  it("is no parameter of a file that has parameters, too", async () => {
    const testbed = openTestbed({ kinds });
    const both = `${yaml}parameters: { flag: { value: "on" } }\n`;
    const { run } = await settle(testbed, both);
    expect(run.plan.notes).toEqual([]);
    expect((await testbed.plan(both)).plan.notes).toEqual([]);
    expect((await testbed.plan(`${yaml}\n`)).plan.steps.map(({ address }) => address)).toEqual(["parameter/flag"]);
  });

  it("gets its public half from the parameter when a run ended before the import", async () => {
    const testbed = openTestbed({
      kinds,
      sandbox: { faults: { refuse: [{ operation: "ec2:ImportKeyPair", code: "UnauthorizedOperation", times: 1 }] } },
    });
    expect(told(await testbed.tryApply(yaml)).failed.join()).toContain("UnauthorizedOperation");
    const kept = await text(testbed);
    await settle(testbed, yaml);
    expect([await text(testbed), await publicKey(testbed)]).toEqual([kept, publicLineOf(kept)!.line]);
  });

  it.each(["ssm:PutParameter", "ec2:ImportKeyPair"])("is made once when the answer to %s is lost", async (operation) => {
    const testbed = openTestbed({ kinds, sandbox: { faults: { loseAnswer: [{ operation }] } } });
    await settle(testbed, yaml);
    expect(publicLineOf(await text(testbed))!.line).toBe(await publicKey(testbed));
  });

  it("that somebody deleted is made again with the key that is kept", async () => {
    const testbed = openTestbed({ kinds });
    await settle(testbed, yaml);
    const [was, kept] = [await publicKey(testbed), await text(testbed)];
    await ec2(testbed).send(new DeleteKeyPairCommand({ KeyName: "test-web" }));
    expect(stepsOf(await testbed.plan(yaml))).toEqual(["create keyPair/web"]);
    await settle(testbed, yaml);
    expect([await publicKey(testbed), await text(testbed)]).toEqual([was, kept]);
  });

  it("without its parameter is an error, and is not made again", async () => {
    const testbed = openTestbed({ kinds });
    await settle(testbed, yaml);
    await others(testbed).ssm.send(new DeleteParameterCommand({ Name: "/keys/web" }));
    const run = await testbed.plan(yaml);
    expect(stepsOf(run)).toEqual([]);
    expect(errors(run)).toEqual([
      expect.stringContaining(
        "was kept in the parameter /keys/web, which no longer exists or is not a SecureString: store the key there again",
      ),
    ]);
  });

  it("never overwrites a parameter of others: the plan names the owner", async () => {
    const testbed = openTestbed({ kinds });
    const { ssm } = others(testbed);
    await ssm.send(new PutParameterCommand({ Name: "/keys/web", Type: "SecureString", Value: "theirs" }));
    const run = await testbed.tryApply(yaml);
    expect(told(run).failed.join()).toContain(
      "The parameter /keys/web already exists, and it does not have the tags of infra; infra does not overwrite it",
    );
    expect(await text(testbed)).toBe("theirs");
    await expect(publicKey(testbed)).rejects.toMatchObject({ name: "InvalidKeyPair.NotFound" });
  });

  it("is foreseen to be refused where the parameter is another's, and nowhere else", async () => {
    const testbed = openTestbed({ kinds });
    const { aws } = await testbed.connection();
    const request = { generate: "ed25519" as const, privateKey: { ssmParameter: "/keys/web" } };
    const around = {
      thorough: false,
      scope: { project: "lab", environment: "test", asks: () => true },
      id: () => undefined,
      isOurs: () => false,
      isHeldByOurs: () => false,
      spec: () => undefined,
    };
    const foreseen = async (address = "keyPair/web") =>
      (await (await keyPair.load()).preflight!(aws, [{ address, name: "test-web", request }], around)).problems;
    expect(await foreseen()).toEqual([]);
    await settle(testbed, yaml);
    expect(await foreseen()).toEqual([]);
    expect(await foreseen("keyPair/other")).toEqual([
      {
        address: "keyPair/other",
        path: "privateKey.ssmParameter",
        text: "The parameter /keys/web already exists, and it contains the private key of keyPair/web of lab/test; infra does not overwrite it",
      },
    ]);
  });

  it("goes though its private key is gone", async () => {
    const testbed = openTestbed({ kinds });
    await settle(testbed, yaml);
    await others(testbed).ssm.send(new DeleteParameterCommand({ Name: "/keys/web" }));
    const { run } = await testbed.apply(`${header}allowDestroy: { keyPair/web: test-web }\n`);
    expect(stepsOf(run)).toEqual(["delete keyPair/web"]);
    expect((await testbed.plan(header)).plan.steps).toEqual([]);
  });

  it("leaves its private key behind, says so, and comes back with it", async () => {
    const testbed = openTestbed({ kinds });
    await settle(testbed, yaml);
    const was = await publicKey(testbed);
    const { run, events } = await testbed.apply(header);
    expect(run.plan.steps.map(({ because }) => because)).toEqual([
      "it is no longer in the YAML; the private key stays in the parameter /keys/web, unless `allowDestroy: { keyPair/web: test-web }` is added",
    ]);
    expect(JSON.stringify(events)).toContain("the private key stays in the parameter /keys/web");
    expect((await testbed.plan(header)).plan).toMatchObject({ steps: [], notes: [] });
    await settle(testbed, yaml);
    expect(await publicKey(testbed)).toBe(was);
  });

  it("takes its private key along where `allowDestroy` names it, unless that is another's by now", async () => {
    const testbed = openTestbed({ kinds });
    const { ssm } = others(testbed);
    const gone = `${header}allowDestroy: { keyPair/web: test-web }\n`;
    await settle(testbed, yaml);
    const { run } = await testbed.apply(gone);
    expect(run.plan.steps.map(({ because }) => because)).toEqual(["it is no longer in the YAML"]);
    await expect(text(testbed)).rejects.toMatchObject({ name: "ParameterNotFound" });
    await testbed.clock.sleep(60_000);
    await settle(testbed, yaml);
    await ssm.send(new DeleteParameterCommand({ Name: "/keys/web" }));
    await ssm.send(new PutParameterCommand({ Name: "/keys/web", Type: "SecureString", Value: "theirs" }));
    const { events } = await testbed.apply(gone);
    expect(JSON.stringify(events)).toContain("the parameter /keys/web no longer contains the private key of this pair, so it stays");
    expect(await text(testbed)).toBe("theirs");
  });

  it("costs one call more than others, and others cost the same as before", async () => {
    const testbed = openTestbed({ kinds: [keyPair] });
    const calls = async (file: string) => {
      await settle(testbed, file);
      testbed.sandbox.forgetCalls();
      await testbed.plan(file);
      return testbed.sandbox.calls
        .map(({ service, operation }) => `${service}:${operation}`)
        .filter((call) => !/sts|Lease|ByPath|GetResources/.test(call));
    };
    const imported = `${header}keyPairs: { own: { publicKey: ${(await publicLine()).line} } }\n`;
    expect(await calls(imported)).toEqual(["ec2:DescribeKeyPairs"]);
    expect(await calls(yaml)).toEqual(["ec2:DescribeKeyPairs", "ssm:DescribeParameters"]);
  });
});

describe("checking", () => {
  const pair = (fields: string) => `${header}keyPairs: { web: { ${fields} } }\n`;
  it.each([
    ["generate: ed25519", "needs a place for its private key"],
    ["privateKey: { ssmParameter: /keys/web }", "the private key of an imported key stays with you"],
    ["generate: rsa, publicKey: x, privateKey: { ssmParameter: /keys/web }", "`generate` and a public key exclude each other"],
    ["generate: rsa, privateKey: { ssmParameter: /aws/web }", "AWS reserves names that begin with aws or ssm"],
    ["generate: rsa, privateKey: { ssmParameter: keys }", "ssmParameter"],
  ])("%s: %s", (fields, why) => {
    expect(() => openTestbed().load(pair(fields))).toThrow(why);
  });

  it("finds two that would share a parameter, and one that a file declares", () => {
    const one = "generate: ed25519, privateKey: { ssmParameter: /keys/web }";
    expect(() => openTestbed().load(`${header}keyPairs: { a: { ${one} }, b: { ${one} } }\n`)).toThrow(
      "keyPair/a already uses the parameter /keys/web",
    );
    expect(() => openTestbed().load(`${pair(one)}parameters: { web: { name: /keys/web, value: x } }\n`)).toThrow(
      "parameter/web already uses the parameter /keys/web",
    );
  });

  const machine = (key: string, image: string) => `${yaml.replace("ed25519", key)}
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a } }
instances: { web: { subnet: a, instanceType: t3.micro, keyPair: web, disposable: true, image: ${image} } }
launchTemplates: { web: { instanceType: t3.micro, keyPair: web, image: ${image} } }
`;
  it.each([
    "{ ssm: /aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base }",
    "{ owner: amazon, name: Windows_Server-2022-English-Full-Base-* }",
  ])("refuses ED25519 with %s, and takes RSA", (image) => {
    const told = "keyPair/web is an ED25519 key, but Windows images need an RSA key";
    expect(() => openTestbed().load(machine("ed25519", image))).toThrow(new RegExp(`${told}[\\s\\S]+${told}`));
    expect(openTestbed().load(machine("rsa", image)).nodes).toHaveLength(5);
  });

  it("asks EC2 whether an image that is named by its id is one of Windows", async () => {
    const { aws, ec2: mock } = await mockedEc2();
    mock.on(DescribeImagesCommand).resolves({ Images: [{ ImageId: "ami-1", Architecture: "x86_64", Platform: "windows" as never }] });
    mock
      .on(DescribeInstanceTypeOfferingsCommand)
      .resolves({ InstanceTypeOfferings: [{ InstanceType: "t3.micro", Location: "eu-west-1a" }] });
    const request = { image: "ami-1", instanceType: "t3.micro", keyPair: "keyPair/web", subnet: "subnet/a" };
    const { problems } = await (
      await instance.load()
    ).preflight!(aws, [{ address: "instance/web", name: "web", request }], {
      thorough: false,
      scope,
      id: () => undefined,
      isOurs: () => false,
      isHeldByOurs: () => false,
      spec: (ref) => (ref === "keyPair/web" ? { publicKey: "ssh-ed25519 AAAA" } : undefined),
    });
    expect(problems).toEqual([
      {
        address: "instance/web",
        path: "keyPair",
        text: "the image ami-1 is a Windows image, which needs an RSA key, but the key pair is ED25519",
      },
    ]);
  });
});

async function publicLine() {
  return publicLineOf(await newPrivateKey("ed25519"))!;
}

/** Returns OpenSSH's output for a key, where OpenSSH is installed. */
function sshKeygen(text: string): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "infra-key-"));
  try {
    writeFileSync(join(folder, "key"), text, { mode: 0o600 });
    return execFileSync("ssh-keygen", ["-y", "-f", join(folder, "key")], { encoding: "utf8" }).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
