/** Types that cannot be owned without a state, or that infra makes by a kind of its own, with the reason and an alternative. */
import { native, others } from "./overlay/refused.ts";
import type { Refusal } from "./refusal.ts";

/** Returns the reason why a type is refused as a whole. */
export function refusalOf(type: string): Refusal | undefined {
  const section = native[type];
  if (section !== undefined) return { why: `infra has its own kind for it`, instead: `declare it under ${section}` };
  return others[type];
}
