import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { resourceIndexOf } from "../../src/config/kind-checks.ts";
import { kinds } from "../../src/kinds/index.ts";
import { flowsText } from "../../src/reach/flows.ts";
import { flowsOfNetwork } from "../../src/reach/matrix.ts";
import { networkOf, partsOf } from "../../src/reach/network.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

function flowsIn(name: string): readonly string[] {
  const { environment, diagnostics } = loadEnvironment({ nameOrPath: name, cwd: root, kinds });
  if (!environment) throw new Error(diagnostics.map(({ summary }) => summary).join("\n"));
  const network = networkOf(partsOf(kinds, resourceIndexOf(environment.region, environment.nodes)));
  return flowsOfNetwork(network).map(({ from, to, may, must }) => {
    const [possible, certain] = [flowsText(may), flowsText(must)];
    return `${from} → ${to}: ${possible}${possible === certain ? "" : `; certain: ${certain}`}`;
  });
}

test("machines behind NAT reach out, and only the bastion is reached, from the office", () => {
  expect(flowsIn("nat-bastion")).toEqual([
    "203.0.113.10/32 → instance/bastion: tcp 22",
    "instance/bastion → instance/worker-a: tcp 22",
    "instance/bastion → instance/worker-c: tcp 22",
    "instance/bastion → internet: everything",
    "instance/worker-a → internet: tcp all; udp all; icmp all",
    "instance/worker-c → internet: tcp all; udp all; icmp all",
  ]);
});

test("an instance behind an egress-only gateway reaches out over IPv6, and cannot be reached", () => {
  expect(flowsIn("dual-stack")).toEqual([
    "::/0 → instance/web: tcp 80",
    "instance/web → ::/0: everything",
    "instance/web → internet: everything",
    "instance/worker → ::/0: everything",
    // Over IPv6: the worker's group has no egress over IPv4.
    "instance/worker → instance/web: tcp 80",
    "internet → instance/web: tcp 80",
  ]);
});

test("a database is reached by the web machines alone, on its own port", () => {
  expect(flowsIn("three-tier").filter((flow) => flow.includes("dbInstance"))).toEqual([
    "instance/web-a → dbInstance/main: tcp 3306",
    "instance/web-a → dbInstance/replica: tcp 3306",
    "instance/web-c → dbInstance/main: tcp 3306",
    "instance/web-c → dbInstance/replica: tcp 3306",
  ]);
});

test("a balancer is reached from everywhere, and its targets by it alone", () => {
  expect(flowsIn("test/fixtures/web-lab/web-lab.yaml").filter((flow) => !flow.includes("→ internet"))).toEqual([
    "autoScalingGroup/web → dbInstance/main: tcp 3306",
    "autoScalingGroup/web → loadBalancer/web: tcp 80",
    "instance/bastion → autoScalingGroup/web: tcp 22",
    "instance/bastion → dbInstance/main: tcp 3306",
    "instance/bastion → loadBalancer/web: tcp 80",
    "internet → loadBalancer/web: tcp 80",
    // SSH is open to the public subnets, and the load balancer has a node in one of them.
    "loadBalancer/web → autoScalingGroup/web: tcp 22, 8001; certain: tcp 8001",
    "loadBalancer/web → instance/bastion: tcp 22, 8001; certain: tcp 8001",
  ]);
});
