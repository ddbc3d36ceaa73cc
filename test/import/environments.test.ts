/** An estate that infra built and released is imported. The first plan of the file writes only tags, and the next is empty. */
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

/** The operations of an import: reads only. */
const isRead = (operation: string) => /^(Describe|Get|List|Search)/.test(operation);

/**
 * The operations that write tags. A DNS record has no tags, so another record beside it names its owner. Cloud Control writes tags with an
 * update.
 */
const isTagging = (operation: string) =>
  /^(CreateTags|CreateOrUpdateTags|AddTags(To\w+)?|ChangeTagsForResource|Tag\w+|PutBucketTagging|ChangeResourceRecordSets|UpdateResource)$/.test(
    operation,
  );

/** By day the environments that together have most kinds; `forms.test.ts` has every field. */
const names = sampleOf(
  listEnvironments(cwd).map(({ name }) => name),
  ["https-service", "notify", "peered", "private-bucket"],
  (name) => name,
);

/**
 * The number of objects that cannot be written, because AWS tells too little: the code of a function, and parts whose owner only their
 * holder's tags name. A default security group that was adopted belongs to AWS.
 */
const notWritten: Readonly<Record<string, number>> = { notify: 1, "dual-stack": 1, "serverless-api": 2 };

/** Ids that stay in a file although it declares their objects, because each of the two names the other. */
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

    /** Removes our tags and returns the objects. */
    async function forgotten(of: Environment) {
      const run = await testbed.plan(of);
      await stripped(run, run.connection);
      await run.connection.aws.clock.sleep(3_600_000); // a cache is busy while its tags change, and an import reports that
      return [...run.observed.objects.values()].map(({ kind, live }) => ({ kind, id: live.id })).reverse();
    }
  });
});
