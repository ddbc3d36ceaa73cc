import type { ApplyEvent, Outcome, StepRef } from "../../src/apply/events.ts";
import type { Diagnostic, Position } from "../../src/diag/diagnostic.ts";
import type { FieldChange, Plan, Step } from "../../src/plan/plan.ts";
import type { Status } from "../../src/render/status.ts";

export const at = (line: number, column = 5): Position => ({ file: "environments/web.yaml", line, column });

const where = { project: "lab", environment: "web", account: "123456789012", region: "eu-west-1" } as const;
/** Steps without the hashes that no renderer shows. */
type Shown<S = Step> = S extends Step ? Omit<S, "fingerprint" | "want"> : never;
const hashed = (steps: readonly Shown[]): Step[] =>
  steps.map((step) => ({ ...step, fingerprint: `did ${step.address}`, want: `want ${step.address}` }) as Step);

const noTags = { set: {}, remove: [] };
const none = { notes: [], lookups: {}, objects: [] };

const initialState = (path: string, after: FieldChange["after"]): FieldChange => ({ path, stage: "create", impact: "update", after });

/** `mixed`, with the connections that it opens and closes. */
export const opening = (): Plan => ({
  ...mixed,
  reach: {
    opens: [
      {
        from: "internet",
        to: "instance/web-a",
        flows: { tcp: "22" },
        certain: true,
        via: [
          { address: "routeTable/public", text: "0.0.0.0/0 → internetGateway/main", at: at(26) },
          { address: "securityGroup/web", text: "{ port: 22, source: 0.0.0.0/0 }", at: at(41) },
        ],
      },
      { from: "instance/web-a", to: "dbInstance/main", flows: { tcp: "3306" }, certain: false, via: [] },
    ],
    closes: [{ from: "203.0.113.10/32", to: "instance/bastion", flows: { tcp: "22" }, certain: true, via: [] }],
  },
});

/** A plan with everything: each action, lists, maps, secrets, tags, losses, notes. */
export const mixed: Plan = {
  ...where,
  goal: "agree",
  isNew: false,
  steps: hashed([
    {
      action: "create",
      address: "subnet/web-c",
      kind: "subnet",
      because: "it does not exist",
      at: at(30),
      changes: [
        initialState("vpc", "vpc/web"),
        initialState("cidrBlock", "10.0.3.0/24"),
        initialState("availabilityZone", "eu-west-1c"),
        initialState("tags", { team: "web" }),
      ],
    },
    {
      action: "create",
      address: "securityGroup/db",
      kind: "securityGroup",
      because: "it does not exist",
      at: at(40),
      changes: [
        initialState("vpc", "vpc/web"),
        initialState("description", "Database"),
        initialState("ingress", [{ port: 3306, source: "securityGroup/web" }]),
        initialState("egress", []),
      ],
    },
    {
      action: "update",
      address: "securityGroup/web",
      kind: "securityGroup",
      id: "sg-0a1b2c3d4e5f60718",
      because: "ingress differs",
      at: at(33),
      tags: noTags,
      changes: [
        {
          path: "ingress",
          stage: "rules",
          impact: "update",
          at: at(35),
          before: [
            { port: 22, source: "0.0.0.0/0" },
            { port: 80, source: "10.0.0.0/8", description: "HTTP" },
          ],
          after: [
            { port: 22, source: "10.0.2.0/24" },
            { port: 80, source: "10.0.0.0/8", description: "HTTP inside" },
          ],
          items: {
            added: [{ key: "tcp 22 10.0.2.0/24", value: { port: 22, source: "10.0.2.0/24" }, at: at(36, 9), urgency: "traffic" }],
            removed: [{ key: "tcp 22 0.0.0.0/0", value: { port: 22, source: "0.0.0.0/0" }, urgency: "exposure" }],
            changed: [
              {
                key: "tcp 80 10.0.0.0/8",
                before: { port: 80, source: "10.0.0.0/8", description: "HTTP" },
                after: { port: 80, source: "10.0.0.0/8", description: "HTTP inside" },
                at: at(37, 9),
              },
            ],
          },
        },
        { path: "tags.team", stage: "tags", impact: "update", before: "ops", after: "web", at: at(8) },
      ],
    },
    {
      action: "update",
      address: "loadBalancer/web",
      kind: "loadBalancer",
      id: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web-web/50dc6c495c0c9188",
      because: "listeners differ",
      at: at(80),
      tags: noTags,
      changes: [
        {
          path: "subnets",
          stage: "subnets",
          impact: "update",
          before: ["subnet/web-a", "subnet/web-b"],
          after: ["subnet/web-a", "subnet/web-c"],
          at: at(83),
          urgency: "traffic",
        },
        {
          path: "listeners",
          stage: "listeners",
          impact: "update",
          before: { 80: { protocol: "HTTP" } },
          after: { 80: { protocol: "HTTP" }, 443: { protocol: "HTTPS" } },
          at: at(85),
          items: { added: [{ key: "443", value: { protocol: "HTTPS" }, at: at(86), urgency: "traffic" }], removed: [], changed: [] },
        },
      ],
    },
    {
      action: "restart",
      address: "instance/bastion",
      kind: "instance",
      id: "i-0123456789abcdef0",
      because: "the type of a machine changes while it is stopped",
      at: at(61),
      tags: noTags,
      changes: [{ path: "instanceType", stage: "create", impact: "restart", before: "t3.micro", after: "t3.small", at: at(64) }],
    },
    {
      action: "replace",
      address: "subnet/web-a",
      kind: "subnet",
      id: "subnet-0aaa1111bbb22222c",
      order: "delete-first",
      because: "availabilityZone of a subnet cannot be changed",
      at: at(24),
      changes: [
        {
          path: "availabilityZone",
          stage: "create",
          impact: "replace",
          because: "availabilityZone of a subnet cannot be changed",
          before: "eu-west-1a",
          after: "eu-west-1b",
          at: at(26),
        },
      ],
    },
    {
      action: "replace",
      address: "instance/web[0]",
      kind: "instance",
      id: "i-0fedcba9876543210",
      order: "create-first",
      because: "subnet/web-a is replaced",
      at: at(50),
      loses: "its disk",
      changes: [
        {
          path: "subnet",
          stage: "create",
          impact: "replace",
          because: "subnet/web-a is replaced",
          before: "subnet-0aaa1111bbb22222c",
          after: "subnet/web-a",
          at: at(51),
        },
      ],
    },
    {
      action: "delete",
      address: "elasticIp/old",
      kind: "elasticIp",
      id: "eipalloc-0123456789abcdef0",
      because: "it is no longer in the YAML",
      loses: "its address",
    },
    {
      action: "retag",
      address: "routeTable/public",
      kind: "routeTable",
      id: "rtb-0123456789abcdef0",
      from: "routeTable/main",
      because: "it was routeTable/main",
      tags: { set: { "infra:resource": "routeTable/public" }, remove: [] },
      at: at(90),
    },
    {
      action: "keep",
      address: "dbInstance/main",
      kind: "dbInstance",
      id: "web-main",
      because: "deleting it would lose its data; to allow that, add `allowDestroy: { dbInstance/main: db-ABC }`",
    },
    {
      action: "keep",
      address: "subnet/db",
      kind: "subnet",
      id: "subnet-0ddd",
      because: "kept, because of dbInstance/main",
      of: "dbInstance/main",
    },
  ]),
  notes: [
    {
      code: "likely-rename",
      address: "elasticIp/old",
      text: "elasticIp/old looks like elasticIp/new under another name; add `moved: [{ from: elasticIp/old, to: elasticIp/new }]`",
      at: at(70),
    },
    {
      code: "remark",
      address: "instance/bastion",
      id: "i-0123456789abcdef0",
      text: "a newer image is available: ami-0aaaabbbbccccdddd",
      at: at(62),
    },
    ...[1, 2, 3, 4, 5, 6, 7].map((n) => ({
      code: "copy" as const,
      id: `sg-copy${n}`,
      text: `sg-copy${n} has the tags of securityGroup/web but is not it: another account made it; it is left alone`,
    })),
  ],
  lookups: { "image instance/bastion": "ami-0123456789abcdef0" },
  objects: [
    { address: "vpc/web", id: "vpc-0123456789abcdef0" },
    { address: "subnet/web-a", id: "subnet-0aaa1111bbb22222c" },
    { address: "routeTable/main", id: "rtb-0123456789abcdef0" },
  ],
};

export const fresh: Plan = {
  ...where,
  ...none,
  goal: "agree",
  isNew: true,
  steps: hashed([
    {
      action: "create",
      address: "vpc/web",
      kind: "vpc",
      because: "it does not exist",
      at: at(10),
      changes: [initialState("cidrBlock", "10.0.0.0/16"), initialState("enableDnsHostnames", true)],
    },
    {
      action: "create",
      address: "subnet/web-a",
      kind: "subnet",
      because: "it does not exist",
      at: at(14),
      changes: [initialState("vpc", "vpc/web"), initialState("cidrBlock", "10.0.1.0/24"), initialState("availabilityZone", "eu-west-1a")],
    },
    {
      action: "create",
      address: "dbInstance/main",
      kind: "dbInstance",
      because: "it does not exist",
      at: at(20),
      changes: [
        initialState("engine", "mysql"),
        initialState("engineVersion", "8.4"),
        { path: "password", stage: "create", impact: "update", secret: true },
      ],
    },
  ]),
};

/** A plan whose only differences are contested fields. */
export const fought: Plan = {
  ...where,
  ...none,
  goal: "agree",
  isNew: false,
  steps: [],
  objects: mixed.objects,
  contested: [
    {
      address: "securityGroup/web",
      kind: "securityGroup",
      id: "sg-0a1b2c3d4e5f60718",
      times: 2,
      last: "2026-11-20",
      change: {
        path: "ingress",
        stage: "rules",
        impact: "update",
        at: at(35),
        before: [{ port: 22, source: "0.0.0.0/0" }],
        after: [],
        items: {
          added: [],
          removed: [{ key: "tcp 22 0.0.0.0/0", value: { port: 22, source: "0.0.0.0/0" }, urgency: "exposure" }],
          changed: [],
        },
      },
    },
    {
      address: "vpc/web",
      kind: "vpc",
      id: "vpc-0123456789abcdef0",
      times: 3,
      last: "2026-11-19",
      change: { path: "tags.team", stage: "create", impact: "update", before: "ops", after: "web", at: at(8) },
    },
  ],
};

export const agreeing: Plan = { ...where, ...none, goal: "agree", isNew: false, steps: [], objects: mixed.objects };

/** A plan for one subnet alone, which agrees with the file. */
export const aimed: Plan = {
  ...agreeing,
  narrowed: { by: "target", to: ["subnet/public-a"], within: ["subnet/public-a", "vpc/web"], beyond: 9 },
};

export const destroying: Plan = {
  ...where,
  ...none,
  goal: "destroy",
  isNew: false,
  steps: hashed([
    {
      action: "delete",
      address: "instance/bastion",
      kind: "instance",
      id: "i-0123456789abcdef0",
      because: "everything is to go",
      loses: "its disk",
    },
    { action: "delete", address: "vpc/web", kind: "vpc", id: "vpc-0123456789abcdef0", because: "everything is to go" },
  ]),
  objects: [
    { address: "vpc/web", id: "vpc-0123456789abcdef0" },
    { address: "instance/bastion", id: "i-0123456789abcdef0" },
  ],
};

/** A plan with `n` steps, of which every second one is a delete. */
export function large(n: number): Plan {
  const steps = Array.from({ length: n }, (_, i): Shown =>
    i % 2 === 0
      ? {
          action: "delete",
          address: `securityGroup/service-${i}`,
          kind: "securityGroup",
          id: `sg-${String(i).padStart(17, "0")}`,
          because: "it is no longer in the YAML",
        }
      : {
          action: "create",
          address: `securityGroup/new-${i}`,
          kind: "securityGroup",
          because: "it does not exist",
          at: at(i),
          changes: [initialState("vpc", "vpc/web"), initialState("description", "A group")],
        },
  );
  return { ...where, ...none, goal: "agree", isNew: false, steps: hashed(steps), objects: [{ address: "vpc/web", id: "vpc-1" }] };
}

const ref = (address: string, action: StepRef["action"], stage: string, line?: number): StepRef => ({
  address,
  kind: address.split("/")[0]!,
  action,
  stage,
  ...(line !== undefined && { position: at(line) }),
});

const failure = {
  code: "NatGatewayLimitExceeded",
  message: "The maximum number of NAT gateways in this zone has been reached.",
  service: "ec2",
  operation: "CreateNatGateway",
  requestId: "59dbff89-35bd-4eac-99ed-be587EXAMPLE",
  hint: "this is a quota of the account: raise it in Service Quotas, or use less",
};

export const partial: Outcome = {
  status: "partial",
  done: [
    ref("vpc/web", "create", "create", 10),
    ref("subnet/web-a", "create", "create", 14),
    ref("subnet/web-a", "create", "attributes", 14),
  ],
  failed: [
    { step: ref("natGateway/web", "create", "create", 41), failure },
    {
      step: ref("subnet/old", "delete", "delete"),
      failure: {
        code: "blocked",
        message: "The subnet 'subnet-1' has dependencies and cannot be deleted.",
        blockers: [{ id: "eni-0123", what: "network interface of ELB app/web/50dc6c495c0c9188 (amazon-elb)" }],
      },
    },
  ],
  skipped: [
    { step: ref("routeTable/private", "create", "routes", 45), because: "natGateway/web failed" },
    { step: ref("routeTable/private", "create", "associations", 45), because: "natGateway/web failed" },
  ],
  ms: 123_000,
};

export const done: Outcome = { ...partial, status: "done", failed: [], skipped: [], ms: 4_200 };

export const events: readonly ApplyEvent[] = [
  { type: "started", at: 1_000, steps: 5 },
  { type: "step-started", at: 1_000, step: ref("vpc/web", "create", "create", 10) },
  { type: "step-done", at: 2_200, step: ref("vpc/web", "create", "create", 10), ms: 1_200, id: "vpc-0123456789abcdef0" },
  { type: "step-started", at: 2_200, step: ref("natGateway/web", "create", "create", 41) },
  { type: "step-started", at: 2_300, step: ref("subnet/web-a", "create", "attributes", 14) },
  { type: "step-waiting", at: 3_000, step: ref("natGateway/web", "create", "create", 41), what: "it to become available", typical: 120 },
  { type: "step-said", at: 4_000, step: ref("subnet/web-a", "create", "attributes", 14), text: "1 of 2 attributes set" },
  { type: "note", at: 5_000, text: "AWS throttles CreateTags; going slower" },
  { type: "step-failed", at: 63_000, step: ref("natGateway/web", "create", "create", 41), ms: 60_800, failure },
  { type: "step-skipped", at: 63_000, step: ref("routeTable/private", "create", "routes", 45), because: "natGateway/web failed" },
  { type: "step-done", at: 64_000, step: ref("subnet/web-a", "create", "attributes", 14), ms: 61_700 },
  { type: "finished", at: 64_000, outcome: partial },
];

export const status: Status = {
  ...where,
  rows: [
    {
      address: "vpc/web",
      kind: "vpc",
      id: "vpc-0123456789abcdef0",
      state: "ready",
      outputs: { cidr: "10.0.0.0/16" },
      parts: [],
      notes: [],
    },
    {
      address: "loadBalancer/web",
      kind: "loadBalancer",
      id: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web-web/50dc6c495c0c9188",
      state: "ready",
      outputs: { dns: "web-web-1234567890.eu-west-1.elb.amazonaws.com", zones: "eu-west-1a, eu-west-1b" },
      createdAt: "2026-01-01T00:00:00Z",
      parts: [],
      notes: [],
    },
    {
      address: "autoScalingGroup/web",
      kind: "autoScalingGroup",
      id: "web-web",
      state: "ready",
      outputs: { size: "2" },
      createdAt: "2026-01-10T11:30:00Z",
      parts: [{ id: "i-0aaa", text: "eu-west-1a, InService, Healthy" }],
      notes: ["an instance refresh is under way"],
    },
    {
      address: "natGateway/web",
      kind: "natGateway",
      id: "nat-0123",
      state: "failed: Elastic IP is taken",
      outputs: {},
      parts: [],
      notes: [],
    },
  ],
};

export const statusNow = Date.parse("2026-01-10T12:00:00Z");

export const problems: readonly Diagnostic[] = [
  {
    code: "unknown-ref",
    severity: "error",
    at: { ...at(14, 10), length: 4, text: "    vpc: mian" },
    summary: 'subnet/web-a names vpc "mian", which is not declared.',
    hint: 'did you mean "main" (environments/web.yaml:3:3)?',
  },
  { code: "quota", severity: "warning", summary: "6 VPCs, and an account has 5 by default: 100 % & <more>.", at: at(3) },
];
