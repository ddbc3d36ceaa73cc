/**
 * Objects that are as the file says and that AWS has not finished. A run that was stopped while it waited leaves such objects. An apply
 * waits for them, and writes nothing.
 */
import type { Live } from "../kinds/kind.ts";
import type { Decision, Decisions } from "./decision.ts";
import type { Note } from "./plan.ts";
import type { Planned } from "./planned.ts";

/** Whether AWS is still at work on something that was asked of it. */
export function isUnderWay({ state, isUnderWay: isSaid = state === "pending" }: Live): boolean {
  return isSaid;
}

/** Whether the apply waits for an object before it does anything else with it. Not for one that is being adopted: others made it. */
export function isWaitedFor({ action, declared, found, leftAlone }: Decision): boolean {
  if (!declared || !found || found.adopted || leftAlone || action === "create" || action === "replace") return false;
  return isUnderWay(found.live);
}

/**
 * Returns a note for every object that has a status or that the apply waits for: its status, and whether the apply waits.
 * `all`: the decisions before the plan was narrowed and anything was refused.
 */
export function statusNotes({ work, decisions }: Pick<Planned, "work" | "decisions">, all: Decisions): Note[] {
  const waits = new Set(work.filter(({ op }) => op === "wait").map(({ address }) => address));
  return [...all.values()].flatMap((first): Note[] => {
    const { address, declared, found } = decisions.get(first.address) ?? first;
    if (!declared || !found) return [];
    const about = { address, id: found.live.id, at: declared.desired.at() };
    const { status } = found.live;
    const text = status === undefined ? `${address}: AWS is still working on it` : `${address} is ${status}`;
    if (waits.has(address)) return [{ ...about, code: "not-ready", text: `${text}; \`infra apply\` waits until it is ready` }];
    return status === undefined ? [] : [{ ...about, code: "remark", text }];
  });
}
