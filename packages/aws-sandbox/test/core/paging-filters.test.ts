import { describe, expect, test } from "vitest";
import { StateCall } from "../../src/call.ts";
import { Faults } from "../../src/faults/faults.ts";
import { matcher, matchFilters } from "../../src/filters.ts";
import { AwsFault } from "../../src/model.ts";
import type { Call } from "../../src/model.ts";
import { page } from "../../src/paging.ts";
import { SandboxState } from "../../src/state.ts";
import { refuseUnknown } from "../../src/unmodelled.ts";

function callOf(service: string, operation: string): Call {
  const origin = { account: "123456789012", region: "eu-west-1", service, operation };
  return new StateCall(origin, 0, new SandboxState().region(origin.account, origin.region), new Faults());
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof AwsFault) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "accepted";
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => `n${i}`);
const key = (item: string) => item;

describe("pages", () => {
  test.each([
    ["ec2", "DescribeVpcs", "ec2", "MaxResults", "NextToken", "NextToken"],
    ["autoscaling", "DescribePolicies", "autoscaling", "MaxRecords", "NextToken", "NextToken"],
    ["rds", "DescribeDBInstances", "rds", "MaxRecords", "Marker", "Marker"],
    ["elbv2", "DescribeRules", "elbv2", "PageSize", "Marker", "NextMarker"],
  ] as const)("of %s follow each other until all is told", (service, operation, names, limit, token, next) => {
    const call = callOf(service, operation);
    const seen: string[] = [];
    let sizes = "";
    let marker: string | undefined;
    do {
      const { items, next: answer } = page(
        call,
        numbers(12),
        { [limit]: 5, ...(marker && { [token]: marker }) },
        { key, min: 5, max: 100, names },
      );
      seen.push(...items);
      sizes += ` ${items.length}`;
      marker = (answer as Record<string, string | undefined>)[next];
    } while (marker);
    expect(seen).toEqual(numbers(12));
    expect(sizes).toBe(" 5 5 2");
  });

  test("without a limit everything comes, or the service's default number", () => {
    expect(page(callOf("ec2", "DescribeVpcs"), numbers(2000), {}, { key, max: 1000 })).toMatchObject({ items: { length: 2000 }, next: {} });
    expect(page(callOf("rds", "DescribeDBInstances"), numbers(101), {}, { key, max: 100, size: 100, names: "rds" }).items).toHaveLength(
      100,
    );
  });

  test("a full last page is the last", () => {
    expect(page(callOf("ec2", "DescribeVpcs"), numbers(5), { MaxResults: 5 }, { key, max: 1000 }).next).toEqual({});
    expect(page(callOf("ec2", "DescribeVpcs"), [], { MaxResults: 5 }, { key, max: 1000 })).toEqual({ items: [], next: {} });
  });

  test("items that come and go meanwhile shift nothing", () => {
    const call = callOf("ec2", "DescribeVpcs");
    const first = page(call, numbers(10), { MaxResults: 5 }, { key, max: 1000 });
    const input = { MaxResults: 5, ...first.next };
    expect(page(call, ["new", ...numbers(10)], input, { key, max: 1000 }).items).toEqual(numbers(10).slice(5));
    expect(page(call, numbers(10).slice(3), input, { key, max: 1000 }).items).toEqual(numbers(10).slice(5));
    expect(
      page(
        call,
        numbers(10).filter((item) => item !== "n4"),
        input,
        { key, max: 1000 },
      ).items,
    ).toEqual(numbers(10).slice(6)); // a page may skip items, as AWS's pages do
  });

  test.each([
    [
      "ec2",
      { MaxResults: 1001 },
      "InvalidParameterValue: Value ( 1001 ) for parameter MaxResults is invalid. Expecting a value between 5 and 1000.",
    ],
    [
      "ec2",
      { MaxResults: 4 },
      "InvalidParameterValue: Value ( 4 ) for parameter MaxResults is invalid. Expecting a value between 5 and 1000.",
    ],
    ["ec2", { NextToken: "bogus" }, "InvalidParameterValue: The token is not valid for this request."],
    ["ssm", { NextToken: "bogus" }, "InvalidNextToken: The token is not valid for this request."],
    [
      "ssm",
      { MaxResults: 1001 },
      "ValidationException: 1 validation error detected: Value '1001' at 'MaxResults' failed to satisfy constraint: Member must have value between 5 and 1000",
    ],
  ])("%s refuses %o", (service, input, expected) => {
    expect(codeOf(() => page(callOf(service, "Describe"), [], input, { key, min: 5, max: 1000 }))).toBe(expected);
  });

  test("a token is good for its own operation only", () => {
    const { next } = page(callOf("ec2", "DescribeVpcs"), numbers(9), { MaxResults: 5 }, { key, max: 1000 });
    expect(codeOf(() => page(callOf("ec2", "DescribeSubnets"), numbers(9), next, { key, max: 1000 }))).toMatch(/^InvalidParameterValue/);
  });

  test("EC2 takes either a limit or a list of ids", () => {
    const input = { MaxResults: 5 };
    expect(codeOf(() => page(callOf("ec2", "DescribeVpcs"), [], input, { key, max: 1000, ids: ["vpc-1"] }))).toMatch(
      /^InvalidParameterCombination/,
    );
    expect(codeOf(() => page(callOf("ec2", "DescribeVpcs"), [], input, { key, max: 1000, ids: [] }))).toBe("accepted");
  });
});

describe("filters", () => {
  interface Box {
    readonly id: string;
    readonly sizes?: readonly number[];
    readonly open?: boolean;
    readonly tags?: { Key: string; Value: string }[];
  }
  const table = { "box-id": (box: Box) => box.id, size: (box: Box) => box.sizes, open: (box: Box) => box.open };
  const boxes: Box[] = [
    {
      id: "box-1",
      sizes: [1, 2],
      open: true,
      tags: [
        { Key: "Name", Value: "web*1" },
        { Key: "empty", Value: "" },
      ],
    },
    { id: "box-2", sizes: [2, 3], open: false, tags: [{ Key: "Name", Value: "web-2" }] },
    { id: "other", tags: [{ Key: "name", Value: "web-2\nsecond line" }] },
  ];
  const found = (...filters: [string, ...string[]][]) => {
    const test = matcher(
      filters.map(([Name, ...Values]) => ({ Name, Values })),
      table,
      (box: Box) => box.tags,
    );
    return boxes
      .filter(test)
      .map((box) => box.id)
      .join(" ");
  };

  test.each([
    [[["box-id", "box-1", "other"]], "box-1 other"],
    [[["box-id", "BOX-1"]], ""],
    [[["box-id", "box-*"]], "box-1 box-2"],
    [[["box-id", "box-?"]], "box-1 box-2"],
    [[["box-id", "box-??"]], ""],
    [
      [
        ["box-id", "*"],
        ["size", "3"],
      ],
      "box-2",
    ],
    [[["size", "2"]], "box-1 box-2"],
    [[["open", "false"]], "box-2"],
    [[["tag:Name", "web*"]], "box-1 box-2"],
    [[["tag:Name", "web\\*1"]], "box-1"],
    [[["tag:Name", "web\\-2"]], "box-2"],
    [[["tag:Name", "web.2"]], ""],
    [[["tag:name", "web-2*"]], "other"],
    [[["tag:empty", ""]], "box-1"],
    [[["tag:absent", "*"]], ""],
    [[["tag-key", "Name"]], "box-1 box-2"],
    [
      [
        ["tag-value", "web-2"],
        ["tag-key", "N*"],
      ],
      "box-2",
    ],
  ] as [[string, ...string[]][], string][])("%j finds %j", (filters, expected) => {
    expect(found(...filters)).toBe(expected);
  });

  test("no filter finds everything", () => {
    expect(boxes.filter((box) => matchFilters(undefined, box, table))).toHaveLength(3);
    expect(boxes.filter((box) => matchFilters([], box, table))).toHaveLength(3);
  });

  test.each([
    [{ Name: "colour", Values: ["red"] }, "NotImplemented: The sandbox does not model the filter 'colour' here."],
    [{ Name: "toString", Values: ["red"] }, "NotImplemented: The sandbox does not model the filter 'toString' here."],
    [
      { Name: "size", Values: numbers(201) },
      "FilterLimitExceeded: The maximum number of filter values specified on a single call is 200, the filter 'size' has 201.",
    ],
    [{ Name: "size", Values: numbers(200) }, "accepted"],
    [{ Name: "size", Values: [] }, "MissingParameter: The request must contain the parameter filter value (size)"],
    [{ Values: ["x"] }, "MissingParameter: The request must contain the parameter filter name"],
  ])("%#", (filter, expected) => {
    expect(codeOf(() => matcher([filter], table))).toBe(expected);
  });

  test("without tags there is no filter by tag", () => {
    expect(codeOf(() => matcher([{ Name: "tag:Name", Values: ["x"] }], table))).toMatch(/^NotImplemented/);
  });

  test("more than fifty filters", () => {
    expect(
      codeOf(() =>
        matcher(
          numbers(51).map(() => ({ Name: "size", Values: ["1"] })),
          table,
        ),
      ),
    ).toMatch(/^FilterLimitExceeded/);
  });
});

test("a parameter that the model does not know is refused by name, an empty one or a harmless one is not", () => {
  const call = callOf("ec2", "CreateVpc");
  const check = (input: object) => codeOf(() => refuseUnknown(call, input, ["CidrBlock"], { InstanceTenancy: "default" }));
  expect(check({ CidrBlock: "x", Ipv6Pool: undefined, TagSpecifications: [], InstanceTenancy: "default" })).toBe("accepted");
  expect(check({ InstanceTenancy: "dedicated" })).toBe(
    "NotImplemented: The sandbox does not model the parameter InstanceTenancy of ec2:CreateVpc.",
  );
  expect(check({ Ipv6Pool: "p" })).toBe("NotImplemented: The sandbox does not model the parameter Ipv6Pool of ec2:CreateVpc.");
});
