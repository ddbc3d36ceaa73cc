/** Whether the load balancer or NAT gateway that made a network interface still exists. Only an existing one keeps the interface. */
import { expect, test } from "vitest";
import { withMakers } from "../../src/aws/interface-makers.ts";
import type { Blocker } from "../../src/kinds/kind.ts";
import { fakeAws, refused } from "../support/fake-aws.ts";

const blocker = (id: string, more: Partial<Blocker> = {}): Blocker => ({ id, what: `network interface ${id}`, ...more });
const nobodys = () => false;
const arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:";
const web = "loadbalancer/app/web/50dc6c495c0c9188";

const gateways = ({ Filter: [{ Values }] }: { Filter: [{ Values: [string] }] }) => ({
  NatGateways: [{ NatGatewayId: Values[0], State: "available" }],
});

test.each([
  ["pending", "nat-1"],
  ["available", "nat-1"],
  ["deleting", undefined],
  ["deleted", undefined],
  ["failed", undefined],
])("a NAT gateway that is %s holds its interface: %s", async (State, holder) => {
  const aws = fakeAws({ DescribeNatGateways: { NatGateways: [{ NatGatewayId: "nat-1", State }] } });
  const one = blocker("eni-1", { owner: "nat-1" });
  expect(await withMakers(aws, [one], nobodys)).toStrictEqual([holder === undefined ? one : { ...one, holder }]);
  expect(aws.asked).toEqual([{ operation: "DescribeNatGateways", input: { Filter: [{ Name: "nat-gateway-id", Values: ["nat-1"] }] } }]);
});

test("a NAT gateway that AWS has forgotten holds nothing", async () => {
  const one = blocker("eni-1", { owner: "nat-1" });
  expect(await withMakers(fakeAws({ DescribeNatGateways: {} }), [one], nobodys)).toStrictEqual([one]);
});

test.each([
  ["lives", { LoadBalancers: [{ LoadBalancerArn: arn + web }] }, arn + web],
  ["is gone, and another has its name", { LoadBalancers: [{ LoadBalancerArn: `${arn}loadbalancer/app/web/0123456789abcdef` }] }, undefined],
  ["is gone", refused("not-found", "LoadBalancerNotFound"), undefined],
  ["is not told of", {}, undefined],
  ["is told of without its ARN", { LoadBalancers: [{}] }, undefined],
  ["may not be asked for", refused("auth", "AccessDenied"), undefined],
])("a balancer that %s", async (_, answer, holder) => {
  const aws = fakeAws({ DescribeLoadBalancers: answer });
  const one = blocker("eni-1", { owner: web });
  expect(await withMakers(aws, [one], nobodys)).toStrictEqual([holder === undefined ? one : { ...one, holder }]);
  expect(aws.asked).toEqual([{ operation: "DescribeLoadBalancers", input: { Names: ["web"] } }]);
});

test.each(["DescribeLoadBalancers", "DescribeNatGateways"])("a failure of %s that is no absence is an error", async (operation) => {
  const aws = fakeAws({ [operation]: refused("network", "ECONNREFUSED") });
  const owner = operation === "DescribeNatGateways" ? "nat-1" : web;
  await expect(withMakers(aws, [blocker("eni-1", { owner })], nobodys)).rejects.toThrow("ECONNREFUSED");
});

test("each maker is read once, but not one of ours, nor one whose interface has a holder, nor an unknown one", async () => {
  const aws = fakeAws({ DescribeNatGateways: gateways });
  const all = [
    blocker("eni-1", { owner: "nat-1" }),
    blocker("eni-2", { owner: "nat-1" }),
    blocker("eni-3", { owner: "nat-ours" }),
    blocker("eni-4", { owner: "nat-held", holder: "i-1" }),
    blocker("eni-5"),
  ];
  const found = await withMakers(aws, all, (owner) => owner === "nat-ours");
  expect(found.map(({ id, holder = "-" }) => `${id} ${holder}`)).toEqual(["eni-1 nat-1", "eni-2 nat-1", "eni-3 -", "eni-4 i-1", "eni-5 -"]);
  expect(aws.asked.map(({ input }) => input)).toEqual([{ Filter: [{ Name: "nat-gateway-id", Values: ["nat-1"] }] }]);
});

test("no more than twenty are asked about: of the rest it stays unknown", async () => {
  const aws = fakeAws({ DescribeNatGateways: gateways });
  const all = Array.from({ length: 25 }, (_, i) => blocker(`eni-${i}`, { owner: `nat-${i}` }));
  const found = await withMakers(aws, all, nobodys);
  expect(aws.asked).toHaveLength(20);
  expect(found.filter(({ holder }) => holder === undefined).map(({ id }) => id)).toEqual([
    "eni-20",
    "eni-21",
    "eni-22",
    "eni-23",
    "eni-24",
  ]);
});
