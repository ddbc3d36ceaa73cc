import type { Static } from "typebox";
import { boolean, integer, object, oneOf, optional, ref, string, zone } from "../../resource/fields.ts";
import type { Kind, Problem, Subject } from "../kind.ts";
import { without } from "../shared/authored.ts";
import { whyNotType } from "../shared/instance-types.ts";
import { textOf } from "../shared/told.ts";
import { foreign } from "./foreign.ts";

/** EC2 API, CreateCapacityReservation: InstancePlatform. */
const platforms = [
  "Linux/UNIX",
  "Red Hat Enterprise Linux",
  "SUSE Linux",
  "Windows",
  "Windows with SQL Server",
  "Windows with SQL Server Enterprise",
  "Windows with SQL Server Standard",
  "Windows with SQL Server Web",
  "Linux with SQL Server Standard",
  "Linux with SQL Server Web",
  "Linux with SQL Server Enterprise",
  "RHEL with SQL Server Standard",
  "RHEL with SQL Server Enterprise",
  "RHEL with SQL Server Web",
  "RHEL with HA",
  "RHEL with HA and SQL Server Standard",
  "RHEL with HA and SQL Server Enterprise",
  "Ubuntu Pro",
] as const;

const schema = object({
  instanceType: string("The type of the machines.", { pattern: "^[a-z0-9-]+\\.[a-z0-9-]+$", examples: ["m7g.large"] }),
  instancePlatform: optional(oneOf(platforms, "What the machines run.")),
  availabilityZone: zone("The zone in which they will run."),
  instanceCount: integer("For how many machines room is kept. It costs as much as machines that run, whether they do or not.", {
    minimum: 1,
    maximum: 1000,
  }),
  tenancy: optional(oneOf(["default", "dedicated"], "Whether the hardware is shared.")),
  ebsOptimized: optional(boolean("For machines with bandwidth reserved for their disks; current instance types always have it.")),
  endDate: optional(
    string("When it ends by itself, as `2027-03-01T00:00:00Z`; `never`: when it is cancelled.", {
      pattern: "^(never|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?Z)$",
    }),
  ),
  instanceMatchCriteria: optional(
    oneOf(["open", "targeted"], "`open`: every machine that fits uses it up by itself. `targeted`: only machines that name it."),
  ),
  placementGroup: optional(ref("placementGroup", "The cluster placement group in which the room is.")),
});

export type CapacityReservation = Static<typeof schema>;

const forGood = (what: string) => `the ${what} of a capacity reservation cannot be changed`;

export const capacityReservation: Kind<CapacityReservation, null> = {
  name: "capacityReservation",
  section: "capacityReservations",
  idPrefix: "cr-",
  doc: "Room for machines of one type in one zone, kept and paid for whether they run or not.",
  outputs: {
    arn: "Its ARN.",
    available: { doc: "How many of its machines can still be launched.", type: "number", changesWith: "update" },
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
  tagIndex: { type: "ec2:capacity-reservation" },
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
    sub: `room for ${spec.instanceCount ?? 0} × ${textOf(spec.instanceType)}`,
  }),
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

/** EC2 keeps whole minutes and answers with seconds. */
export function instant(date: string): number | "never" {
  return date === "never" ? date : Date.parse(date.length === 17 ? date.replace("Z", ":00Z") : date);
}

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
    problems.push({ code: "bad-value", path: "endDate", summary: `There is no time ${spec.endDate}.` });
  if (spec.placementGroup !== undefined && /^t[0-9]/.test(spec.instanceType))
    problems.push({
      code: "conflict",
      path: "placementGroup",
      summary: `A cluster placement group takes no burstable machines, and ${spec.instanceType} is one.`,
    });
  return problems;
}
