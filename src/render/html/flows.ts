/**
 * Shows who can reach whom as a table: a matrix when there are few receivers, else a list. Endpoints with the same flows share a row and a
 * column.
 */
import { alikeOf, type Alike } from "../../picture/alike.ts";
import { possibleText, type Flow } from "../../picture/flows.ts";
import type { Reached } from "../../picture/reached.ts";
import { groupBy } from "../../resource/group-by.ts";
import { stemOf } from "../../picture/stem.ts";
import { escape } from "../../picture/svg.ts";

/** A matrix with more columns is wider than a screen. */
const mostColumns = 16;
/** The number of names that are shown of a set. The others are counted. */
const mostNames = 3;

const byReach = "The traffic that routes, network ACLs and security groups allow; `infra reach` shows why.";
const byRules = "The traffic that the rules of security groups allow. Routes and network ACLs are not considered.";

export function flowsHtml({ flows, by, notWeighed }: Pick<Reached, "flows" | "by" | "notWeighed">): string {
  const missing = notWeighed.length === 0 ? "" : `<p>Not considered: ${escape(notWeighed.join("; "))}.</p>`;
  if (flows.length === 0)
    return `<p>${by === "reach" ? "Nothing reaches anything." : "No security group allows any traffic in."}</p>${missing}`;
  const sets = alikeOf(flows);
  const setOf = new Map(sets.flatMap((set) => set.map((name) => [name, set] as const)));
  const between = groupBy(flows, ({ from, to }) => key(setOf.get(from)!, setOf.get(to)!));
  const [senders, receivers] = [new Set(flows.map(({ from }) => setOf.get(from)!)), new Set(flows.map(({ to }) => setOf.get(to)!))];
  const rows = sets.filter((set) => senders.has(set));
  const columns = sets.filter((set) => receivers.has(set));
  // The note stands above the table. A caption would be as wide as the table and scroll away with it.
  const note = `<p id="flows-note" class="note">${escape(by === "reach" ? byReach : byRules).replaceAll(/`([^`]*)`/g, "<code>$1</code>")}</p>`;
  const table = columns.length <= mostColumns ? matrix(rows, columns, between) : list(rows, columns, between);
  return `${note}<div class="wide" tabindex="0" role="region" aria-label="Table of flows"><table aria-describedby="flows-note">${table}</table></div>${missing}`;
}

type Between = ReadonlyMap<string, readonly Flow[]>;

function matrix(rows: readonly Alike[], columns: readonly Alike[], between: Between): string {
  const head = columns.map((to) => `<th scope="col">${names(to)}</th>`).join("");
  const body = rows.map(
    (from) => `<tr>${rowHead(from)}${columns.map((to) => `<td>${cell(between.get(key(from, to)) ?? [])}</td>`).join("")}</tr>`,
  );
  return `<thead><tr><th scope="col">from, to</th>${head}</tr></thead><tbody>${body.join("")}</tbody>`;
}

function list(rows: readonly Alike[], columns: readonly Alike[], between: Between): string {
  const body = rows.flatMap((from) =>
    columns.flatMap((to) => {
      const found = between.get(key(from, to));
      return found ? [`<tr>${rowHead(from)}<td>${names(to)}</td><td>${cell(found)}</td></tr>`] : [];
    }),
  );
  return `<thead><tr><th scope="col">from</th><th scope="col">to</th><th scope="col">ports</th></tr></thead><tbody>${body.join("")}</tbody>`;
}

function rowHead(from: Alike): string {
  return `<th scope="row">${names(from)}</th>`;
}

function names(set: Alike): string {
  const stems = new Set(set.map(stemOf));
  if (set.length > 1 && stems.size === 1) return `<code>${escape([...stems][0]!)}</code> × ${set.length}`;
  const shown = set.slice(0, mostNames).map((name) => `<code>${escape(name === "0.0.0.0/0" ? "internet" : name)}</code>`);
  return shown.join("<br>") + (set.length > mostNames ? `<br>and ${set.length - mostNames} more like these` : "");
}

function cell(flows: readonly Flow[]): string {
  const parts = [
    ["", flows.filter(({ change }) => change === undefined)],
    ["opens ", flows.filter(({ change }) => change === "opens")],
    ["closes ", flows.filter(({ change }) => change === "closes")],
  ] as const;
  return parts
    .filter(([, of]) => of.length > 0)
    .map(([word, of]) => {
      const opens = of.some(({ from }) => isNetwork(from)) ? "warn" : "add";
      return `<span class="${word === "" ? "" : word === "opens " ? opens : "del"}">${word}${escape(possibleText(of))}</span>`;
    })
    .join("<br>");
}

/** Whether an endpoint is a network outside the environment. Our addresses begin with a word. */
function isNetwork(end: string): boolean {
  return /^[0-9a-f:.]+\/\d+$/i.test(end);
}

function key(from: Alike, to: Alike): string {
  return JSON.stringify([from[0], to[0]]);
}
