/** Every environment in environments/ in the sandbox: created, agreed, left without further writes, changed, destroyed. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadEnvironment, listEnvironments } from "../../src/config/load.ts";
import { formatDiagnostic } from "../../src/diag/format.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { environmentTestbed } from "../support/testbed.ts";

const cwd = new URL("../..", import.meta.url).pathname;

describe.each(listEnvironments(cwd).map(({ name }) => name))("environment %s", (name) => {
  it("is created, agrees, is not written to again, and leaves nothing but data when destroyed", async () => {
    const { environment, diagnostics } = loadEnvironment({ nameOrPath: name, cwd, kinds, types });
    expect(diagnostics.filter(({ severity }) => severity === "error").map((diagnostic) => formatDiagnostic(diagnostic))).toEqual([]);
    const testbed = environmentTestbed();
    const first = await testbed.apply(environment!);
    expect(first.run.plan.steps.every((step) => step.action === "create")).toBe(true);
    const again = await testbed.apply(environment!);
    expect(again.run.plan.steps).toEqual([]);
    expect(again.connection.calls.writes).toBe(0);

    await testbed.apply(environment!, "destroy");
    const left = await testbed.plan(environment!, "destroy");
    // Objects that hold data stay, with everything that they need, until `allowDestroy` names them.
    expect(left.plan.steps.filter((step) => step.action !== "keep")).toEqual([]);
    if (!left.plan.steps.some((step) => step.because.includes("its data"))) expect(left.plan.objects).toEqual([]);
  });

  it("states its purpose in its first lines", () => {
    const text = readFileSync(`${cwd}/environments/${name}.yaml`, "utf8");
    expect(text).toMatch(/^# yaml-language-server: .*\n#\n# \S/);
  });
});
