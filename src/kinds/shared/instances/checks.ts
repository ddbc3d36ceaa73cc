/** Checks of the fields of instances, launch templates and volumes that a schema cannot express: fields that exclude or need each other. */
import { bytesOf } from "../../../resource/binary.ts";
import { isZipped, zipped } from "../../../resource/gzip.ts";
import { standingIn } from "../../../resource/late.ts";
import type { Problem } from "../../kind.ts";
import { whyNotType } from "./types.ts";
import type { DataVolume, Machine, volumeTypes } from "./fields.ts";
import { isDisk, sentUserData, spotOf } from "./launch.ts";
import { architectureOf } from "./processor.ts";

/** EC2's limit on user data, before base64 (EC2 User Guide, "Run commands on your Linux instance at launch"). */
const userDataLimit = 16_384;

function checkUserData({ userData = "", userDataEncoding }: Partial<Machine>): Problem[] {
  if (userDataEncoding === "gzip" && isZipped(userData))
    return [
      {
        code: "conflict",
        path: "userDataEncoding",
        summary: "The user data is already compressed with gzip; cloud-init would not unpack it twice.",
        hint: "remove `userDataEncoding`: a file that is not text is sent unchanged",
      },
    ];
  // The length of a value that AWS sets later is not known, so it counts as empty.
  const bytes = bytesOf(sentUserData(standingIn(userData, ""), userDataEncoding)).length;
  if (bytes <= userDataLimit) return [];
  const [size, limit] = [bytes.toLocaleString("en"), userDataLimit.toLocaleString("en")];
  const fits = userDataEncoding === undefined && bytesOf(zipped(userData)).length <= userDataLimit;
  return [
    {
      code: "user-data-too-long",
      path: "userData",
      summary: `The user data has ${size} bytes${userDataEncoding === undefined ? "" : " after compression"}, but EC2 allows ${limit}.`,
      hint: fits
        ? "write `userDataEncoding: gzip`: compressed, it fits, and cloud-init unpacks it"
        : "put the long part where the instance can download it (S3, a package, an image), and keep a short script here",
    },
  ];
}

/** Returns the problems of the fields of an instance or a launch template. */
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
      summary: `A network interface may have 5 security groups unless the quota was raised; this one has ${groups}.`,
    });
  }
  return problems;
}

/** EC2 User Guide, "Prerequisites for EC2 instance hibernation", and Nitro Enclaves User Guide, "Requirements". */
function checkOptions({ hibernation, enclave, rootVolume, spot }: Partial<Machine>): Problem[] {
  const problems: Problem[] = [];
  if (hibernation && enclave)
    problems.push({ code: "conflict", path: "enclave", summary: "EC2 does not hibernate instances that may run enclaves." });
  if (hibernation && rootVolume?.encrypted === false)
    problems.push({
      code: "conflict",
      path: "hibernation",
      summary: "Hibernation needs an encrypted root volume, but this one is not encrypted.",
      hint: "write `encrypted: true` under `rootVolume`",
    });
  if (hibernation && spotOf(spot)?.interruptionBehavior === "hibernate")
    problems.push({
      code: "bad-spot",
      path: "hibernation",
      summary: "`hibernation` is not allowed on a Spot Instance with `interruptionBehavior: hibernate`.",
      hint: "remove `hibernation`",
    });
  return problems;
}

function checkType({ instanceType }: Partial<Machine>): Problem[] {
  const found = instanceType === undefined ? undefined : whyNotType(instanceType);
  return found
    ? [{ code: "bad-instance-type", path: "instanceType", summary: `EC2 has no type "${instanceType}": ${found.why}.`, hint: found.hint }]
    : [];
}

/** Checks that a type has the processors for which its image is made, as far as the file shows it. */
function checkProcessor({ image: from, instanceType }: Partial<Machine>): Problem[] {
  if (typeof from !== "object" || instanceType === undefined) return [];
  const made = "ssm" in from ? /(x86_64|arm64)/.exec(from.ssm)?.[1] : from.architecture;
  const has = architectureOf(instanceType);
  if (made === undefined || made === has) return [];
  return [
    {
      code: "bad-value",
      path: "image",
      summary: `The image is for ${made}, but ${instanceType} has ${has} processors.`,
      hint:
        has === "arm64" ? "use the arm64 image, or an instance type without the g" : "use the x86_64 image, or a Graviton instance type",
    },
  ];
}

/** EC2 API, BlockDeviceMapping: a device is a volume, an instance store, or nothing. */
function checkNoDisk(volume: DataVolume, path: string): Problem[] {
  const [is, ...others] = Object.keys(volume).sort((a, b) => Number(b in noDisk) - Number(a in noDisk));
  return others.map((field) => ({
    code: "bad-volume",
    path: `${path}.${field}`,
    summary: `\`${is}\` means that this device has no EBS volume, so \`${field}\` is not allowed.`,
  }));
}

const noDisk: Readonly<Partial<Record<keyof DataVolume, true>>> = { virtualName: true, noDevice: true };

/** The lower bounds of volume types (EC2 API, CreateVolume). AWS has raised the upper bounds too often to check them here. */
const smallest: Readonly<Record<(typeof volumeTypes)[number], number>> = {
  gp3: 1,
  gp2: 1,
  io2: 4,
  io1: 4,
  st1: 125,
  sc1: 125,
  standard: 1,
};

/** Returns the problems of a volume. `path` is its place in the resource, and empty where the resource is the volume. */
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
  // A root volume without a type has the type of the image, which is not known here.
  const type = volume.type ?? (role === "data" ? "gp3" : undefined);
  if (role === "data" && size === undefined && snapshot === undefined)
    wrong("size", "A volume needs a size or a snapshot.", "write `size:` in GiB");
  if (role === "root" && (type === "st1" || type === "sc1")) wrong("type", `An instance cannot boot from a volume of type ${type}.`);
  if (kmsKey !== undefined && encrypted === false)
    wrong("kmsKey", "A volume with `encrypted: false` cannot have a KMS key.", "remove `kmsKey`, or write `encrypted: true`");
  if (type === undefined) return problems;
  if (size !== undefined && size < smallest[type])
    wrong("size", `A volume of type ${type} must have at least ${smallest[type]} GiB, not ${size}.`);
  if ((type === "io1" || type === "io2") && iops === undefined) wrong("iops", `A volume of type ${type} needs \`iops\`.`);
  if (iops !== undefined && type !== "gp3" && type !== "io1" && type !== "io2")
    wrong("iops", `\`iops\` cannot be set for type ${type}, only for gp3, io1 and io2.`);
  if (iops !== undefined && type === "gp3" && iops < 3000) wrong("iops", `A gp3 volume must have at least 3,000 IOPS, not ${iops}.`);
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
      summary: "A persistent Spot request can stop or hibernate its instance at an interruption, but not terminate it.",
      hint: "write `interruptionBehavior: stop`",
    });
  if (!persistent && behavior !== "terminate")
    problems.push({
      code: "bad-spot",
      path: "spot.interruptionBehavior",
      summary: `A one-time Spot request cannot ${behavior} its instance at an interruption.`,
      hint: "write `type: persistent`",
    });
  if (machine.disableApiTermination)
    problems.push({ code: "bad-spot", path: "disableApiTermination", summary: "EC2 has no termination protection for Spot Instances." });
  return problems;
}
