import type { AddPrefixListEntry, ManagedPrefixList, ModifyManagedPrefixListCommandInput } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import { canonicalCidr } from "../../resource/ranges.ts";
import type { AwsId, Changes, Driver, Live, Run } from "../kind.ts";
import { idFilters, isMeant, type Filter } from "../shared/lookup.ts";
import type { Entry, Handle, PrefixList } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");
type LiveList = Live<PrefixList, Handle>;

/** The most entries that a call takes (EC2 API, ModifyManagedPrefixList). */
const most = 100;

export function driver(ec2: Sdk): Driver<PrefixList, Handle> {
  async function* described(aws: Aws, Filters: Filter[]) {
    for await (const page of aws.ec2.pages(ec2.DescribeManagedPrefixListsCommand, { Filters, MaxResults: 100 }))
      yield* page.PrefixLists ?? [];
  }

  /** Returns a list with its entries; undefined when it was deleted between the two calls. */
  async function read(aws: Aws, found: ManagedPrefixList): Promise<LiveList | undefined> {
    const entries: Entry[] = [];
    if (isAlive(found)) {
      const PrefixListId = found.PrefixListId!;
      const pages = async () => {
        for await (const page of aws.ec2.pages(ec2.GetManagedPrefixListEntriesCommand, { PrefixListId, MaxResults: 100 }))
          for (const { Cidr, Description } of page.Entries ?? [])
            entries.push({ cidr: canonicalCidr(Cidr!), ...(Description ? { description: Description } : {}) });
        return true;
      };
      if (!(await unlessGone(pages()))) return undefined;
    }
    return live(found, entries);
  }

  return {
    /** DescribeManagedPrefixLists has no filter for tags (EC2 API), so all lists of the account are read. */
    async *list(aws, scope) {
      for await (const found of described(aws, [{ Name: "owner-id", Values: [aws.account] }])) {
        const tags = tagsOf(found.Tags);
        if (tags[ownership.environment] !== scope.environment) continue;
        const one = tags[ownership.project] === scope.project && !scope.existence ? await read(aws, found) : live(found, []);
        if (one) yield one;
      }
    },

    async get(aws, ids) {
      const lives = new Map<AwsId, LiveList>();
      for (const Filters of idFilters("prefix-list-id", ids))
        for await (const found of described(aws, Filters)) {
          const one = await read(aws, found);
          if (one) lives.set(one.id, one);
        }
      return lives;
    },

    /** Creates the list with as many entries as one call takes; the rest follows. */
    async create(aws, { addressFamily, entries = [], maxEntries }, identity) {
      const first = entries.slice(0, most).map(entryOf);
      const { PrefixList: made } = await aws.ec2(
        new ec2.CreateManagedPrefixListCommand({
          PrefixListName: identity.name,
          AddressFamily: addressFamily ?? "IPv4",
          MaxEntries: maxEntries ?? Math.max(1, entries.length),
          ...(first.length > 0 ? { Entries: first } : {}),
          ClientToken: identity.token,
          TagSpecifications: tagSpecifications("prefix-list", identity.tags),
        }),
      );
      return made!.PrefixListId!;
    },

    update: (aws, _stage, one, request, changes, run) => bring(ec2, aws, one, request, changes, run),

    async delete(aws, { id: PrefixListId, state }) {
      if (state === "dead" || state === "deleting") return;
      await unlessGone(aws.ec2(new ec2.DeleteManagedPrefixListCommand({ PrefixListId })));
    },

    tag: ec2Tagging,

    async find(aws, tags, owner = aws.account) {
      const ids: AwsId[] = [];
      for await (const found of described(aws, [{ Name: "owner-id", Values: [owner] }]))
        if (isMeant(found, tags, owner) && isAlive(found)) ids.push(found.PrefixListId!);
      return ids;
    },
  };
}

/** Changes a list: first raises its size, then adds and removes entries together, then changes descriptions, and last lowers the size. */
async function bring(
  ec2: Sdk,
  aws: Aws,
  one: LiveList,
  request: PrefixList,
  changes: Changes<PrefixList>,
  run: Run<PrefixList, Handle>,
): Promise<void> {
  const { added = [], removed = [], changed = [] } = changes.entries?.items ?? {};
  let { version, max } = one.handle;
  const modify = async (input: Omit<ModifyManagedPrefixListCommandInput, "PrefixListId">) => {
    await aws.ec2(new ec2.ModifyManagedPrefixListCommand({ PrefixListId: one.id, ...input }));
    const now = await run.wait("the change of the list to end", 900, (seen) => seen === undefined || !seen.handle.isBusy);
    version = now?.handle.version ?? version;
    max = now?.handle.max ?? max;
  };
  const settled = await run.wait("an earlier change of the list to end", 900, (seen) => seen === undefined || !seen.handle.isBusy);
  version = settled?.handle.version ?? version;

  const size = request.maxEntries ?? Math.max(max, request.entries?.length ?? 0);
  // Entries are added and removed in the same calls, so the size needs to cover only the result.
  if (size > max) await modify({ MaxEntries: size });
  const coming = added.map(({ value }) => entryOf(value as Entry));
  const going = removed.map(({ key }) => ({ Cidr: key }));
  for (let from = 0; from < Math.max(coming.length, going.length); from += most) {
    const [AddEntries, RemoveEntries] = [coming.slice(from, from + most), going.slice(from, from + most)];
    await modify({
      CurrentVersion: version,
      ...(AddEntries.length > 0 ? { AddEntries } : {}),
      ...(RemoveEntries.length > 0 ? { RemoveEntries } : {}),
    });
  }
  // Adding an existing entry again changes its description (EC2 API, ModifyManagedPrefixList).
  const again = changed.map(({ after }) => entryOf(after as Entry));
  for (let from = 0; from < again.length; from += most)
    await modify({ CurrentVersion: version, AddEntries: again.slice(from, from + most) });
  if (size < max) await modify({ MaxEntries: size });
}

function entryOf({ cidr: Cidr, description }: Entry): AddPrefixListEntry {
  return { Cidr: canonicalCidr(Cidr), ...(description ? { Description: description } : {}) };
}

function isAlive({ State }: ManagedPrefixList): boolean {
  return !String(State ?? "").startsWith("delete") && State !== "create-failed";
}

function live(found: ManagedPrefixList, entries: readonly Entry[]): LiveList {
  const state = String(found.State ?? "create-complete");
  const isBusy = state.endsWith("-in-progress");
  const isWrong = state === "modify-failed" || state === "restore-failed" || state === "delete-failed";
  return {
    id: found.PrefixListId!,
    aliases: found.PrefixListArn ? [found.PrefixListArn] : [],
    tags: tagsOf(found.Tags),
    ...(found.OwnerId ? { owner: found.OwnerId } : {}),
    state: stateOf(state, found.StateMessage),
    isUnderWay: isBusy,
    spec: {
      ...(found.AddressFamily ? { addressFamily: found.AddressFamily as PrefixList["addressFamily"] } : {}),
      entries: [...entries],
      ...(found.MaxEntries === undefined ? {} : { maxEntries: found.MaxEntries }),
    },
    handle: { version: found.Version ?? 1, max: found.MaxEntries ?? 0, isBusy, name: found.PrefixListName },
    outputs: { arn: found.PrefixListArn ?? "" },
    ...(isWrong ? { notes: [`its last change failed: ${found.StateMessage ?? state}`] } : {}),
  };
}

function stateOf(state: string, message: string | undefined): Live["state"] {
  if (state === "create-in-progress") return "pending";
  if (state === "create-failed") return { failed: message ?? "AWS could not create it" };
  if (state === "delete-in-progress") return "deleting";
  return state === "delete-complete" ? "dead" : "ready";
}
