import type { Static } from "typebox";
import { boolean, integer, object, oneOf, optional, ref, string, zone } from "../../resource/fields.ts";

/** The platforms of EC2 (EC2 API, CreateCapacityReservation: InstancePlatform). */
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

export const schema = object({
  instanceType: string("The instance type.", { pattern: "^[a-z0-9-]+\\.[a-z0-9-]+$", examples: ["m7g.large"] }),
  instancePlatform: optional(oneOf(platforms, "The platform (operating system) of the instances.")),
  availabilityZone: zone("The Availability Zone of the capacity."),
  instanceCount: integer("Number of instances to reserve capacity for. It costs as much as running instances, even if it is unused.", {
    minimum: 1,
    maximum: 1000,
  }),
  tenancy: optional(oneOf(["default", "dedicated"], "Whether the hardware is shared with other accounts or dedicated.")),
  ebsOptimized: optional(boolean("Whether the capacity is for EBS-optimized instances; current instance types always are.")),
  endDate: optional(
    string("The time at which the reservation ends automatically, as `2027-03-01T00:00:00Z`; `never`: it lasts until it is cancelled.", {
      pattern: "^(never|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?Z)$",
    }),
  ),
  instanceMatchCriteria: optional(
    oneOf(
      ["open", "targeted"],
      "The instances that use the capacity. `open`: all matching instances use it automatically. `targeted`: only instances that name it.",
    ),
  ),
  placementGroup: optional(ref("placementGroup", "The cluster placement group of the capacity.")),
});

export type CapacityReservation = Static<typeof schema>;

/** The time of a date for comparison. EC2 keeps whole minutes and answers with seconds. */
export function instant(date: string): number | "never" {
  return date === "never" ? date : Date.parse(date.length === 17 ? date.replace("Z", ":00Z") : date);
}
