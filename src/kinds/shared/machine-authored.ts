/** What authors write of machines and of the templates of machines. */
import { isBinary } from "../../resource/binary.ts";
import { unzipped } from "../../resource/gzip.ts";
import type { Remark } from "../kind.ts";
import { omit, without } from "./authored.ts";
import type { DataVolume, Machine, MetadataOptions } from "./machine-fields.ts";

/**
 * Machine fields without what EC2 gives when nobody asks (EC2 API, RunInstances). Bandwidth for disks comes with the type, and
 * is switched by nobody who runs a current one.
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

/** What gzip made is written as the text that it was; other bytes stand in no YAML. */
function authoredUserData(userData: string | undefined): Pick<Partial<Machine>, "userData" | "userDataEncoding"> {
  if (userData === undefined || !isBinary(userData)) return {};
  const text = unzipped(userData);
  return isBinary(text) ? { userData: undefined } : { userData: text, userDataEncoding: "gzip" };
}

/** What a file cannot say of the machine. */
export function remarksOfMachine({ userData }: Partial<Machine>): Remark[] {
  if (userData === undefined || !isBinary(unzipped(userData))) return [];
  return [{ text: "its user data is no text: save it as a file, and name that by `userDataFile`" }];
}

/** EC2 User Guide, "Burstable performance instances": T2 begins as standard, the later families as unlimited. */
function creditsOf(type = ""): Machine["creditSpecification"] {
  return type.startsWith("t2.") ? "standard" : /^t\d/.test(type) ? "unlimited" : undefined;
}

/** What is provisioned belongs to types that take it; a gp3 disk has 3,000 operations and 125 MiB a second (EC2 API, CreateVolume). */
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
