/** Turns observed instances and launch templates into the text that an author would write. */
import { isBinary } from "../../../resource/binary.ts";
import { unzipped } from "../../../resource/gzip.ts";
import type { Remark } from "../../kind.ts";
import { omit, without } from "../authored.ts";
import type { DataVolume, Machine, MetadataOptions } from "./fields.ts";

/**
 * Returns the fields without EC2's defaults (EC2 API, RunInstances). `ebsOptimized` is left out too: current types always have the
 * bandwidth for volumes.
 */
export function authoredMachine<M extends Partial<Machine>>(machine: M): Partial<M> {
  const plain = without(omit(machine, ["ebsOptimized", "cpuOptions", "privateDnsNameOptions"]), {
    monitoring: false,
    disableApiTermination: false,
    disableApiStop: false,
    hibernation: false,
    enclave: false,
    shutdownBehavior: "stop",
    spot: false,
    tenancy: "default",
    capacityReservation: "open",
    creditSpecification: creditsOf(machine.instanceType),
  });
  const { rootVolume, volumes, metadataOptions } = machine;
  return {
    ...plain,
    ...authoredUserData(machine.userData),
    ...(rootVolume && { rootVolume: authoredVolume(rootVolume) }),
    ...(volumes && { volumes: Object.fromEntries(Object.entries(volumes).map(([device, one]) => [device, authoredVolume(one)])) }),
    ...(machine.maintenanceOptions?.autoRecovery === "default" ? { maintenanceOptions: undefined } : {}),
    ...(metadataOptions && { metadataOptions: authoredMetadata(metadataOptions) }),
  } as Partial<M>;
}

/** Returns zipped user data as its text. Other bytes cannot stand in YAML. */
function authoredUserData(userData: string | undefined): Pick<Partial<Machine>, "userData" | "userDataEncoding"> {
  if (userData === undefined || !isBinary(userData)) return {};
  const text = unzipped(userData);
  return isBinary(text) ? { userData: undefined } : { userData: text, userDataEncoding: "gzip" };
}

/** Returns remarks on facts about the instance that a file cannot hold. */
export function remarksOfMachine({ userData }: Partial<Machine>): Remark[] {
  if (userData === undefined || !isBinary(unzipped(userData))) return [];
  return [{ text: "its user data is not text: save it as a file, and write the name of the file as `userDataFile`" }];
}

/** Returns AWS's default for a type (EC2 User Guide, "Burstable performance instances"): standard for T2, unlimited for later families. */
function creditsOf(type = ""): Machine["creditSpecification"] {
  return type.startsWith("t2.") ? "standard" : /^t\d/.test(type) ? "unlimited" : undefined;
}

/**
 * Returns a volume without AWS's defaults. Only some types take provisioned performance; a gp3 volume has 3,000 operations and 125 MiB a
 * second (EC2 API, CreateVolume).
 */
function authoredVolume(volume: DataVolume): Partial<DataVolume> {
  const isProvisioned = volume.type === "io1" || volume.type === "io2" || volume.type === "gp3";
  const kept = omit(volume, [...(isProvisioned ? [] : ["iops" as const]), ...(volume.type === "gp3" ? [] : ["throughput" as const])]);
  return without(kept, { deleteOnTermination: true, encrypted: false, ...(volume.type === "gp3" ? { iops: 3000, throughput: 125 } : {}) });
}

function authoredMetadata(options: MetadataOptions): Partial<MetadataOptions> {
  return without(options, {
    httpPutResponseHopLimit: 1,
    httpEndpoint: "enabled",
    httpProtocolIpv6: "disabled",
    instanceMetadataTags: "disabled",
  });
}
