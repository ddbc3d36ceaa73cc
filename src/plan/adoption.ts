/**
 * Adopted objects. An object *is being adopted* when `adopt:` names it and it does not have our tags yet. From then on it *is adopted*
 * for as long as it has the tag infra:adopted. In both cases fields that the file does not write stay as they are.
 */
import type { Diagnostic } from "../diag/diagnostic.ts";
import { ownership, stackTag } from "../resource/ownership.ts";
import type { Address, Desired, Tags } from "../kinds/kind.ts";
import type { Decision, Decisions } from "./decision.ts";
import type { Expected } from "./diff.ts";
import type { Found } from "./observed.ts";
import type { Note, Plan, Step, TagChange } from "./plan.ts";

/** Whether fields that the file does not write are left as they are found. */
export function isAdopted({ adopted, live }: Found): boolean {
  return adopted === true || ownership.adopted in live.tags;
}

/** Returns what the file asks of an object. For an adopted object that is only what the file writes, without defaults. */
export function askedOf(desired: Desired, found: Found): Desired & Expected {
  if (!isAdopted(found)) return desired;
  const derived = new Set(desired.derivedTags);
  const tags = Object.fromEntries(Object.entries(desired.tags).filter(([key]) => !derived.has(key)));
  return { ...desired, tags, writtenOnly: true };
}

/**
 * Returns the tags that adoption writes besides the tags that all our objects have. A token that was copied with other tags is corrected:
 * otherwise it would speak against the object.
 */
export function adoptionTags({ adopted, live }: Found): Tags {
  if (!adopted) return {};
  const isCopied = live.token !== undefined && ownership.token in live.tags;
  // The value is the id of the deleted stack. From now on the stack's tag speaks against nothing, and CloudFormation is not asked again.
  return { [ownership.adopted]: live.tags[stackTag] ?? "true", ...(isCopied ? { [ownership.token]: live.token! } : {}) };
}

/** Returns the part of a tag change that makes the object ours. With these tags it is found again, whatever happens to the run. */
export function adoptionPart({ set }: TagChange): Tags {
  return Object.fromEntries(Object.entries(set).filter(([key]) => ofAdoption.has(key)));
}

/** Returns the rest of the tag change, with the tags that say that something was done. */
export function besidesAdoption({ set, remove }: TagChange): TagChange {
  return { set: Object.fromEntries(Object.entries(set).filter(([key]) => !ofAdoption.has(key))), remove };
}

const ofAdoption: ReadonlySet<string> = new Set([
  ownership.project,
  ownership.environment,
  ownership.resource,
  ownership.region,
  ownership.name,
  ownership.token,
  ownership.adopted,
]);

/**
 * Refuses replacements of objects that are being adopted: adoption creates and deletes nothing. A replacement that only follows another
 * refused one is not reported again.
 */
export function refusedAdoptions(decisions: ReadonlyMap<Address, Decision>): ReadonlyMap<Address, readonly Diagnostic[]> {
  const replaced = [...decisions.values()].filter(({ found, action }) => found?.adopted && action === "replace");
  const refused = new Set(replaced.map(({ address }) => address));
  const firsts = replaced.filter(({ causes }) => ![...causes.keys()].some((cause) => refused.has(cause)));
  return new Map(firsts.map((one) => [one.address, [refusal(one)]]));
}

function refusal({ address, because, declared, deltas, found }: Decision): Diagnostic {
  return {
    code: "refused-change",
    severity: "error",
    at: declared?.desired.at(deltas.find(({ impact }) => impact === "replace")?.path),
    summary: `${address} (${found!.live.id}) cannot be adopted: it would have to be replaced, because ${because}.`,
    hint: "write the values that AWS has, adopt the object, and change it afterwards",
  };
}

/** Leaves those of these resources that are still to be adopted, and nothing else. */
export function keepToAdoptions(decisions: Decisions, adopting: readonly Address[]): Decisions {
  return new Map([...decisions].filter(([address, { found }]) => found?.adopted && adopting.includes(address)));
}

/** Returns a note on the progress of an adoption that has begun and not ended. */
export function pendingAdoption(
  { nodes, goal }: { readonly nodes: readonly Pick<Desired, "address" | "adopt">[]; readonly goal: string },
  objects: ReadonlyMap<Address, Found>,
): Note[] {
  const named = nodes.filter(({ adopt }) => adopt !== undefined);
  const done = named.filter(({ address }) => objects.has(address) && objects.get(address)!.adopted !== true);
  if (goal !== "agree" || done.length === 0 || done.length === named.length) return [];
  const left = named.length - done.length;
  return [
    {
      code: "adopt-pending",
      text: `${done.length} of ${named.length} objects that \`adopt:\` names are adopted; \`infra adopt\` tags the other${left === 1 ? "" : ` ${left}`}`,
    },
  ];
}

/** Returns one problem for each address at which an adoption would do more than write our tags. */
export function adoptionProblems({ steps, environment }: Pick<Plan, "steps" | "environment">): Diagnostic[] {
  const told = new Map<Address, { readonly step: Step; readonly what: string }>();
  for (const step of steps) {
    const what = besidesOurTags(step);
    if (what !== undefined) told.set(step.address, { step, what });
  }
  return [...told.values()].map(({ step, what }) => ({
    code: "adopt-would-change",
    severity: "error",
    at: step.at,
    summary: `adopt writes only our tags, but ${step.address} would also change: ${what}.`,
    hint: hintFor(step, environment),
  }));
}

function hintFor({ address, action }: Step, environment: string): string {
  const by = action === "update" || action === "restart" ? ` (\`infra drift ${environment} --accept ${address}\` shows it as a diff)` : "";
  return `write the values that AWS has into the file${by}, adopt the object, and change it afterwards with \`infra apply\``;
}

function besidesOurTags(step: Step): string | undefined {
  if (step.action === "keep") return undefined;
  if (step.action === "retag")
    return (
      keysBesideOurs(step.tags)
        .map((key) => `tags.${key}`)
        .join(", ") || undefined
    );
  if (step.action === "create" || step.action === "delete") return `it would be ${step.action}d`;
  return (
    step.changes
      .map(({ path }) => path)
      .filter((path) => !path.startsWith("tags.infra:"))
      .join(", ") || undefined
  );
}

/** Returns the keys of a tag change that are not infra's own. Empty where adoption does nothing else. */
export function keysBesideOurs({ set, remove }: TagChange): readonly string[] {
  return [...Object.keys(set), ...remove].filter((key) => !key.startsWith("infra:"));
}
