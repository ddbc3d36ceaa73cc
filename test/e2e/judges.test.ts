/** Compares docs/sandbox.md, "Tests that only the sandbox can make", with moto itself. `UPDATE_DOCS=1` writes it. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { describeWithMoto } from "./support/moto.ts";

/** moto's names for services that have another name in IAM actions. */
const modules: Readonly<Record<string, string>> = {
  elasticloadbalancing: "elbv2",
  elasticfilesystem: "efs",
  tag: "resourcegroupstaggingapi",
};
const file = new URL("../../docs/sandbox.md", import.meta.url);

describeWithMoto("the operations that moto models", () => {
  test("the page tells the calls that it lacks, kind by kind", () => {
    const page = readFileSync(file, "utf8");
    const told = page.replace(
      /(<!-- lacking in moto -->\n)[^]*(<!-- end of lacking -->)/,
      (_, begin: string, end: string) => `${begin}${table()}${end}`,
    );
    if (process.env["UPDATE_DOCS"]) writeFileSync(file, told);
    expect(told).not.toBe("");
    expect(page).toBe(process.env["UPDATE_DOCS"] ? page : told);
  });
});

function table(): string {
  const sent = commands();
  const byKind = kinds.map(({ name, iam }) => {
    const calls = [...new Set([...iam.read, ...iam.write])].map((action) => action.split(":") as [string, string]);
    return { name, calls: calls.filter(([service, operation]) => service !== "s3" && sent.has(operation)) };
  });
  const lacking = lackingIn(byKind.flatMap(({ calls }) => calls));
  const rows = byKind.flatMap(({ name, calls }) => {
    const missing = calls
      .filter(([service, operation]) => lacking[modules[service] ?? service]?.includes(operation))
      .map(([, operation]) => operation);
    return missing.length === 0
      ? []
      : [
          `| ${name} | ${missing
            .sort()
            .map((one) => `\`${one}\``)
            .join(", ")} |`,
        ];
  });
  expect(rows.length).toBeGreaterThan(5);
  expect(rows.length).toBeLessThan(kinds.length);
  return ["| kind | what moto lacks of it |", "|---|---|", ...rows, ""].join("\n");
}

/** Returns the operations that the product sends. */
function commands(): ReadonlySet<string> {
  const folder = new URL("../../src/aws/sdk/", import.meta.url);
  const texts = readdirSync(folder).map((one) => readFileSync(new URL(one, folder), "utf8"));
  return new Set(texts.flatMap((text) => [...text.matchAll(/\b(\w+)Command\b/g)].map((match) => match[1]!)));
}

function lackingIn(calls: readonly (readonly [string, string])[]): Readonly<Record<string, readonly string[]>> {
  const input: Record<string, string[]> = {};
  for (const [service, operation] of calls) (input[modules[service] ?? service] ??= []).push(operation);
  const script = fileURLToPath(new URL("support/operations.py", import.meta.url));
  const { stdout, stderr, status } = spawnSync("python3", [script], { input: JSON.stringify(input), encoding: "utf8" });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, string[]>;
}
