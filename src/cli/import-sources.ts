/** The places where `infra import` can begin: roots on the command line, a Terraform state, the resources of a CloudFormation stack. */
import { resolve } from "node:path";
import type { Aws } from "../aws/aws.ts";
import { describeStack, resourcesOfStack, type StackResource } from "../aws/stacks.ts";
import { foreignKind } from "../config/references/foreign-names.ts";
import { readText } from "../config/files/read-text.ts";
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

/** The roots of an import, and what another tool says about them. */
export interface Source {
  readonly roots: readonly Root[];
  /** The other tool's names, by kind and id. */
  readonly names: ReadonlyMap<string, string>;
  /** Returns the resources that the other tool names and that have no kind here, given the ids that were imported. */
  unknown(imported: ReadonlySet<AwsId>): readonly string[];
  /** Returns lines for the end of the file that say how the other tool lets go of the resources. */
  tail(imported: ReadonlySet<AwsId>): readonly string[];
  /** The ids of the CloudFormation stacks that must let go of the imported resources. */
  readonly leaving?: readonly string[];
  /** A task that must be done after the file was read and before the adoption. */
  readonly before?: string;
}

export const nothing: Source = { roots: [], names: new Map(), unknown: () => [], tail: () => [] };

const types: TypeRoots = {
  of: (name) => {
    const answer = isType(name) ? typeKind(name) : undefined;
    return answer && "kind" in answer ? answer.kind : undefined;
  },
  ofArn: typeOfArn,
};

/** Returns the meaning of a root of the command line. */
export function rootMeant(text: string): Exclude<Meaning, { unknown: string }> {
  const meaning = meaningOf(kinds, text, types);
  if (!("unknown" in meaning)) return meaning;
  const word = text.slice(0, Math.max(text.indexOf("/"), 0));
  const answer = isType(word) ? typeKind(word) : undefined;
  if (answer && "refused" in answer) throw usage(`infra does not create ${word}: ${answer.refused.why}.`, answer.refused.instead);
  throw usage(`${meaning.unknown}.`, "write vpc-0123456789abcdef0, arn:aws:…, dbInstance/NAME or Name=prod");
}

/** Returns the typed roots. A tag stands for all resources that have it. Those without a kind here are reported. */
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
  if (unknown.length === 0) return usage(`nothing in ${region} has the tag ${tag}.`, "check the tag, the region and the account");
  return usage(
    `infra has no kind for the objects with the tag ${tag} in ${region}: ${unknown.slice(0, 5).join(", ")}${unknown.length > 5 ? ` and ${unknown.length - 5} more` : ""}.`,
    "write an AWS type with the identifier that Cloud Control uses: AWS::EFS::FileSystem/fs-0123456789abcdef0",
  );
}

/** Reads the file that `--from` names: a state, or the resources of a stack. The contents of a state are never shown. */
export function sourceIn({ cwd }: Pick<Context, "cwd">, typed: string): Source {
  const answer = readText(resolve(cwd, typed), { limit: longestFile, mayBePipe: true });
  if ("code" in answer) throw new DiagnosticError([{ code: answer.code, severity: "error", summary: `${typed} ${answer.why}.` }]);
  const stack = readStack(answer.text);
  if (stack) return sourceOfStack(stack);
  const entries = readState(answer.text);
  if ("problem" in entries)
    throw usage(
      `${typed}: ${entries.problem}.`,
      "`terraform state pull > pulled.tfstate` writes a state, and `--from-stack NAME` asks CloudFormation for a stack",
    );
  return {
    ...rootsOfState(kinds, entries, types),
    unknown: (imported) => unknownIn(kinds, entries, imported, types),
    tail: (imported) => forgetting(addressesToForget(kinds, entries, imported, types)),
  };
}

/**
 * Returns the resources of a stack and its nested stacks, as CloudFormation lists them. A stack is named by its name, or by its id after it
 * was deleted.
 */
export async function stackNamed(aws: Aws, nameOrId: string): Promise<Source> {
  // CloudFormation API reference, DescribeStacks: StackName.
  if (!/^([A-Za-z][-A-Za-z0-9]*|arn:[-A-Za-z0-9:/._+]*)$/.test(nameOrId))
    throw usage(
      `"${nameOrId}" is neither the name nor the id of a stack.`,
      "a name consists of letters, digits and hyphens; an id begins with arn:",
    );
  const stack = await describeStack(aws, nameOrId);
  if (!stack)
    throw usage(
      `CloudFormation has no stack ${nameOrId} in ${aws.region} for account ${aws.account}.`,
      nameOrId.startsWith("arn:")
        ? "check the region and the account; CloudFormation knows a stack for 90 days after it was deleted"
        : "check the name, the region and the account; for a stack that was deleted in the last 90 days, write its whole id, arn:aws:cloudformation:…",
    );
  const { id, name, status } = stack;
  if (status === "DELETE_FAILED")
    throw usage(
      `the deletion of the stack ${name} failed, and it still owns some of its resources (DELETE_FAILED).`,
      "delete it again and keep the resources that could not be deleted (`aws cloudformation delete-stack --retain-resources …`), then import it by its whole id",
    );
  if (status.endsWith("_IN_PROGRESS"))
    throw usage(
      `CloudFormation is still working on the stack ${name} (${status}); nothing was read.`,
      status === "DELETE_IN_PROGRESS" ? `wait until it is deleted, and then import it by its id: ${id}` : "wait until it is done",
    );
  const { stacks, resources } = await resourcesOfStack(aws, id);
  if (resources.length === 0)
    throw usage(
      status === "DELETE_COMPLETE" ? `the stack ${name} was deleted and kept no resources.` : `the stack ${name} has no resources.`,
      status === "DELETE_COMPLETE" ? "only resources with `DeletionPolicy: Retain` are kept" : "check its name, the region and the account",
    );
  const source = sourceOfStack({ resources, stacks });
  if (status === "DELETE_COMPLETE") return source;
  return {
    ...source,
    tail: (imported) => (imported.size === 0 ? [] : lettingGo(name)),
    before: `delete the stack ${name} without its resources (the end of the file says how)`,
  };
}

/** Says how to make CloudFormation let go. */
function lettingGo(stack: string): string[] {
  return [
    `\`infra adopt\` refuses these as long as the stack ${stack} exists. To delete it without its resources:`,
    "1. In its template, give every resource `DeletionPolicy: Retain` and `UpdateReplacePolicy: Retain`, and update the stack. Nothing else may change.",
    `2. aws cloudformation delete-stack --stack-name ${stack}`,
  ];
}

function sourceOfStack({
  resources,
  stacks,
}: {
  readonly resources: readonly StackResource[];
  readonly stacks: readonly string[];
}): Source {
  const { unknown, ...found } = rootsOfStack(kinds, resources, (type) => foreignKind(type, kinds), types);
  return { ...found, unknown: () => unknown, tail: () => [], leaving: stacks };
}

/** The size in bytes of the longest file that is read. */
const longestFile = 64 * 1024 * 1024;

/** Says which Terraform commands make it let go. */
function forgetting(addresses: readonly string[]): string[] {
  if (addresses.length === 0) return [];
  return [
    "Once `infra adopt` has run, and before the first apply, remove these from Terraform's state:",
    ...addresses.map((one) => `terraform state rm '${one}'`),
  ];
}
