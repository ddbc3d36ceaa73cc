/** Random pairs of small environments with an assertion about them, for the connections that an apply opens in between. */
import { Random } from "../fuzz/random.ts";
import { header } from "../support/testbed.ts";

export interface RandomChange {
  readonly before: string;
  readonly after: string;
  /** The assertion of the second file, for every moment. */
  readonly assertion: { readonly from: string; readonly to: string; readonly port?: number };
}

const ports = [22, 80, 443];

export function randomChange(seed: number): RandomChange {
  const random = new Random(seed);
  const machines = ["m1", "m2", ...(random.below(2) === 0 ? ["m3"] : [])];
  const ends = ["internet", ...machines.map((name) => `instance/${name}`), "instance/*"];
  const from = random.pick(ends);
  const to = random.pick(ends.filter((end) => end !== "internet" || from !== "internet"));
  const port = random.below(3) === 0 ? {} : { port: random.pick(ports) };
  // Every second one also has IPv6, a NAT gateway and a load balancer. They are drawn separately, so that the rest stays the same.
  const more = seed % 2 === 0 ? new Random(seed + 1_000_000) : undefined;
  const maker = (present: number) => new Maker(random, machines, present, more).yaml();
  const before = maker(85);
  // Sometimes the environment is new.
  return { before: random.below(6) === 0 ? "" : before, after: maker(100), assertion: { from, to, ...port } };
}

class Maker {
  readonly #random: Random;
  readonly #machines: readonly string[];
  readonly #present: number;

  readonly #more: Random | undefined;

  constructor(random: Random, machines: readonly string[], present: number, more: Random | undefined) {
    this.#random = random;
    this.#more = more;
    this.#present = present;
    this.#machines = machines;
  }

  yaml(): string {
    const groups = ["g1", "g2", ...(this.#chance(50) ? ["g3"] : [])];
    const tables = ["t1", "t2", ...(this.#chance(30) ? ["t3"] : [])];
    const acls = this.#chance(60) ? ["n1", ...(this.#chance(40) ? ["n2"] : [])] : [];
    return `${header}vpcs: { main: { cidrBlock: 10.0.0.0/16${this.#also(", ipv6: amazon")} } }
internetGateways: { main: { vpc: main } }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a, mapPublicIpOnLaunch: true${this.#also(", ipv6CidrBlock: 0, assignIpv6AddressOnCreation: true")} }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: ${this.#chance(85) ? "a" : "b"}${this.#also(", ipv6CidrBlock: 1, assignIpv6AddressOnCreation: true")} }
${this.#translator()}${this.#balancer(groups)}routeTables:
${this.#shared(tables, ["a", "b"], (subnets) => `{ vpc: main, subnets: [${subnets.join(", ")}], routes: [${this.#routes()}] }`)}
${acls.length === 0 ? "" : `networkAcls:\n${this.#shared(acls, ["a", "b"], (subnets) => `{ vpc: main, subnets: [${subnets.join(", ")}], ingress: ${this.#entries("source")}, egress: ${this.#entries("destination")} }`)}\n`}securityGroups:
${groups.map((name) => `  ${name}: { vpc: main, description: "${this.#chance(90) ? "one" : "other"}", ingress: [${this.#rules("source", groups, name)}]${this.#chance(50) ? "" : `, egress: [${this.#rules("destination", groups, name)}]`} }`).join("\n")}
instances:
${this.#machines
  .filter((name) => name === "m1" || this.#chance(this.#present))
  .map(
    (name) =>
      `  ${name}: { disposable: true, subnet: ${name === "m2" ? "b" : "a"}, image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, securityGroups: [${[...new Set([this.#random.pick(groups), this.#random.pick(groups)])].join(", ")}] }`,
  )
  .join("\n")}
`;
  }

  /** A draw for the additional resources. */
  #chosen(percent: number): boolean {
    return this.#more !== undefined && this.#more.below(100) < percent;
  }

  #also(text: string): string {
    return this.#more ? text : "";
  }

  #hasNat = false;

  #translator(): string {
    this.#hasNat = this.#chosen(60);
    return this.#hasNat ? "elasticIps: { out: {} }\nnatGateways: { out: { subnet: a, elasticIp: out } }\n" : "";
  }

  #way(): string {
    return this.#hasNat && this.#chosen(40) ? "natGateway/out" : "internetGateway/main";
  }

  /** A load balancer that passes connections on to an instance that always exists, with its own address or the client's. */
  #balancer(groups: readonly string[]): string {
    if (!this.#chosen(60)) return "";
    const port = this.#more!.pick(ports);
    return `loadBalancers: { front: { type: network, scheme: internet-facing, subnets: [a], securityGroups: [${this.#more!.pick(groups)}], listeners: { ${port}: { protocol: TCP, forward: front } } } }
targetGroups: { front: { vpc: main, port: 80, protocol: TCP, preserveClientIp: ${this.#chosen(50)}, targets: [{ instance: m1 }] } }
`;
  }

  #chance(percent: number): boolean {
    return this.#random.below(100) < percent;
  }

  /** Each subnet has one of them, or none. */
  #shared(names: readonly string[], subnets: readonly string[], text: (subnets: readonly string[]) => string): string {
    const taken = new Map(subnets.map((subnet) => [subnet, this.#random.pick([...names, ...names, ""])]));
    return names.map((name) => `  ${name}: ${text(subnets.filter((subnet) => taken.get(subnet) === name))}`).join("\n");
  }

  #routes(): string {
    const all = ["0.0.0.0/0", "8.8.8.0/24", "203.0.113.0/24"].filter(() => this.#chance(40));
    const routes = all.map((destination) => `{ destination: ${destination}, target: ${this.#way()} }`);
    if (this.#chosen(50)) routes.push('{ destination: "::/0", target: internetGateway/main }');
    return routes.join(", ");
  }

  #entries(end: "source" | "destination"): string {
    const entries = [100, 110, 120, 130]
      .filter(() => this.#chance(55))
      .map((number) => {
        const which = this.#random.pick([
          "protocol: all",
          `protocol: tcp, port: ${this.#random.pick(ports)}`,
          'protocol: tcp, ports: "1024-65535"',
        ]);
        return `${number}: { action: ${this.#chance(70) ? "allow" : "deny"}, ${which}, ${end}: ${this.#random.pick(["0.0.0.0/0", "10.0.1.0/24", "10.0.0.0/16"])} }`;
      });
    return `{ ${entries.join(", ")} }`;
  }

  #rules(end: "source" | "destination", groups: readonly string[], self: string): string {
    const rules = new Set(
      [0, 1, 2]
        .filter(() => this.#chance(50))
        .map(() => {
          const peer = this.#random.pick([
            "0.0.0.0/0",
            "10.0.1.0/24",
            ...(this.#chosen(60) ? ['"::/0"'] : []),
            ...groups.map((name) => (name === self ? "self" : `securityGroup/${name}`)),
          ]);
          return `{ port: ${this.#random.pick(ports)}, ${end}: ${peer} }`;
        }),
    );
    return [...rules].join(", ");
  }
}
