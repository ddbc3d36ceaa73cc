/**
 * Groups of settings for the engines of databases and caches. All kinds create, list and compare them in the same way; only the names of
 * the calls differ.
 */
import type { TSchema } from "typebox";
import * as Type from "typebox";
import type { Aws } from "../../../aws/aws.ts";
import { unlessGone } from "../../../aws/eventual.ts";
import { map, object, optional, string } from "../../../resource/fields.ts";
import { addressOfTag, ownership } from "../../../resource/ownership.ts";
import type {
  AwsId,
  Blocker,
  Driver,
  FieldUrgency,
  ForeignNames,
  IamNeeds,
  Kind,
  Live,
  Problem,
  Scope,
  Subject,
  Tags,
} from "../../kind.ts";
import { asRead } from "../authored.ts";
import { isInScope } from "../in-scope.ts";
import { descriptionOf, markedDescription, mayBeOurs } from "../marked-description.ts";
import { batches } from "./batches.ts";
import { difference, sameValue, sameValues, spelled, type Value, type Values } from "./values.ts";

export interface ParameterGroup {
  family: string;
  description?: string;
  parameters?: Record<string, Value>;
}

export interface GroupHandle {
  readonly arn: string;
}

type LiveGroup = Live<ParameterGroup, GroupHandle>;

/** The differences between the kinds of parameter groups. */
export interface GroupsOf {
  readonly name: string;
  readonly section: string;
  readonly doc: string;
  readonly foreign: ForeignNames;
  readonly family: { readonly doc: string; readonly pattern: string; readonly examples: readonly string[] };
  /** The words for the resources that use a group, such as "databases", and for one of them. */
  readonly users: { readonly many: string; readonly one: string };
  /** The effect of a change of its settings, as text for the plan. */
  readonly because: string;
  readonly tagIndex: string;
  readonly iam: IamNeeds<ParameterGroup>;
  readonly check?: (self: Subject<ParameterGroup>) => readonly Problem[];
  /** The text in a picture. */
  readonly sub: string;
  readonly load: () => Promise<GroupCalls>;
}

/** A group in a listing. */
export interface FoundGroup {
  readonly name: string;
  readonly arn: string;
  readonly family: string;
  readonly description: string;
}

export interface FoundParameter {
  readonly name: string;
  readonly value: string | undefined;
  readonly allowed: string | undefined;
  /** Whether a change takes effect without a reboot. */
  readonly isDynamic: boolean;
}

/** A parameter to set. `value` is absent for a reset. */
export interface SentParameter {
  readonly name: string;
  readonly value?: string;
  /** Whether a change takes effect without a reboot; false for an unknown parameter, which is the safe choice. */
  readonly isDynamic: boolean;
}

/** The calls of one kind of groups. Calls that delete or look up accept that the group is gone. */
export interface GroupCalls {
  all(aws: Aws): AsyncIterable<FoundGroup>;
  one(aws: Aws, name: string): Promise<FoundGroup | undefined>;
  tagsOf(aws: Aws, arn: string): Promise<Tags | undefined>;
  tag(aws: Aws, arn: string, set: Tags, remove: readonly string[]): Promise<void>;
  create(aws: Aws, group: Omit<FoundGroup, "arn">, tags: Tags): Promise<unknown>;
  delete(aws: Aws, name: string): Promise<unknown>;
  /** Returns the parameters that people set. With `names`, it returns these parameters, whoever set them, and perhaps others. */
  parameters(aws: Aws, group: string, names?: readonly string[]): AsyncIterable<FoundParameter>;
  set(aws: Aws, group: string, parameters: readonly SentParameter[]): Promise<unknown>;
  reset(aws: Aws, group: string, parameters: readonly SentParameter[]): Promise<unknown>;
  /** Returns the resources that use groups, with the names of their groups. */
  users(aws: Aws): AsyncIterable<{ readonly groups: readonly (string | undefined)[]; readonly user: Blocker }>;
  preflight?: Driver<ParameterGroup>["preflight"];
}

/** Parameters of RDS with which a database takes encrypted connections only. */
const forTls = ["rds.force_ssl", "require_secure_transport"];

function urgencyOfParameters(expected: Values = {}, actual: Values = {}): FieldUrgency | undefined {
  const isOn = (value: Value | undefined) => value !== undefined && /^(1|on|true)$/i.test(String(value));
  return forTls.some((name) => isOn(expected[name]) && !isOn(actual[name])) ? "exposure" : undefined;
}

export function parameterGroupKind(of: GroupsOf): Kind<ParameterGroup, GroupHandle> {
  const { name, section, doc, foreign, users } = of;
  return {
    name,
    section,
    file: "data",
    doc,
    outputs: { arn: "The ARN.", family: "The parameter group family: engine and major version." },
    foreign,
    schema: schemaOf(of),
    fields: {
      family: {
        change: {
          refuse:
            `AWS cannot change the family of a parameter group, and ${users.many} use this group. Declare a second group with the new family, write it as \`parameterGroup\` of the ${users.one} ` +
            "(for a major upgrade together with its `engineVersion`), and remove this one afterwards.",
        },
      },
      description: { change: "note", because: "the description of a parameter group can only be written at creation" },
      parameters: {
        change: "update",
        as: "map",
        default: { value: {}, class: "enforced" },
        same: (request, have) => have !== undefined && sameValues(request, have),
        because: of.because,
        urgency: urgencyOfParameters,
      },
    },
    stages: [{ name: "create" }, { name: "parameters", fields: ["parameters"] }],
    create: "name",
    naming: { max: 255, forbidden: /[^A-Za-z0-9-]/, lower: true },
    waits: { create: "instant", delete: "instant" },
    tagIndex: { type: of.tagIndex, inDoubt: true },
    // All groups of the account are listed. For each of ours, its tags and its settings are read. One more read is made where the YAML sets
    // a value that is the engine's own default, because AWS does not list that as set.
    readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + 2 * n.ours,
    iam: of.iam,
    ...(of.check && { check: of.check }),
    authored: asRead,
    goesWithUsers: true,
    drawn: () => ({ as: "hidden", sub: of.sub }),
    withoutNetwork: `its settings do not affect the network of the ${users.many} that use it`,
    load: async () => driver(name, await of.load()),
  };
}

function schemaOf({ family }: GroupsOf) {
  const value = Type.Unsafe<Value>({
    description: "The value of the parameter; write a formula such as `{DBInstanceClassMemory*3/4}` in quotes.",
    type: ["string", "number", "boolean"],
  } as unknown as TSchema);
  return object({
    family: string(family.doc, { pattern: family.pattern, examples: family.examples }),
    description: optional(
      string(
        "A description of the group; it cannot be changed. In AWS, the description ends with the owner: `(infra PROJECT/ENVIRONMENT)`.",
        {
          minLength: 1,
          maxLength: 200,
          pattern: "^[^()]*$",
        },
      ),
    ),
    parameters: optional(
      map(
        value,
        "The parameters, by name. Those that are not named have the engine's defaults; values that others set are reset.",
        "^[A-Za-z][A-Za-z0-9_.-]*$",
      ),
    ),
  });
}

function driver(kind: string, calls: GroupCalls): Driver<ParameterGroup, GroupHandle> {
  return {
    async *list(aws, scope) {
      const all: FoundGroup[] = [];
      for await (const found of calls.all(aws)) all.push(found);
      for (const found of await mayBeOurs(all, (one) => one, scope, kind)) {
        const tags = await calls.tagsOf(aws, found.arn);
        const values = tags && isInScope(tags, scope) ? await unlessGone(valuesOf(aws, found.name, wantedIn(scope, tags))) : undefined;
        if (values) yield live(found, tags!, values);
      }
    },

    async get(aws, ids, scope) {
      const lives = new Map<string, LiveGroup>();
      for (const name of ids) {
        const found = await calls.one(aws, name);
        const tags = found && (await calls.tagsOf(aws, found.arn));
        const values = tags && (await unlessGone(valuesOf(aws, name, wantedIn(scope, tags))));
        if (values) lives.set(name, live(found!, tags!, values));
      }
      return lives;
    },

    async create(aws, { family, description }, { name, tags }) {
      const text = description ?? (tags[ownership.resource] ?? "").split("/").at(-1) ?? "";
      const marked = markedDescription(text, tags[ownership.project] ?? "", tags[ownership.environment] ?? "");
      await calls.create(aws, { name, family, description: marked }, tags);
      return name;
    },

    initialState: () => ({ spec: { parameters: {} }, handle: { arn: "" } }),

    async update(aws, _stage, found, request, changes) {
      if (!changes.parameters) return;
      const { set, reset } = difference(changes.parameters.before ?? {}, request.parameters ?? {});
      const names = [...Object.keys(set), ...reset];
      const known = names.length > 0 ? await parametersNamed(aws, found.id, names) : new Map<string, FoundParameter>();
      const isDynamic = (name: string) => known.get(name.toLowerCase())?.isDynamic === true;
      for (const batch of batches(reset))
        await calls.reset(
          aws,
          found.id,
          batch.map((name) => ({ name, isDynamic: isDynamic(name) })),
        );
      for (const batch of batches(Object.keys(set)))
        await calls.set(
          aws,
          found.id,
          batch.map((name) => ({
            name,
            value: spelled(set[name]!, known.get(name.toLowerCase())?.allowed),
            isDynamic: isDynamic(name),
          })),
        );
    },

    async delete(aws, found) {
      await calls.delete(aws, found.id);
    },

    tag: (aws, found, set, remove) => calls.tag(aws, found.handle.arn, set, remove),

    async named(aws, names) {
      const found = await Promise.all(names.map((name) => calls.one(aws, name)));
      return new Map(names.filter((_name, i) => found[i] !== undefined).map((name) => [name, name]));
    },

    ...(calls.preflight && { preflight: calls.preflight }),

    async blockers(aws, lives) {
      const users = new Map<AwsId, Blocker[]>(lives.map(({ id }) => [id, []]));
      for await (const { groups, user } of calls.users(aws)) for (const name of groups) users.get(name ?? "")?.push(user);
      return users;
    },
  };

  /**
   * Returns the settings of a group. AWS does not list a parameter as set ("user") when its value is the engine's default. So parameters
   * that the YAML has and the list lacks are looked up by name: where the default is the desired value, the parameter counts as set.
   */
  async function valuesOf(aws: Aws, group: string, resolved: Values): Promise<Values> {
    const set: Record<string, Value> = {};
    for await (const { name, value } of calls.parameters(aws, group)) if (value !== undefined) set[name] = value;
    const present = new Set(Object.keys(set).map((key) => key.toLowerCase()));
    const missing = Object.keys(resolved).filter((key) => !present.has(key.toLowerCase()));
    if (missing.length === 0) return set;
    const defaults = await parametersNamed(aws, group, missing);
    for (const key of missing) {
      const dflt = defaults.get(key.toLowerCase())?.value;
      if (dflt !== undefined && sameValue(dflt, resolved[key])) set[key] = dflt;
    }
    return set;
  }

  /** Returns parameters by name in lower case, whoever set them. */
  async function parametersNamed(aws: Aws, group: string, names: readonly string[]): Promise<Map<string, FoundParameter>> {
    const asked = new Set(names.map((name) => name.toLowerCase()));
    const all = new Map<string, FoundParameter>();
    for await (const found of calls.parameters(aws, group, [...asked]))
      if (asked.has(found.name.toLowerCase())) all.set(found.name.toLowerCase(), found);
    return all;
  }
}

/** Returns the desired parameters of this group from the YAML, as far as the scope gives them. */
function wantedIn(scope: Scope, tags: Tags): Values {
  return (scope.wants?.(addressOfTag(tags[ownership.resource] ?? ""), "parameters") as Values | undefined) ?? {};
}

function live(found: FoundGroup, tags: Tags, parameters: Values): LiveGroup {
  return {
    id: found.name,
    aliases: [found.arn],
    tags,
    name: found.name,
    owner: found.arn.split(":")[4],
    state: "ready",
    spec: { family: found.family, description: descriptionOf(found.description), parameters },
    handle: { arn: found.arn },
    outputs: { arn: found.arn, family: found.family },
  };
}
