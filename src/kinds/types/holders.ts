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

/** How a part names its holder, which is the object that it belongs to. */
export interface PartOf {
  readonly field: string;
  readonly holder: () => Kind;
  readonly idOf: Part["idOf"];
  readonly output?: Part["output"];
  readonly idFrom?: Part["idFrom"];
  readonly listed?: Part["listed"];
  /** The properties that no two parts of one holder share, as paths. */
  readonly key: readonly Way[];
  /** Whether a holder has at most one such part. The part then has no identifier of its own. */
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

  /** Returns the identifiers of all parts of our holders, and adds the holders that it reads to `seen`. */
  async idsOfParts(aws: Aws, scope: Scope, seen: Seen): Promise<AwsId[]> {
    const driver = await this.#load();
    const ids: AwsId[] = [];
    // Holders are listed once for all types of their parts: the same scope object means the same read of the environment.
    const { address, ...whole } = scope;
    const found = await scope.found?.(this.#part.holder().name);
    for await (const holder of found ?? driver.list(aws, address === undefined ? scope : whole)) {
      if (!this.#isOwned(aws, holder)) continue; // a copy has our tags, including those of its parts
      seen.set(holder.id, Promise.resolve(holder));
      ids.push(...(await this.#idsIn(aws, holder)));
    }
    return ids;
  }

  /** Returns the identifiers of all parts of the holder on which a name without a part stands. */
  async idsBeside(aws: Aws, { handle }: Live<Spec, Spec>): Promise<AwsId[]> {
    const holder = await this.#of(aws, handle);
    return holder ? this.#idsIn(aws, holder) : [];
  }

  /**
   * Returns the names in the tags of our holders that have no part. A run was killed before it created the part, or before it removed the
   * name of a deleted part. If such a name stayed, a foreign part with the same key would be taken for ours.
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

  /** Returns the name that such an id stands for, if the holder still has it. */
  async nameLeft(aws: Aws, id: AwsId): Promise<Live<Spec, Spec> | undefined> {
    const [tag = "", of = ""] = id.split(leftOn);
    const holder = [...(await (await this.#load()).get(aws, [of], nothing)).values()][0];
    const tags = holder && partsNamedIn(this.#type, holder.tags).get(tag);
    return tags && nameAlone(tag, holder, { [this.#part.field]: this.#valueOf(holder) }, tags);
  }

  /** Returns the tags of a part's holder, and no tags when the holder is gone or not ours. */
  async tagsFor(aws: Aws, properties: Spec, seen: Seen = new Map()): Promise<Tags> {
    const id = this.#idIn(aws, properties);
    if (!seen.has(id)) seen.set(id, this.#of(aws, properties));
    const holder = await seen.get(id);
    return holder && this.#isOwned(aws, holder) ? holder.tags : {};
  }

  /**
   * Writes the owner of a part into the holder's tags before the part is created. A run that is killed in between leaves a name without a
   * part, which does no harm.
   */
  async name(aws: Aws, properties: Spec, tags: Tags): Promise<void> {
    const { field } = this.#part;
    const holder = await this.#of(aws, properties);
    if (!holder) throw new Refusal(`${String(properties[field])} does not exist, or cannot be read.`);
    const isSame = [ownership.project, ownership.environment].every((tag) => holder.tags[tag] === tags[tag]);
    const isOurs = isSame && this.#isOwned(aws, holder);
    if (!isOurs)
      throw new Refusal(
        `${String(properties[field])} is not of this environment, and infra keeps the owner of ${this.#type} in its tags.`,
        {
          hint: `declare the resource that ${field} names in this environment, or adopt it`,
        },
      );
    const tag = partTagOf(this.#type, tags);
    const value = partValueOf(this.keyOf(properties), tags);
    if (holder.tags[tag] !== value) await this.#tag(aws, holder, { [tag]: value }, []);
  }

  /** Writes the current tags of a part. After a change of its name, the old name is removed, because the part would have both. */
  async rename(aws: Aws, live: Live<Spec, Spec>, tags: Tags): Promise<void> {
    await this.name(aws, live.handle, tags);
    if (partTagOf(this.#type, live.tags) !== partTagOf(this.#type, tags)) await this.forget(aws, live);
  }

  /** Removes the name of a deleted part from the tags of its holder. */
  async forget(aws: Aws, live: Live<Spec, Spec>): Promise<void> {
    const holder = await this.#of(aws, live.handle);
    if (!holder) return;
    const tag = partTagOf(this.#type, live.tags);
    if (!(tag in holder.tags)) return;
    try {
      await this.#tag(aws, holder, {}, [tag]);
    } catch (error) {
      if (await this.#of(aws, live.handle)) throw error; // otherwise the holder was deleted during the wait, with its tags
    }
  }

  /** Writes tags of the holder while no update of it runs. An update would write the tags back as it read them before. */
  async #tag(aws: Aws, holder: Live, set: Tags, remove: readonly string[]): Promise<void> {
    const { name: TypeName, waits } = this.#part.holder();
    await alone(aws, TypeName, holder.id, async () => {
      await idle(this.#sdk, aws, { TypeName, Identifier: holder.id }, waits.create === "instant" ? 900 : waits.create.limit);
      await tagByArn(aws, arnOf(holder), set, remove);
    });
  }

  /** Returns the kind and id of the holder. */
  holderOf(properties: Spec, aws: Aws): NonNullable<Live["toldBy"]> {
    return { kind: this.#part.holder().name, id: this.#idIn(aws, properties) };
  }

  /** Returns the key that distinguishes the part from others, in the form of the holder's tag. */
  keyOf(properties: unknown): string {
    const { key, idFrom } = this.#part;
    return idFrom ? String(valueAt(properties, key[0]!)) : keyOf(properties, key);
  }

  /** Returns the value by which parts of this holder refer to it. */
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
      // List handlers answer that they found nothing, for example for a function without a policy or for an API that was just deleted.
      if (!isNotFound(error)) throw error;
    }
    return ids;
  }

  #load(): Promise<Driver> {
    return (this.#driver ??= this.#part.holder().load());
  }
}

/** The text between the tag and the identifier of the holder that has it. */
const leftOn = " on ";

/** Whether an id stands for a name without a part. */
export function isNameAlone(id: AwsId): boolean {
  return id.startsWith("infra:part:") && id.includes(leftOn);
}

function nameAlone(tag: string, holder: Live, handle: Spec, tags: Tags): Live<Spec, Spec> {
  const notes = [`it does not exist in AWS, but the tags of ${holder.id} still name it`];
  return { id: `${tag}${leftOn}${holder.id}`, aliases: [], tags, spec: {}, handle, state: "ready", outputs: {}, notes, isNameAlone: true };
}

function arnOf(holder: Live): string {
  const arn = arnIn(holder);
  if (arn === undefined) throw new Error(`${holder.id} has no ARN`);
  return arn;
}
