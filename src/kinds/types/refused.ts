/** Types that cannot be owned without a state, or that infra makes by a kind of its own: why, and what to do instead. */
import { native, others } from "./overlay/refused.ts";
import type { Refusal } from "./refusal.ts";

/** Why a type is refused as a whole. */
export function refusalOf(type: string): Refusal | undefined {
  const section = native[type];
  if (section !== undefined) return { why: `infra has a kind of its own for it`, instead: `write it under ${section}` };
  return others[type];
}
