/** Reporting many mistakes takes time that grows linearly with their number, and gives a readable text. */
import { expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { folderWith } from "./write-files.ts";

const head = "format: 1\nproject: p\nregion: eu-west-1\n";

function load(text: string) {
  const cwd = folderWith({ "e.yaml": head + text });
  const before = process.cpuUsage();
  const { diagnostics } = loadEnvironment({ nameOrPath: "e.yaml", cwd, kinds });
  const { user, system } = process.cpuUsage(before);
  return { diagnostics, seconds: (user + system) / 1e6 };
}

test.each([
  [
    "5,000 subnets with a misspelt field, a field too many and one that is missing",
    "subnets:\n" + Array.from({ length: 5_000 }, (_, i) => `  s${i}: { vpc: none, cidr: 10.0.0.0/24, foo: 1 }\n`).join(""),
  ],
  ["20,000 unknown keys", Array.from({ length: 20_000 }, (_, i) => `key${i}: 1\n`).join("")],
  ["5,000 secrets", "vpcs:\n" + Array.from({ length: 5_000 }, (_, i) => `  v${i}: { password: hunter${i} }\n`).join("")],
])("%s", (_, text) => {
  const { diagnostics, seconds } = load(text);
  expect(diagnostics).toHaveLength(1_001);
  expect(diagnostics.at(-1)).toMatchObject({
    code: "too-many-problems",
    severity: "error",
    summary: expect.stringMatching(/^There are \d+,\d{3} more problems\.$/),
  });
  expect(JSON.stringify(diagnostics).length).toBeLessThan(1_000_000);
  expect(seconds).toBeLessThan(30); // quadratic time would be minutes
});

test("one cause, one error: for a text with a wrong expression only the expression is reported", () => {
  const { diagnostics } = load(
    'vpcs: { m: { cidrBlock: "${cidrsubnet(var.vpc,8,1)}" } }\nsubnets:\n  s:\n    vpc: m\n    cidrBlock: 10.0.0.0/24\n    availabilityZone: "${zone}"\n    tags: { Name: "${stage}-x" }\n',
  );
  expect(diagnostics.map(({ code, at }) => `${at?.line} ${code}`)).toEqual(["4 bad-expression", "9 bad-expression", "10 bad-expression"]);
});

test("a kind that infra does not make is one line, not a list of all that it makes", () => {
  const { diagnostics } = load("graphs: {}\nfleets: {}\n");
  expect(diagnostics.map(({ code }) => code)).toEqual(["unknown-field", "unknown-field"]);
  expect(diagnostics.map(({ hint }) => hint)).toEqual(
    ["graphs", "fleets"].map(
      (word) =>
        `\`infra explain\` lists the kinds that infra manages, \`infra types ${word}\` finds AWS's own types; refer to other objects by \`{ id: … }\``,
    ),
  );
});
