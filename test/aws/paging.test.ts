import { expect, it } from "vitest";
import { Paging } from "../../src/aws/paging.ts";

it.each([
  ["EC2 and Secrets Manager", { NextToken: "a" }, { NextToken: "a" }],
  ["Elastic Load Balancing", { NextMarker: "a" }, { Marker: "a" }],
  ["RDS", { Marker: "a" }, { Marker: "a" }],
  ["CloudWatch Logs", { nextToken: "a" }, { nextToken: "a" }],
  ["the Tagging API", { PaginationToken: "a" }, { PaginationToken: "a" }],
  ["the Tagging API, on its last page", { PaginationToken: "" }, undefined],
  ["S3", { ContinuationToken: "a" }, { ContinuationToken: "a" }],
  ["Route 53", { IsTruncated: true, NextMarker: "a" }, { Marker: "a" }],
  ["Route 53, on its last page", { IsTruncated: false, Marker: "a", NextMarker: "b" }, undefined],
  ["all, on the last page", {}, undefined],
])("a listing of %s continues by its own name", (_service, output, next) => {
  expect(new Paging("any", 10).next("List", output)).toEqual(next);
});

const endless = (what: string) => ({
  class: "validation",
  code: "UnexpectedAnswer",
  message: `ec2 DescribeVpcs: the endpoint answered with ${what}, so that the list would not end`,
  service: "ec2",
  operation: "DescribeVpcs",
  status: 200,
  attempts: 1,
});

/** Reads a listing of `pages` pages and returns its result; each page has its own token. */
function read(pages: number, most: number): unknown {
  const paging = new Paging("ec2", most);
  try {
    for (let page = 1; page < pages; page++) paging.next("DescribeVpcs", { NextToken: `token ${page}` });
    return paging.next("DescribeVpcs", {});
  } catch (error) {
    return error;
  }
}

it("a listing may have as many pages as the limit, and no more", () => {
  expect(read(10, 10)).toBeUndefined();
  expect(read(11, 10)).toMatchObject(endless("more than 10 pages"));
});

it("a page token that comes again, however much later, would never end", () => {
  const paging = new Paging("ec2", 10);
  for (const NextToken of ["a", "b"]) paging.next("DescribeVpcs", { NextToken });
  expect(() => paging.next("DescribeVpcs", { NextToken: "a" })).toThrow(
    expect.objectContaining(endless("a page token that it had already returned")) as Error,
  );
});
