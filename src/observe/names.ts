/** Who names whom, for kinds whose fields tell no references: by what AWS calls the others. */
import type { Found } from "../plan/observed.ts";
import type { Address, Kind, Live } from "../kinds/kind.ts";
import { idsOf } from "../resource/ownership-check.ts";

type Called = Pick<Found, "address" | "kind" | "live">;

/** A shorter word may stand in a text by chance: it counts where it is all of it. */
const shortest = 7;

export class Names {
  readonly #alive: () => readonly Called[];
  #words: readonly { readonly address: Address; readonly words: readonly string[] }[] | undefined;

  constructor(alive: () => readonly Called[]) {
    this.#alive = alive;
  }

  /** The others that an object names in any of its texts. */
  in(self: Address, kind: Kind, { spec }: Live): Pick<Found, "names"> {
    if (!kind.namesByValue) return {};
    const texts = [...textsIn(spec)];
    const isIn = (word: string) => texts.some((text) => text === word || (word.length >= shortest && text.includes(word)));
    const names = this.#all()
      .filter(({ address, words }) => address !== self && words.some(isIn))
      .map(({ address }) => address);
    return names.length > 0 ? { names } : {};
  }

  /** Ids and ARNs, and of kinds that are named by value also what else AWS tells of an object: the id of an integration is a part of its own. */
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
