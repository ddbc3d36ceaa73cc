/** Records of instances and their parts. The rules for records are in records.ts. */

export interface KeyPairRecord {
  readonly id: string;
  readonly name: string;
  readonly type: "rsa" | "ed25519";
  readonly publicKey: string;
  readonly fingerprint: string;
  readonly createdAt: number;
}

export interface ImageRecord {
  readonly id: string;
  readonly name: string;
  description: string;
  readonly owner: string;
  readonly ownerAlias?: string;
  /** The instance that the account made this image from. */
  readonly sourceInstanceId?: string;
  readonly architecture: "x86_64" | "arm64";
  readonly createdAt: number;
  readonly rootDevice: string;
  readonly mappings: readonly ImageMapping[];
  readonly imdsV2?: true;
  readonly public: boolean;
}

export interface ImageMapping {
  readonly device: string;
  readonly snapshotId: string;
  readonly size: number;
  readonly volumeType: string;
  readonly deleteOnTermination: boolean;
  readonly encrypted: boolean;
}

export interface SnapshotRecord {
  readonly id: string;
  readonly size: number;
  readonly owner: string;
  readonly ownerAlias?: string;
  readonly startedAt: number;
  readonly description: string;
  readonly encrypted: boolean;
  readonly volumeId?: string;
}

export type InstanceState = "pending" | "running" | "shutting-down" | "terminated" | "stopping" | "stopped";

export interface InstanceRecord {
  readonly id: string;
  readonly reservationId: string;
  readonly requesterId?: string;
  readonly launchIndex: number;
  readonly imageId: string;
  readonly architecture: "x86_64" | "arm64";
  readonly rootDevice: string;
  readonly keyName?: string;
  readonly zone: string;
  tenancy: string;
  readonly clientToken: string;
  readonly createdAt: number;
  readonly spotRequestId?: string;
  readonly template?: { readonly id: string; readonly version: number };
  readonly hibernation: boolean;
  readonly enclave: boolean;
  dnsOptions?: { readonly type: "ip-name" | "resource-name"; readonly aRecord: boolean; readonly aaaaRecord: boolean };
  readonly cpuOptions?: { readonly cores: number; readonly threads: number };
  /** Absent in an IPv6-only subnet. */
  readonly primaryIp?: string;
  launchedAt: number;
  state: InstanceState;
  /** Counts the requested changes of state. A transition that was scheduled for an earlier one does nothing. */
  turn: number;
  reason?: { readonly at: number; readonly code: string; readonly message: string };
  instanceType: string;
  vpcId: string;
  subnetId: string;
  interfaces: string[];
  /** Volumes by device name. */
  devices: Record<string, { readonly volumeId: string; deleteOnTermination: boolean; readonly attachedAt: number }>;
  userData?: string;
  profile?: { readonly associationId: string; readonly arn: string; readonly id: string; readonly since: number };
  disableApiTermination: boolean;
  disableApiStop: boolean;
  shutdownBehavior: "stop" | "terminate";
  ebsOptimized: boolean;
  monitoring: boolean;
  metadata: MetadataOptions;
  metadataSince: number;
  cpuCredits?: "standard" | "unlimited";
  placementGroup?: string;
  partition?: number;
  autoRecovery: "default" | "disabled";
  /** "open", "none", or the id of a named capacity reservation. */
  reservation: string;
}

export interface MetadataOptions {
  HttpTokens: "optional" | "required";
  HttpPutResponseHopLimit: number;
  HttpEndpoint: "enabled" | "disabled";
  HttpProtocolIpv6: "enabled" | "disabled";
  InstanceMetadataTags: "enabled" | "disabled";
}

export interface VolumeRecord {
  readonly id: string;
  readonly zone: string;
  readonly createdAt: number;
  readonly snapshotId?: string;
  readonly encrypted: boolean;
  readonly kmsKeyId?: string;
  /** Whether several instances may attach it at the same time. */
  multiAttach: boolean;
  size: number;
  volumeType: string;
  iops?: number;
  throughput?: number;
  /** The attachments: at most one, unless it is multi-attach. */
  attachments: VolumeAttachmentRecord[];
  deleting?: true;
  /** The last modification, with the times of the modifications of the last day. */
  modification?: VolumeModificationRecord;
  modifiedAt: number[];
}

export interface VolumeAttachmentRecord {
  readonly instanceId: string;
  readonly device: string;
  readonly since: number;
  /** "busy": its file system is mounted, so it stays until the instance stops. */
  leaving?: "detaching" | "busy";
}

export interface VolumeModificationRecord {
  readonly startedAt: number;
  readonly was: VolumeShape;
  readonly now: VolumeShape;
}

export interface VolumeShape {
  readonly size: number;
  readonly volumeType: string;
  readonly iops?: number;
  readonly throughput?: number;
}

export interface CapacityReservationRecord {
  readonly id: string;
  readonly instanceType: string;
  readonly platform: string;
  readonly zone: string;
  readonly tenancy: string;
  readonly ebsOptimized: boolean;
  readonly createdAt: number;
  readonly placementGroup?: string;
  count: number;
  criteria: string;
  endsAt?: number;
  cancelledAt?: number;
}

export interface PlacementGroupRecord {
  readonly createdAt: number;
  readonly id: string;
  readonly name: string;
  readonly strategy: string;
  readonly partitions?: number;
  readonly spreadLevel?: string;
}

export interface LaunchTemplateRecord {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  defaultVersion: number;
  latestVersion: number;
  /** The versions by number. The data is the request's, as AWS returns it. */
  versions: Record<string, { readonly createdAt: number; readonly description?: string; readonly data: Record<string, unknown> }>;
}

export interface SpotRequestRecord {
  readonly id: string;
  readonly instanceId: string;
  readonly createdAt: number;
  readonly type: "one-time" | "persistent";
  readonly interruption: string;
  readonly maxPrice?: string;
  state: "active" | "cancelled" | "closed" | "open";
}
