/** Availability zones: names and ids by region. */
import type { Call } from "../../model.ts";

export interface Zone {
  readonly name: string;
  readonly id: string;
}

/**
 * The zones of regions that do not simply have a, b and c with the numbers 1 to 3. Letters differ
 * between accounts; these are one account's.
 */
const special: Readonly<Record<string, readonly string[]>> = {
  "us-east-1": ["a1", "b2", "c4", "d6", "e3", "f5"],
  "us-west-1": ["a3", "c1"],
  "us-west-2": ["a1", "b2", "c3", "d4"],
  "ap-northeast-1": ["a4", "c1", "d2"],
  "ap-northeast-2": ["a1", "b2", "c3", "d4"],
  "ca-central-1": ["a1", "b2", "d4"],
};

export const regions = [
  "af-south-1",
  "ap-east-1",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ca-central-1",
  "eu-central-1",
  "eu-north-1",
  "eu-south-1",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "me-south-1",
  "sa-east-1",
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
] as const;

export function zonesOf(call: Pick<Call, "region">): readonly Zone[] {
  const { region } = call;
  let zones = known.get(region);
  if (zones === undefined) {
    const letters = special[region] ?? ["a1", "b2", "c3"];
    zones = letters.map((zone) => ({ name: `${region}${zone[0]}`, id: `${shortName(region)}-az${zone[1]}` }));
    known.set(region, zones);
  }
  return zones;
}

const known = new Map<string, readonly Zone[]>();

/** The region's part of a zone id: `apne2` for `ap-northeast-2`, `usgw1` for `us-gov-west-1`. */
function shortName(region: string): string {
  const [area = "", ...rest] = region.split("-");
  const letters = rest
    .slice(0, -1)
    .map((word) => (word === "gov" ? "g" : (word.match(/north|south|east|west|central/g) ?? []).map((part) => part[0]).join("")));
  return `${area}${letters.join("")}${rest.at(-1) ?? ""}`;
}
