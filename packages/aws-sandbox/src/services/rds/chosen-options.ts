/** The option group of a database. */
import type { Call } from "../../model.ts";
import { groups as securityGroups } from "../ec2/state.ts";
import { engines, majorOf, type EngineName } from "./engines.ts";
import { invalidCombination, noOptionGroup, required } from "./faults.ts";
import { nameOf } from "./names.ts";
import { optionGroups, type OptionGroupRecord } from "./state.ts";

export function needOptionGroup(call: Call, name: string | undefined): OptionGroupRecord {
  const wanted = nameOf(required(name, "OptionGroupName"));
  const dflt = /^default:([a-z-]+?)-(\d[\d-]*)$/.exec(wanted);
  const engine = dflt?.[1] as EngineName;
  const major = dflt?.[2]!.replaceAll("-", ".") ?? "";
  if (dflt && Object.hasOwn(engines, engine) && Object.hasOwn(engines[engine].versions, major)) return makeDefault(call, engine, major);
  const found = optionGroups.get(call, wanted);
  if (!found || !call.sees(optionGroups.key(wanted), "id")) throw noOptionGroup(wanted);
  return found;
}

/** The option group for a database of that version: the named one if it fits, or AWS's default. */
export function chooseOptionGroup(call: Call, engine: EngineName, version: string, vpcId: string, name: string | undefined): string {
  const major = majorOf(engine, version);
  if (name === undefined) return makeDefault(call, engine, major).name;
  const group = needOptionGroup(call, name);
  if (group.engine !== engine || group.major !== major)
    throw invalidCombination(
      `The option group ${group.name} is for ${group.engine} ${group.major} and cannot be used with ${engine} ${version}.`,
    );
  const vpc = vpcOf(call, group.options);
  if (vpc !== undefined && vpc !== vpcId)
    throw invalidCombination(`The option group ${group.name} is for the VPC ${vpc} and cannot be used in ${vpcId}.`);
  return group.name;
}

/** Makes AWS's default group at its first use. */
function makeDefault(call: Call, engine: EngineName, major: string): OptionGroupRecord {
  const name = `default:${engine}-${major.replaceAll(".", "-")}`;
  const known = optionGroups.get(call, name);
  if (known) return known;
  const record: OptionGroupRecord = {
    name,
    engine,
    major,
    description: `Default option group for ${engine} ${major}`,
    options: {},
    tags: {},
  };
  optionGroups.set(call, name, record);
  return record;
}

export function isDefaultOptionGroup(name: string): boolean {
  return name.startsWith("default:");
}

/** The VPC of the security groups in the options of a group. An option group belongs to one VPC. */
export function vpcOf(call: Call, options: OptionGroupRecord["options"]): string | undefined {
  const ids = Object.values(options).flatMap(({ groups }) => groups);
  const vpcs = new Set(ids.flatMap((id) => securityGroups(call).get(id)?.vpcId ?? []));
  if (vpcs.size > 1) throw invalidCombination("The security groups of an option group are of one VPC.");
  return [...vpcs][0];
}
