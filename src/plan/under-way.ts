/**
 * What AWS has not finished though it is as the file says: a run that was stopped while it waited leaves such objects. An apply waits
 * for them, and writes nothing.
 */
import type { Live } from "../kinds/kind.ts";
import type { Decision, Decisions } from "./decision.ts";
import type { Note } from "./plan.ts";
import type { Planned } from "./planned.ts";

/** Whether AWS is at work on what was asked of it. */
export function isUnderWay({ state, isUnderWay: isSaid = state === "pending" }: Live): boolean {
  return isSaid;
}

/** Whether the apply waits for an object before it does anything else with it. What is adopted was made by others. */
export function isWaitedFor({ action, declared, found, leftAlone }: Decision): boolean {
  if (!declared || !found || found.adopted || leftAlone || action === "create" || action === "replace") return false;
  return isUnderWay(found.live);
}

/** One note of every object that is not at rest: what AWS does with it, and whether the apply waits for that. `all`: not narrowed, nothing refused. */
export function statusNotes({ work, decisions }: Pick<Planned, "work" | "decisions">, all: Decisions): Note[] {
  const waits = new Set(work.filter(({ op }) => op === "wait").map(({ address }) => address));
  return [...all.values()].flatMap((first): Note[] => {
    const { address, declared, found } = decisions.get(first.address) ?? first;
    if (!declared || !found) return [];
    const about = { address, id: found.live.id, at: declared.desired.at() };
    const { status } = found.live;
    const what = status === undefined ? "AWS is still at work on it" : `is ${status}`;
    if (waits.has(address)) return [{ ...about, code: "not-ready", text: `${address}: ${what}; \`infra apply\` waits until it is ready` }];
    return status === undefined ? [] : [{ ...about, code: "remark", text: `${address}: ${what}` }];
  });
}
