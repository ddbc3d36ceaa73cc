/** Objects that somebody deletes during an import: the import does not fail, and its file says which objects are gone. */
import { describe, expect, it } from "vitest";
import type { VirtualClock } from "@plumbline/clock";
import { createSandbox, type Sandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { connect } from "../../src/aws/connect.ts";
import { kinds } from "../../src/kinds/index.ts";
import { allCases } from "../contract/cases.ts";
import { isNight, sampleOf } from "../support/night.ts";
import { forgotten, importOf } from "./support.ts";

/** By day the kinds that need the most reads of single objects. */
const cases = sampleOf(await allCases(), ["instance", "bucket", "iamRole", "topic"], ({ kind }) => kind);

describe.each(cases)("$kind", ({ kind: name, index, forms }) => {
  const kind = kinds.find((one) => one.name === name)!;

  it("may be gone at each call of an import, by day at every third", async () => {
    const { testbed, before, roots } = await forgotten(kind, index, forms[0]!);
    const empty = createSandbox({ clock: testbed.clock });

    let calls = 0;
    for (let last = 0; last <= calls; last += isNight ? 1 : 3) {
      calls = 0;
      const way = await throughBoth(testbed.sandbox, empty, testbed.clock, () => calls++ < last);
      const imported = await importOf(way, before.environment, roots).catch((error: Error) => error);
      expect(imported instanceof Error ? `gone after call ${last} of ${name}: ${imported.stack}` : "").toBe("");
      if (imported instanceof Error) return;
      // An object in the file was read, or the file lists it as open.
      const open = new Set(imported.open.map(({ address }) => address));
      const steps = imported.run?.plan.steps.filter(({ action, address }) => action !== "retag" && !open.has(address)) ?? [];
      expect(steps.map(({ action, address }) => `${action} ${address}`)).toEqual([]);
    }
  });
});

/** A connection to the first sandbox while `isThere` holds, and then to the other. */
async function throughBoth(there: Sandbox, gone: Sandbox, clock: VirtualClock, isThere: () => boolean) {
  const handle: Sandbox["requestHandler"]["handle"] = (...args) => (isThere() ? there : gone).requestHandler.handle(...args);
  const requestHandler = { ...there.requestHandler, handle } as Sandbox["requestHandler"];
  const credentials = { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" };
  return connect({ region: "eu-west-1", clock, requestHandler, credentials });
}
