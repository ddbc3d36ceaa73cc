/** One resource as the YAML declares it, and as other resources see it. */
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
  /** The name that AWS should have for it, where it is declared and its kind has names. */
  readonly awsName?: string;
}

export interface ResourceIndex {
  readonly region: string;
  of(kind: string): readonly Subject<any>[];
  get(address: Address): Subject<any> | undefined;
}

/** One resource as the YAML declares it. References are already addresses, and defaults are not filled in yet. */
export interface Desired<S = any> extends Subject<S> {
  /** The declared tags: the environment's, the resource's own, and Name. `null` asks for the removal of a key. */
  readonly tags: Readonly<Record<string, string | null>>;
  /** Keys of `tags` that nobody wrote and that we derived: `Name`. An adopted object keeps its own value. */
  readonly derivedTags?: readonly string[];
  /** For kinds with `naming`: the name that AWS should have for it. */
  readonly awsName?: string;
  /** True when the author wrote `name:`; only then is a different AWS name a change. */
  readonly awsNameWritten: boolean;
  readonly protect: boolean;
  readonly retain: boolean;
  readonly disposable: boolean;
  readonly adopt?: AwsId;
  readonly ignoreChanges: readonly string[];
  /** The author's limits for waits, in seconds. */
  readonly timeouts?: { readonly [purpose in "create" | "update" | "delete"]?: number | undefined };
  /** `unlisted:` as written: for all lists of the resource, or by field. */
  readonly unlisted?: "remove" | "keep" | Readonly<Record<string, "remove" | "keep">>;
  /** Fields whose reference was found by tags, with the look-up as text. Filled in when look-ups are resolved. */
  readonly lookups?: Readonly<Record<string, string>>;
  /**
   * Returns the position of the resource, or of the field at a path inside it ("routes[0].target"). If the path was not written, it returns
   * the nearest enclosing place.
   */
  at(path?: string): Position;
}

export interface Problem {
  readonly code: Code;
  readonly severity?: "error" | "warning";
  readonly summary: string;
  readonly hint?: string;
  /** The path of the field inside the resource ("ingress[2].port"). Absent: the resource's own line. */
  readonly path?: string;
}
