import { expect, it } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import { certificate } from "../../src/kinds/certificate/certificate.ts";
import type { Desired, Driver, Live, Scope } from "../../src/kinds/kind.ts";
import { listByIndex } from "../../src/observe/by-index.ts";
import { ownership } from "../../src/resource/ownership.ts";

const scope: Scope = { project: "lab", environment: "test", asks: () => false };
const node = { kind: "certificate", address: "certificate/main" } as Desired;
const live = (id: string, more = {}): Live => ({
  id,
  aliases: [],
  tags: { [ownership.project]: "lab", [ownership.environment]: "test", [ownership.resource]: "certificate/main", ...more },
  spec: {},
  handle: null,
  state: "ready",
});

async function found(candidates: readonly Live[], account: readonly Live[]): Promise<string[]> {
  const driver = {
    async *list(_aws: Aws, { candidates: ids }: Scope) {
      yield* ids ? candidates : account;
    },
  } as Partial<Driver> as Driver;
  const ids: string[] = [];
  const all = listByIndex(
    { account: "1" } as Aws,
    certificate,
    driver,
    scope,
    candidates.map(({ id }) => id),
    { nodes: [node], moved: [] },
  );
  for await (const one of all) ids.push(one.id);
  return ids;
}

const ours = live("ours");
it.each([
  ["what the index shows is enough", [ours], [ours], ["ours"]],
  ["what it does not show is looked for", [], [ours], ["ours"]],
  [
    "a copy that it shows does not stand for what it does not show yet",
    [live("copy", { "eks:cluster-name": "theirs" })],
    [ours],
    ["copy", "ours"],
  ],
  ["nor does another project's", [live("other", { [ownership.project]: "other" })], [ours], ["other", "ours"]],
])("%s", async (_what, candidates, account, expected) => expect(await found(candidates, account)).toEqual(expected));
