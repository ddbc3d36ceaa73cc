/** Turns a checked declaration into the desired resource: references, zones and named files resolved. */
import { isAbsolute, resolve } from "node:path";
import type { Code } from "../diag/codes.ts";
import type { Position } from "../diag/diagnostic.ts";
import type { Desired, Naming, Spec } from "../kinds/kind.ts";
import { deriveAccountName, deriveName, deriveProjectName, deriveWorldName, flatName } from "../resource/naming.ts";
import { mapAnnotated, type AnnotatedSchema } from "../resource/references.ts";
import { whyNotNetwork } from "./values/cidr.ts";
import { commonNames } from "./schema/common-fields.ts";
import { secondsOf } from "./values/seconds.ts";
import type { Declaration, Declared } from "./references/declared.ts";
import { limits, type Files } from "./files/files.ts";
import { error, type Report } from "./yaml/problem.ts";
import { partsOfName } from "./values/repetition.ts";
import { Several, spread } from "../resource/several.ts";
import { isId } from "./references/foreign-refs.ts";
import { resolveRef } from "./references/resolve-refs.ts";
import { positionOf } from "./yaml/source.ts";
import { followPath, type Tree } from "./yaml/tree.ts";
import { isLate } from "../resource/late.ts";
import { whyNotZone, zoneName } from "./values/zones.ts";

export interface Surroundings {
  readonly project: string;
  readonly environment: string;
  readonly region: string;
  /** The account, when the file names it. */
  readonly account: string | undefined;
  /** The environment's own tags. `tagsTree` is the place where they are written. */
  readonly tags: Readonly<Record<string, string>>;
  readonly tagsTree: Tree | undefined;
  readonly declared: Declared;
  readonly files: Files;
  report: Report;
}

/** Returns the desired resource of one declaration; undefined after a report. */
export function desiredOf(declaration: Declaration, around: Surroundings): Desired | undefined {
  const work = new Work(declaration, around);
  const spec = work.spec();
  const desired = work.failed ? undefined : work.desired(spec);
  return work.failed ? undefined : desired;
}

/** Returns the fields of a declaration with an address for each resource of the environment. Mistakes in it were reported before. */
export function plainWithAddresses(declaration: Declaration, around: Surroundings): Spec {
  return new Work(declaration, { ...around, report: () => {} }).linked();
}

class Work {
  failed = false;
  readonly #of: Declaration;
  readonly #around: Surroundings;
  /** Fields that a named file filled: `userData` stands where `userDataFile` was written. */
  readonly #filled = new Map<string, string>();

  constructor(declaration: Declaration, around: Surroundings) {
    this.#of = declaration;
    this.#around = around;
  }

  linked(): Spec {
    return this.#link(this.#of.plain, (written, meant) =>
      typeof meant === "string" && this.#around.declared.has(meant) ? meant : written,
    );
  }

  spec(): Spec {
    const { plain, kind } = this.#of;
    const own = kind.schema as { properties?: Record<string, unknown> };
    const isOwn = (field: string) =>
      field !== kind.naming?.field && (!commonNames.has(field) || Object.hasOwn(own.properties ?? {}, field));
    const written: Spec = Object.fromEntries(Object.entries(plain).filter(([field]) => isOwn(field)));
    const withTexts = this.#readFiles(this.#withNames(written));
    const linked = this.#link(withTexts);
    this.#checkNetworks(linked);
    return mapAnnotated(kind.schema, linked, "x-zone", (value, path) => this.#zone(value, path));
  }

  desired(spec: Spec): Desired {
    const { kind, plain, name } = this.#of;
    const { environment } = this.#around;
    const { key } = partsOfName(name);
    const nameField = kind.naming?.field ?? "name";
    const written = kind.naming && typeof plain[nameField] === "string" ? plain[nameField] : undefined;
    const chosen = written === undefined || key === undefined || this.#namesItself() ? written : `${written}-${key}`;
    const awsName = kind.naming && named(kind.naming, spec, (naming) => chosen ?? this.#derived(naming));
    const Name = awsName ?? `${environment}-${flatName(name)}`;
    const writtenTags = { ...this.#around.tags, ...(plain["tags"] as Record<string, string | null> | undefined) };
    return {
      address: `${kind.name}/${name}`,
      kind: kind.name,
      name,
      spec,
      tags: kind.untagged ? {} : { Name, ...writtenTags },
      ...(!kind.untagged && !("Name" in writtenTags) && { derivedTags: ["Name"] }),
      ...(awsName !== undefined && { awsName }),
      awsNameWritten: written !== undefined,
      protect: plain["protect"] === true,
      retain: plain["retain"] === true,
      disposable: plain["disposable"] === true,
      ...(plain["adopt"] !== undefined && { adopt: (plain["adopt"] as { id: string }).id }),
      ignoreChanges: (plain["ignoreChanges"] as readonly string[] | undefined) ?? [],
      ...(plain["timeouts"] !== undefined && { timeouts: timeoutsOf(plain["timeouts"] as Readonly<Record<string, string>>) }),
      ...(plain["unlisted"] !== undefined && { unlisted: plain["unlisted"] as NonNullable<Desired["unlisted"]> }),
      at: (path) => this.at(path),
    };
  }

  #derived(naming: Naming): string {
    const { account } = this.#around;
    const { name, address } = this.#of;
    if (!naming.perWorld) return derived(this.#around, name, naming);
    if (account === undefined)
      this.#fail(
        "missing-field",
        "",
        `${address} has no name: its name must be unique among all AWS accounts, so infra needs the account to derive one.`,
        'write `account: "…"` at the top of the environment, or give it a unique `name:`',
      );
    return deriveWorldName({ ...this.#around, account: account ?? "" }, name, naming);
  }

  /** Whether the `name:` of a repeated resource is made of its key, so that no two objects have the same name. */
  #namesItself(): boolean {
    const { value, whole } = followPath(this.#of.tree, this.#of.kind.naming?.field ?? "name");
    return whole && value.type === "scalar" && value.ofItem === true;
  }

  /** Returns the position of a field, or of the nearest place around it when the field is not written. */
  at(path = ""): Position {
    const { tree, key } = this.#of;
    const field = this.#filled.get(path) ?? path;
    const found = followPath(tree, field);
    if (!found.whole && field.startsWith("tags.") && this.#around.tagsTree) {
      const shared = followPath(this.#around.tagsTree, field.slice("tags.".length));
      if (shared.whole) return positionOf(shared.value.spot);
    }
    if (found.value === tree) return positionOf(key);
    const isScalar = found.whole && found.value.type === "scalar";
    return positionOf(isScalar ? found.value.spot : (found.key ?? found.value.spot));
  }

  /** Resolves the references of a spec. `put` returns the value for a reference; without it, that is its meaning. */
  #link(spec: Spec, put: (written: unknown, meant: unknown) => unknown = (_written, meant) => meant): Spec {
    const { address: owner, kind } = this.#of;
    const { declared } = this.#around;
    let isSeveral = false;
    const linked = mapAnnotated(kind.schema, spec, "x-ref", (value, path, schema) => {
      const context = {
        declared,
        owner,
        allowed: schema["x-also"]?.some((also) => typeof value === "string" && value.startsWith(`${also}/`))
          ? schema["x-also"]
          : schema["x-ref"]!,
        literal: schema["x-literal"],
        isNamed: schema["x-named"] === true,
        ...(schema["x-provided"] && { provided: schema["x-provided"] }),
        mayBeFar: schema["x-far"] === true,
        inList: path.endsWith("]"),
        region: this.#around.region,
        project: this.#around.project,
        ...(this.#of.prefix !== undefined && !this.#isAbsolute(path) && { prefix: this.#of.prefix }),
      };
      const answer = resolveRef(schema["x-key"] ? this.#asKey(value as string, schema["x-ref"]!) : value, context);
      if ("value" in answer) return put(value, answer.value);
      if ("several" in answer) {
        isSeveral = true;
        return new Several(answer.several);
      }
      this.#fail(answer.problem.code, path, answer.problem.summary, answer.problem.hint);
      return value;
    });
    return isSeveral ? (spread(linked) as Spec) : linked;
  }

  /** Resolves a reference that is a key. A key cannot be a mapping, so an object outside the environment is named by its id alone. */
  #asKey(key: string, kinds: readonly string[]): unknown {
    const prefix = this.#around.declared.kind(kinds[0]!)?.idPrefix;
    return prefix !== undefined && key.length >= prefix.length + 8 && isId(key, prefix) ? { id: key } : key;
  }

  /** Fills fields that are names and are not written. An adopted object keeps its own name. */
  #withNames(spec: Spec): Spec {
    const { kind, name, plain } = this.#of;
    if (plain["adopt"] !== undefined) return spec;
    const fields = Object.entries((kind.schema as AnnotatedSchema).properties ?? {});
    const names = fields.flatMap(([field, { "x-derived": rule }]) => {
      if (rule === undefined || spec[field] !== undefined) return [];
      return [[field, deriveProjectName(this.#around, name, { max: rule.max, forbidden: new RegExp(rule.forbidden) })] as const];
    });
    return names.length === 0 ? spec : { ...spec, ...Object.fromEntries(names) };
  }

  /** Whether a parameter gave the reference. Such a reference keeps the meaning that it has outside of the part. */
  #isAbsolute(path: string): boolean {
    const { value, whole } = followPath(this.#of.tree, path);
    return whole && value.type === "scalar" && value.absolute === true;
  }

  #readFiles(spec: Spec): Spec {
    let isAny = false;
    const marked = mapAnnotated(this.#of.kind.schema, spec, "x-file", (value, path, schema) => {
      isAny = true;
      const into = schema["x-file"]!;
      this.#filled.set(path.replace(/[^.]*$/, into), path);
      return new Named(into, this.#textOf(String(value), path, schema["x-binary"] === true));
    });
    return isAny ? (this.#placed(marked, "") as Spec) : spec;
  }

  #textOf(name: string, path: string, mayBeBinary: boolean): string {
    const { source } = followPath(this.#of.tree, path).value.spot;
    const file = isAbsolute(name) ? name : resolve(source.folder, name);
    const { files } = this.#around;
    const at = this.at(path);
    const text = mayBeBinary ? files.content(file, limits.named, at) : files.source(file, limits.named, at)?.text;
    if (text === undefined) this.failed = true;
    return text ?? "";
  }

  /** Puts every text of a named file into its field and removes the file's name. */
  #placed(value: unknown, path: string): unknown {
    if (Array.isArray(value)) return value.map((item, i) => this.#placed(item, `${path}[${i}]`));
    if (typeof value !== "object" || value === null) return value;
    const result: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(value)) {
      const here = path === "" ? key : `${path}.${key}`;
      if (!(inner instanceof Named)) result[key] = this.#placed(inner, here);
      else if (inner.into in value)
        this.#fail("conflict", here, `${this.#of.address} has both ${inner.into} and ${key}.`, "keep one of the two");
      else result[inner.into] = inner.text;
    }
    return result;
  }

  #checkNetworks(spec: Spec): void {
    mapAnnotated(this.#of.kind.schema, spec, "x-cidr", (value, path, schema) => {
      const problem = typeof value === "string" && !isLate(value) ? whyNotNetwork(value, schema["x-cidr"]!) : undefined;
      if (problem)
        this.#fail("bad-cidr", path, `${this.#of.address}: ${path} "${String(value)}" is not a network: ${problem.why}.`, problem.hint);
      return value;
    });
  }

  #zone(value: unknown, path: string): unknown {
    const { region } = this.#around;
    if (typeof value !== "string" || isLate(value)) return value;
    const why = whyNotZone(value, region);
    if (why)
      this.#fail("bad-zone", path, `${this.#of.address}: ${why}.`, `write the letter alone, as in "a", or a full name, as in "${region}a"`);
    return zoneName(value, region);
  }

  #fail(code: Code, path: string, summary: string, hint?: string): void {
    this.failed = true;
    this.#around.report(error(code, this.at(path), summary, hint));
  }
}

function derived(around: Surroundings, name: string, naming: Naming): string {
  return naming.perAccount ? deriveAccountName(around, name, naming) : deriveName(around.environment, name, naming);
}

/** The text of a file until it is put into the field that it fills. */
class Named {
  readonly into: string;
  readonly text: string;
  constructor(into: string, text: string) {
    this.into = into;
    this.text = text;
  }
}

function timeoutsOf(written: Readonly<Record<string, string>>): NonNullable<Desired["timeouts"]> {
  return Object.fromEntries(Object.entries(written).map(([what, text]) => [what, secondsOf(text)]));
}

/** Returns a name with the ending that AWS wants. */
function named(naming: Naming, spec: Spec, nameBy: (naming: Naming) => string): string {
  const ending = naming.ending?.(spec) ?? "";
  const name = nameBy({ ...naming, max: naming.max - ending.length });
  return name.endsWith(ending) ? name : `${name}${ending}`;
}
