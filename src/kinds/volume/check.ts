/** Checks of a volume and its instances that a schema cannot express. */
import type { Problem, ResourceIndex, Subject } from "../kind.ts";
import { subnetOfMachine } from "../shared/network/network-index.ts";
import { checkVolume } from "../shared/instances/checks.ts";
import type { Volume } from "./schema.ts";

export function checkVolumeOf({ spec }: Subject<Volume>, index: ResourceIndex): readonly Problem[] {
  const { attachments = {}, multiAttach, ...disk } = spec;
  const type = disk.type ?? "gp3";
  const problems: Problem[] = [...checkVolume(disk, "", "data")];
  if (multiAttach && type !== "io1" && type !== "io2")
    problems.push({
      code: "bad-volume",
      path: "multiAttach",
      summary: `A volume of type ${type} can be attached to only one instance at a time; only io1 and io2 support Multi-Attach.`,
      hint: "remove `multiAttach`, or write `type: io2` and `iops:`",
    });
  const machines = Object.keys(attachments);
  if (machines.length > 1 && !multiAttach)
    problems.push({
      code: "bad-volume",
      path: "attachments",
      summary: `The volume has ${machines.length} attachments, but without \`multiAttach\` it can have only one.`,
      hint: "keep one attachment, or write `multiAttach: true` with `type: io2`",
    });
  if (machines.length > 16)
    problems.push({
      code: "bad-volume",
      path: "attachments",
      summary: `A volume can be attached to at most 16 instances, and this one has ${machines.length} attachments.`,
    });
  for (const machine of machines) problems.push(...checkPlace(spec, machine, index));
  return problems;
}

/** Checks that the instance is in the volume's zone and has no volume of its own under that device name. */
function checkPlace(spec: Volume, machine: string, index: ResourceIndex): Problem[] {
  const held = index.get(machine);
  if (!held) return [];
  const path = `attachments.${machine}`;
  const { device } = spec.attachments![machine]!;
  const problems: Problem[] = [];
  const zone: unknown = index.get(String(subnetOfMachine(index, held)))?.spec.availabilityZone;
  if (typeof zone === "string" && zone !== spec.availabilityZone)
    problems.push({
      code: "bad-volume",
      path: "availabilityZone",
      summary: `${machine} is in ${zone}, so a volume in ${spec.availabilityZone} cannot be attached to it.`,
      hint: `write \`availabilityZone: ${zone.slice(-1)}\``,
    });
  const own = Object.keys((held.spec.volumes as object | undefined) ?? {}).map(bare);
  if (own.includes(bare(device)))
    problems.push({
      code: "bad-volume",
      path,
      summary: `${machine} already has another volume as ${device}.`,
      hint: "choose another device name",
    });
  return problems;
}

function bare(device: string): string {
  return device.replace(/^\/dev\//, "");
}
