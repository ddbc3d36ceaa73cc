import { _InstanceType } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { whyNotType } from "../../src/kinds/shared/instances/types.ts";

describe("the form of instance types", () => {
  it("is the one of every type that the SDK knows", () => {
    const types = Object.values(_InstanceType);
    expect(types.length).toBeGreaterThan(1000);
    expect(types.filter((type) => whyNotType(type) !== undefined)).toEqual([]);
  });

  it.each([
    ["t3.mirco", "", 'did you mean "t3.micro"?'],
    ["m7g.lrage", "", 'did you mean "m7g.large"?'],
    ["m7g.2xlrge", "", 'did you mean "m7g.2xlarge"?'],
    ["db.t4g.mirco", "db.", 'did you mean "db.t4g.micro"?'],
    ["t.micro", "", "write letters and a generation, as in t3 or m7g"],
    ["t3.gigantic", "", "sizes are nano, micro, small, medium, large, xlarge, metal, 2xlarge, 4xlarge and so on"],
  ])("is not the one of %s", (type, prefix, hint) => {
    expect(whyNotType(type, prefix)?.hint).toBe(hint);
  });

  it.each(["db.m5.large", "db.r6g.16xlarge", "db.x2iedn.32xlarge"])("is the one of %s", (type) => {
    expect(whyNotType(type, "db.")).toBeUndefined();
  });
});
