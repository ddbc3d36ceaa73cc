/** Slots: values that only one object may hold at a time. */
import type { Address, AwsId } from "./values.ts";

/** A value that only one object may hold at a time. Two slots of one space conflict when their values are equal or their ranges overlap. */
export interface Slot {
  /** The space in which the value is unique: "ranges of vpc/main". */
  readonly space: string;
  readonly value: string | SlotRange;
  /** The field that holds it ("cidrBlock", "subnetMappings[0].elasticIp"). The stage of that field takes and releases the slot. */
  readonly path: string;
  /** For people: "the range 10.0.1.0/24 in vpc/main". */
  readonly what: string;
  /** Objects that the space or the value refers to. When one of them is replaced, the slot is a different one. */
  readonly of?: readonly (Address | AwsId)[];
  /** An item that somebody else made inside our object, by its key in the field. It holds the slot unless the plan removes it. */
  readonly foreign?: { readonly key: string; readonly what: string };
  /** A foreign item with the same likeness as ours is taken over. It does not block the slot. */
  readonly likeness?: string;
}

/** All values from `first` to `last`. */
export interface SlotRange {
  readonly first: number;
  readonly last: number;
}
