/** The whole environment with everything put in, as `infra validate --resolved` prints it. */
import { shownLate } from "../resource/late.ts";
import { plainWithAddresses, type Surroundings } from "./resources.ts";

type Plain = Readonly<Record<string, unknown>>;

/**
 * A name in a part means one of the part's own; outside of it, the same reference is an address. Sections of which nothing is
 * declared in this run are left out.
 */
export function resolvedDocument(plain: Plain, around: Surroundings): Plain {
  const { declared } = around;
  const sections = new Set(declared.kinds.map(({ section }) => section));
  const inParts = new Map<string, Record<string, unknown>>();
  for (const one of declared.all) {
    if (one.prefix === undefined) continue;
    const { section } = one.kind;
    inParts.set(section, { ...inParts.get(section), [one.name]: plainWithAddresses(one, around) });
  }
  const entries = Object.entries(plain).map(([key, value]) => {
    const pasted = inParts.get(key);
    return [key, pasted ? { ...(value as Plain), ...pasted } : value] as const;
  });
  return shownLate(Object.fromEntries(entries.filter(([key, value]) => !sections.has(key) || Object.keys(value as Plain).length > 0)));
}
