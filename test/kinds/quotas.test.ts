/** AWS's default quotas: the last object within each quota is accepted, and the next one is reported. */
import { expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import type { Problem, ResourceIndex, Subject } from "../../src/kinds/kind.ts";

const specs: Readonly<Record<string, (n: number) => object>> = {
  vpc: () => ({ cidrBlock: "10.0.0.0/16" }),
  subnet: (n) => ({ vpc: "vpc/main", cidrBlock: `10.${Math.floor(n / 250)}.${n % 250}.0/24`, availabilityZone: "a" }),
  routeTable: () => ({ vpc: "vpc/main", routes: [], subnets: [] }),
  elasticIp: () => ({}),
  loadBalancer: () => ({ type: "network", scheme: "internal", subnets: ["subnet/a"] }),
  targetGroup: (n) => ({ vpc: "vpc/main", protocol: "TCP", port: 1 + n }),
};

function problemsOf(kind: string, count: number): readonly Problem[] {
  const subjects = Array.from({ length: count }, (_, n): Subject => ({
    address: `${kind}/n${n}`,
    kind,
    name: `n${n}`,
    spec: specs[kind]!(n),
    tags: {},
  }));
  const index: ResourceIndex = {
    region: "eu-west-1",
    of: (name) => (name === kind ? subjects : []),
    get: (address) => subjects.find((one) => one.address === address),
  };
  const check = kinds.find(({ name }) => name === kind)!.check!;
  return check(subjects.at(-1)!, index).filter(({ code }) => code === "quota");
}

test.each([
  ["vpc", 5],
  ["subnet", 200],
  ["routeTable", 199],
  ["elasticIp", 5],
  ["loadBalancer", 50],
  ["targetGroup", 3000],
])("%s: %d", (kind, quota) => {
  expect(problemsOf(kind, quota)).toEqual([]);
  expect(problemsOf(kind, quota + 1)).toHaveLength(1);
});
