import type { Json } from "../kinds/kind.ts";
import type { Action, Plan, Step } from "../plan/plan.ts";
import { markOf } from "./plan-text.ts";

/** A picture with more boxes cannot be read. It then has one box per kind. */
const mostBoxes = 40;
const mostArrows = 200;

/** Returns the changes of a plan and their references as a Mermaid flow chart. */
export function mermaidOf(plan: Plan): string {
  const steps = plan.steps.filter(({ action }) => action !== "keep");
  const isDetailed = steps.length <= mostBoxes;
  const groupOf = (address: string) => (isDetailed ? address : address.slice(0, address.indexOf("/")));
  const boxes = new Map<string, Step[]>();
  for (const step of steps) {
    const box = boxes.get(groupOf(step.address));
    if (box) box.push(step);
    else boxes.set(groupOf(step.address), [step]);
  }
  const ids = new Map([...boxes.keys()].map((name, place) => [name, `n${place}`]));
  const lines = ["flowchart LR"];
  for (const [name, inside] of boxes)
    lines.push(
      `  ${ids.get(name)}["${label(isDetailed ? `${markOf(inside[0]!)} ${name}` : `${name}: ${tallyOf(inside)}`)}"]:::${classOf(inside)}`,
    );
  lines.push(...arrows(steps, groupOf, ids).slice(0, mostArrows));
  lines.push(...Object.entries(styles).map(([name, style]) => `  classDef ${name} ${style}`));
  return `${lines.join("\n")}\n`;
}

/** Returns all resources of an environment and their references as a Mermaid flow chart. */
export function mermaidOfResources(resources: readonly Resource[]): string {
  const isDetailed = resources.length <= mostBoxes;
  const groupOf = (address: string) => (isDetailed ? address : address.slice(0, address.indexOf("/")));
  const names = [...new Set(resources.map(({ address }) => groupOf(address)))];
  const ids = new Map(names.map((name, place) => [name, `n${place}`]));
  const boxes = names.map(
    (name) =>
      `  ${ids.get(name)}["${label(isDetailed ? name : `${name}: ${resources.filter(({ address }) => groupOf(address) === name).length}`)}"]`,
  );
  const links = resources.flatMap(({ address, refersTo }) =>
    refersTo
      .filter((other) => ids.has(groupOf(other)) && groupOf(other) !== groupOf(address))
      .map((other) => `  ${ids.get(groupOf(other))} --> ${ids.get(groupOf(address))}`),
  );
  return `${["flowchart LR", ...boxes, ...[...new Set(links)].slice(0, mostArrows)].join("\n")}\n`;
}

/** A resource and the addresses that it names. */
export interface Resource {
  readonly address: string;
  readonly refersTo: readonly string[];
}

const styles = {
  create: "fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
  change: "fill:#fff8c5,stroke:#9a6700,color:#1f2328",
  destroy: "fill:#ffebe9,stroke:#cf222e,color:#1f2328",
} as const;

/** Returns arrows from each referenced resource to the resource that refers to it, if both are in the picture. */
function arrows(steps: readonly Step[], groupOf: (address: string) => string, ids: ReadonlyMap<string, string>): string[] {
  const addresses = new Set(steps.map(({ address }) => address));
  const found = new Set<string>();
  for (const step of steps) {
    if (!("changes" in step)) continue;
    for (const change of step.changes) {
      for (const text of textsIn(change.after)) {
        if (!addresses.has(text) || groupOf(text) === groupOf(step.address)) continue;
        found.add(`  ${ids.get(groupOf(text))} --> ${ids.get(groupOf(step.address))}`);
      }
    }
  }
  return [...found];
}

function* textsIn(value: Json | undefined): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null) for (const inside of Object.values(value) as Json[]) yield* textsIn(inside);
}

function classOf(steps: readonly Step[]): keyof typeof styles {
  if (steps.some(({ action }) => action === "delete" || action === "replace")) return "destroy";
  return steps.every(({ action }) => action === "create") ? "create" : "change";
}

function tallyOf(steps: readonly Step[]): string {
  const words: Partial<Record<Action, string>> = { create: "+", update: "~", restart: "!", replace: "-/+", delete: "-", retag: ">" };
  return (Object.keys(words) as Action[])
    .map((action) => [words[action], steps.filter((step) => step.action === action).length] as const)
    .filter(([, n]) => n > 0)
    .map(([mark, n]) => `${mark}${n}`)
    .join(" ");
}

function label(text: string): string {
  return text.replaceAll("&", "#amp;").replaceAll('"', "#quot;").replaceAll("<", "#lt;").replaceAll(">", "#gt;");
}
