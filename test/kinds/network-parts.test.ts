import { describe, expect, it, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import type { Kind, NetworkPart, ResourceIndex, Spec } from "../../src/kinds/kind.ts";

test("every kind has its part in reachability, or says why it has none", () => {
  const wrong = kinds.filter(({ network, withoutNetwork }) => (network === undefined) === (withoutNetwork === undefined));
  expect(wrong.map(({ section }) => section)).toEqual([]);
});

/** Returns the parts of one object alone. */
function partsOf(section: string, spec: Spec): readonly NetworkPart[] {
  const kind = kinds.find((one: Kind) => one.section === section)!;
  const index: ResourceIndex = { region: "eu-west-1", of: () => [], get: () => undefined };
  return kind.network!({ address: `${kind.name}/it`, kind: kind.name, name: "it", spec, tags: {} }, index);
}

const place = { subnets: ["subnet/a"], securityGroups: ["securityGroup/a"] };
const tcp = (...ports: readonly number[]) => ports.map((port) => ({ protocol: "tcp", from: port, to: port }));

describe("kinds that stand in subnets listen where their service does, and nowhere else", () => {
  it.each([
    ["dbProxies", { ...place, engineFamily: "POSTGRESQL" }, tcp(5432)],
    ["cacheClusters", { securityGroups: place.securityGroups, engine: "memcached" }, tcp(11_211)],
    ["serverlessCaches", { ...place, engine: "redis" }, [{ protocol: "tcp", from: 6379, to: 6380 }]],
    ["fileSystems", { mountTargets: { "subnet/a": { securityGroups: place.securityGroups } } }, tcp(2049)],
  ] as const)("%s", (section, spec, listens) => {
    const [part] = partsOf(section, spec);
    expect(part).toMatchObject({ is: "endpoint", firewalls: ["securityGroup/a"], public: "no" });
    expect((part as { listens?: unknown }).listens).toEqual(listens);
  });

  it("an Instance Connect endpoint opens connections and takes none", () => {
    expect(partsOf("instanceConnectEndpoints", { subnet: "subnet/a", securityGroups: ["securityGroup/a"] })).toMatchObject([
      { is: "endpoint", subnets: ["subnet/a"], firewalls: ["securityGroup/a"], public: "no", listens: [] },
    ]);
  });

  it("an interface endpoint is there with its groups, and a gateway endpoint is its service", () => {
    const service = "com.amazonaws.eu-west-1.";
    expect(partsOf("vpcEndpoints", { vpc: "vpc/a", service: `${service}ssm`, type: "Interface", ...place })).toMatchObject([
      { is: "endpoint", subnets: ["subnet/a"], firewalls: ["securityGroup/a"], public: "no", isSilent: true },
    ]);
    expect(partsOf("vpcEndpoints", { vpc: "vpc/a", service: "vpcEndpointService/api", type: "Interface", ...place })).toMatchObject([
      { is: "endpoint", leadsTo: "vpcEndpointService/api" },
    ]);
    expect(partsOf("vpcEndpoints", { vpc: "vpc/a", service: `${service}s3`, type: "Gateway", routeTables: ["routeTable/a"] })).toEqual([
      { is: "service", id: "vpcEndpoint/it", tables: ["routeTable/a"] },
    ]);
  });

  it("an endpoint service opens its network balancers, and asks first unless it says otherwise", () => {
    const gateway = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/gwy/it/0123456789abcdef";
    expect(partsOf("vpcEndpointServices", { loadBalancers: ["loadBalancer/a"] })).toEqual([
      { is: "offer", id: "vpcEndpointService/it", balancers: ["loadBalancer/a"], acceptsAll: false },
    ]);
    expect(partsOf("vpcEndpointServices", { loadBalancers: [gateway], acceptanceRequired: false })).toMatchObject([
      { balancers: [], acceptsAll: true },
    ]);
  });
});
