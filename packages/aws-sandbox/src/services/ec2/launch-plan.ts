/** The plan of a launch, after all checks. */
import type { InstanceTypeRecord } from "./instance-types.ts";
import type { Disk } from "./launch-disks.ts";
import type { PlannedInterface } from "./launch-network.ts";
import type { ImageRecord, InstanceRecord, MetadataOptions, Tags } from "./state.ts";
import type { RunInstancesRequest } from "@aws-sdk/client-ec2";

export interface LaunchPlan {
  readonly request: RunInstancesRequest;
  readonly template?: { readonly id: string; readonly version: number };
  readonly image: ImageRecord;
  readonly type: InstanceTypeRecord;
  readonly network: readonly PlannedInterface[];
  readonly disks: readonly Disk[];
  readonly profile?: { readonly arn: string; readonly id: string };
  readonly metadata: MetadataOptions;
  readonly cpuCredits?: "standard" | "unlimited";
  readonly reservation: string;
  readonly dnsOptions?: InstanceRecord["dnsOptions"];
  readonly tags: Readonly<Record<string, Tags>>;
}
