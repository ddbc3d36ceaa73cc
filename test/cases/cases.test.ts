/**
 * Plans as users see them. A case is a folder whose name is a sentence. `before.yaml` is applied to an empty sandbox. `by-hand.json` holds
 * calls of another client. `after.yaml` is planned (or `destroy.yaml`, for a destroy), and `plan.txt` is the printed plan. `UPDATE_CASES=1
 * npx vitest run test/cases` writes plan.txt; read it afterwards.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { formatDiagnostic } from "../../src/diag/format.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { planText } from "../../src/render/plan-text.ts";
import { environmentTestbed } from "../support/testbed.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const cases = readdirSync(root, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

describe("plans as users see them", () => {
  it.each(cases.map((folder) => [folder.replaceAll("-", " "), folder]))("%s", async (_name, folder) => {
    const text = await planOf(folder);
    if (process.env["UPDATE_CASES"]) writeFileSync(`${root}${folder}/plan.txt`, text);
    expect(text).toBe(readFileSync(`${root}${folder}/plan.txt`, "utf8"));
  });
});

async function planOf(folder: string): Promise<string> {
  const cwd = `${root}${folder}`;
  const testbed = environmentTestbed();
  const before = existsSync(`${cwd}/before.yaml`) ? await testbed.apply(load(cwd, "before.yaml")) : undefined;
  if (existsSync(`${cwd}/by-hand.json`)) {
    const { plan } = await testbed.plan(load(cwd, "before.yaml"));
    const ids = new Map(plan.objects.map(({ address, id }) => [address, id]));
    const edits = JSON.parse(readFileSync(`${cwd}/by-hand.json`, "utf8")) as readonly ByHand[];
    for (const edit of edits) {
      const made = await doByHand(testbed, before!.run.environment.region, filled(edit, ids));
      for (const [name, member] of Object.entries(edit.makes ?? {})) ids.set(name, String(made[member]));
    }
  }
  const goal = existsSync(`${cwd}/destroy.yaml`) ? "destroy" : "agree";
  const run = await testbed.plan(load(cwd, goal === "destroy" ? "destroy.yaml" : "after.yaml"), goal);
  return [...run.diagnostics.map((one) => `${formatDiagnostic(one)}\n\n`), planText(run.plan)].join("");
}

function load(cwd: string, file: string) {
  const { environment, diagnostics } = loadEnvironment({ nameOrPath: `./${file}`, cwd, kinds, types });
  if (!environment) throw new Error(diagnostics.map((diagnostic) => formatDiagnostic(diagnostic)).join("\n"));
  return environment;
}

interface ByHand {
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  /** Names for the ids that the call returns, each with the member of the answer that holds the id. */
  readonly makes?: Readonly<Record<string, string>>;
}

/** Replaces `<vpc/main>` with the id of the live object at that address. */
function filled(edit: ByHand, ids: ReadonlyMap<string, string>): ByHand {
  const idOf = (address: string) => {
    const id = ids.get(address);
    if (id === undefined) throw new Error(`${address} is not there`);
    return id;
  };
  return JSON.parse(JSON.stringify(edit).replace(/<([a-zA-Z]+\/[^>"]+)>/g, (_whole, address: string) => idOf(address))) as ByHand;
}

async function doByHand(
  { sandbox }: ReturnType<typeof environmentTestbed>,
  region: string,
  edit: ByHand,
): Promise<Record<string, unknown>> {
  const { service, operation, input } = edit;
  return (await sandbox.call({ service, operation, input, account: "123456789012", region })) as Record<string, unknown>;
}
