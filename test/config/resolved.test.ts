/** `infra validate --resolved`: prints a file with everything put in that means the same. */
import { dump } from "js-yaml";
import { expect, test } from "vitest";
import type { Environment } from "../../src/config/environment.ts";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { formatDiagnostic } from "../../src/diag/format.ts";
import { validationText } from "../../src/render/validation.ts";
import { folderWith, head } from "./write-files.ts";

const files = {
  "env/test.yaml": `extends: ../base/base.yaml
variables: { size: t3.micro, on: true, user: "$\${aws:username}" }
use: { front: { part: ../parts/tier.yaml, with: { vpc: main, far: { id: vpc-0a1b2c3d4e5f60718 }, size: "\${var.size}" } } }
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
parameters: { price: { value: "$\${x}" }, both: { value: "$$\${x} $\${y}" } }
iamPolicies: { own: { document: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::b/\${var.user}" }] } } }
securityGroups: { office: { when: "\${var.on}", vpc: main, ingress: [{ when: false, port: 80, source: self }, { port: 22, source: self }] } }
topics: { gone: { when: false } }
moved: [{ from: use/back, to: use/front }]
outputs: { range: "\${vpc.main.cidrBlock}", version: 8.10, user: "$\${aws:username}", of: "\${use.front.range}" }
`,
  "base/base.yaml": `${head}instances: { based: { subnet: based, image: ami-0123456789abcdef0, instanceType: t3.micro, disposable: true, userDataFile: start.sh } }
subnets: { based: { vpc: main, availabilityZone: a, cidrBlock: 10.0.9.0/24 } }
`,
  "base/start.sh": "#!/bin/sh\necho ${HOME}\n",
  "parts/tier.yaml": `part: 1
parameters: { vpc: { ref: vpc }, far: { ref: vpc }, size: { type: string } }
subnets: { s: { vpc: "\${param.vpc}", availabilityZone: b, cidrBlock: "\${cidr.subnet(param.vpc.cidrBlock, 8, 3)}" } }
securityGroups: { g: { vpc: "\${param.vpc}", ingress: [{ port: 443, source: self }, { port: 80, source: securityGroup/far }] }, far: { vpc: "\${param.far}" } }
instances: { m: { subnet: s, image: ami-0123456789abcdef0, instanceType: "\${param.size}", securityGroups: [g], disposable: true, userDataTemplate: run.sh } }
iamRoles: { r: { trust: ec2.amazonaws.com, managedPolicies: [AmazonSSMManagedInstanceCore] } }
outputs: { range: "\${subnet.s.cidrBlock}" }
`,
  "parts/run.sh": "#!/bin/sh\necho $${HOME} ${param.size}\n",
};

function load(cwd: string, nameOrPath: string): Environment {
  const { environment, diagnostics } = loadEnvironment({ nameOrPath, cwd, kinds });
  if (!environment) throw new Error(diagnostics.map((one) => formatDiagnostic(one)).join("\n"));
  return environment;
}

const meaningOf = ({ nodes, outputs, moved, project, name, region }: Environment) => ({
  nodes: nodes.map(({ at: _at, ...node }) => node).sort((a, b) => (a.address < b.address ? -1 : 1)),
  outputs: JSON.stringify(outputs),
  moved: moved.map(({ from, to }) => [from, to]),
  head: [project, name, region],
});

test("it loads again to the same, and to the same text", () => {
  const cwd = folderWith(files);
  const first = load(cwd, "env/test.yaml");
  const textOf = ({ document }: Environment) =>
    validationText([{ name: "x", diagnostics: [], resources: 1, document: document!() }]).replace(/^.*\n/, "");
  const text = textOf(first);
  expect(text).toContain("Resource: arn:aws:s3:::b/$${aws:username}\n");
  expect(text).toContain("userDataFile: ../base/start.sh\n");
  expect(text).toContain("outputs:\n  range: 10.0.0.0/16\n  version: 8.10\n  user: $${aws:username}\n  of: 10.0.3.0/24\n");
  const again = load(folderWith({ ...files, "env/other.yaml": text }), "env/other.yaml");
  expect(meaningOf(again)).toEqual(meaningOf(first));
  expect(textOf(again)).toBe(text);
});

test("late values and repeated resources are shown as people name them", () => {
  const cwd = folderWith({
    "test.yaml": `${head}topics: { t: { forEach: [a] } }\noutputs: { arn: "\${topic.t['a'].arn}", in: ["\${upper(topic.t['a'].arn)}"] }\n`,
  });
  expect(dump(load(cwd, "test.yaml").document!())).toContain(
    "topics:\n  t[a]: {}\noutputs:\n  arn: (known after topic/t[a])\n  in:\n    - (known after topic/t[a])\n",
  );
});
