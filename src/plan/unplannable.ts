/** Decisions that cannot be planned, whatever the file asks for. Pure. */
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Address } from "../kinds/kind.ts";
import { lateNeeds } from "../resource/late.ts";
import { refsOf } from "../resource/references.ts";
import type { Decisions } from "./decision.ts";
import type { PlanInput } from "./planned.ts";
import type { Safe } from "./safety.ts";
import { beyondTagLimit } from "./tag-limit.ts";

/**
 * Takes out the addresses for which nothing can be done, and everything that refers to them: two live objects pass as one address,
 * `adopt:` names an object that cannot be adopted, the object would have too many tags, or a lookup failed.
 */
export function withoutUnplannable(decisions: Decisions, { declared, observed, failed }: PlanInput): Safe {
  const problems: Diagnostic[] = [];
  const blocked = new Set<Address>([...observed.ambiguous.keys(), ...observed.unadoptable.keys(), ...failed]);
  const gone = new Set<Address>(failed);
  for (const [address, ids] of observed.ambiguous)
    problems.push({
      code: "two-of-one",
      severity: "error",
      at: declared.get(address)?.desired.at(),
      summary: `AWS has ${ids.length} objects with the tags of ${address}: ${ids.join(", ")}.`,
      hint: "remove the tag infra:resource from all but one of them; until then nothing is done for this resource or those that depend on it",
    });
  for (const [address, { code, summary, hint, holder }] of observed.unadoptable) {
    problems.push({ code, severity: "error", at: declared.get(address)?.desired.at("adopt.id"), summary, hint });
    if (holder === undefined || declared.has(holder)) continue;
    blocked.add(holder);
    gone.add(holder);
  }
  for (const [address, problem] of beyondTagLimit(decisions)) {
    if (blocked.has(address)) continue;
    problems.push(problem);
    blocked.add(address);
    gone.add(address);
  }
  for (let grew = blocked.size > 0; grew;) {
    grew = false;
    for (const one of decisions.values()) {
      if (blocked.has(one.address)) continue;
      const specs = [one.declared?.desired.spec, one.found?.linked].filter((spec) => spec !== undefined);
      const late = one.declared ? lateNeeds(one.declared.held?.written.desired ?? one.declared.desired) : [];
      const isBlocked = (address: unknown) => blocked.has(address as string);
      const isUser = specs.some((spec) => refsOf(one.kind.schema, spec).some(({ value }) => isBlocked(value)));
      if (!isUser && !late.some(({ address }) => isBlocked(address))) continue;
      blocked.add(one.address);
      gone.add(one.address);
      grew = true;
    }
  }
  return { decisions: gone.size === 0 ? decisions : new Map([...decisions].filter(([address]) => !gone.has(address))), problems };
}
