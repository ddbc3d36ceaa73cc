/** User data that is no text: cloud-init takes what gzip made, and EC2 any bytes (EC2 User Guide, "Run commands when you launch an EC2 instance with user data input"). */
import { gzipSync } from "node:zlib";
import { describe, expect, it, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { formatDiagnostic } from "../../src/diag/format.ts";
import { kinds } from "../../src/kinds/index.ts";
import { bytesOf, isBinary, textOfBytes } from "../../src/resource/binary.ts";
import { folderWith } from "../config/write-files.ts";
import { environmentLab, header, stepsOf } from "../support/testbed.ts";

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
  const lab = environmentLab(kinds, ({ operation, input }) => operation === "CreateLaunchTemplate" && sent.push(input));
  const { run } = await lab.apply(environmentOf(content));
  expect(JSON.stringify(run.plan)).toMatch(new RegExp(`userData: ${content.length} bytes, sha256:[0-9a-f]{12}`));
  expect(sent).toMatchObject([{ LaunchTemplateData: { UserData: content.toString("base64") } }]);
  expect(stepsOf(await lab.plan(environmentOf(content)))).toEqual([]);
  expect(stepsOf(await lab.plan(environmentOf(gzipSync(`${script}more`, { level: 9 }))))).toEqual(["update launchTemplate/web"]);
});

test("the limit of EC2 counts its bytes", () => {
  const noise = Buffer.from(Array.from({ length: 16_385 }, (_, i) => (i * 7) % 256));
  expect(() => environmentOf(noise)).toThrow("The user data has 16,385 bytes; EC2 takes 16,384.");
  expect(() => environmentOf(noise.subarray(1))).not.toThrow();
});

describe("bytes are what they were", () => {
  test.each([
    ["text", Buffer.from("#!/bin/sh ü\n"), false],
    ["gzip", gzipSync("x"), true],
    ["a NUL", Buffer.from([65, 0]), true],
    ["no UTF-8", Buffer.from([0xff, 0xfe]), true],
  ])("%s", (_what, bytes, binary) => {
    const text = textOfBytes(bytes);
    expect(isBinary(text)).toBe(binary);
    expect(bytesOf(text)).toEqual(bytes);
  });
});
