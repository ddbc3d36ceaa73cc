/**
 * A crowded network: three zones, five tiers, forty instances of ten sorts, load balancers, databases, and some eighty flows between them.
 */
import type { Subject } from "../../src/kinds/kind.ts";

const zones = ["a", "b", "c"];
const sorts = ["api", "auth", "billing", "cart", "mail", "orders", "search", "stock", "users", "worker"];

export function denseNetwork(): Subject[] {
  const made: Subject[] = [];
  const add = (kind: string, name: string, spec: object) => {
    made.push({ address: `${kind}/${name}`, kind, name, spec, tags: {} });
    return `${kind}/${name}`;
  };
  const vpc = add("vpc", "shop", { cidrBlock: "10.0.0.0/16" });
  const gateway = add("internetGateway", "shop", { vpc });
  const subnets = (tier: string, at: number) =>
    zones.map((zone, i) =>
      add("subnet", `${tier}-${zone}`, {
        vpc,
        cidrBlock: `10.0.${at * 16 + i}.0/24`,
        availabilityZone: `eu-west-1${zone}`,
        mapPublicIpOnLaunch: tier === "edge",
      }),
    );
  const [edge, app, core, jobs, data] = ["edge", "app", "core", "jobs", "data"].map(subnets) as [
    string[],
    string[],
    string[],
    string[],
    string[],
  ];
  const nat = add("natGateway", "out", { subnet: edge[0] });
  const route = (target: string) => [{ destination: "0.0.0.0/0", target }];
  add("routeTable", "public", { vpc, routes: route(gateway), subnets: edge });
  add("routeTable", "private", { vpc, routes: route(nat), subnets: [...app, ...core, ...jobs] });
  add("routeTable", "data", { vpc, routes: [], subnets: data });
  const group = (name: string, ingress: readonly (readonly [port: number, source: string])[]) =>
    add("securityGroup", name, { vpc, ingress: ingress.map(([port, source]) => ({ port, source })) });
  const of = (name: string) => `securityGroup/${name}`;
  group("balancer", [[443, "0.0.0.0/0"]]);
  group("bastion", [[22, "203.0.113.0/24"]]);
  // Each sort calls the seven sorts that follow it, on ports of its own, and some of the databases.
  for (const [i, sort] of sorts.entries())
    group(sort, [
      [22, of("bastion")],
      ...(i < 3 ? [[8000 + i, of("balancer")] as const] : []),
      ...[1, 2, 3, 4, 5, 6, 7].map((back) => [9000 + 10 * i + back, of(sorts[(i + sorts.length - back) % sorts.length]!)] as const),
    ]);
  group(
    "postgres",
    ["orders", "users", "billing", "stock"].map((sort) => [5432, of(sort)] as const),
  );
  group(
    "mysql",
    ["cart", "search"].map((sort) => [3306, of(sort)] as const),
  );
  const listeners = Object.fromEntries(
    [443, 8443, 9443].map((port, i) => {
      const targets = [0, 1, 2, 3].map((n) => ({ instance: `instance/${sorts[i]!}-${n}` }));
      return [port, { forward: add("targetGroup", sorts[i]!, { vpc, protocol: "HTTP", port: 8000 + i, targets }) }];
    }),
  );
  add("loadBalancer", "shop", { subnets: edge, scheme: "internet-facing", securityGroups: [of("balancer")], listeners });
  add("instance", "bastion", { subnet: edge[1], instanceType: "t3.micro", securityGroups: [of("bastion")] });
  for (const [i, sort] of sorts.entries())
    for (let n = 0; n < 4; n++)
      add("instance", `${sort}-${n}`, {
        subnet: [app, core, jobs][i % 3]![n % 3],
        instanceType: i % 2 === 0 ? "m7g.large" : "c7g.xlarge",
        securityGroups: [of(sort)],
      });
  const subnetGroup = add("dbSubnetGroup", "data", { subnets: data });
  for (const [engine, zone] of [
    ["postgres", "a"],
    ["mysql", "b"],
  ] as const)
    add("dbInstance", engine, {
      engine,
      instanceClass: "db.r8g.large",
      subnetGroup,
      securityGroups: [of(engine)],
      availabilityZone: `eu-west-1${zone}`,
    });
  return made;
}
