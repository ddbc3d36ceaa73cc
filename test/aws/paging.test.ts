import { expect, it } from "vitest";
import { Paging } from "../../src/aws/paging.ts";

it.each([
  ["EC2 and Secrets Manager", { NextToken: "a" }, { NextToken: "a" }],
  ["Elastic Load Balancing", { NextMarker: "a" }, { Marker: "a" }],
  ["RDS", { Marker: "a" }, { Marker: "a" }],
  ["CloudWatch Logs", { nextToken: "a" }, { nextToken: "a" }],
  ["the Tagging API", { PaginationToken: "a" }, { PaginationToken: "a" }],
  ["the Tagging API, on its last page", { PaginationToken: "" }, undefined],
  ["all, on the last page", {}, undefined],
])("a listing of %s goes on by its own name", (_service, output, next) => {
  expect(new Paging("any", 10).next("List", output)).toEqual(next);
});
