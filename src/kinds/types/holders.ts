/** The objects that parts belong to (an API and its routes, a function and its permissions), as far as the parts need them. */
import type { Aws } from "../../aws/aws.ts";
import { isNotFound } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { ownership } from "../../resource/ownership.ts";
import { whyNotOwned } from "../../resource/ownership-check.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { AwsId, Driver, Kind, Live, Scope, Spec, Tags } from "../kind.ts";
import { alone } from "./alone.ts";
import { arnIn, keyOf, keysIn, partsNamedIn, partTagOf, partValueOf, valueAt } from "./bearing.ts";
import type { Way } from "./facts.ts";
import type { Part } from "./overlay/entry.ts";
import { idle } from "./progress.ts";
import { tagByArn } from "./tag-by-arn.ts";

type Sdk = typeof import("../../aws/sdk/cloudcontrol.ts");

/** How a part names what it belongs to. */
export interface PartOf {
  readonly field: string;
  readonly holder: () => Kind;
  readonly idOf: Part["idOf"];
  readonly output?: Part["output"];
  readonly idFrom?: Part["idFrom"];
  readonly listed?: Part["listed"];
  /** What no two parts of one holder share, as ways into the properties. */
  readonly key: readonly Way[];
  /** A part has no identifier of its own: the holder has one of them. */
  readonly isOnly: boolean;
}

/** Holders that were read already, by identifier. */
export type Seen = Map<AwsId, Promise<Live | undefined>>;

const nothing: Scope = { project: "", environment: "", asks: () => false };

export class Holders {
  readonly #type: string;
  readonly #part: PartOf;
  readonly #sdk: Sdk;
  #driver: Promise<Driver> | undefined;

  constructor(type: string, part: PartOf, sdk: Sdk) {
    this.#type = type;
    this.#part = part;
    this.#sdk = sdk;
  }

  /** Identifiers of all parts of what is ours. What was read of that is put into `seen`. */
  async idsOfParts(aws: Aws, scope: Scope, seen: Seen): Promise<AwsId[]> {
    const driver = await this.#load();
    const ids: AwsId[] = [];
    // The same scope is the same look: what these belong to is read once for all their types.
    const { address, ...whole } = scope;
    const found = await scope.found?.(this.#part.holder().name);
    for await (const holder of found ?? driver.list(aws, address === undefined ? scope : whole)) {
      if (!this.#isOwned(aws, holder)) continue; // a copy has our tags, those of its parts included
      seen.set(holder.id, Promise.resolve(holder));
      ids.push(...(await this.#idsIn(aws, holder)));
    }
    return ids;
  }

  /** Identifiers of the parts of the object that a name without a part stands on. */
  async idsBeside(aws: Aws, { handle }: Live<Spec, Spec>): Promise<AwsId[]> {
    const holder = await this.#of(aws, handle);
    return holder ? this.#idsIn(aws, holder) : [];
  }

  /**
   * Names in the tags of what is ours that no part has: a run was killed before it made one, or before it took the name of a deleted one
   * away. Somebody else's part that says the same would be taken for ours.
   */
  async namesLeft(aws: Aws, seen: Seen, parts: readonly Live<Spec, Spec>[]): Promise<Live<Spec, Spec>[]> {
    const { field } = this.#part;
    const holders = (await Promise.all(seen.values())).flatMap((holder) => (holder && this.#isOwned(aws, holder) ? [holder] : []));
    return holders.flatMap((holder) => {
      const own = parts.filter(({ handle }) => this.#idIn(aws, handle) === holder.id);
      const have = new Set(own.map(({ tags }) => tags[ownership.resource]));
      return [...partsNamedIn(this.#type, holder.tags)]
        .filter(([, tags]) => !have.has(tags[ownership.resource]))
        .map(([tag, tags]) => nameAlone(tag, holder, { [field]: this.#valueOf(holder) }, tags));
    });
  }

  /** The name that such an id stands for, where it stands there still. */
  async nameLeft(aws: Aws, id: AwsId): Promise<Live<Spec, Spec> | undefined> {
    const [tag = "", of = ""] = id.split(leftOn);
    const holder = [...(await (await this.#load()).get(aws, [of], nothing)).values()][0];
    const tags = holder && partsNamedIn(this.#type, holder.tags).get(tag);
    return tags && nameAlone(tag, holder, { [this.#part.field]: this.#valueOf(holder) }, tags);
  }

  /** The tags of what a part belongs to; none where that is gone. */
  async tagsFor(aws: Aws, properties: Spec, seen: Seen = new Map()): Promise<Tags> {
    const id = this.#idIn(aws, properties);
    if (!seen.has(id)) seen.set(id, this.#of(aws, properties));
    const holder = await seen.get(id);
    return holder && this.#isOwned(aws, holder) ? holder.tags : {};
  }

  /** Writes down whose a part is, before it is made: a run that is killed between leaves a name without a part, which does no harm. */
  async name(aws: Aws, properties: Spec, tags: Tags): Promise<void> {
    const { field } = this.#part;
    const holder = await this.#of(aws, properties);
    if (!holder) throw new Refusal(`${String(properties[field])} does not exist, or cannot be read.`);
    const isSame = [ownership.project, ownership.environment].every((tag) => holder.tags[tag] === tags[tag]);
    const isOurs = isSame && this.#isOwned(aws, holder);
    if (!isOurs)
      throw new Refusal(`${String(properties[field])} is not of this environment, and only its tags could say whose ${this.#type} is.`, {
        hint: `declare what ${field} names in this environment, or adopt it there`,
      });
    const tag = partTagOf(this.#type, tags);
    const value = partValueOf(this.keyOf(properties), tags);
    if (holder.tags[tag] !== value) await this.#tag(aws, holder, { [tag]: value }, []);
  }

  /** Writes what the tags of a part say now. Under another name, the one of before goes: the part would have both. */
  async rename(aws: Aws, live: Live<Spec, Spec>, tags: Tags): Promise<void> {
    await this.name(aws, live.handle, tags);
    if (partTagOf(this.#type, live.tags) !== partTagOf(this.#type, tags)) await this.forget(aws, live);
  }

  /** Takes the name of a part that is gone out of the tags. */
  async forget(aws: Aws, live: Live<Spec, Spec>): Promise<void> {
    const holder = await this.#of(aws, live.handle);
    if (!holder) return;
    const tag = partTagOf(this.#type, live.tags);
    if (!(tag in holder.tags)) return;
    try {
      await this.#tag(aws, holder, {}, [tag]);
    } catch (error) {
      if (await this.#of(aws, live.handle)) throw error; // else it went while it was waited for, and its tags with it
    }
  }

  /** Beside no update of the object: that would write the tags as it read them before. */
  async #tag(aws: Aws, holder: Live, set: Tags, remove: readonly string[]): Promise<void> {
    const { name: TypeName, waits } = this.#part.holder();
    await alone(aws, TypeName, holder.id, async () => {
      await idle(this.#sdk, aws, { TypeName, Identifier: holder.id }, waits.create === "instant" ? 900 : waits.create.limit);
      await tagByArn(aws, arnOf(holder), set, remove);
    });
  }

  /** What a part belongs to. */
  holderOf(properties: Spec, aws: Aws): NonNullable<Live["toldBy"]> {
    return { kind: this.#part.holder().name, id: this.#idIn(aws, properties) };
  }

  /** What tells the part from others, as the tag of its holder has it. */
  keyOf(properties: unknown): string {
    const { key, idFrom } = this.#part;
    return idFrom ? String(valueAt(properties, key[0]!)) : keyOf(properties, key);
  }

  /** What the property of a part says that belongs to this object. */
  #valueOf({ id, outputs }: Live): string {
    const { output } = this.#part;
    if (typeof output === "function") return output(id);
    return output === undefined ? id : (outputs?.[output] ?? id);
  }

  async #idsIn(aws: Aws, holder: Live): Promise<AwsId[]> {
    const { field, isOnly, idFrom } = this.#part;
    const value = this.#valueOf(holder);
    if (idFrom) return keysIn(this.#type, holder.tags).map((key) => idFrom(value, key));
    return isOnly ? [value] : ((await unlessGone(this.#partsOf(aws, field, value))) ?? []);
  }

  #isOwned(aws: Aws, holder: Live): boolean {
    return whyNotOwned(this.#part.holder(), holder, aws.account) === undefined;
  }

  async #of(aws: Aws, properties: Spec): Promise<Live | undefined> {
    const found = await (await this.#load()).get(aws, [this.#idIn(aws, properties)], nothing);
    return [...found.values()][0];
  }

  #idIn(aws: Aws, properties: Spec): AwsId {
    return this.#part.idOf(String(properties[this.#part.field]), aws);
  }

  async #partsOf(aws: Aws, field: string, value: string): Promise<AwsId[]> {
    const ids: AwsId[] = [];
    const { listed } = this.#part;
    const input = { TypeName: this.#type, ResourceModel: JSON.stringify(listed?.by ?? { [field]: value }) };
    try {
      for await (const page of aws.cloudcontrol.pages(this.#sdk.ListResourcesCommand, input))
        for (const { Identifier } of page.ResourceDescriptions ?? [])
          if (Identifier !== undefined && (listed?.isOf(Identifier, value) ?? true)) ids.push(Identifier);
    } catch (error) {
      // A function without a policy, an API that was deleted a moment ago: the list handlers answer that they found nothing.
      if (!isNotFound(error)) throw error;
    }
    return ids;
  }

  #load(): Promise<Driver> {
    return (this.#driver ??= this.#part.holder().load());
  }
}

/** Between the tag and the identifier of the object that has it. */
const leftOn = " on ";

/** Whether an id is that of a name without a part. */
export function isNameAlone(id: AwsId): boolean {
  return id.startsWith("infra:part:") && id.includes(leftOn);
}

function nameAlone(tag: string, holder: Live, handle: Spec, tags: Tags): Live<Spec, Spec> {
  const notes = [`AWS does not have it; what is left is its name in the tags of ${holder.id}`];
  return { id: `${tag}${leftOn}${holder.id}`, aliases: [], tags, spec: {}, handle, state: "ready", outputs: {}, notes, isNameAlone: true };
}

function arnOf(holder: Live): string {
  const arn = arnIn(holder);
  if (arn === undefined) throw new Error(`${holder.id} has no ARN`);
  return arn;
}
