/** The fields that describe a launch, shared by instances and launch templates. */
import type { Static } from "typebox";
import * as Type from "typebox";
import { boolean, file, image, integer, list, map, object, oneOf, optional, ref, refOr, string } from "../../../resource/fields.ts";
import { keyRef } from "../kms-keys.ts";

export const volumeTypes = ["gp3", "gp2", "io2", "io1", "st1", "sc1", "standard"] as const;

const disk = {
  size: optional(integer("The size in GiB. It can grow in place and never shrink.", { minimum: 1, maximum: 65_536 })),
  type: optional(oneOf(volumeTypes, "The volume type.")),
  iops: optional(integer("I/O operations per second: for gp3 (from 3000), io1 and io2 (required there).", { minimum: 100 })),
  throughput: optional(integer("The throughput in MiB/s; only gp3, from 125.", { minimum: 125 })),
  encrypted: optional(boolean("Whether the volume is encrypted. If omitted: the setting of the image and of the account.")),
  kmsKey: optional(keyRef("The KMS key that encrypts the volume. If omitted: the AWS managed key.")),
  deleteOnTermination: optional(boolean("Whether the volume is deleted when its instance is terminated; `true` at creation if omitted.")),
};

const rootVolume = object(disk, "The root volume. Settings that are not written come from the image.");
const dataVolume = object({
  ...disk,
  snapshot: optional(string("The snapshot from which the volume is made.", { pattern: "^snap-[0-9a-f]{8,17}$" })),
  virtualName: optional(
    string("An instance store volume of the instance type, `ephemeral0`, instead of an EBS volume. It takes effect only at launch.", {
      pattern: "^ephemeral([0-9]|1[0-9]|2[0-3])$",
    }),
  ),
  noDevice: optional(
    Type.Literal(true, {
      description: "Whether this device of the image is left out, instead of an EBS volume. It takes effect only at launch.",
    }),
  ),
});

/** `/dev/sdf`, `xvdf`: the names that EC2 takes for data volumes. The root device (`…a`) is written as `rootVolume`. */
export const deviceName = "^(/dev/)?(sd[b-z][0-9]{0,2}|xvd[b-z][a-z]?)$";

const metadataOptions = object(
  {
    httpTokens: optional(
      oneOf(["required", "optional"], "Whether session tokens are required (IMDSv2 only) or optional; `required` at creation if omitted."),
    ),
    httpPutResponseHopLimit: optional(
      integer("Number of network hops that a response may travel; containers need 2.", { minimum: 1, maximum: 64 }),
    ),
    httpEndpoint: optional(oneOf(["enabled", "disabled"], "Whether the metadata service is available on the instance.")),
    httpProtocolIpv6: optional(oneOf(["enabled", "disabled"], "Whether the metadata service also has an IPv6 address.")),
    instanceMetadataTags: optional(oneOf(["enabled", "disabled"], "Whether the instance can read its own tags from the metadata service.")),
  },
  "The instance metadata service (IMDS).",
);

const spotOptions = object({
  type: optional(oneOf(["one-time", "persistent"], "Whether AWS launches the instance again after an interruption. Default: `one-time`.")),
  interruptionBehavior: optional(
    oneOf(
      ["terminate", "stop", "hibernate"],
      "The effect of an interruption. Default: `terminate`, the only one that a one-time request allows.",
    ),
  ),
  maxPrice: optional(
    string("The highest price, in US dollars per hour. If omitted: the On-Demand price.", {
      pattern: "^[0-9]+(\\.[0-9]+)?$",
      examples: ["0.05"],
    }),
  ),
});

/** The properties to spread into the schema of a kind that launches instances. */
export const machineFields = {
  image: optional(
    image("The image (AMI): an AMI id, `image/NAME` of this file, `{ ssm: PARAMETER }` or `{ owner, name, architecture? }`."),
  ),
  instanceType: optional(string("The instance type.", { pattern: "^[a-z0-9-]+\\.[a-z0-9-]+$", examples: ["t3.micro", "r7g.large"] })),
  keyPair: optional(ref("keyPair", "The key pair whose public key is installed on the instance.")),
  securityGroups: optional(
    list(
      ref("securityGroup", "A security group."),
      "The security groups of the primary network interface. If omitted: the default group of the VPC.",
      { minItems: 1, uniqueItems: true },
    ),
  ),
  associatePublicIpAddress: optional(boolean("Whether the instance gets a public IPv4 address. If omitted: the setting of the subnet.")),
  instanceProfile: optional(ref("instanceProfile", "The IAM instance profile that gives the instance a role.", { named: true })),
  userData: optional(
    string("The user data that the instance runs when it first boots, a script or cloud-init YAML; at most 16 KiB as sent."),
  ),
  userDataFile: optional(
    file(
      "userData",
      "The user data from a file, relative to this one. A file that is not text, such as a script compressed with gzip, is sent unchanged.",
      {
        mayBeBinary: true,
      },
    ),
  ),
  userDataTemplate: optional(
    file(
      "userData",
      "The user data from a file in which `${…}` are expressions, as in this file; write `$${HOME}` for a variable of the shell.",
      {
        isTemplate: true,
      },
    ),
  ),
  userDataEncoding: optional(
    oneOf(
      ["gzip"],
      "The encoding of the user data. `gzip` compresses it before it is sent, so that a longer script fits; cloud-init unpacks it. The encoding is not compared.",
    ),
  ),
  rootVolume: optional(rootVolume),
  volumes: optional(map(dataVolume, "Further volumes, by device name (`/dev/sdf`).", deviceName)),
  metadataOptions: optional(metadataOptions),
  monitoring: optional(boolean("Whether detailed monitoring is on: metrics every minute, at additional cost.")),
  disableApiTermination: optional(boolean("Whether AWS refuses to terminate the instance (termination protection).")),
  disableApiStop: optional(boolean("Whether AWS refuses to stop the instance (stop protection).")),
  shutdownBehavior: optional(oneOf(["stop", "terminate"], "The effect of a shutdown from inside the instance.")),
  spot: optional(
    Type.Union([Type.Boolean(), spotOptions], { description: "Whether it is a Spot Instance: `true`, or the options of the request." }),
  ),
  placementGroup: optional(
    ref("placementGroup", "The placement group for the launch; `{ id: NAME }`: a group outside this environment, by its name."),
  ),
  capacityReservation: optional(
    refOr(
      "^(open|none|cr-[0-9a-f]{8,17})$",
      "capacityReservation",
      "The capacity reservation or its id; `open`: any that matches; `none`: none.",
    ),
  ),
  hibernation: optional(
    boolean("Whether the instance can hibernate: its memory is saved on the root volume, which must be encrypted and large enough."),
  ),
  cpuOptions: optional(
    object(
      {
        coreCount: integer("Number of CPU cores, one of the numbers that the instance type offers.", { minimum: 1 }),
        threadsPerCore: integer("Number of threads per core; 1 disables simultaneous multithreading.", { minimum: 1, maximum: 2 }),
      },
      "CPU options that use fewer cores or threads than the type has, for licences that count them.",
    ),
  ),
  enclave: optional(boolean("Whether the instance may run Nitro Enclaves.")),
  maintenanceOptions: optional(
    object(
      { autoRecovery: oneOf(["default", "disabled"], "Whether AWS recovers the instance on other hardware when its own fails.") },
      "The maintenance options for hardware failures.",
    ),
  ),
  privateDnsNameOptions: optional(
    object(
      {
        hostnameType: optional(
          oneOf(["ip-name", "resource-name"], "Whether the private host name is made from the IPv4 address or from the instance id."),
        ),
        enableResourceNameDnsARecord: optional(boolean("Whether the resource name resolves to the private IPv4 address.")),
        enableResourceNameDnsAAAARecord: optional(boolean("Whether the resource name resolves to the IPv6 address.")),
      },
      "The options for the private host name. If omitted: the settings of the subnet.",
    ),
  ),
  tenancy: optional(
    oneOf(
      ["default", "dedicated", "host"],
      "Whether the hardware is shared with other accounts (`default`), dedicated to this account, or a Dedicated Host.",
    ),
  ),
  ebsOptimized: optional(boolean("Whether bandwidth to EBS volumes is reserved; current instance types always have it.")),
  creditSpecification: optional(
    oneOf(["standard", "unlimited"], "The behaviour of burstable types (t2, t3, t3a, t4g) when the CPU credits are used up."),
  ),
};

const machineSchema = object(machineFields);

/** The fields of `machineFields` as a spec holds them: the text of a user data file, not its name. */
export type Machine = Omit<Static<typeof machineSchema>, "userDataFile" | "userDataTemplate">;
export type RootVolume = Static<typeof rootVolume>;
export type DataVolume = Static<typeof dataVolume>;
export type MetadataOptions = Static<typeof metadataOptions>;
export type Spot = Static<typeof spotOptions>;
