/**
 * Reads and changes of RDS objects that are listed without tags and have no filter: option groups, event subscriptions, proxies. AWS allows
 * one change of such an object at a time.
 */
import type { Aws } from "../../../aws/aws.ts";
import { hasCode } from "../../../aws/errors.ts";
import { unlessGone } from "../../../aws/eventual.ts";
import type { AwsId, Driver, Live, Run, Scope } from "../../kind.ts";
import { isInScope } from "../in-scope.ts";
import { mayBeOurs, type Listed } from "../marked-description.ts";

/** The calls of one kind. */
interface Reads<Found, L> {
  readonly kind: string;
  /** Returns all objects of the account, without those that AWS owns. */
  all(aws: Aws): AsyncIterable<Found>;
  one(aws: Aws, name: string): Promise<Found | undefined>;
  told(found: Found): Listed;
  /**
   * Returns an object with the facts that need other calls, including its tags. Makes one or more calls for each object. Undefined when it
   * was deleted meanwhile.
   */
  read(aws: Aws, found: Found, scope: Scope): Promise<L | undefined>;
  /** Whether the object's name counts as taken. Always, if this is absent. */
  isTaken?(aws: Aws, found: Found): Promise<boolean>;
}

export function rdsReads<Found, Spec extends object, Handle>(
  reads: Reads<Found, Live<Spec, Handle>>,
): Required<Pick<Driver<Spec, Handle>, "list" | "get" | "named">> {
  const nameOf = (found: Found) => reads.told(found).name;
  return {
    async *list(aws, scope) {
      const all: Found[] = [];
      for await (const found of reads.all(aws)) all.push(found);
      for (const found of await mayBeOurs(all, reads.told, scope, reads.kind)) {
        const live = await reads.read(aws, found, scope);
        if (live && isInScope(live.tags, scope)) yield live;
      }
    },

    async get(aws, ids, scope) {
      const seen = await among(aws, ids);
      const lives = new Map<string, Live<Spec, Handle>>();
      for (const id of ids) {
        // A list may show a new object late.
        const found = seen.get(id.toLowerCase()) ?? (await reads.one(aws, id));
        const live = found && (await reads.read(aws, found, scope));
        if (live) lives.set(id, live);
      }
      return lives;
    },

    async named(aws, names) {
      const seen = await among(aws, names);
      const taken = new Map<string, AwsId>();
      for (const name of names) {
        const found = names.length === 1 ? await reads.one(aws, name) : seen.get(name.toLowerCase());
        if (found && (await (reads.isTaken?.(aws, found) ?? true))) taken.set(name, nameOf(found));
      }
      return taken;
    },
  };

  /**
   * Returns objects by name. No call takes several names, so these are searched in the list of all, which is one page (an account may have
   * 20 of each kind).
   */
  async function among(aws: Aws, names: readonly string[]): Promise<ReadonlyMap<string, Found>> {
    const seen = new Map<string, Found>();
    if (names.length > 1) for await (const found of reads.all(aws)) seen.set(nameOf(found).toLowerCase(), found);
    return seen;
  }
}

/** The error codes that say that another change is under way, and the longest wait for it in seconds. */
interface Busy {
  readonly codes: readonly string[];
  readonly limit: number;
  readonly poll: number;
}

/** Sends a change until AWS accepts it. */
export async function whenTaken(
  id: AwsId,
  run: Pick<Run, "until">,
  { codes, limit, poll }: Busy,
  send: () => Promise<unknown>,
): Promise<void> {
  await run.until(`${id} to accept the change`, limit, poll, async () => {
    try {
      await send();
      return true;
    } catch (error) {
      if (!hasCode(error, ...codes)) throw error;
      return false;
    }
  });
}

/** Sends the delete until AWS accepts it, or until another delete is under way. */
export async function deleteWhenTaken(
  id: AwsId,
  run: Pick<Run, "until">,
  { codes, limit, poll }: Busy,
  send: () => Promise<unknown>,
  statusNow: () => Promise<string | undefined>,
): Promise<void> {
  await run.until(`${id} to accept the deletion`, limit, poll, async () => {
    try {
      await unlessGone(send());
      return true;
    } catch (error) {
      if (!hasCode(error, ...codes)) throw error;
      const status = await statusNow();
      return status === undefined || status === "deleting";
    }
  });
}
