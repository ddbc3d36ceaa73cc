import type { Kind, Problem, Subject } from "../kind.ts";
import { without } from "../shared/authored.ts";
import { whyNotType } from "../shared/instances/types.ts";
import { textOf } from "../shared/told.ts";
import { foreign } from "./foreign.ts";
import { type CapacityReservation, instant, schema } from "./schema.ts";
import { ec2Index } from "../shared/ec2-index.ts";

const forGood = (what: string) => `the ${what} of a capacity reservation cannot be changed`;

export const capacityReservation: Kind<CapacityReservation, null> = {
  name: "capacityReservation",
  section: "capacityReservations",
  idPrefix: "cr-",
  doc: "Reserved capacity for instances of one type in one zone, charged whether it is used or not.",
  outputs: {
    arn: "The ARN.",
    available: { doc: "Number of instances that can still be launched in it.", type: "number", changesWith: "update" },
  },
  foreign,
  schema,
  fields: {
    instanceType: { change: "replace", because: forGood("instance type") },
    instancePlatform: { change: "replace", default: { value: "Linux/UNIX", class: "enforced" }, because: forGood("platform") },
    availabilityZone: { change: "replace", because: forGood("zone") },
    instanceCount: { change: "update" },
    tenancy: { change: "replace", default: { value: "default", class: "create-only" }, because: forGood("tenancy") },
    ebsOptimized: { change: "replace", because: forGood("EBS optimisation") },
    endDate: { change: "update", same: (request, have) => instant(request) === instant(have ?? "never") },
    instanceMatchCriteria: { change: "update", default: { value: "open", class: "create-only" } },
    placementGroup: { change: "replace", because: forGood("placement group") },
  },
  summary: ({ instanceType, instanceCount, availabilityZone }) => ({
    line: `${instanceCount} × ${textOf(instanceType)} in ${textOf(availabilityZone)}`,
    tells: ["instanceType", "instanceCount", "availabilityZone"],
  }),
  stages: [{ name: "create" }],
  create: "token",
  replace: "create-first",
  waits: { create: { typical: 5, limit: 600 }, delete: { typical: 5, limit: 600 }, poll: 5 },
  tagIndex: ec2Index("capacity-reservation"),
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 1000)),
  iam: {
    read: ["ec2:DescribeCapacityReservations"],
    write: [
      "ec2:CreateCapacityReservation",
      "ec2:ModifyCapacityReservation",
      "ec2:CancelCapacityReservation",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:CancelCapacityReservation"],
    access: { "ec2:CreateCapacityReservation": { made: ["capacity-reservation/*"] } },
  },
  check,
  authored: (spec) => ({
    spec: without(spec, {
      instancePlatform: "Linux/UNIX",
      tenancy: "default",
      ebsOptimized: false,
      endDate: "never",
      instanceMatchCriteria: "open",
    }),
  }),
  drawn: ({ spec }) => ({
    as: "beside",
    glyph: "setting",
    sub: `capacity for ${spec.instanceCount ?? 0} × ${textOf(spec.instanceType)}`,
  }),
  withoutNetwork: "it passes no packets",
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

function check({ spec }: Subject<CapacityReservation>): readonly Problem[] {
  const problems: Problem[] = [];
  const wrong = whyNotType(spec.instanceType);
  if (wrong)
    problems.push({
      code: "bad-instance-type",
      path: "instanceType",
      summary: `EC2 has no type "${spec.instanceType}": ${wrong.why}.`,
      hint: wrong.hint,
    });
  if (spec.endDate !== undefined && spec.endDate !== "never" && Number.isNaN(instant(spec.endDate)))
    problems.push({ code: "bad-value", path: "endDate", summary: `${spec.endDate} is not a valid time.` });
  if (spec.placementGroup !== undefined && /^t[0-9]/.test(spec.instanceType))
    problems.push({
      code: "conflict",
      path: "placementGroup",
      summary: `A cluster placement group cannot contain burstable instances such as ${spec.instanceType}.`,
    });
  return problems;
}
