/** The policy in docs/policy.md reads only members that a plan has. Where `opa` is installed, the policy is also run. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const rego = /^```rego\n([\s\S]*?)^```$/m.exec(read("docs/policy.md"))![1]!;
const hasOpa = spawnSync("opa", ["version"]).status === 0;

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

const whole = JSON.parse(read("schemas/plan.schema.json")) as { readonly definitions: Readonly<Record<string, Schema>> };

/** Returns the schema of a member, through references, lists and choices. */
function member(of: Schema | undefined, name: string): Schema | undefined {
  if (of === undefined) return undefined;
  if (of.$ref !== undefined) return member(whole.definitions[of.$ref.split("/").at(-1)!], name);
  if (of.items !== undefined) return member(of.items, name);
  return of.properties?.[name] ?? of.anyOf?.map((one) => member(one, name)).find((one) => one !== undefined);
}

test("reads members of the schema of a plan", () => {
  const variables: Record<string, Schema> = { input: whole.definitions["plan"]! };
  const paths: string[] = [];
  for (const [, declared, from] of rego.matchAll(/some (\w+) in (input[\w.]*)/g)) {
    variables[declared!] = from!.split(".").slice(1).reduce<Schema | undefined>(member, variables["input"])!;
    expect(variables[declared!], from).toBeDefined();
  }
  for (const [path] of rego.matchAll(/\b(?:one|opened)\.[\w.]+/g)) {
    const [variable, ...names] = path.split(".") as [string, ...string[]];
    const fields = names.includes("after") ? names.slice(0, names.indexOf("after") + 1) : names; // below `after` stand the fields of a kind
    paths.push(path);
    expect(fields.filter((name) => name !== "tcp").reduce<Schema | undefined>(member, variables[variable]), path).toBeDefined();
  }
  expect(paths.length).toBeGreaterThan(8);
});

test("names kinds and fields that there are", () => {
  const named = [...rego.matchAll(/one\.type == "(\w+)"|"(\w+)"(?=[,}])/g)].map((match) => match[1] ?? match[2]!);
  const kindsNamed = named.filter((name) => !/^\d/.test(name));
  expect(kindsNamed).toContain("instance");
  for (const name of kindsNamed) expect([...kinds.values()].map((kind) => kind.name)).toContain(name);
});

test.runIf(hasOpa)("with opa, where it is installed: says of a plan the same as the page", () => {
  const folder = mkdtempSync(join(tmpdir(), "policy-"));
  try {
    writeFileSync(join(folder, "infra.rego"), rego);
    const plan = {
      resource_changes: [
        { address: "instance/box", type: "instance", change: { actions: ["create"], after: { rootVolume: { size: 8 } } } },
      ],
      reach: { opens: [{ from: "internet", to: "instance/box", flows: { tcp: "22" } }] },
    };
    writeFileSync(join(folder, "plan.json"), JSON.stringify(plan));
    const out = execFileSync("opa", [
      "eval",
      "-d",
      join(folder, "infra.rego"),
      "-i",
      join(folder, "plan.json"),
      "--format",
      "json",
      "data.main.deny",
    ]);
    const denied = (JSON.parse(out.toString()) as { result: [{ expressions: [{ value: string[] }] }] }).result[0].expressions[0].value;
    expect(denied).toHaveLength(2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
