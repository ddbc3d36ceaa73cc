import type { Diagnostic, Position } from "../diag/diagnostic.ts";
import type { Address, Desired, Kind } from "../kinds/kind.ts";
import type { Asserted } from "./assertions.ts";
import type { Caller } from "./expand.ts";
import type { Output } from "./outputs.ts";
import type { VariableReport } from "./variables.ts";

/** A whole environment after loading, merging, substitution and checking: what the user wants, and where it says so. */
export interface Environment {
  readonly format: 1;
  readonly project: string;
  readonly name: string;
  readonly region: string;
  /** The only account this may be applied to, when the author wrote one. */
  readonly account?: string;
  readonly accountAt?: Position;
  readonly assumeRole?: string;
  readonly maxDisruption: "none" | "restart" | "replace";
  /** Live ids whose deletion the author allows, by address. */
  readonly allowDestroy: Readonly<Record<Address, string>>;
  readonly moved: readonly { readonly from: Address; readonly to: Address; readonly at: Position }[];
  /** The environment's own tags; `Desired.tags` already contains them. */
  readonly tags: Readonly<Record<string, string>>;
  readonly nodes: readonly Desired[];
  /** `assert:`, where it is written. */
  readonly assertions?: readonly Asserted[];
  /** The kinds of AWS's types: those that the file names, and how to get one that an earlier file named. */
  readonly types?: EnvironmentTypes;
  /** Values for people and scripts, by `infra output`. */
  readonly outputs?: readonly Output[];
  /** The whole document with everything put in, for `infra validate --resolved`. */
  readonly document?: () => Readonly<Record<string, unknown>>;
  /** For `infra validate --variables`. */
  readonly variables?: readonly VariableReport[];
  /** Present where expressions name the account or its zones, and nobody has asked AWS: what is compared with AWS comes from `answered`. */
  readonly asksCaller?: AsksCaller;
  /** Every file that was read, as absolute paths: the YAML, its bases, and the files it names. For `environments --changed`. */
  readonly files: readonly string[];
  /** Where the environment itself is written (its first line). */
  readonly at: Position;
}

export interface AsksCaller {
  readonly what: ReadonlySet<keyof Caller>;
  /** What was said of the file without the answers. */
  readonly said: readonly Diagnostic[];
  /** The resources with a text where the answer would stand; "(unknown account)" when there is none. */
  nodesWith(text: string | undefined): readonly Desired[];
  /** The same environment with what AWS told. */
  answered(caller: Caller): { readonly environment?: Environment; readonly diagnostics: readonly Diagnostic[] };
}

export interface EnvironmentTypes {
  readonly used: readonly Kind[];
  /** The kind of a type; undefined for any other name, and for a type that infra does not make. */
  of(name: string): Kind | undefined;
}

/** The kinds that infra brings, and those of types that the environment uses. */
export function kindsFor(native: readonly Kind[], { types }: Pick<Environment, "types">): readonly Kind[] {
  return types === undefined || types.used.length === 0 ? native : [...native, ...types.used];
}
