/** The fields that describe a launch, shared by instances and launch templates. */
import type { Static } from "typebox";
import * as Type from "typebox";
import { boolean, file, image, integer, list, map, object, oneOf, optional, ref, refOr, string } from "../../resource/fields.ts";
import { keyRef } from "./kms-keys.ts";

export const volumeTypes = ["gp3", "gp2", "io2", "io1", "st1", "sc1", "standard"] as const;

const disk = {
  size: optional(integer("GiB. Can grow in place, never shrink.", { minimum: 1, maximum: 65_536 })),
  type: optional(oneOf(volumeTypes, "The volume type.")),
  iops: optional(integer("Operations a second: gp3 (from 3000), io1 and io2 (required there).", { minimum: 100 })),
  throughput: optional(integer("MiB a second; gp3 only, from 125.", { minimum: 125 })),
  encrypted: optional(boolean("Whether it is encrypted. If omitted: what the image and the account's setting say.")),
  kmsKey: optional(keyRef("The KMS key that encrypts it. If omitted: AWS's own key.")),
  deleteOnTermination: optional(boolean("Whether it dies with its machine; true at creation when unwritten.")),
};

const rootVolume = object(disk, "The disk that the machine boots from. What is not written comes from the image.");
const dataVolume = object({
  ...disk,
  snapshot: optional(string("The snapshot it is made from.", { pattern: "^snap-[0-9a-f]{8,17}$" })),
  virtualName: optional(
    string("Instead of a disk: an instance store of the machine's type, `ephemeral0`. Counts when a machine is launched.", {
      pattern: "^ephemeral([0-9]|1[0-9]|2[0-3])$",
    }),
  ),
  noDevice: optional(
    Type.Literal(true, { description: "Instead of a disk: none, where the image would put one. Counts when a machine is launched." }),
  ),
});

/** `/dev/sdf`, `xvdf`: the names that EC2 takes for data volumes. The root device (`…a`) is written as `rootVolume`. */
export const deviceName = "^(/dev/)?(sd[b-z][0-9]{0,2}|xvd[b-z][a-z]?)$";

const metadataOptions = object(
  {
    httpTokens: optional(oneOf(["required", "optional"], "`required` is IMDSv2 only; `required` at creation when unwritten.")),
    httpPutResponseHopLimit: optional(
      integer("How many network hops an answer may travel; containers need 2.", { minimum: 1, maximum: 64 }),
    ),
    httpEndpoint: optional(oneOf(["enabled", "disabled"], "Whether the machine can read its metadata at all.")),
    httpProtocolIpv6: optional(oneOf(["enabled", "disabled"], "Whether the metadata service has an IPv6 address too.")),
    instanceMetadataTags: optional(oneOf(["enabled", "disabled"], "Whether the machine can read its own tags there.")),
  },
  "The instance metadata service (IMDS).",
);

const spotOptions = object({
  type: optional(oneOf(["one-time", "persistent"], "Whether AWS launches it again after an interruption; `one-time` when unwritten.")),
  interruptionBehavior: optional(
    oneOf(
      ["terminate", "stop", "hibernate"],
      "What an interruption does; `terminate` when unwritten, which only a one-time request allows.",
    ),
  ),
  maxPrice: optional(
    string("The most to pay, in US dollars an hour. If omitted: up to the on-demand price.", {
      pattern: "^[0-9]+(\\.[0-9]+)?$",
      examples: ["0.05"],
    }),
  ),
});

/** The properties to spread into the schema of a kind that launches instances. */
export const machineFields = {
  image: optional(image("What it boots: an AMI id, `image/NAME` of this file, `{ ssm: PARAMETER }` or `{ owner, name, architecture? }`.")),
  instanceType: optional(string("The instance type.", { pattern: "^[a-z0-9-]+\\.[a-z0-9-]+$", examples: ["t3.micro", "r7g.large"] })),
  keyPair: optional(ref("keyPair", "The key pair whose public key is put on it.")),
  securityGroups: optional(
    list(
      ref("securityGroup", "A security group."),
      "The security groups of its network interface. If omitted: the default group of the VPC.",
      { minItems: 1, uniqueItems: true },
    ),
  ),
  associatePublicIpAddress: optional(boolean("Whether it gets a public address. If omitted: what its subnet says.")),
  instanceProfile: optional(ref("instanceProfile", "The IAM instance profile that gives it a role.", { named: true })),
  userData: optional(string("What it runs when it first boots, at most 16 KiB as it is sent: a script or cloud-init's YAML.")),
  userDataFile: optional(
    file(
      "userData",
      "The same from a file, relative to this one. One that is no text, such as what gzip makes of a script, is sent as it is.",
      {
        mayBeBinary: true,
      },
    ),
  ),
  userDataTemplate: optional(
    file("userData", "The same from a file whose `${…}` are expressions, as those of this one are; `$${HOME}` is the shell's.", {
      isTemplate: true,
    }),
  ),
  userDataEncoding: optional(
    oneOf(
      ["gzip"],
      "`gzip`: the user data is compressed before it is sent, so that a longer script fits; cloud-init unpacks it. Only how it is sent: not compared.",
    ),
  ),
  rootVolume: optional(rootVolume),
  volumes: optional(map(dataVolume, "Further disks, by device name (`/dev/sdf`).", deviceName)),
  metadataOptions: optional(metadataOptions),
  monitoring: optional(boolean("Detailed monitoring: metrics every minute, which cost.")),
  disableApiTermination: optional(boolean("Whether AWS refuses to terminate it.")),
  disableApiStop: optional(boolean("Whether AWS refuses to stop it.")),
  shutdownBehavior: optional(oneOf(["stop", "terminate"], "What shutting down from inside does.")),
  spot: optional(
    Type.Union([Type.Boolean(), spotOptions], { description: "Whether it runs on spare capacity: `true`, or the conditions." }),
  ),
  placementGroup: optional(ref("placementGroup", "The placement group to launch into; `{ id: NAME }`: one of others, by its name.")),
  capacityReservation: optional(
    refOr("^(open|none|cr-[0-9a-f]{8,17})$", "capacityReservation", "A reservation, or its id; `open`: any that matches; `none`: none."),
  ),
  hibernation: optional(
    boolean("Whether it can be put to sleep with its memory on its root volume, which is then encrypted and has room for it."),
  ),
  cpuOptions: optional(
    object(
      {
        coreCount: integer("How many cores it has, of those that its type offers.", { minimum: 1 }),
        threadsPerCore: integer("1: no simultaneous multithreading; 2.", { minimum: 1, maximum: 2 }),
      },
      "Fewer processors than its type has, for licences that count them.",
    ),
  ),
  enclave: optional(boolean("Whether it may run Nitro Enclaves.")),
  maintenanceOptions: optional(
    object(
      { autoRecovery: oneOf(["default", "disabled"], "Whether AWS moves it to other hardware when its own fails.") },
      "What AWS does with it when hardware fails.",
    ),
  ),
  privateDnsNameOptions: optional(
    object(
      {
        hostnameType: optional(oneOf(["ip-name", "resource-name"], "Whether its host name is made of its address or of its id.")),
        enableResourceNameDnsARecord: optional(boolean("Whether its resource name resolves to its IPv4 address.")),
        enableResourceNameDnsAAAARecord: optional(boolean("Whether its resource name resolves to its IPv6 address.")),
      },
      "Its private host name. If omitted: what its subnet says.",
    ),
  ),
  tenancy: optional(oneOf(["default", "dedicated", "host"], "Whether the hardware is shared.")),
  ebsOptimized: optional(boolean("Bandwidth reserved for its disks; current instance types always have it.")),
  creditSpecification: optional(
    oneOf(["standard", "unlimited"], "For burstable types (t2, t3, t3a, t4g): what happens when the CPU credits are used up."),
  ),
};

const machineSchema = object(machineFields);

/** The fields of `machineFields` as a spec holds them: the text of a user data file, not its name. */
export type Machine = Omit<Static<typeof machineSchema>, "userDataFile" | "userDataTemplate">;
export type RootVolume = Static<typeof rootVolume>;
export type DataVolume = Static<typeof dataVolume>;
export type MetadataOptions = Static<typeof metadataOptions>;
export type Spot = Static<typeof spotOptions>;
