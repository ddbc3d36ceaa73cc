/** Estates for import: objects that infra built, without any of our tags. */
import { join } from "node:path";
import { partsFirst } from "../../src/apply/release.ts";
import type { Environment } from "../../src/config/environment.ts";
import { loadEnvironment, type Loaded } from "../../src/config/load.ts";
import { applyEnvironment, planEnvironment, type PlanRun } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { adoptionProblems } from "../../src/plan/adoption.ts";
import { LinkedText } from "../../src/import/values.ts";
import { importAround, type Imported, type ImportRequest } from "../../src/import/import.ts";
import type { Root } from "../../src/import/discover.ts";
import type { Connection } from "../../src/aws/connection.ts";
import type { Kind } from "../../src/kinds/kind.ts";
import type { Form, ResourceIndex } from "../contract/case.ts";
import { header, openTestbed } from "../support/testbed.ts";
import { texts } from "../support/texts.ts";

/** Loads a text as a separate environment, without a file. */
export function loadUnsaved(text: string): Loaded {
  const path = join(texts, "environments", "new.yaml");
  return loadEnvironment({ nameOrPath: path, cwd: texts, kinds, types, unsaved: new Map([[path, text]]) });
}

/** Removes all our tags from the objects of an environment. */
export async function stripped({ observed, drivers }: PlanRun, { aws }: Connection): Promise<void> {
  for (const { kind, live } of partsFirst([...observed.objects.values()]).flat()) {
    const marks = Object.keys(live.tags).filter((key) => key.startsWith("infra:"));
    await (await drivers.of(kind)).tag(aws, live, {}, marks);
  }
}

export function importOf(
  connection: Connection,
  environment: Environment,
  roots: readonly Root[],
  more: Partial<ImportRequest> = {},
  all = kinds,
): Promise<Imported> {
  const typed = new Set(roots.flatMap(({ kind }) => (kind.written === undefined ? [] : kind)));
  return importAround([...all, ...typed], connection, {
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

/** Makes the resources of a contract case with all their fields, and then removes our tags. */
export async function forgotten(kind: Kind, index: ResourceIndex, form: Form) {
  const around = { ...index, ...form.index };
  const sections = { ...around, [kind.section]: { ...around[kind.section], main: form.full } };
  const texts = Object.entries(sections).map(([section, resources]) => `${section}: ${JSON.stringify(resources)}\n`);
  const yaml = `${header}${texts.join("")}`;
  const testbed = openTestbed();
  if (form.before) await form.before((await testbed.connection()).aws);
  await testbed.apply(yaml);
  await testbed.clock.sleep(3_600_000); // an object that AWS is still making is not returned in full
  const before = await testbed.plan(yaml);
  await stripped(before, before.connection);
  const roots = [...before.observed.objects.values()].map(({ kind, live }) => ({ kind, id: live.id }));
  return { testbed, before, roots };
}

/** Returns the ids and ARNs of other resources of the file that stand in a resource in place of a name: "bucket/logs arn:aws:iam::…". */
export function idsLeft({ entries, sorted }: Imported): string[] {
  const told = sorted.taken.flatMap(({ live: { id, aliases } }) => [id, ...aliases].map((text) => ({ text, id })));
  const ids = told.filter(({ text }) => /^arn:|^https:|-[0-9a-f]{8,17}$/.test(text));
  const isIn = (id: string, text: string) => new RegExp(`(?<![\\w.-])${id.replace(/[^\w]/g, "\\$&")}(?![\\w-]|\\.\\w)`).test(text);
  return entries.flatMap(({ address, id: own, body: { adopt: _adopt, ...body } }) => {
    const texts = textsIn(body);
    return ids.flatMap(({ text, id }) => (id !== own && texts.some((one) => isIn(text, one)) ? `${address} ${text}` : []));
  });
}

function textsIn(value: unknown): string[] {
  if (value instanceof LinkedText) return value.parts.filter((part) => typeof part === "string");
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Adopts everything that the file names; throws when a step failed or would change more than tags. */
export async function adopted(connection: Connection, environment: Environment): Promise<void> {
  const adopting = environment.nodes.map(({ address }) => address);
  const run = await planEnvironment(kinds, connection, environment, { goal: "agree", adopting });
  const problems = adoptionProblems(run.plan).map(({ summary }) => summary);
  for await (const event of applyEnvironment(connection, run, { signal: new AbortController().signal }))
    if (event.type === "finished") problems.push(...event.outcome.failed.map(({ step, failure }) => `${step.address}: ${failure.message}`));
  if (problems.length > 0) throw new Error(problems.join("\n"));
}
