/**
 * What an instance and a launch template have in common: the fields that say how a machine is launched, and what is
 * wrong with combinations of them.
 */
import { isZipped, zipped } from "../../resource/gzip.ts";
import { bytesOf } from "../../resource/binary.ts";
import { standingIn } from "../../resource/late.ts";
import { Type, type Static } from "typebox";
import { boolean, file, image, integer, list, map, object, oneOf, optional, ref, refOr, string } from "../../resource/fields.ts";
import { whyNotType } from "./instance-types.ts";
import type { Problem } from "../kind.ts";
import { isDisk, sentUserData, spotOf } from "./machine-launch.ts";
import { architectureOf } from "./processor.ts";

export {
  imageFacts,
  isDisk,
  isSameKmsKey,
  isSameSpot,
  launchParameters,
  needsImageFacts,
  networkParameters,
  normaliseMachine,
  spotOf,
} from "./machine-launch.ts";
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

/** The properties to spread into the schema of a kind that launches machines. */
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

// ───────────────────────────────────────────────────────────── what a schema cannot say

/** EC2's limit on user data, before base64 (EC2 User Guide, "Run commands on your Linux instance at launch"). */
const userDataLimit = 16_384;

function checkUserData({ userData = "", userDataEncoding }: Partial<Machine>): Problem[] {
  if (userDataEncoding === "gzip" && isZipped(userData))
    return [
      {
        code: "conflict",
        path: "userDataEncoding",
        summary: "The user data is what gzip made already; compressed once more, nothing would unpack it.",
        hint: "leave out userDataEncoding: a file that is no text is sent as it is",
      },
    ];
  // What AWS tells later has some length, which nobody knows.
  const bytes = bytesOf(sentUserData(standingIn(userData, ""), userDataEncoding)).length;
  if (bytes <= userDataLimit) return [];
  const [size, limit] = [bytes.toLocaleString("en"), userDataLimit.toLocaleString("en")];
  const fits = userDataEncoding === undefined && bytesOf(zipped(userData)).length <= userDataLimit;
  return [
    {
      code: "user-data-too-long",
      path: "userData",
      summary: `The user data has ${size} bytes${userDataEncoding === undefined ? "" : " when it is compressed"}; EC2 takes ${limit}.`,
      hint: fits
        ? "write `userDataEncoding: gzip`, and it fits: cloud-init unpacks it"
        : "put the long part where the machine can fetch it (S3, a package, an image) and keep a short script here",
    },
  ];
}

/** The problems of one machine's fields, whether an instance or a template holds them. */
export function checkMachine(machine: Partial<Machine>): Problem[] {
  const problems = [...checkType(machine), ...checkSpot(machine), ...checkProcessor(machine), ...checkOptions(machine)];
  problems.push(...checkUserData(machine));
  if (machine.rootVolume) problems.push(...checkVolume(machine.rootVolume, "rootVolume", "root"));
  for (const [device, volume] of Object.entries(machine.volumes ?? {}))
    problems.push(...(isDisk(volume) ? checkVolume(volume, `volumes.${device}`, "data") : checkNoDisk(volume, `volumes.${device}`)));
  const groups = machine.securityGroups?.length ?? 0;
  if (groups > 5) {
    problems.push({
      code: "quota",
      severity: "warning",
      path: "securityGroups",
      summary: `A network interface takes 5 security groups unless the quota was raised; here are ${groups}.`,
    });
  }
  return problems;
}

/** EC2 User Guide, "Prerequisites for EC2 instance hibernation", and Nitro Enclaves User Guide, "Requirements". */
function checkOptions({ hibernation, enclave, rootVolume, spot }: Partial<Machine>): Problem[] {
  const problems: Problem[] = [];
  if (hibernation && enclave)
    problems.push({ code: "conflict", path: "enclave", summary: "EC2 does not hibernate machines that may run enclaves." });
  if (hibernation && rootVolume?.encrypted === false)
    problems.push({
      code: "conflict",
      path: "hibernation",
      summary: "A machine that hibernates writes its memory to its root volume, which must be encrypted, and this one is not.",
      hint: "write `encrypted: true` under rootVolume",
    });
  if (hibernation && spotOf(spot)?.interruptionBehavior === "hibernate")
    problems.push({
      code: "bad-spot",
      path: "hibernation",
      summary: "EC2 hibernates spot machines by their interruption behaviour alone.",
      hint: "leave `hibernation` out",
    });
  return problems;
}

function checkType({ instanceType }: Partial<Machine>): Problem[] {
  const found = instanceType === undefined ? undefined : whyNotType(instanceType);
  return found
    ? [{ code: "bad-instance-type", path: "instanceType", summary: `EC2 has no type "${instanceType}": ${found.why}.`, hint: found.hint }]
    : [];
}

/** Whether a type has the processors that its image says it is for, as far as that is written. */
function checkProcessor({ image: from, instanceType }: Partial<Machine>): Problem[] {
  if (typeof from !== "object" || instanceType === undefined) return [];
  const made = "ssm" in from ? /(x86_64|arm64)/.exec(from.ssm)?.[1] : from.architecture;
  const has = architectureOf(instanceType);
  if (made === undefined || made === has) return [];
  return [
    {
      code: "bad-value",
      path: "image",
      summary: `The image is for ${made}, and ${instanceType} has ${has} processors.`,
      hint: has === "arm64" ? "take the arm64 image, or a type without the g" : "take the x86_64 image, or a Graviton type",
    },
  ];
}

/** EC2 API, BlockDeviceMapping: a device is a disk, an instance store, or nothing. */
function checkNoDisk(volume: DataVolume, path: string): Problem[] {
  const [is, ...others] = Object.keys(volume).sort((a, b) => Number(b in noDisk) - Number(a in noDisk));
  return others.map((field) => ({
    code: "bad-volume",
    path: `${path}.${field}`,
    summary: `\`${is}\` says that there is no disk at this device, and \`${field}\` ${field in noDisk ? "says it once more" : "is of a disk"}.`,
  }));
}

const noDisk: Readonly<Partial<Record<keyof DataVolume, true>>> = { virtualName: true, noDevice: true };

/** The lower bounds of volume types; the upper ones have been raised too often to be checked here (EC2 API, CreateVolume). */
const smallest: Readonly<Record<(typeof volumeTypes)[number], number>> = {
  gp3: 1,
  gp2: 1,
  io2: 4,
  io1: 4,
  st1: 125,
  sc1: 125,
  standard: 1,
};

/** `path` is where the disk stands in the resource; empty where the resource is the disk. */
export function checkVolume(volume: DataVolume, path: string, role: "root" | "data"): Problem[] {
  const problems: Problem[] = [];
  const wrong = (field: keyof DataVolume, summary: string, hint?: string) =>
    problems.push({
      code: "bad-volume",
      path: field in volume ? [path, field].filter(Boolean).join(".") : path,
      summary,
      ...(hint ? { hint } : {}),
    });
  const { size, iops, throughput, encrypted, kmsKey, snapshot } = volume;
  // A root volume without a type has the image's, which is not known here.
  const type = volume.type ?? (role === "data" ? "gp3" : undefined);
  if (role === "data" && size === undefined && snapshot === undefined)
    wrong("size", "A volume needs a size or a snapshot.", "write `size:` in GiB");
  if (role === "root" && (type === "st1" || type === "sc1")) wrong("type", `A machine cannot boot from a volume of type ${type}.`);
  if (kmsKey !== undefined && encrypted === false)
    wrong("kmsKey", "A volume that is not encrypted has no key.", "remove `kmsKey`, or write `encrypted: true`");
  if (type === undefined) return problems;
  if (size !== undefined && size < smallest[type])
    wrong("size", `A volume of type ${type} has at least ${smallest[type]} GiB; this says ${size}.`);
  if ((type === "io1" || type === "io2") && iops === undefined) wrong("iops", `A volume of type ${type} needs \`iops\`.`);
  if (iops !== undefined && type !== "gp3" && type !== "io1" && type !== "io2")
    wrong("iops", `\`iops\` cannot be set for type ${type}, only for gp3, io1 and io2.`);
  if (iops !== undefined && type === "gp3" && iops < 3000) wrong("iops", `A gp3 volume has at least 3,000 IOPS; this says ${iops}.`);
  if (throughput !== undefined && type !== "gp3") wrong("throughput", `\`throughput\` cannot be set for type ${type}, only for gp3.`);
  return problems;
}

function checkSpot(machine: Partial<Machine>): Problem[] {
  const spot = spotOf(machine.spot);
  if (!spot) return [];
  const problems: Problem[] = [];
  const persistent = spot.type === "persistent";
  const behavior = spot.interruptionBehavior ?? "terminate";
  if (persistent && behavior === "terminate")
    problems.push({
      code: "bad-spot",
      path: "spot",
      summary: "A persistent spot request stops or hibernates; it cannot terminate.",
      hint: "write `interruptionBehavior: stop`",
    });
  if (!persistent && behavior !== "terminate")
    problems.push({
      code: "bad-spot",
      path: "spot.interruptionBehavior",
      summary: `A one-time spot request cannot ${behavior} at an interruption.`,
      hint: "write `type: persistent`",
    });
  if (machine.disableApiTermination)
    problems.push({ code: "bad-spot", path: "disableApiTermination", summary: "EC2 has no termination protection for spot machines." });
  return problems;
}
