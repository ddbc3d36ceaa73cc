/** Estates for import: what infra built, without any mark of ours. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../src/config/environment.ts";
import { loadEnvironment, type Loaded } from "../../src/config/load.ts";
import { applyEnvironment, planEnvironment, type PlanRun } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { adoptionProblems } from "../../src/plan/adoption.ts";
import { importAround, type Imported, type ImportRequest } from "../../src/import/import.ts";
import type { Root } from "../../src/import/discover.ts";
import type { Connection } from "../../src/aws/connect.ts";

/** Text as an environment of its own, without a file. */
export function loadUnsaved(text: string): Loaded {
  const cwd = mkdtempSync(join(tmpdir(), "infra-import-"));
  try {
    const path = join(cwd, "environments", "new.yaml");
    return loadEnvironment({ nameOrPath: path, cwd, kinds, unsaved: new Map([[path, text]]) });
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

/** Takes every mark of ours off what an environment has. */
export async function stripped({ observed, drivers }: PlanRun, { aws }: Connection): Promise<void> {
  for (const { kind, live } of observed.objects.values()) {
    const marks = Object.keys(live.tags).filter((key) => key.startsWith("infra:"));
    await (await drivers.of(kind)).tag(aws, live, {}, marks);
  }
}

export function importOf(
  connection: Connection,
  environment: Environment,
  roots: readonly Root[],
  more: Partial<ImportRequest> = {},
): Promise<Imported> {
  return importAround(kinds, connection, {
    roots,
    project: environment.project,
    environment: environment.name,
    region: environment.region,
    names: "name-tag",
    depth: "vpc",
    exclude: new Set(),
    head: ["Imported."],
    load: loadUnsaved,
    ...more,
  });
}

/** Adopts all that the file names; throws when something failed or would change more than tags. */
export async function adopted(connection: Connection, environment: Environment): Promise<void> {
  const adopting = environment.nodes.map(({ address }) => address);
  const run = await planEnvironment(kinds, connection, environment, { goal: "agree", adopting });
  const problems = adoptionProblems(run.plan.steps).map(({ summary }) => summary);
  for await (const event of applyEnvironment(connection, run, { signal: new AbortController().signal }))
    if (event.type === "finished") problems.push(...event.outcome.failed.map(({ step, failure }) => `${step.address}: ${failure.message}`));
  if (problems.length > 0) throw new Error(problems.join("\n"));
}
