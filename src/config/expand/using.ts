/** The types that uses of parts, their parameters and their resources share. */
import type { Code } from "../../diag/codes.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { Evaluator } from "../../expressions/evaluate.ts";
import type { Used } from "./interpolate.ts";
import type { Named, NameScope } from "./name-scope.ts";
import type { Part } from "./parts.ts";
import type { Repetition } from "../values/repetition.ts";
import type { Spot } from "../yaml/source.ts";
import type { MapTree, Tree } from "../yaml/tree.ts";

/** A resource as it is written. */
export interface Resource {
  readonly kind: Kind;
  readonly name: string;
  readonly key: Spot;
  readonly tree: MapTree;
  /** Fields that are the same for all its items. */
  readonly shared: Map<string, Tree | undefined>;
  whole: MapTree | undefined;
  /** The use of a part that pastes it. */
  readonly scope?: PastedScope;
}

/** The functions of the expansion that uses need. */
export interface Host {
  readonly evaluator: Evaluator;
  readonly kinds: ReadonlyMap<string, Kind>;
  resources(kind: string): Map<string, Resource>;
  repetition(kind: string, name: string): Repetition | undefined;
  object(kind: string, name: string, key: string | undefined): Named;
  referred(address: string): Named | undefined;
  evaluate(tree: Tree, here: Used, schema?: Readonly<Record<string, unknown>>): Tree | undefined;
  within<T>(what: string, spot: Spot, work: () => T): T;
  repetitionOf(what: string, tree: MapTree, scope: NameScope | undefined): Repetition;
  /** Whether a resource of this name is missing for a reason that is already reported. */
  mayLack(name: string): boolean;
  fail(code: Code, spot: Spot, summary: string, hint?: string): void;
}

/** One use of a part, as its resources and its parameters see it. */
export interface PastedScope extends NameScope {
  /** "use/front" or "use/batch[small]", as its resources and errors show it. */
  readonly address: string;
  /** The prefix of the names of its resources. */
  readonly prefix: string;
  readonly part: Part;
  readonly parent: PastedScope | undefined;
  /** The part, with places that name this use. */
  readonly tree: MapTree;
  readonly file: string;
  /** Returns the uses around it and itself, from the outermost on. */
  chain(): readonly PastedScope[];
  fullName(local: string): string;
}
