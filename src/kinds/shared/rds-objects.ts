/**
 * Objects of RDS that its lists show without tags and that no filter finds: option groups, event subscriptions, proxies. AWS makes one change of
 * such an object at a time.
 */
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import type { AwsId, Driver, Live, Run, Scope } from "../kind.ts";
import { isInScope } from "./in-scope.ts";
import { mayBeOurs, type Listed } from "./marked-description.ts";

/** The calls of one kind. */
interface Reads<Found, L> {
  readonly kind: string;
  /** All of the account, without those that are AWS's own. */
  all(aws: Aws): AsyncIterable<Found>;
  one(aws: Aws, name: string): Promise<Found | undefined>;
  told(found: Found): Listed;
  /** With what is told by other calls, its tags among it: one or more for each object. Undefined when it was deleted meanwhile. */
  read(aws: Aws, found: Found, scope: Scope): Promise<L | undefined>;
  /** Whether a name that it has is taken; always where it is left out. */
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
        // A list may show late what is new.
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

  /** No call takes several names: several are sought in the list of all, which is one page (an account may have 20 of each kind). */
  async function among(aws: Aws, names: readonly string[]): Promise<ReadonlyMap<string, Found>> {
    const seen = new Map<string, Found>();
    if (names.length > 1) for await (const found of reads.all(aws)) seen.set(nameOf(found).toLowerCase(), found);
    return seen;
  }
}

/** How it says that another change is under way, and for how many seconds that is waited for. */
interface Busy {
  readonly codes: readonly string[];
  readonly limit: number;
  readonly poll: number;
}

/** Sends a change when it is taken. */
export async function whenTaken(
  id: AwsId,
  run: Pick<Run, "until">,
  { codes, limit, poll }: Busy,
  send: () => Promise<unknown>,
): Promise<void> {
  await run.until(`${id} to take the change`, limit, poll, async () => {
    try {
      await send();
      return true;
    } catch (error) {
      if (!hasCode(error, ...codes)) throw error;
      return false;
    }
  });
}

/** Sends the delete until it is taken, or somebody else's is under way. */
export async function deleteWhenTaken(
  id: AwsId,
  run: Pick<Run, "until">,
  { codes, limit, poll }: Busy,
  send: () => Promise<unknown>,
  statusNow: () => Promise<string | undefined>,
): Promise<void> {
  await run.until(`${id} to take the delete`, limit, poll, async () => {
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
