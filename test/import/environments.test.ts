/** What infra built and forgot is imported: the plan of the file writes tags and nothing else, and after it nothing. */
import { describe, expect, it } from "vitest";
import { listEnvironments, loadEnvironment } from "../../src/config/load.ts";
import type { Environment } from "../../src/config/environment.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { sampleOf } from "../support/night.ts";
import { environmentTestbed } from "../support/testbed.ts";
import { backwards } from "./backwards.ts";
import { adopted, idsLeft, importOf, loadUnsaved, stripped } from "./support.ts";

const cwd = new URL("../..", import.meta.url).pathname;

/** What an import does to AWS: it looks. */
const isRead = (operation: string) => /^(Describe|Get|List|Search)/.test(operation);

/** What an adoption writes. A record has no tags: another record beside it says whose it is; and what Cloud Control tags it updates. */
const isTagging = (operation: string) =>
  /^(CreateTags|CreateOrUpdateTags|AddTags(To\w+)?|ChangeTagsForResource|Tag\w+|PutBucketTagging|ChangeResourceRecordSets|UpdateResource)$/.test(
    operation,
  );

/** By day those that between them have most kinds; `forms.test.ts` has every field. */
const names = sampleOf(
  listEnvironments(cwd).map(({ name }) => name),
  ["https-service", "notify", "peered", "private-bucket"],
  (name) => name,
);

/** What AWS does not tell enough of: the code of a function, and what its tags alone would say whose it is. And a default group that was taken over is AWS's own. */
const notWritten: Readonly<Record<string, number>> = { notify: 1, "dual-stack": 1, "serverless-api": 2 };

/** Ids that stay in a file beside what has them, because each of the two names the other. */
const inCircles: Readonly<Record<string, readonly string[]>> = {};

describe.each(names)("the estate of %s", (name) => {
  it("becomes a file that is adopted with tags alone, and the same file again when the tags are gone", async () => {
    const { environment } = loadEnvironment({ nameOrPath: name, cwd, kinds, types });
    const sent: string[] = [];
    const testbed = environmentTestbed(kinds, ({ operation }) => sent.push(operation));
    await testbed.apply(environment!);
    const roots = await forgotten(environment!);
    const look = async () => (await testbed.plan({ ...environment!, nodes: [] })).connection;

    const connection = await look();
    sent.length = 0;
    const imported = await importOf(connection, environment!, roots);
    expect(sent.filter((operation) => !isRead(operation))).toEqual([]);
    expect(imported.open).toEqual([]);
    expect(idsLeft(imported)).toEqual(inCircles[name] ?? []);
    expect(imported.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(imported.run!.plan.steps.map(({ action }) => action)).toEqual(imported.entries.map(() => "retag"));
    expect(imported.entries).toHaveLength(roots.length - (notWritten[name] ?? 0));
    expect((await importOf(backwards(connection), environment!, roots.toReversed())).text).toBe(imported.text);

    const file = loadUnsaved(imported.text).environment!;
    const adopting = await look();
    sent.length = 0;
    await adopted(adopting, file);
    expect(sent.filter((operation) => !isRead(operation) && !isTagging(operation))).toEqual([]);
    expect((await testbed.plan(file)).plan.steps).toEqual([]);
    const again = await forgotten(file);
    expect((await importOf(await look(), environment!, again)).text).toBe(imported.text);

    /** Takes the marks off, and tells what there is. */
    async function forgotten(of: Environment) {
      const run = await testbed.plan(of);
      await stripped(run, run.connection);
      await run.connection.aws.clock.sleep(3_600_000); // a cache is at work when its tags change, and an import says so
      return [...run.observed.objects.values()].map(({ kind, live }) => ({ kind, id: live.id })).reverse();
    }
  });
});
