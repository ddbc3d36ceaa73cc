/** An environment with expressions, repetition and conditions gives the same plan as one with everything written out by hand. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { planned } from "./pure.ts";

interface Model {
  readonly second: number;
  readonly zones: readonly string[];
  readonly isProd: boolean;
  readonly owner: string;
  readonly ports: readonly number[];
}

const model: fc.Arbitrary<Model> = fc.record({
  second: fc.integer({ min: 0, max: 255 }),
  zones: fc.subarray(["a", "b", "c"], { minLength: 1 }),
  isProd: fc.boolean(),
  owner: fc.constantFrom("web", "team one", "8.10", "a-b"),
  ports: fc.uniqueArray(fc.integer({ min: 1, max: 9999 }), { maxLength: 3 }),
});

const withExpressions = ({ second, zones, isProd, owner, ports }: Model) => `
variables:
  second: ${second}
  zones: { type: map, default: { ${zones.map((zone, i) => `${zone}: ${i + 3}`).join(", ")} } }
  tier: { type: string, enum: [dev, prod], default: ${isProd ? "prod" : "dev"} }
  owner: "${owner}"
  ports: { type: list, default: [${ports.join(", ")}] }
tags: { owner: "\${var.owner}", tier: "\${upper(var.tier)}" }
vpcs: { main: { cidrBlock: "10.\${var.second}.0.0/16", enableDnsHostnames: "\${var.tier == 'prod'}" } }
internetGateways: { main: { vpc: main } }
subnets:
  public: { forEach: "\${var.zones}", vpc: main, availabilityZone: "\${each.key}", cidrBlock: "\${cidr.subnet(vpc.main.cidrBlock, 8, each.value)}", tags: { zone: "in \${each.key}" } }
routeTables: { public: { vpc: main, routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }], subnets: "public[*]" } }
securityGroups:
  web: { vpc: main, description: "Web of \${var.owner}", ingress: "\${var.ports.map(p, {'port': p, 'source': vpc.main.cidrBlock})}" }
  bastion: { when: "\${var.tier == 'prod'}", vpc: main, ingress: [{ port: 22, source: securityGroup/web }, { when: "\${size(var.ports) > 1}", port: 23, source: self }] }
`;

const byHand = ({ second, zones, isProd, owner, ports }: Model) => `
tags: { owner: "${owner}", tier: ${isProd ? "PROD" : "DEV"} }
vpcs: { main: { cidrBlock: 10.${second}.0.0/16, enableDnsHostnames: ${isProd} } }
internetGateways: { main: { vpc: main } }
subnets:
${zones.map((zone, i) => `  public-${zone}: { vpc: main, availabilityZone: ${zone}, cidrBlock: 10.${second}.${i + 3}.0/24, tags: { zone: in ${zone} } }`).join("\n")}
routeTables: { public: { vpc: main, routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }], subnets: [${zones.map((zone) => `public-${zone}`).join(", ")}] } }
securityGroups:
  web: { vpc: main, description: Web of ${owner}, ingress: [${ports.map((port) => `{ port: ${port}, source: 10.${second}.0.0/16 }`).join(", ")}] }
${isProd ? `  bastion: { vpc: main, ingress: [{ port: 22, source: securityGroup/web }${ports.length > 1 ? ", { port: 23, source: self }" : ""}] }` : ""}
`;

/** Returns the plan without the positions in the file and without hashes of addresses. Addresses have the form \`public[a]\`. */
function told(after: string, before = ""): string {
  const hidden = new Set(["at", "fingerprint", "want"]);
  const { plan, diagnostics } = planned(before, after);
  const steps = plan.steps.map((step) => JSON.stringify(step, (key, value: unknown) => (hidden.has(key) ? undefined : value), 1));
  return [...steps, ...diagnostics.map(({ summary }) => summary), ...plan.notes.map(({ text }) => text)]
    .map((text) => text.replaceAll(/\[([abc])\]/g, "-$1"))
    .sort()
    .join("\n");
}

test("is created the same, agrees with itself, and changes the same", () => {
  fc.assert(
    fc.property(model, model, (one, other) => {
      expect(told(withExpressions(one))).toBe(told(byHand(one)));
      expect(told(withExpressions(one), withExpressions(one))).toBe("");
      expect(told(withExpressions(other), withExpressions(one))).toBe(told(byHand(other), byHand(one)));
    }),
    { numRuns: 8, seed: 18 },
  );
});
