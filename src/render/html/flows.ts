/** Who may reach whom, as a table: of few groups a matrix, else a list. */
import { portsText, type Flow } from "../../picture/flows.ts";
import { natural } from "../../picture/scene.ts";
import { escape } from "../../picture/svg.ts";

/** A matrix with more columns than these is wider than a screen. */
const mostColumns = 8;

export function flowsHtml(flows: readonly Flow[]): string {
  if (flows.length === 0) return "<p>No security group lets anything in.</p>";
  const cells = new Map<string, Flow[]>();
  for (const flow of flows) cells.set(key(flow.from, flow.to), [...(cells.get(key(flow.from, flow.to)) ?? []), flow]);
  const rows = unique(flows.map(({ from }) => from));
  const columns = unique(flows.map(({ to }) => to));
  const caption = "<caption>What the rules of security groups let in. Routes and network ACLs are not weighed.</caption>";
  const table = columns.length <= mostColumns ? matrix(rows, columns, cells) : list(rows, columns, cells);
  return `<div class="wide" tabindex="0" role="region" aria-label="Table of flows"><table>${caption}${table}</table></div>`;
}

function matrix(rows: readonly string[], columns: readonly string[], cells: ReadonlyMap<string, readonly Flow[]>): string {
  const head = columns.map((to) => `<th scope="col"><code>${escape(to)}</code></th>`).join("");
  const body = rows.map(
    (from) => `<tr>${rowHead(from)}${columns.map((to) => `<td>${cell(cells.get(key(from, to)) ?? [])}</td>`).join("")}</tr>`,
  );
  return `<thead><tr><th scope="col">from, to</th>${head}</tr></thead><tbody>${body.join("")}</tbody>`;
}

function list(rows: readonly string[], columns: readonly string[], cells: ReadonlyMap<string, readonly Flow[]>): string {
  const body = rows.flatMap((from) =>
    columns.flatMap((to) => {
      const found = cells.get(key(from, to));
      return found ? [`<tr>${rowHead(from)}<td><code>${escape(to)}</code></td><td>${cell(found)}</td></tr>`] : [];
    }),
  );
  return `<thead><tr><th scope="col">from</th><th scope="col">to</th><th scope="col">ports</th></tr></thead><tbody>${body.join("")}</tbody>`;
}

function rowHead(from: string): string {
  return `<th scope="row"><code>${escape(from)}</code></th>`;
}

function cell(flows: readonly Flow[]): string {
  const parts = [
    ["", flows.filter(({ change }) => change === undefined)],
    ["opens ", flows.filter(({ change }) => change === "opens")],
    ["closes ", flows.filter(({ change }) => change === "closes")],
  ] as const;
  return parts
    .filter(([, of]) => of.length > 0)
    .map(([word, of]) => `<span class="${word === "" ? "" : word === "opens " ? "warn" : "del"}">${word}${escape(portsText(of))}</span>`)
    .join("<br>");
}

function key(from: string, to: string): string {
  return JSON.stringify([from, to]);
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort(natural);
}
