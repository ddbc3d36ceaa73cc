/**
 * What AWS has not finished though it is as the file says: a run that was stopped while it waited leaves such objects. An apply waits
 * for them, and writes nothing.
 */
import type { Live } from "../kinds/kind.ts";
import type { Decision } from "./decision.ts";
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

/** Says what the apply waits for. */
export function waitNotes({ work, decisions }: Pick<Planned, "work" | "decisions">): Note[] {
  return work
    .filter(({ op }) => op === "wait")
    .map(({ address }) => {
      const { declared, found } = decisions.get(address)!;
      const text = `${address}: AWS is still at work on it; \`infra apply\` waits until it is ready`;
      return { code: "not-ready", address, id: found!.live.id, text, at: declared!.desired.at() };
    });
}
