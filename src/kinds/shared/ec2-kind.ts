/** The reads that plain kinds of EC2 have in common: by the environment's tag, by id, by other people's tags. */
import type { Aws, Command } from "../../aws/aws.ts";
import { ec2Tagging } from "../../aws/tagging.ts";
import { environmentFilter } from "../../resource/ownership.ts";
import type { AwsId, Driver, Live } from "../kind.ts";
import { idFilters, isMeant, tagFilters, type Filter } from "./lookup.ts";

/** Objects as EC2 tells them, with their tags. */
type Tagged = Parameters<typeof isMeant>[0];

/** Page by page, or whole where the call has no pages. */
type Described<T> = (aws: Aws, filters: Filter[]) => AsyncIterable<T> | Promise<readonly T[]>;

/** How EC2 tells the objects of one kind. */
interface Ec2Objects<T extends Tagged, S extends object, H> {
  /** All that the filters let through. */
  readonly described: Described<T>;
  /** The filter that takes ids: "subnet-id". */
  readonly idFilter: string;
  idOf(found: T): AwsId | undefined;
  live(found: T, aws: Aws): Live<S, H> | Promise<Live<S, H>>;
  /** Whether AWS shows one that is no more, which a `{ tags: … }` reference does not mean. */
  isGone?(found: T): boolean;
}

/** The part of a driver that reads, and the tags, which all kinds of EC2 write in the same way. */
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

/** A describe call that answers in pages, of which `items` are the objects. */
export function pagesOf<I extends object, O, T>(
  command: new (input: I) => Command<I, O>,
  items: (page: O) => readonly T[] | undefined,
  size = 1000,
): (aws: Aws, filters: Filter[]) => AsyncIterable<T> {
  return async function* (aws, Filters) {
    for await (const page of aws.ec2.pages(command, { Filters, MaxResults: size } as unknown as I)) yield* items(page) ?? [];
  };
}
