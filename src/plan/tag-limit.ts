/** Finds objects that would have more tags than AWS allows, before the call that AWS would refuse. Pure. */
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Address } from "../kinds/kind.ts";
import type { Decision, Decisions } from "./decision.ts";

/** AWS allows 50 tags on an object, not counting its own (Tag naming and usage conventions, AWS General Reference). */
const mostTags = 50;

/** The problems by address. A new object has only the tags of the file, which are counted when the file is read. */
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
    summary: `${address} (${found.live.id}) has ${have.length} tags, AWS allows ${mostTags}, and this plan would add ${come.join(", ")}.`,
    hint: `remove ${excess} of its tags in AWS; until then nothing is done for this resource or those that depend on it`,
  };
}
