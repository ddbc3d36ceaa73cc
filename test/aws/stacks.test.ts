/** What CloudFormation says about stacks: only the objects of a stack that is certainly gone may be adopted. */
import { describe, expect, test } from "vitest";
import { describeStack, resourcesOfStack, Stacks, standing } from "../../src/aws/stacks.ts";
import { fakeAws, refused } from "../support/fake-aws.ts";

const id = "arn:aws:cloudformation:eu-west-1:123456789012:stack/web/1a2b";
const stack = (of: object) => ({ Stacks: [{ StackId: id, StackName: "web", StackStatus: "UPDATE_COMPLETE", ...of }] });
const unheardOf = refused("validation", "ValidationError", "Stack with id web does not exist");

describe("the fate of a stack", () => {
  const fate = async (answer: object, of = id, elsewhere?: string[]) => {
    const aws = fakeAws({ DescribeStacks: answer });
    const there = { ...aws, elsewhere: (region: string) => (elsewhere?.push(region), aws) };
    return (await new Stacks(there).fates(new Set([of]))).get(of);
  };

  test.each([
    ["it stands", stack({}), "there"],
    ["its deletion is under way", stack({ StackStatus: "DELETE_IN_PROGRESS" }), "there"],
    ["its deletion failed", stack({ StackStatus: "DELETE_FAILED" }), "there"],
    ["it is deleted, and known for 90 days", stack({ StackStatus: "DELETE_COMPLETE" }), "gone"],
    ["it is forgotten", unheardOf, "gone"],
    ["only another is told of", stack({ StackId: `${id}9` }), "gone"],
    ["nothing is told", {}, "gone"],
    ["it may not be asked for", refused("auth", "AccessDenied"), "unknown"],
  ])("%s", async (_, answer, expected) => {
    expect(await fate(answer)).toBe(expected);
  });

  test.each([
    refused("network", "ECONNREFUSED"),
    refused("validation", "ValidationError", "too long"),
    refused("not-found", "Other", "it does not exist"),
  ])("is no guess after another failure: $message", async (failure) => expect(fate(failure)).rejects.toBe(failure));

  test.each([
    ["another account's", id.replace("123456789012", "210987654321")],
    ["one of another service", id.replace("cloudformation", "servicecatalog")],
    ["a name", "web"],
  ])("is unknown, without a call: %s", async (_, of) => {
    expect(await fate(new Error("must not be asked"), of)).toBe("unknown");
  });

  test("is asked for where the stack was made", async () => {
    const regions: string[] = [];
    const there = id.replace("eu-west-1", "us-east-1");
    expect(await fate(stack({ StackId: there }), there, regions)).toBe("there");
    expect(await fate(stack({}), id, regions)).toBe("there");
    expect(regions).toEqual(["us-east-1"]);
  });

  test("is asked for once, and not for those that are taken for gone", async () => {
    const aws = fakeAws({ DescribeStacks: stack({}) });
    const stacks = new Stacks(aws, ["gone already"]);
    expect([...(await stacks.fates(new Set([id, "gone already"])))]).toEqual([
      [id, "there"],
      ["gone already", "gone"],
    ]);
    expect([...(await stacks.fates(new Set([id])))]).toEqual([[id, "there"]]);
    expect(aws.asked).toEqual([{ operation: "DescribeStacks", input: { StackName: id } }]);
  });
});

test.each([
  ["by its name", "web", stack({}), { id, name: "web", status: "UPDATE_COMPLETE" }],
  ["by its id", id, stack({}), { id, name: "web", status: "UPDATE_COMPLETE" }],
  ["by its id, unnamed", id, { Stacks: [{ StackId: id }] }, { id, name: id, status: "unknown" }],
  ["by its name, without an id", "web", { Stacks: [{ StackName: "web" }] }, { id: "web", name: "web", status: "unknown" }],
  ["among others", "web", { Stacks: [{ StackName: "webs" }, ...stack({}).Stacks] }, { id, name: "web", status: "UPDATE_COMPLETE" }],
  ["that does not exist", "web", unheardOf, undefined],
])("a stack is described %s", async (_, nameOrId, answer, expected) => {
  expect(await describeStack(fakeAws({ DescribeStacks: answer }), nameOrId)).toEqual(expected);
});

test.each([
  ["CREATE_COMPLETE", true],
  ["DELETE_FAILED", true],
  ["DELETE_SKIPPED", true],
  ["CREATE_FAILED", false],
  ["DELETE_COMPLETE", false],
])("a resource that is %s stands: %s", (ResourceStatus, stands) => {
  const told = { LogicalResourceId: "Net", ResourceType: "AWS::EC2::VPC", PhysicalResourceId: "vpc-1", ResourceStatus };
  expect(standing([told])).toEqual(stands ? [{ logicalId: "Net", type: "AWS::EC2::VPC", id: "vpc-1" }] : []);
});

test.each(["LogicalResourceId", "ResourceType", "PhysicalResourceId"])("a resource without its %s is none", (member) => {
  const told = { LogicalResourceId: "Net", ResourceType: "AWS::EC2::VPC", PhysicalResourceId: "vpc-1" };
  expect(standing([{ ...told, [member]: undefined }])).toEqual([]);
  expect(standing([{ ...told, PhysicalResourceId: "" }])).toEqual([]);
});

test("the resources of a stack, nested stacks included, each read once", async () => {
  const nested = "AWS::CloudFormation::Stack";
  const of = (...told: readonly [string, string, string][]) => ({
    StackResourceSummaries: told.map(([LogicalResourceId, ResourceType, PhysicalResourceId]) => ({
      LogicalResourceId,
      ResourceType,
      PhysicalResourceId,
      ResourceStatus: "CREATE_COMPLETE",
    })),
  });
  const pages: Readonly<Record<string, object>> = {
    top: [of(["Net", "AWS::EC2::VPC", "vpc-1"], ["Data", nested, "data"]), {}, of(["Twice", nested, "data"])],
    data: [of(["Db", "AWS::RDS::DBInstance", "db-1"], ["Keys", nested, "keys"])],
    keys: [of(["Key", "AWS::KMS::Key", "key-1"], ["Round", nested, "top"])],
  };
  const aws = fakeAws({ ListStackResources: ({ StackName }: { StackName: string }) => pages[StackName]! });
  expect(await resourcesOfStack(aws, "top")).toEqual({
    stacks: ["top", "data", "keys"],
    resources: [
      { logicalId: "Net", type: "AWS::EC2::VPC", id: "vpc-1" },
      { logicalId: "Db", type: "AWS::RDS::DBInstance", id: "db-1", within: ["Data"] },
      { logicalId: "Key", type: "AWS::KMS::Key", id: "key-1", within: ["Data", "Keys"] },
    ],
  });
  expect(aws.asked).toHaveLength(3);
});
