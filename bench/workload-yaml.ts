/** The parts of a workload as `infra` reads them. */

export interface Table {
  readonly name: string;
  readonly vpc: string;
  readonly gateway?: string;
  readonly subnets: readonly string[];
}

export interface Group {
  readonly name: string;
  readonly vpc: string;
  readonly rules: readonly ({ readonly port: number } & ({ readonly source: string } | { readonly group: string }))[];
}

export interface Instance {
  readonly name: string;
  readonly subnet: string;
  readonly group: string;
  readonly image: string;
}

export function header(environment: string, region: string): string {
  return `format: 1\nproject: bench\nenvironment: ${environment}\nregion: ${region}\n`;
}

export function tableYaml({ name, vpc, gateway, subnets }: Table): string {
  const routes = gateway === undefined ? "" : `\n    routes: [{ destination: 0.0.0.0/0, target: internetGateway/${gateway} }]`;
  return `  ${name}:\n    vpc: ${vpc}${routes}\n    subnets: [${subnets.join(", ")}]\n`;
}

export function groupYaml({ name, vpc, rules }: Group): string {
  const lines = rules.map(
    (rule) => `      - { port: ${rule.port}, source: ${"group" in rule ? `securityGroup/${rule.group}` : rule.source} }\n`,
  );
  return `  ${name}:\n    vpc: ${vpc}\n    ingress:\n${lines.join("")}`;
}

export function instanceYaml({ name, subnet, group, image }: Instance): string {
  return `  ${name}: { subnet: ${subnet}, image: ${image}, instanceType: t3.micro, securityGroups: [${group}] }\n`;
}

/** A thousand parameters, repeated by `forEach` or each written out. Both forms mean the same except for the names. */
export function thousandParameters(how: "repeated" | "written out"): string {
  const numbers = Array.from({ length: 500 }, (_, i) => i);
  const body = ["p", "q"].map((name) =>
    how === "repeated"
      ? `  ${name}: { forEach: { ${numbers.map((i) => `k${i}: ${i}`).join(", ")} }, value: "v-\${each.value}", description: "number \${each.value} of \${environment}" }\n`
      : numbers.map((i) => `  ${name}-k${i}: { value: "v-${i}", description: "number ${i} of thousand" }\n`).join(""),
  );
  return `${header("thousand", "eu-west-1")}parameters:\n${body.join("")}`;
}
