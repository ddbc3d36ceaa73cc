/**
 * Objects that AWS creates with every VPC (the default security group, network ACL and route table) and with a transit gateway. An
 * environment can take them over. It never creates or deletes them.
 */
import type { Aws } from "../../../aws/aws.ts";
import { AwsError } from "../../../aws/errors.ts";
import { ec2Tagging } from "../../../aws/tagging.ts";
import { boolean, optional } from "../../../resource/fields.ts";
import { addressOfTag, ownership } from "../../../resource/ownership.ts";
import { Refusal } from "../../../resource/refusal.ts";
import type { AwsId, FieldRule, Grant, IamPlace, Live, Problem, ResourceIndex, Run, Subject, Tags } from "../../kind.ts";
import { indexBy, refKey } from "./network-index.ts";

interface Spec {
  readonly vpc: string;
  readonly default?: boolean;
}

type MaybeDefault = Omit<Spec, "vpc">;

/** Returns the field that marks a resource as the VPC's own default object. */
export function defaultField(what: string) {
  return optional(
    boolean(
      `Whether it is the ${what} that AWS made with the VPC. infra takes it over, never makes and never deletes it, and leaves fields that are not written unchanged.`,
    ),
  );
}

export const defaultRule: FieldRule<boolean> = {
  change: "replace",
  default: { value: false, class: "enforced" },
  because: "only AWS can create the default object of a VPC",
};

/**
 * Whether a default object is taken over. For `unless` of a field's default: AWS gave the object another value, which stays when the file
 * writes none.
 */
export const isTakenOver = (spec: { readonly default?: boolean }): boolean => spec.default === true;

/**
 * Returns the tag that distinguishes a default object from objects that we created. AWS does not say which route table it created itself.
 */
export function defaultMarks(spec: { readonly default?: boolean }): Tags {
  return spec.default === true ? { [ownership.default]: "true" } : {};
}

/** Checks that a VPC has one such resource, and that it sets no field that AWS has fixed. */
export function checkDefault<S extends Spec>(
  self: Subject<S>,
  index: ResourceIndex,
  settled: readonly (keyof S & string)[],
): readonly Problem[] {
  if (self.spec.default !== true) return [];
  const all = indexBy(index, `default ${self.kind} by vpc`, self.kind, (one) => (one.spec.default === true ? [one.spec.vpc] : []));
  const first = all.get(refKey(self.spec.vpc))?.[0];
  return [
    ...settled
      .filter((field) => self.spec[field] !== undefined)
      .map((field): Problem => ({
        code: "conflict",
        path: field,
        summary: `AWS sets ${field} of the default ${self.kind}, and it cannot be changed.`,
        hint: `remove \`${field}\``,
      })),
    ...(first && first.address !== self.address
      ? [
          {
            code: "two-defaults" as const,
            path: "default",
            summary: `${first.address} is already the default ${self.kind} of ${refKey(self.spec.vpc)}, and a VPC has only one.`,
          },
        ]
      : []),
  ];
}

/** Writes our tags on the object that AWS created with the VPC. A new VPC may not show that object yet. */
export async function takeOver(aws: Aws, found: Live | undefined, kind: string, vpc: AwsId, tags: Tags): Promise<AwsId> {
  if (!found)
    throw new AwsError({
      class: "wrong-state",
      code: "DefaultNotVisible",
      service: "ec2",
      operation: "Describe",
      status: undefined,
      requestId: undefined,
      attempts: 1,
      message: `AWS does not show the default ${kind} of ${vpc} yet`,
    });
  const holder = found.tags[ownership.resource];
  if (holder !== undefined && ownership.environment in found.tags && holder !== tags[ownership.resource])
    throw new Refusal(`${found.id}, the default ${kind} of ${vpc}, already belongs to ${addressOfTag(holder)}`);
  const { [ownership.name]: _name, ...without } = tags; // AWS gave it a name, the same in every VPC
  await ec2Tagging(aws, found, without, []);
  return found.id;
}

/** Removes our tags, in place of a delete: the object is deleted with its VPC. */
export async function letGo(aws: Aws, live: Pick<Live, "id" | "tags">, what: string, run: Pick<Run, "say">, of = "VPC"): Promise<void> {
  await ec2Tagging(aws, live, {}, Object.values(ownership));
  run.say(`the ${of}'s default ${what} stays, without the tags of infra`);
}

/** Returns the grant to tag an object that AWS created and nobody owns. `end` is the end of the kind's ARNs. */
export function takeOverGrants(
  { spec }: { readonly spec: MaybeDefault },
  end: string,
  { project, environment }: IamPlace,
): readonly Grant[] {
  if (spec.default !== true) return [];
  return [
    {
      sid: "TakeOverDefaults",
      actions: ["ec2:CreateTags"],
      resources: [end],
      condition: {
        StringEquals: {
          [`aws:RequestTag/${ownership.project}`]: project,
          [`aws:RequestTag/${ownership.environment}`]: environment,
        },
        StringEqualsIfExists: {
          [`aws:ResourceTag/${ownership.project}`]: project,
          [`aws:ResourceTag/${ownership.environment}`]: environment,
        },
      },
    },
  ];
}
