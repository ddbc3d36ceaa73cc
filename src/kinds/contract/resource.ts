/** One resource as the YAML declares it, and as its neighbours see it. */
/* oxlint-disable typescript/no-explicit-any -- the engine handles kinds whose specs and handles differ, side by side */
import type { Code } from "../../diag/codes.ts";
import type { Position } from "../../diag/diagnostic.ts";
import type { Address, AwsId } from "./values.ts";

/** A resource as `after` and `check` see it: desired where it is declared, else observed. */
export interface Subject<S = any> {
  readonly address: Address;
  readonly kind: string;
  readonly name: string;
  readonly spec: S;
  readonly tags: Readonly<Record<string, string | null>>;
  /** What AWS should call it, where it is declared and its kind has names. */
  readonly awsName?: string;
}

export interface ResourceIndex {
  readonly region: string;
  of(kind: string): readonly Subject<any>[];
  get(address: Address): Subject<any> | undefined;
}

/** One resource as the YAML declares it, with references made into addresses and defaults not yet filled in. */
export interface Desired<S = any> extends Subject<S> {
  /** The declared tags: the environment's, the resource's own, and Name. `null` asks for the removal of a key. */
  readonly tags: Readonly<Record<string, string | null>>;
  /** Keys among `tags` that nobody wrote and we derived: `Name`. An adopted object keeps its own. */
  readonly derivedTags?: readonly string[];
  /** For kinds with `naming`: what AWS should call it. */
  readonly awsName?: string;
  /** True when the author wrote `name:`; only then is a different AWS name a change. */
  readonly awsNameWritten: boolean;
  readonly protect: boolean;
  readonly retain: boolean;
  readonly disposable: boolean;
  readonly adopt?: AwsId;
  readonly ignoreChanges: readonly string[];
  /** Seconds for which it is waited for, where the author wrote so. */
  readonly timeouts?: { readonly [purpose in "create" | "update" | "delete"]?: number | undefined };
  /** `unlisted:` as written: for all lists of the resource, or by field. */
  readonly unlisted?: "remove" | "keep" | Readonly<Record<string, "remove" | "keep">>;
  /** Fields whose reference was looked up by tags, with the lookup as text; filled in when lookups are resolved. */
  readonly lookups?: Readonly<Record<string, string>>;
  /** Where the resource, or the field at a path inside it ("routes[0].target"), was written. The nearest enclosing place when the path itself was not. */
  at(path?: string): Position;
}

export interface Problem {
  readonly code: Code;
  readonly severity?: "error" | "warning";
  readonly summary: string;
  readonly hint?: string;
  /** Field path inside the resource ("ingress[2].port"); the resource's own line when absent. */
  readonly path?: string;
}
