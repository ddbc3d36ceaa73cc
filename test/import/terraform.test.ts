/** A Terraform state as a source of roots and names; its values are never shown. */
import { describe, expect, it } from "vitest";
import { addressesToForget, readState, rootsOfState, unknownIn, type StateEntry } from "../../src/import/terraform.ts";
import { kinds } from "../../src/kinds/index.ts";

const resource = (address: string, attributes: object, more: object = {}) => {
  const [type, name] = address.split(".").slice(-2);
  return { mode: "managed", type, name, instances: [{ attributes, ...more }] };
};
const inModule = (module: string, one: object) => ({ ...one, module });

const state = JSON.stringify({
  version: 4,
  resources: [
    inModule(
      "module.net",
      resource("aws_vpc.this", { id: "vpc-0123456789abcdef0", arn: "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0123456789abcdef0" }),
    ),
    inModule(
      "module.net",
      resource("aws_subnet.public", { id: "subnet-0123456789abcdef0", vpc_id: "vpc-0123456789abcdef0" }, { index_key: 0 }),
    ),
    resource("aws_subnet.private", { id: "subnet-0123456789abcdef1" }, { index_key: "a" }),
    resource("aws_route_table_association.public", { id: "rtbassoc-1", subnet_id: "subnet-0123456789abcdef0" }),
    resource("aws_db_instance.main", { id: "db-ABC", arn: "arn:aws:rds:eu-west-1:123456789012:db:shop-main", password: "hunter2hunter2" }),
    resource("aws_sns_topic_subscription.mail", {
      arn: "arn:aws:sns:eu-west-1:123456789012:ops:0a1b",
      id: "arn:aws:sns:eu-west-1:123456789012:ops:0a1b",
    }),
    resource("aws_s3_bucket.logs", { id: "logs", arn: "arn:aws:s3:::logs" }),
    resource("random_id.x", { id: "vpc-0123456789abcdef9" }),
    { ...resource("aws_vpc.other", { id: "vpc-0123456789abcdef8" }), mode: "data" },
  ],
});

describe("a state", () => {
  const entries = readState(state) as readonly StateEntry[];

  it("gives roots with the names of Terraform, modules in place of names that say nothing", () => {
    const { names } = rootsOfState(kinds, entries);
    expect(Object.fromEntries(names)).toEqual({
      "vpc vpc-0123456789abcdef0": "net",
      "subnet subnet-0123456789abcdef0": "public",
      "subnet subnet-0123456789abcdef1": "private-a",
      "dbInstance shop-main": "main",
      "bucket logs": "logs",
    });
  });

  it("lists the objects that Terraform has to forget: those that were imported, and their parts", () => {
    expect(addressesToForget(kinds, entries, new Set(["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]))).toEqual([
      "module.net.aws_subnet.public[0]",
      'aws_subnet.private["a"]',
      "aws_route_table_association.public",
    ]);
  });

  it("lists objects that no kind here can be, unless they are parts of imported ones", () =>
    expect(unknownIn(kinds, entries, new Set(["subnet-0123456789abcdef0", "logs"]))).toEqual(["aws_sns_topic_subscription.mail"]));

  it("keeps no value but ids, ARNs and names", () => {
    expect(JSON.stringify(entries.map((entry) => ({ ...entry, ids: [...entry.ids] })))).not.toContain("hunter2");
  });

  it.each([
    ["not json", /not a Terraform state/],
    ["[]", /not a Terraform state/],
    [JSON.stringify({ version: 3, resources: [] }), /format 3/],
    [JSON.stringify({ version: 4 }), /not a Terraform state/],
  ])("is not %s", (text, problem) => expect(readState(text)).toMatchObject({ problem: expect.stringMatching(problem) as string }));
});
