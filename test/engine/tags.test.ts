import { describe, expect, it } from "vitest";
import { subnet } from "../../src/kinds/subnet/subnet.ts";
import { vpc } from "../../src/kinds/vpc/vpc.ts";
import { header, openTestbed } from "../support/testbed.ts";

const subnets = Array.from({ length: 30 }, (_, i) => `  s${i}: { vpc: main, cidrBlock: 10.0.${i}.0/24, availabilityZone: a }`).join("\n");
const yaml = `${header}
tags: { team: web }
vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
${subnets}
`;

describe("tags", () => {
  it("a tag that changes for a whole environment is written in one call", async () => {
    const index = openTestbed({ kinds: [vpc, subnet] });
    await index.apply(yaml);
    const changed = yaml.replace("team: web", "team: shop");
    const applied = await index.apply(changed);
    expect(applied.run.plan.steps).toHaveLength(31);
    expect(applied.connection.calls.byOperation.get("ec2:CreateTags")).toBe(1);
    expect((await index.plan(changed)).plan.steps).toEqual([]);
  });

  it("null takes a tag away, leaving the line out leaves it", async () => {
    const index = openTestbed({ kinds: [vpc, subnet] });
    await index.apply(yaml);
    expect((await index.plan(yaml.replace("tags: { team: web }", ""))).plan.steps).toEqual([]);
    const removed = yaml.replace("  main: { cidrBlock: 10.0.0.0/16 }", "  main: { cidrBlock: 10.0.0.0/16, tags: { team: null } }");
    const { plan } = await index.plan(removed);
    expect(plan.steps).toMatchObject([{ action: "update", address: "vpc/main", tags: { set: {}, remove: ["team"] } }]);
    await index.apply(removed);
    expect((await index.plan(removed)).plan.steps).toEqual([]);
  });

  it("of another account's objects that are not seen are told as such", async () => {
    const shared = `${header}
subnets:
  a: { vpc: { tags: { Name: shared }, ownerId: "999999999999" }, cidrBlock: 10.0.0.0/24, availabilityZone: a }
`;
    const { diagnostics } = await openTestbed({ kinds: [vpc, subnet] }).plan(shared);
    expect(diagnostics.map(({ code, summary }) => `${code}: ${summary}`)).toEqual([
      expect.stringMatching(/^lookup-failed: .*no vpc has these tags.*tags that the owner sets are not shown.*Name it by \{ id \}/),
    ]);
  });
});
