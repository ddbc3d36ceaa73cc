/** Objects that would have more tags than AWS takes: known before the call that AWS would refuse. Pure. */
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Address } from "../kinds/kind.ts";
import type { Decision, Decisions } from "./decision.ts";

/** Tag naming and usage conventions (AWS General Reference): 50 an object; those of AWS do not count. */
const mostTags = 50;

/** By address. What is made anew has only the tags of the file, which are counted when it is read. */
export function beyondTagLimit(decisions: Decisions): ReadonlyMap<Address, Diagnostic> {
  const beyond = [...decisions.values()].flatMap((one) => {
    const problem = problemOf(one);
    return problem ? [[one.address, problem] as const] : [];
  });
  return new Map(beyond);
}

function problemOf({ address, action, declared, found, tags }: Decision): Diagnostic | undefined {
  if (!declared || !found || (action !== "retag" && action !== "update" && action !== "restart")) return undefined;
  const have = Object.keys(found.live.tags).filter((key) => !key.startsWith("aws:"));
  const come = Object.keys(tags.set).filter((key) => !have.includes(key));
  const excess = have.length + come.length - tags.remove.filter((key) => have.includes(key)).length - mostTags;
  if (come.length === 0 || excess <= 0) return undefined;
  return {
    code: "too-many-tags",
    severity: "error",
    at: declared.desired.at(),
    summary: `${address} (${found.live.id}) has ${have.length} tags, AWS takes ${mostTags}, and these would come: ${come.join(", ")}.`,
    hint: `take ${excess} off it in AWS; nothing is done for it or what depends on it until then`,
  };
}
