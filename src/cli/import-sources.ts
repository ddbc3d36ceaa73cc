/** Where `infra import` begins: roots of the command line, a Terraform state, the resources of a CloudFormation stack. */
import { resolve } from "node:path";
import type { Aws } from "../aws/aws.ts";
import { foreignKind } from "../config/foreign-names.ts";
import { readText } from "../config/read-text.ts";
import { DiagnosticError } from "../diag/diagnostic.ts";
import type { Root } from "../import/discover.ts";
import { meaningOf, rootOfArn, type Meaning, type TypeRoots } from "../import/roots.ts";
import { readStack, rootsOfStack } from "../import/stack.ts";
import { rootsTagged } from "../import/tagged.ts";
import { addressesToForget, readState, rootsOfState, unknownIn } from "../import/terraform.ts";
import { kinds } from "../kinds/index.ts";
import { typeKind, typeOfArn, isType } from "../kinds/types/types.ts";
import type { AwsId } from "../kinds/kind.ts";
import type { Context } from "./context.ts";
import { usage } from "./outputs.ts";

/** Where an import begins, and what another tool has to say of it. */
export interface Source {
  readonly roots: readonly Root[];
  /** Names of the other tool, by kind and id. */
  readonly names: ReadonlyMap<string, string>;
  /** What it names and no kind here can be, given the ids of what was imported. */
  unknown(imported: ReadonlySet<AwsId>): readonly string[];
  /** Lines that end the file: how the other tool lets go. */
  tail(imported: ReadonlySet<AwsId>): readonly string[];
}

export const nothing: Source = { roots: [], names: new Map(), unknown: () => [], tail: () => [] };

const types: TypeRoots = {
  of: (name) => {
    const answer = isType(name) ? typeKind(name) : undefined;
    return answer && "kind" in answer ? answer.kind : undefined;
  },
  ofArn: typeOfArn,
};

/** What a root of the command line means. */
export function rootMeant(text: string): Exclude<Meaning, { unknown: string }> {
  const meaning = meaningOf(kinds, text, types);
  if (!("unknown" in meaning)) return meaning;
  const word = text.slice(0, Math.max(text.indexOf("/"), 0));
  const answer = isType(word) ? typeKind(word) : undefined;
  if (answer && "refused" in answer) throw usage(`infra does not make ${word}: ${answer.refused.why}.`, answer.refused.instead);
  throw usage(`${meaning.unknown}.`, "write vpc-0123456789abcdef0, arn:aws:…, dbInstance/NAME or Name=prod");
}

/** The roots that were typed. A tag stands for all that bears it; what has no kind among that is told. */
export async function typedRoots(
  aws: Aws,
  meanings: readonly ReturnType<typeof rootMeant>[],
): Promise<{ readonly roots: readonly Root[]; readonly unknown: readonly string[] }> {
  const roots: Root[] = [];
  const unknown: string[] = [];
  for (const meaning of meanings) {
    if ("root" in meaning) {
      roots.push(meaning.root);
      continue;
    }
    const found = await rootsTagged(aws, meaning.tag, (arn) => rootOfArn(kinds, arn, types));
    if (found.roots.length === 0) throw nothingTagged(aws.region, meaning.tag.join("="), found.unknown);
    roots.push(...found.roots);
    unknown.push(...found.unknown);
  }
  return { roots, unknown };
}

function nothingTagged(region: string, tag: string, unknown: readonly string[]) {
  if (unknown.length === 0) return usage(`nothing in ${region} bears the tag ${tag}.`, "check the tag, the region and the account");
  return usage(
    `no kind here has what bears the tag ${tag} in ${region}: ${unknown.slice(0, 5).join(", ")}${unknown.length > 5 ? ` and ${unknown.length - 5} more` : ""}.`,
    "name a type of AWS's with the identifier that Cloud Control knows: AWS::EFS::FileSystem/fs-0123456789abcdef0",
  );
}

/** The file that `--from` names: a state, or the resources of a stack. What is in a state is never shown. */
export function sourceIn({ cwd }: Pick<Context, "cwd">, typed: string): Source {
  const answer = readText(resolve(cwd, typed), { limit: longestFile, mayBePipe: true });
  if ("code" in answer) throw new DiagnosticError([{ code: answer.code, severity: "error", summary: `${typed} ${answer.why}.` }]);
  const stack = readStack(answer.text);
  if (stack) {
    const { unknown, ...found } = rootsOfStack(kinds, stack, (type) => foreignKind(type, kinds), types);
    return { ...found, unknown: () => unknown, tail: () => [] };
  }
  const entries = readState(answer.text);
  if ("problem" in entries)
    throw usage(
      `${typed}: ${entries.problem}.`,
      "`terraform state pull > terraform.tfstate` writes a state, and `aws cloudformation describe-stack-resources --stack-name NAME > stack.json` a stack",
    );
  return {
    ...rootsOfState(kinds, entries, types),
    unknown: (imported) => unknownIn(kinds, entries, imported, types),
    tail: (imported) => forgetting(addressesToForget(kinds, entries, imported, types)),
  };
}

/** Bytes of the longest file that is read. */
const longestFile = 64 * 1024 * 1024;

/** What to type into Terraform so that it lets go. */
function forgetting(addresses: readonly string[]): string[] {
  if (addresses.length === 0) return [];
  return [
    "Once `infra adopt` has run, and before the first apply, let Terraform forget these:",
    ...addresses.map((one) => `terraform state rm '${one}'`),
  ];
}
