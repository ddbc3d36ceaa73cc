/** Finds which objects an object names, for kinds whose fields declare no references: by the words that AWS uses for the other objects. */
import type { Found } from "../plan/observed.ts";
import type { Address, Kind, Live } from "../kinds/kind.ts";
import { idsOf } from "../resource/ownership-check.ts";

type Called = Pick<Found, "address" | "kind" | "live">;

/** A shorter word may be part of a text by chance. It counts only when it is the whole text. */
const shortest = 7;

export class Names {
  readonly #alive: () => readonly Called[];
  #words: readonly { readonly address: Address; readonly words: readonly string[] }[] | undefined;

  constructor(alive: () => readonly Called[]) {
    this.#alive = alive;
  }

  /** Returns the other objects that an object names in any of its texts. */
  in(self: Address, kind: Kind, { spec }: Live): Pick<Found, "names"> {
    if (!kind.namesByValue) return {};
    const texts = [...textsIn(spec)];
    const isIn = (word: string) => texts.some((text) => text === word || (word.length >= shortest && text.includes(word)));
    const names = this.#all()
      .filter(({ address, words }) => address !== self && words.some(isIn))
      .map(({ address }) => address);
    return names.length > 0 ? { names } : {};
  }

  /**
   * Returns the words that name each object: its ids and ARNs and, for kinds that are named by value, its outputs. For example, the id of
   * an integration is only a part of its AWS id.
   */
  #all() {
    return (this.#words ??= this.#alive().map(({ address, kind, live }) => ({
      address,
      words: [...new Set([...idsOf(live), ...(kind.namesByValue ? Object.values(live.outputs ?? {}) : [])])],
    })));
  }
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) yield* textsIn(inner);
}
