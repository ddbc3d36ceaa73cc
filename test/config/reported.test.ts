/** Cases of test/e2e/cases/ that end before any call to AWS: the offline checks report the problem at its place. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { folderWith } from "./write-files.ts";

const read = (name: string) => readFileSync(new URL(`../e2e/cases/${name}.yaml`, import.meta.url), "utf8");

function problemsOf(text: string): string[] {
  const { diagnostics } = loadEnvironment({ nameOrPath: "e.yaml", cwd: folderWith({ "e.yaml": text }), kinds });
  return diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ code, summary, at }) => `${at?.line}:${at?.column} ${code} ${summary}`);
}

test.each([
  ["alarm-dimension-typo", '7:99 unknown-ref alarm/a names loadBalancer "w", which is not declared.'],
  [
    "counted-fixed-address",
    "8:101 conflict instance/b[0] and instance/b[1] would both take the private address 10.0.1.10 in subnet/a, which only one object can have.",
  ],
  [
    "listener-tcpudp-to-tcp",
    "27:163 load-balancer targetGroup/t has protocol TCP, but a TCP_UDP listener of a network load balancer can forward only to target groups with protocol TCP_UDP",
  ],
  ["template-architecture", "27:25 bad-value The image is for x86_64, but t4g.micro has arm64 processors."],
  ["conditional-bastion", "9:30 counted-ref elasticIp/b names instance/b, whose count is 0."],
])("%s", (name, says) => expect(problemsOf(read(name))[0]).toBe(says));

test("listener-tcpudp-to-tcp, and what its hint says to write", () => {
  const text = read("listener-tcpudp-to-tcp");
  const { diagnostics } = loadEnvironment({ nameOrPath: "e.yaml", cwd: folderWith({ "e.yaml": text }), kinds });
  const hint = "write `protocol: TCP_UDP` on targetGroup/t, or `protocol: TCP` or `protocol: TLS` on the listener";
  expect(diagnostics.map((one) => one.hint)).toEqual([hint]);
  expect(problemsOf(text.replace("protocol: TCP,", "protocol: TCP_UDP,"))).toEqual([]);
  expect(problemsOf(text.replace("protocol: TCP_UDP", "protocol: TCP"))).toEqual([]);
});

test("conditional-bastion, written with `when`: none, with its address or without both", () => {
  const text = `${read("conditional-bastion").replace("b: { instance", 'b: { when: "${var.bastion > 0}", instance')}internetGateways: { g: { vpc: m } }\n`;
  const table = "routeTables: { r: { vpc: m, routes: [{ destination: 0.0.0.0/0, target: internetGateway/g }], subnets: [a] } }\n";
  for (const bastion of [0, 1]) expect(problemsOf(text.replace("bastion: 0", `bastion: ${bastion}`) + table)).toEqual([]);
});
