/** The flows that a plan opens and closes, in text and in Markdown. */
import type { ReachChange, Plan } from "../plan/plan.ts";
import { isOutside, isPublic } from "../reach/parties.ts";
import { counted } from "../diag/words.ts";
import { wrap } from "./layout.ts";
import { placed } from "./placed.ts";
import type { TextOptions } from "./text-options.ts";

/** The number of flows that are shown. More are only counted. */
const most = 20;

/** Returns the two lists. For a new environment it shows only flows from outside, since every flow is new. */
export function reachLines({ reach, isNew, environment }: Plan, options: TextOptions): string[] {
  if (!reach) return [];
  const opens = isNew ? reach.opens.filter(({ from }) => isOutside(from)) : reach.opens;
  const inside = reach.opens.length - opens.length;
  const told = opens.length > 0 ? `… and ${counted(inside, "other flow")}` : `${counted(inside, "flow")}, none from outside`;
  const more = isNew && inside > 0 ? [`  ${told}; \`infra reach ${environment}\` shows all`] : [];
  return [
    ...section("opens", reach.opens.length, opens, more, options),
    ...section("closes", reach.closes.length, reach.closes, [], options),
  ];
}

function section(
  verb: "opens" | "closes",
  count: number,
  changes: readonly ReachChange[],
  more: readonly string[],
  options: TextOptions,
): string[] {
  if (changes.length + more.length === 0) return [];
  const { paint, width } = options;
  const colour = (change: ReachChange) => (verb === "closes" ? paint.removed : isPublic(change.from) ? paint.danger : paint.changed);
  const groups = byFlow(publicFirst(changes));
  const shown = groups.slice(0, most);
  const left = groups.length - shown.length;
  return [
    paint.strong(`This change ${verb} (${count})`),
    // The common reason of several flows stands below the last of them.
    ...shown.flatMap((group, i) => [
      ...wrap(headOf(group), width, "  ", "      ").map(colour(group[0]!)),
      ...(isSameWay(group, shown[i + 1]) ? [] : viaLines(group[0]!, options)),
    ]),
    ...(left > 0 ? [`  … and ${left} more`] : []),
    ...more,
    "",
  ];
}

/** Groups changes that differ only in their targets. */
function byFlow(changes: readonly ReachChange[]): readonly (readonly ReachChange[])[] {
  const groups = new Map<string, ReachChange[]>();
  for (const change of changes) {
    const key = JSON.stringify([change.from, change.flows, change.certain, change.via.map(({ address, text }) => [address, text])]);
    const group = groups.get(key);
    if (group) group.push(change);
    else groups.set(key, [change]);
  }
  return [...groups.values()];
}

function isSameWay([one]: readonly ReachChange[], [other]: readonly ReachChange[] = []): boolean {
  return one !== undefined && other !== undefined && JSON.stringify(one.via) === JSON.stringify(other.via);
}

function headOf(group: readonly ReachChange[]): string {
  const [{ from, certain, flows }] = group as [ReachChange];
  return `${from} → ${group.map(({ to }) => to).join(", ")}   ${flowText(flows)}${certain ? "" : "   (possible; not certain)"}`;
}

function viaLines({ via }: ReachChange, options: TextOptions): string[] {
  return via.flatMap((hop) => {
    const { at } = hop;
    return placed(`      ${viaText(hop)}`, at ? `${at.file}:${at.line}` : "", options, options.paint.faint, "          ");
  });
}

/** Returns "securityGroup/web { port: 22, source: 0.0.0.0/0 }" or "networkAcl/web: no ingress entry matches, so it denies". */
export function viaText({ address, text }: ReachChange["via"][number]): string {
  return `${address}${/^[{0-9:]/.test(text) ? "" : ":"} ${text}`;
}

/** Returns ports by protocol: "tcp 22; udp 53". */
export function flowText(flows: ReachChange["flows"]): string {
  const all = Object.entries(flows);
  if (all.length === 4 && all.every(([protocol, ports]) => ports === "0-65535" || protocol === "other")) return "everything";
  return all
    .map(([protocol, ports]) => `${protocol === "other" ? "protocol" : protocol} ${ports === "0-65535" ? "all" : ports}`)
    .join("; ");
}

/** Returns one line of a list as plain text. */
export function reachSentence(change: ReachChange): string {
  const by = change.via.map(viaText).join(", ");
  return `${flowSentence(change)}${by === "" ? "" : `, by ${by}`}`;
}

export function flowSentence({ from, to, flows, certain }: ReachChange): string {
  return `${from} → ${to} ${flowText(flows)}${certain ? "" : " (possible; not certain)"}`;
}

/** Puts flows from the internet first, because readers look for those. */
export function publicFirst(changes: readonly ReachChange[] = []): readonly ReachChange[] {
  return [...changes].sort((a, b) => Number(isPublic(b.from)) - Number(isPublic(a.from)));
}
