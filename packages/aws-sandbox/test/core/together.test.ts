/** The operations of all families of a service in one model. */
import { expect, it } from "vitest";
import { together, type Handler } from "../../src/model.ts";

const answer: Handler = () => ({});

it("are one table", () => {
  expect(Object.keys(together({ CreateVpc: answer }, { DeleteVpc: answer }))).toEqual(["CreateVpc", "DeleteVpc"]);
});

it("are refused where two families have the same one", () => {
  const both = () => together({ DescribeVpcs: answer }, { CreateVpc: answer, DescribeVpcs: answer });
  expect(both).toThrow("two families of one service have the operation DescribeVpcs");
});
