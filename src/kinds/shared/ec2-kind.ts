/** The reads that plain EC2 kinds share: by the environment's tag, by id, and by the tags of foreign objects. */
import type { Aws, Command } from "../../aws/aws.ts";
import { ec2Tagging } from "../../aws/tagging.ts";
import { environmentFilter } from "../../resource/ownership.ts";
import type { AwsId, Driver, Live } from "../kind.ts";
import { idFilters, isMeant, tagFilters, type Filter } from "./lookup.ts";

/** An object with its tags, as EC2 returns it. */
type Tagged = Parameters<typeof isMeant>[0];

/** Returns objects page by page, or all at once where the call has no pages. */
type Described<T> = (aws: Aws, filters: Filter[]) => AsyncIterable<T> | Promise<readonly T[]>;

/** How objects of one kind are read from EC2. */
interface Ec2Objects<T extends Tagged, S extends object, H> {
  /** Returns all objects that match the filters. */
  readonly described: Described<T>;
  /** The filter that takes ids: "subnet-id". */
  readonly idFilter: string;
  idOf(found: T): AwsId | undefined;
  live(found: T, aws: Aws): Live<S, H> | Promise<Live<S, H>>;
  /** Whether AWS still shows an object that is already deleted. A `{ tags: … }` reference does not mean such an object. */
  isGone?(found: T): boolean;
}

/** Returns the reading part of a driver, and the function that writes tags, which is the same for all EC2 kinds. */
export function ec2Kind<T extends Tagged, S extends object, H>({
  described,
  idFilter,
  idOf,
  live,
  isGone = () => false,
}: Ec2Objects<T, S, H>): Pick<Driver<S, H>, "list" | "get" | "find" | "tag"> {
  return {
    async *list(aws, scope) {
      for await (const found of await described(aws, environmentFilter(scope))) yield live(found, aws);
    },

    async get(aws, ids) {
      const lives = new Map<AwsId, Live<S, H>>();
      for (const filters of idFilters(idFilter, ids))
        for await (const found of await described(aws, filters)) {
          const id = idOf(found);
          // Some emulators ignore filters that they do not know.
          if (id !== undefined && ids.includes(id)) lives.set(id, await live(found, aws));
        }
      return lives;
    },

    async find(aws, tags, owner = aws.account) {
      const ids: AwsId[] = [];
      for await (const found of await described(aws, tagFilters(tags)))
        if (isMeant(found, tags, owner) && !isGone(found)) ids.push(idOf(found)!);
      return ids;
    },

    tag: ec2Tagging,
  };
}

/** Returns the objects of all pages of a describe call. `items` picks them from a page. */
export function pagesOf<I extends object, O, T>(
  command: new (input: I) => Command<I, O>,
  items: (page: O) => readonly T[] | undefined,
  size = 1000,
): (aws: Aws, filters: Filter[]) => AsyncIterable<T> {
  return async function* (aws, Filters) {
    for await (const page of aws.ec2.pages(command, { Filters, MaxResults: size } as unknown as I)) yield* items(page) ?? [];
  };
}
