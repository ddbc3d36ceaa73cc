import type { Diagnostic, Position } from "../diag/diagnostic.ts";
import type { Address, Desired, Kind } from "../kinds/kind.ts";
import type { Asserted } from "./assertions.ts";
import type { Caller } from "./expand/expand.ts";
import type { Output } from "./expand/outputs.ts";
import type { VariableReport } from "./expand/variables.ts";

/** A whole environment after loading, merging, substitution and checking: the desired state, and where the file writes it. */
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
  /** The assertions of `assert:`, with the places where they are written. */
  readonly assertions?: readonly Asserted[];
  /** The kinds of AWS's types: those that the file names, and a way to get one that an earlier file named. */
  readonly types?: EnvironmentTypes;
  /** Values for people and scripts, by `infra output`. */
  readonly outputs?: readonly Output[];
  /** Returns the whole document with all values put in, for `infra validate --resolved`. */
  readonly document?: () => Readonly<Record<string, unknown>>;
  /** For `infra validate --variables`. */
  readonly variables?: readonly VariableReport[];
  /**
   * Present when expressions name the account or its zones and AWS has not been asked yet. `answered` gives the environment to compare with
   * AWS.
   */
  readonly asksCaller?: AsksCaller;
  /** Every file that was read, as absolute paths: the YAML, its bases, and the files it names. For `environments --changed`. */
  readonly files: readonly string[];
  /** Where the environment itself is written (its first line). */
  readonly at: Position;
}

export interface AsksCaller {
  readonly what: ReadonlySet<keyof Caller>;
  /** The diagnostics of the file, checked without the answers. */
  readonly said: readonly Diagnostic[];
  /** Returns the resources with a text in place of each answer; "(unknown account)" when there is no text. */
  nodesWith(text: string | undefined): readonly Desired[];
  /** Returns the same environment with the answers of AWS. */
  answered(caller: Caller): { readonly environment?: Environment; readonly diagnostics: readonly Diagnostic[] };
}

export interface EnvironmentTypes {
  readonly used: readonly Kind[];
  /** Returns the kind of a type; undefined for any other name, and for a type that infra does not support. */
  of(name: string): Kind | undefined;
}

/** Returns the kinds that infra brings and the kinds of the AWS types that the environment uses. */
export function kindsFor(native: readonly Kind[], { types }: Pick<Environment, "types">): readonly Kind[] {
  return types === undefined || types.used.length === 0 ? native : [...native, ...types.used];
}
