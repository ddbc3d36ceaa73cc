/** Why a type is refused, and what to do instead. */
export interface Refusal {
  readonly why: string;
  readonly instead: string;
}
