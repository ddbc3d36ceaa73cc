/** Computes the least permissions that a role needs, from what the kinds declare and an environment uses of them. */
import { kindsFor } from "../config/environment.ts";
import type { Kind } from "../kinds/kind.ts";
import { imageParameters } from "../resource/images.ts";
import { ownership } from "../resource/ownership.ts";
import { impliedBy, readsOf, usedKinds, writesOf } from "./needs.ts";
import { Place } from "./place.ts";
import { allow, isRead, ourTagConditions, sorted, writing } from "./statements.ts";
import { guardedActions, isUntagging, tagActions } from "./tagging.ts";
import type { PolicyDocument, PolicyOptions, PolicySubject, Purpose, Statement } from "./subject.ts";

/** The largest number of characters in a managed policy, not counting white space. */
export const managedPolicyLimit = 6_144;

/** Returns the policy for one purpose. A guard covers every kind in `native`, whether the YAML uses it or not. */
export function iamPolicy(native: readonly Kind[], written: PolicySubject, purpose: Purpose, options: PolicyOptions = {}): PolicyDocument {
  // A name that holds the account id gets `*` in its place: nobody asks AWS which account it is.
  const subject = written.asksCaller ? { ...written, nodes: written.asksCaller.nodesWith("*") } : written;
  const kinds = kindsFor(native, subject);
  const place = new Place(subject);
  const { except = [], fileOnly = false } = options;
  switch (purpose) {
    case "plan":
      return document(planning(kinds, subject, place, fileOnly));
    case "apply":
      return document(applying(kinds, subject, place, fileOnly));
    case "adopt":
      return document(adopting(usedKinds(kinds, subject), place));
    case "guard":
      return document([guarding(kinds, place, except)]);
  }
}

/**
 * Returns the reads of `infra import` and of the check of its file, for all kinds. The owner of an object is known only after it is read.
 */
export function importPolicy(kinds: readonly Kind[]): PolicyDocument {
  const reads = kinds.flatMap(({ iam }) => [...iam.read, ...(iam.readOurs ?? [])]);
  const besides = [
    "cloudformation:DescribeStacks",
    "cloudformation:ListStackResources",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeTags",
    "ssm:GetParametersByPath",
    "sts:GetCallerIdentity",
    "tag:GetResources",
  ];
  return document([allow("Read", sorted([...reads, ...besides]), "*")]);
}

/** Splits a policy into documents, none of which is too long for a managed policy. */
export function split({ Statement: statements }: PolicyDocument): readonly PolicyDocument[] {
  const documents: Statement[][] = [];
  for (const statement of statements) {
    const last = documents.at(-1);
    if (last && lengthOf(document([...last, statement])) <= managedPolicyLimit) last.push(statement);
    else documents.push([statement]);
  }
  return documents.map((one) => document(one));
}

/** Returns the length of a policy as IAM counts it. */
export function lengthOf(policy: PolicyDocument): number {
  return JSON.stringify(policy).length;
}

function planning(kinds: readonly Kind[], subject: PolicySubject, place: Place, fileOnly: boolean): Statement[] {
  // Where the tag index may not be asked, every kind is listed.
  const must = sorted([...readsOf(kinds, subject), "ec2:DescribeTags", "sts:GetCallerIdentity", "tag:GetResources"]);
  const others = kinds.filter((kind) => !usedKinds(kinds, subject).includes(kind));
  const may = sorted(others.flatMap(({ iam }) => iam.read.filter((action) => iam.onlyFor?.[action] === undefined)));
  const left = fileOnly ? [] : may.filter((action) => !must.includes(action));
  const contents = usedKinds(kinds, subject).flatMap(({ iam }) => iam.readOurs ?? []);
  const images = imageParameters(kinds, subject.nodes).map((name) => place.parameter(name));
  return [
    allow("Read", must, "*"),
    // Kinds that the YAML no longer uses are read too, because their objects are to be deleted.
    ...(left.length > 0 ? [allow("ReadWhatTheYamlNoLongerUses", left, "*")] : []),
    ...(contents.length > 0 ? [allow("ReadWhatIsOurs", contents, "*", { StringEquals: ourTagConditions("aws:ResourceTag", place) })] : []),
    ...(images.length > 0 ? [allow("ReadImageParameters", ["ssm:GetParameters"], images)] : []),
    // One call reads the images and the kinds that the environment has had.
    allow(
      "LookAtLease",
      [...(images.length > 0 ? ["ssm:GetParameters"] : []), "ssm:GetParametersByPath"],
      [place.lease(""), place.lease("/*")],
    ),
  ];
}

function applying(kinds: readonly Kind[], subject: PolicySubject, place: Place, fileOnly: boolean): Statement[] {
  const plan = planning(kinds, subject, place, fileOnly);
  const read = new Set(plan.flatMap(({ Action }) => Action));
  const needs = writesOf(kinds, subject, fileOnly);
  const reads = needs.map(({ action }) => action).filter((action) => isRead(action) && !read.has(action));
  const writes = needs.filter(({ action }) => !isRead(action));
  return [
    ...plan,
    ...(reads.length > 0 ? [allow("ReadWhileApplying", reads, "*")] : []),
    ...writing(writes, impliedBy(kinds, subject, place), kinds, subject, place),
    allow("HoldLease", ["ssm:DeleteParameter", "ssm:PutParameter"], [place.lease("/*")]),
  ];
}

/**
 * Lets infra give our tags to objects that have none. Used beside the policy for apply, and only for as long as `adopt:` stands in the
 * YAML.
 */
function adopting(used: readonly Kind[], place: Place): Statement[] {
  const actions = used.flatMap(({ iam }) => tagActions(iam)).filter((action) => !isUntagging(action));
  const unowned = { Null: { [`aws:ResourceTag/${ownership.project}`]: "true", [`aws:ResourceTag/${ownership.environment}`]: "true" } };
  return [
    allow("TagWhatNobodyOwns", actions, "*", { StringEquals: ourTagConditions("aws:RequestTag", place), ...unowned }),
    allow("AskWhetherStacksAreGone", ["cloudformation:DescribeStacks"], "*"),
  ];
}

/** For everybody else. Our tags decide which objects are ours, so nobody else may write or remove them. */
function guarding(kinds: readonly Kind[], place: Place, except: readonly string[]): Statement {
  return {
    Sid: "LeaveTagsOfInfraAlone",
    Effect: "Deny",
    Action: guardedActions(kinds),
    Resource: "*",
    Condition: {
      "ForAnyValue:StringLike": { "aws:TagKeys": ["infra:*"] },
      ArnNotLike: { "aws:PrincipalArn": except.length > 0 ? except : [place.arn("iam", "role/infra-apply*")] },
    },
  };
}

function document(statements: readonly Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}
