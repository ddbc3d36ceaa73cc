/**
 * User data that is not text: cloud-init accepts gzip, and EC2 any bytes (EC2 User Guide, "Run commands when you launch an EC2 instance
 * with user data input").
 */
import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { formatDiagnostic } from "../../src/diag/format.ts";
import { kinds } from "../../src/kinds/index.ts";
import { launchTemplate } from "../../src/kinds/launch-template/launch-template.ts";
import { zipped } from "../../src/resource/gzip.ts";
import { bytesOf, isBinary, textOfBytes } from "../../src/resource/binary.ts";
import { folderWith } from "../config/write-files.ts";
import { environmentTestbed, header, stepsOf } from "../support/testbed.ts";

const script = `#!/bin/sh\n${"echo $HOME and more of the same\n".repeat(1000)}`;
const yaml = `${header}
launchTemplates:
  web: { image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, userDataFile: start.gz }
`;

const environmentOf = (content: Buffer) => {
  const cwd = folderWith({ "test.yaml": yaml, "start.gz": content });
  const { environment, diagnostics } = loadEnvironment({ nameOrPath: "test.yaml", cwd, kinds });
  if (!environment) throw new Error(diagnostics.map((one) => formatDiagnostic(one)).join("\n"));
  return environment;
};

it("is sent as it is, counted and hashed in plans, and compared byte by byte", async () => {
  const content = gzipSync(script, { level: 9 });
  const sent: unknown[] = [];
  const testbed = environmentTestbed(kinds, ({ operation, input }) => operation === "CreateLaunchTemplate" && sent.push(input));
  const { run } = await testbed.apply(environmentOf(content));
  expect(JSON.stringify(run.plan)).toMatch(new RegExp(`userData: ${content.length} bytes, sha256:[0-9a-f]{12}`));
  expect(sent).toMatchObject([{ LaunchTemplateData: { UserData: content.toString("base64") } }]);
  expect(stepsOf(await testbed.plan(environmentOf(content)))).toEqual([]);
  expect(stepsOf(await testbed.plan(environmentOf(gzipSync(`${script}more`, { level: 9 }))))).toEqual(["update launchTemplate/web"]);
});

it("is compared by its hash on a machine that is made anew when it changes", async () => {
  const ofMachine = (content: Buffer | string) => {
    const machine =
      "{ subnet: a, image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, disposable: true, userDataChange: replace, userDataFile: start }";
    const text = `${header}vpcs: { m: { cidrBlock: 10.0.0.0/16 } }\nsubnets: { a: { vpc: m, cidrBlock: 10.0.0.0/24, availabilityZone: a } }\ninstances: { box: ${machine} }\n`;
    const { environment, diagnostics } = loadEnvironment({
      nameOrPath: "test.yaml",
      cwd: folderWith({ "test.yaml": text, start: content }),
      kinds,
    });
    if (!environment) throw new Error(diagnostics.map((one) => formatDiagnostic(one)).join("\n"));
    return environment;
  };
  // A gzip file, meaningless bytes, and a text with private-use characters, which our marks use.
  for (const content of [gzipSync(script), Buffer.from([0xff, 0, 1]), "#!/bin/sh\necho '\uE000 \uE003 \uE005'\n", "\uE003#", "\uE005#"]) {
    const testbed = environmentTestbed(kinds);
    await testbed.apply(ofMachine(content));
    const again = await testbed.plan(ofMachine(content));
    expect(stepsOf(again)).toEqual([]);
    expect(again.observed.objects.get("instance/box")!.live.tags["infra:user-data"]).toMatch(/^[0-9a-f]{32}$/);
    expect(stepsOf(await testbed.plan(ofMachine(gzipSync("other"))))).toEqual(["replace instance/box"]);
  }
});

describe("`userDataEncoding: gzip`", () => {
  const machine = (more: string) => `{ image: ami-0abcdef1234567890, instanceType: t3.micro, userDataFile: start.sh${more} }`;
  const zipping = ", userDataEncoding: gzip";
  const load = (template: string, content: string | Buffer = script, instance = "") => {
    const text = `${header}launchTemplates:\n  web: ${template}\n${instance}`;
    return loadEnvironment({ nameOrPath: "test.yaml", cwd: folderWith({ "test.yaml": text, "start.sh": content }), kinds });
  };
  const told = (...of: Parameters<typeof load>) => load(...of).diagnostics.map(({ code, hint }) => [code, hint]);

  it("sends a long script compressed, and compares its text", async () => {
    const network = `vpcs: { m: { cidrBlock: 10.0.0.0/16 } }\nsubnets: { a: { vpc: m, cidrBlock: 10.0.0.0/24, availabilityZone: a } }\n`;
    const boxes = `${network}instances: { box: ${machine(`${zipping}, subnet: a, disposable: true`)} }\n`.replace(
      "ami-0abcdef1234567890",
      "{ ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }",
    );
    const template = machine(zipping).replace(
      "ami-0abcdef1234567890",
      "{ ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }",
    );
    const sent: string[] = [];
    const testbed = environmentTestbed(kinds, ({ operation, input }) => {
      const { UserData, LaunchTemplateData } = input as { UserData?: string; LaunchTemplateData?: { UserData: string } };
      if (operation === "CreateLaunchTemplate") sent.push(LaunchTemplateData!.UserData);
      if (operation === "RunInstances") sent.push(UserData!);
    });
    await testbed.apply(load(template, script, boxes).environment!);
    expect(sent.map((one) => gunzipSync(Buffer.from(one, "base64")).toString())).toEqual([script, script]);
    expect(sent[0]!.length).toBeLessThan(2_000);
    expect(stepsOf(await testbed.plan(load(template, script, boxes).environment!))).toEqual([]);
    // The same content, compressed by hand.
    const byHand = load(template.replace(zipping, ""), gzipSync(script, { level: 1 }), boxes.replace(zipping, "")).environment!;
    expect(stepsOf(await testbed.plan(byHand))).toEqual([]);
    expect(stepsOf(await testbed.plan(load(template, `${script}more`, boxes).environment!))).toEqual(["update launchTemplate/web"]);
  });

  it("is offered where it fits, and refused where the text would be compressed twice", () => {
    expect(told(machine(""))).toEqual([
      ["user-data-too-long", "write `userDataEncoding: gzip`: compressed, it fits, and cloud-init unpacks it"],
    ]);
    expect(told(machine(zipping))).toEqual([]);
    expect(told(machine(zipping), gzipSync(script))).toEqual([
      ["conflict", "remove `userDataEncoding`: a file that is not text is sent unchanged"],
    ]);
    const noise = Array.from({ length: 800 }, (_, i) => createHash("sha256").update(String(i)).digest("base64")).join("");
    expect(told(machine(zipping), noise)).toEqual([["user-data-too-long", expect.stringMatching(/^put the long part/)]]);
  });

  it("is written by an import of compressed data, with a remark for other bytes", () => {
    const authored = launchTemplate.authored!;
    const of = (userData: string) => authored({ userData } as never, undefined as never, () => undefined);
    expect(of(zipped("#!/bin/sh\n"))).toMatchObject({ spec: { userData: "#!/bin/sh\n", userDataEncoding: "gzip" }, remarks: [] });
    const { spec, remarks } = of(textOfBytes(Buffer.from([0, 1, 2]))) as { spec: object; remarks: readonly object[] };
    expect(spec).toEqual({ userData: undefined });
    expect(remarks).toEqual([{ text: expect.stringContaining("userDataFile") as string }]);
  });
});

test("the limit of EC2 counts its bytes", () => {
  const noise = Buffer.from(Array.from({ length: 16_385 }, (_, i) => (i * 7) % 256));
  expect(() => environmentOf(noise)).toThrow("The user data has 16,385 bytes, but EC2 allows 16,384.");
  expect(() => environmentOf(noise.subarray(1))).not.toThrow();
});

describe("bytes are unchanged", () => {
  test.each([
    ["text", Buffer.from("#!/bin/sh ü\n"), false],
    ["gzip", gzipSync("x"), true],
    ["a NUL", Buffer.from([65, 0]), true],
    ["no UTF-8", Buffer.from([0xff, 0xfe]), true],
    ["a text that begins as bytes do", Buffer.from("\uE005eA=="), true],
  ])("%s", (_what, bytes, binary) => {
    const text = textOfBytes(bytes);
    expect(isBinary(text)).toBe(binary);
    expect(bytesOf(text)).toEqual(bytes);
  });
});
