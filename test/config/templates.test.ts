/**
 * The file of `userDataTemplate:` has its expressions evaluated, with problems at their own places. The file of `userDataFile:` is never
 * evaluated.
 */
import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { shownLate } from "../../src/resource/late.ts";
import { folderWith, head } from "./write-files.ts";

const around = `variables: { greeting: hello }
vpcs: { m: { cidrBlock: 10.0.0.0/16 } }
subnets: { s: { vpc: m, cidrBlock: 10.0.0.0/24, availabilityZone: a } }
topics: { t: {} }
`;
const script = "#!/bin/sh\n# ${each.key}\necho ${var.greeting} $${HOME}\necho ${upper(topic.t.arn)}\n";
const machines = (fields: string) =>
  `${head}${around}instances: { w: { forEach: [x, y], subnet: s, image: ami-0123456789abcdef0, instanceType: t3.micro, ${fields} } }\n`;
const load = (fields: string, files: Readonly<Record<string, string>> = { "scripts/boot.sh": script }) =>
  loadEnvironment({ nameOrPath: "test.yaml", cwd: folderWith({ "test.yaml": machines(fields), ...files }), kinds });
const userDataOf = (fields: string) => {
  const { environment, diagnostics } = load(fields);
  expect(diagnostics).toEqual([]);
  return shownLate((environment!.nodes.find(({ address }) => address === "instance/w[y]")!.spec as { userData: string }).userData);
};

test("its text is evaluated for each resource, with values that come late", () => {
  expect(userDataOf("userDataTemplate: scripts/boot.sh")).toBe("#!/bin/sh\n# y\necho hello ${HOME}\necho (known after topic/t)\n");
  expect(userDataOf("userDataFile: scripts/boot.sh")).toBe(script);
});

test("another resource names the text by the field that it fills", () => {
  const text = `${machines("userDataTemplate: scripts/boot.sh")}parameters: { p: { value: "\${size(instance.w['x'].userData) > 0 ? instance.w['x'].userData : ''}" } }\n`;
  const { environment, diagnostics } = loadEnvironment({
    nameOrPath: "test.yaml",
    cwd: folderWith({ "test.yaml": text, "scripts/boot.sh": "# ${each.key}\n" }),
    kinds,
  });
  expect(diagnostics).toEqual([]);
  expect(environment!.nodes.find(({ address }) => address === "parameter/p")!.spec).toEqual({ value: "# x\n" });
});

describe("mistakes in a template", () => {
  test("are reported at the place in the file, once for all users of the template", () => {
    const { diagnostics } = load("userDataTemplate: boot.sh", { "boot.sh": "#!/bin/sh\necho ${HOME}\n" });
    expect(diagnostics).toMatchObject([{ code: "bad-expression", at: { file: "boot.sh", line: 2, column: 8 } }]);
    expect(diagnostics[0]!.hint).toContain("write $${HOME} for a literal ${HOME}");
  });

  test.each<[string, string, string]>([
    ["a file that is not there", "userDataTemplate: nowhere.sh", "file-not-found"],
    ["a file outside the repository", "userDataTemplate: ../../../../etc/passwd", "file-outside"],
    ["beside the text itself", "userDataTemplate: scripts/boot.sh, userData: x", "conflict"],
    ["beside a file as it is", "userDataTemplate: scripts/boot.sh, userDataFile: scripts/boot.sh", "conflict"],
    ["a name that is known later", 'userDataTemplate: "${topic.t.arn}"', "late-value"],
  ])("%s", (_what, fields, code) => {
    const { diagnostics } = load(fields);
    expect([...new Set(diagnostics.map((one) => one.code))]).toEqual([code]);
  });
});
