/** What only one object may hold at a time. */
import type { Address, AwsId } from "./values.ts";

/** Something that only one object may hold at a time. Two slots of one space conflict when their values are equal, or their ranges overlap. */
export interface Slot {
  /** What the value is unique in: "ranges of vpc/main". */
  readonly space: string;
  readonly value: string | SlotRange;
  /** The field that holds it ("cidrBlock", "subnetMappings[0].elasticIp"); its stage takes the slot and lets go of it. */
  readonly path: string;
  /** For people: "the range 10.0.1.0/24 in vpc/main". */
  readonly what: string;
  /** Objects by which the space or the value is named. When one of them is replaced, the slot is another one. */
  readonly of?: readonly (Address | AwsId)[];
  /** An item that somebody else made inside our object, by its key in the field: it holds the slot unless the plan removes it. */
  readonly foreign?: { readonly key: string; readonly what: string };
  /** Something foreign of the same likeness is taken over instead of being in the way. */
  readonly likeness?: string;
}

/** All values from `first` to `last`. */
export interface SlotRange {
  readonly first: number;
  readonly last: number;
}
