/** Random estates that infra built and forgot: imported, adopted with tags alone, and in agreement; the same file again, whatever the order of answers. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { isNight } from "../support/night.ts";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";
import { adopted, backwards, importOf, loadUnsaved, stripped } from "./support.ts";
import { estate } from "./estates.ts";

it("become files that change nothing but tags", { timeout: isNight ? 3_600_000 : 240_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(estate, async (sections) => {
      const text = `${header}account: "123456789012"\n${Object.entries(sections)
        .map(([section, resources]) => `${section}: ${JSON.stringify(resources)}\n`)
        .join("")}`;
      const testbed = openTestbed();
      await testbed.apply(text);
      await testbed.clock.sleep(900_000); // what is still being made is not told in full
      const run = await testbed.plan(text);
      await stripped(run, run.connection);
      const roots = [...run.observed.objects.values()].map(({ kind, live }) => ({ kind, id: live.id }));
      const imported = await importOf(await testbed.connection(), run.environment, roots);
      expect(imported.open, imported.text).toEqual([]);
      expect(imported.run!.plan.steps.map(({ action }) => action)).toEqual(roots.map(() => "retag"));
      const shuffled = await importOf(backwards(await testbed.connection()), run.environment, roots.toReversed());
      expect(shuffled.text).toBe(imported.text);
      const file = loadUnsaved(imported.text).environment!;
      await adopted(await testbed.connection(), file);
      const after = await testbed.plan(imported.text);
      expect(stepsOf(after)).toEqual([]);
      await stripped(after, after.connection);
      expect((await importOf(await testbed.connection(), run.environment, roots)).text).toBe(imported.text);
    }),
    { numRuns: isNight ? 200 : 3, seed: isNight ? Date.now() : 21 },
  );
});
