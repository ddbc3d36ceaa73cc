import { join } from "node:path";
import { expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { formatDiagnostic } from "../../src/diag/format.ts";
import { kinds } from "../../src/kinds/index.ts";

const cwd = join(import.meta.dirname, "../fixtures/web-lab");

test("the example that fixes the format loads without a diagnostic", () => {
  const { environment, diagnostics } = loadEnvironment({ nameOrPath: "web-lab.yaml", cwd, kinds });
  expect(diagnostics.map((diagnostic) => formatDiagnostic(diagnostic)).join("\n")).toBe("");
  const node = (address: string) => environment!.nodes.find((one) => one.address === address)!;

  expect(environment).toMatchObject({
    project: "lab",
    name: "web-lab",
    region: "ap-northeast-2",
    account: "123456789012",
    tags: { team: "web" },
    maxDisruption: "replace",
  });
  expect(environment!.nodes).toHaveLength(22);
  expect(node("subnet/elb-a").spec).toEqual({
    vpc: "vpc/web",
    cidrBlock: "10.0.2.0/24",
    availabilityZone: "ap-northeast-2a",
    mapPublicIpOnLaunch: true,
  });
  expect(node("subnet/elb-a").tags).toEqual({ Name: "web-lab-elb-a", team: "web" });
  expect(node("natGateway/web").spec).toMatchObject({ subnet: "subnet/elb-a", elasticIp: "elasticIp/nat" });
  expect(node("routeTable/public").spec).toMatchObject({
    subnets: ["subnet/elb-a", "subnet/elb-c"],
    routes: [{ destination: "0.0.0.0/0", target: "internetGateway/web" }],
  });
  expect(node("securityGroup/web").spec).toMatchObject({
    ingress: [
      { port: 22, source: "10.0.2.0/24" },
      { port: 8001, source: "securityGroup/elb" },
    ],
  });
  expect(node("securityGroup/db").spec).toMatchObject({ egress: [] });
  expect(node("securityGroup/web").at("ingress[1].port")).toMatchObject({
    file: "web-lab.yaml",
    text: '      - { port: "${var.webPort}", source: securityGroup/elb }',
  });
  expect(JSON.stringify(node("keyPair/web").spec)).toContain("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK");
  expect(node("launchTemplate/web").spec).toMatchObject({
    keyPair: "keyPair/web",
    userData: expect.stringContaining("dnf install -y httpd"),
  });
  expect(node("targetGroup/web").spec).toMatchObject({ port: 8001, healthCheck: { path: "/index.html", interval: 15 } });
  expect(node("loadBalancer/web").spec).toMatchObject({ listeners: { "80": { protocol: "HTTP", forward: "targetGroup/web" } } });
  expect(node("autoScalingGroup/web").spec).toMatchObject({ launchTemplate: "launchTemplate/web", targetGroups: ["targetGroup/web"] });
  expect(node("dbInstance/main").spec).toMatchObject({
    engineVersion: "8.4",
    subnetGroup: "dbSubnetGroup/main",
    securityGroups: ["securityGroup/db"],
  });
  expect(environment!.files.map((file) => file.slice(cwd.length + 1)).sort()).toEqual([
    "keys/web.pub",
    "user-data/httpd.sh",
    "web-lab.yaml",
  ]);
});
