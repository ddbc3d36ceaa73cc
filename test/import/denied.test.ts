/** A read that a role may not make ends an import with the name of the denied read. No file is written that lacks something unnoticed. */
import { describe, expect, it } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { vpc } from "../../src/kinds/vpc/vpc.ts";
import { allCases } from "../contract/cases.ts";
import { sampleOf } from "../support/night.ts";
import { forgotten, importOf } from "./support.ts";

/** By day the kinds that need the most reads of single objects. */
const cases = sampleOf(await allCases(), ["instance", "bucket"], ({ kind }) => kind);

/**
 * Whether a stack is gone, and the content of the tag index. Without these rights the import reads more, or leaves the stack its objects.
 */
const notNeeded = new Set(["DescribeStacks", "GetResources", "GetParametersByPath"]);

it("names all kinds at once that may not be read", async () => {
  const { testbed, before, roots } = await forgotten(vpc, {}, { full: { cidrBlock: "10.0.0.0/16" }, changes: [] });
  const denied = { times: "always" as const, code: "AccessDenied", status: 403, message: "not authorized" };
  const refuse = ["DescribeSubnets", "DescribeDBInstances", "DescribeLoadBalancers"].map((operation) => ({ operation, ...denied }));
  testbed.sandbox.setFaults({ refuse });
  const ended = importOf(await testbed.connection(), before.environment, roots);
  await expect(ended).rejects.toThrow(
    [
      "subnets cannot be read: DescribeSubnets was denied (AccessDenied).",
      "loadBalancers cannot be read: DescribeLoadBalancers was denied (AccessDenied).",
      "dbInstances cannot be read: DescribeDBInstances was denied (AccessDenied).",
    ].join("\n"),
  );
});

describe.each(cases)("$kind", ({ kind: name, index, forms }) => {
  const kind = kinds.find((one) => one.name === name)!;
  /** The reads of the proof alone: whether a new environment has objects of kinds outside its file that no index shows. */
  const ofProof = new Set(
    kinds.flatMap((one) => (one.tagIndex || one === kind ? [] : one.iam.read.map((action) => action.split(":")[1]!))),
  );

  it("is not written without the denied reads", async () => {
    const { testbed, before, roots } = await forgotten(kind, index, forms[0]!);
    const read = async () => importOf(await testbed.connection(), before.environment, roots);
    testbed.sandbox.forgetCalls();
    const { text } = await read();
    const operations = Object.keys(testbed.sandbox.counts().operations).map((one) => one.slice(one.indexOf(":") + 1));
    for (const operation of new Set(operations.filter((one) => !notNeeded.has(one)))) {
      testbed.sandbox.setFaults({ refuse: [{ operation, times: "always", code: "AccessDenied", status: 403, message: "not authorized" }] });
      const ended = await read().then(
        (imported) => (imported.text === text ? "the same file" : "another file"),
        (error: Error) =>
          `${error.message} ${String((error as { operation?: string }).operation)}`.includes(operation) ? "named" : String(error.stack),
      );
      expect([operation, ended]).toEqual([operation, ofProof.has(operation) && ended === "the same file" ? ended : "named"]);
    }
  });
});
