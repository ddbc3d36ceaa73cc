/** What a plan opens and closes, in text and in Markdown. */
import type { ReachChange, Plan } from "../plan/plan.ts";
import { isOutside, isPublic } from "../reach/parties.ts";
import { counted, wrap } from "./layout.ts";
import { placed } from "./placed.ts";
import type { TextOptions } from "./text-options.ts";

/** More are counted only. */
const most = 20;

/** The two lists; of a new environment what is reached from outside, since all of it is new. */
export function reachLines({ reach, isNew, environment }: Plan, options: TextOptions): string[] {
  if (!reach) return [];
  const opens = isNew ? reach.opens.filter(({ from }) => isOutside(from)) : reach.opens;
  const inside = reach.opens.length - opens.length;
  const more = isNew && inside > 0 ? [`  … and ${counted(inside, "other flow")}; \`infra reach ${environment}\` shows all`] : [];
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
  const shown = byFlow(changes).slice(0, most);
  const left = byFlow(changes).length - shown.length;
  return [
    paint.strong(`This change ${verb} (${count})`),
    ...shown.flatMap((group) => [
      ...wrap(headOf(group), width, "  ", "      ").map(colour(group[0]!)),
      ...(verb === "opens" ? viaLines(group[0]!, options) : []),
    ]),
    ...(left > 0 ? [`  … and ${left} more`] : []),
    ...more,
    "",
  ];
}

/** Changes that differ in their targets only, side by side. */
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

function headOf(group: readonly ReachChange[]): string {
  const [{ from, certain, flows }] = group as [ReachChange];
  return `${from} → ${group.map(({ to }) => to).join(", ")}   ${flowText(flows)}${certain ? "" : "   (possible; not certain)"}`;
}

function viaLines({ via }: ReachChange, options: TextOptions): string[] {
  return via.flatMap(({ address, text, at }) =>
    placed(`      ${address} ${text}`, at ? `${at.file}:${at.line}` : "", options, options.paint.faint, "          "),
  );
}

/** "tcp 22; udp 53". */
export function flowText(flows: ReachChange["flows"]): string {
  const all = Object.entries(flows);
  if (all.length === 4 && all.every(([protocol, ports]) => ports === "0-65535" || protocol === "other")) return "everything";
  return all
    .map(([protocol, ports]) => `${protocol === "other" ? "protocol" : protocol} ${ports === "0-65535" ? "all" : ports}`)
    .join("; ");
}

/** One line of a list in Markdown, as plain text. */
export function reachSentence(change: ReachChange): string {
  const by = change.via.map(({ address, text }) => `${address} ${text}`).join(", ");
  return `${change.from} → ${change.to} ${flowText(change.flows)}${change.certain ? "" : " (possible; not certain)"}${by === "" ? "" : `, by ${by}`}`;
}
