/** How a picture of the network shows an object. */
import type { Address } from "./values.ts";

/**
 * The place of an object in a picture of the network. It refers to other boxes by address, and to foreign objects by the text in the spec:
 * an id, or a look-up as JSON.
 */
export type Drawn =
  /** A network with a border. */
  | { readonly as: "frame"; readonly sub: string }
  /** A box in a frame, in the column of its zone and the row of its tier. `by`: the route table that decides the tier. */
  | {
      readonly as: "cell";
      readonly in: string;
      readonly zone: string;
      readonly sub: string;
      readonly tier: Tier;
      readonly way: string;
      readonly by?: Address;
    }
  /** A card lies in one cell. Where `at` names several cells, it lies in the cell of `zone`. A bar lies across all its cells. */
  | {
      readonly as: "card" | "bar";
      readonly at: readonly string[];
      readonly zone?: string;
      readonly glyph: Glyph;
      readonly sub: string;
      /** Objects that are drawn as chips on it: its security groups. */
      readonly chips: readonly string[];
      /** Whether it has an address on the internet. */
      readonly isPublic?: boolean;
      /** The ports to which it opens connections; absent: any. A database opens none. */
      readonly sends?: readonly number[];
      /** The number of instances can change: a dashed border. */
      readonly isElastic?: boolean;
      /** The object that it copies: a dashed line from there. */
      readonly copies?: Address;
    }
  /** A pill on the border of a frame. `also`: another frame to which it leads from this one. */
  | {
      readonly as: "door";
      readonly of: string;
      readonly also?: string;
      readonly sub: string;
      readonly leadsTo: "internet" | "outwards" | "service" | "network";
    }
  | { readonly as: "chip" }
  /** A short text on other boxes. */
  | { readonly as: "fact"; readonly on: readonly string[]; readonly text: string }
  /** An object without a place in the network. The picture lists it below. */
  | { readonly as: "beside"; readonly glyph: Glyph; readonly sub: string }
  /** Other boxes show this object. The picture lists it below only when it changes. */
  | { readonly as: "hidden"; readonly sub: string };

/** Public: the subnet's route table leads to an internet gateway. Private: it leads out in another way. Isolated: it has no way out. */
export type Tier = "public" | "private" | "isolated";

export type Glyph =
  | "machine"
  | "machines"
  | "database"
  | "balancer"
  | "nat"
  | "endpoint"
  | "bell"
  | "log"
  | "setting"
  | "lock"
  | "person"
  | "part";

/** A source that may open a connection: an object that is drawn as a chip (by address or id), or a network. */
export interface Admission {
  readonly from: string;
  /** "tcp", "udp", "all". */
  readonly protocol: string;
  /** -1 to -1: all ports, or ICMP. */
  readonly ports: { readonly first: number; readonly last: number };
}
