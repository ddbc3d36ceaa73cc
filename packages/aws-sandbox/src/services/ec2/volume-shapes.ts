/** Allowed combinations of a volume's size, type and speed (EC2 API, CreateVolume). */
import { AwsFault } from "../../model.ts";
import { invalidCombination, invalidValue, missingParameter } from "./faults.ts";
import type { VolumeShape } from "./state.ts";

const sizes: Readonly<Record<string, readonly [min: number, max: number]>> = {
  gp2: [1, 16_384],
  gp3: [1, 65_536],
  io1: [4, 16_384],
  io2: [4, 65_536],
  st1: [125, 16_384],
  sc1: [125, 16_384],
  standard: [1, 1024],
};

const mostIops: Readonly<Record<string, number>> = { gp3: 80_000, io1: 64_000, io2: 256_000 };

/** Checks a shape and adds AWS's defaults: gp3 has 3,000 IOPS and 125 MiB/s, and the IOPS of gp2 follow from its size. */
export function shapeOf(wanted: {
  readonly size: number;
  readonly volumeType: string;
  readonly iops?: number | undefined;
  readonly throughput?: number | undefined;
}): VolumeShape {
  const { size, volumeType, iops, throughput } = wanted;
  const range = sizes[volumeType];
  if (!range) throw new AwsFault("UnknownVolumeType", `Unsupported volume type '${volumeType}' for volume creation.`);
  if (size < range[0]) throw invalidValue(`Volume of ${size}GiB is too small for volume type ${volumeType}; minimum is ${range[0]}GiB.`);
  if (size > range[1]) throw invalidValue(`Volume of ${size}GiB is too large for volume type ${volumeType}; maximum is ${range[1]}GiB.`);
  const most = mostIops[volumeType];
  if (iops !== undefined && most === undefined) throw invalidCombination(`The parameter iops is not supported for ${volumeType} volumes.`);
  if (throughput !== undefined && volumeType !== "gp3")
    throw invalidCombination(`The parameter throughput is not supported for ${volumeType} volumes.`);
  if (volumeType === "gp3") return gp3(size, iops ?? 3000, throughput ?? 125);
  if (volumeType === "gp2") return { size, volumeType, iops: Math.min(16_000, Math.max(100, size * 3)) };
  if (most === undefined) return { size, volumeType };
  if (iops === undefined) throw missingParameter("iops");
  if (iops < 100 || iops > most)
    throw invalidValue(`Volume iops of ${iops} is out of range for ${volumeType}; it must be between 100 and ${most}.`);
  checkRatio(iops, size, volumeType === "io1" ? 50 : 1000);
  return { size, volumeType, iops };
}

function gp3(size: number, iops: number, throughput: number): VolumeShape {
  if (iops < 3000 || iops > mostIops["gp3"]!)
    throw invalidValue(`Volume iops of ${iops} is out of range; it must be between 3000 and ${mostIops["gp3"]}.`);
  if (throughput < 125 || throughput > 2000)
    throw invalidValue(`Throughput of ${throughput} MiBps is out of range; it must be between 125 and 2000.`);
  if (iops > 3000) checkRatio(iops, size, 500);
  if (throughput / iops > 0.25)
    throw invalidValue(`Throughput (MiBps) to iops ratio of ${throughput / iops} is too high; maximum is 0.250000 MiBps per iops.`);
  return { size, volumeType: "gp3", iops, throughput };
}

function checkRatio(iops: number, size: number, most: number): void {
  if (iops / size > most) throw invalidValue(`Iops to volume size ratio of ${iops / size} is too high; maximum is ${most}.`);
}
