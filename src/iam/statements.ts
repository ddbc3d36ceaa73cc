/** The statements for writes. Each one ties its actions to our tags on the resources that AWS checks. */
import type { Access, Condition, Grant, Kind } from "../kinds/kind.ts";
import { useForeign } from "../resource/iam.ts";
import { ownership } from "../resource/ownership.ts";
import { foreignRefs, type Foreign, type Need } from "./needs.ts";
import type { Place } from "./place.ts";
import type { PolicySubject, Statement } from "./subject.ts";

/** Whether an action reads. Reads have no resources and no conditions. */
export function isRead(action: string): boolean {
  return /^[a-z0-9-]+:(Describe|List|Get|Search|GET$)/.test(action);
}

/** Returns all statements for these needs and for the foreign objects that the YAML names. */
export function writing(
  needs: readonly Need[],
  grants: readonly Grant[],
  kinds: readonly Kind[],
  subject: PolicySubject,
  place: Place,
): Statement[] {
  return [
    ...making(needs, place),
    ...taggingInCreate(needs, grants, place),
    ...changing(needs, place),
    ...using(needs, place),
    ...usingPublic(needs, place),
    ...granted([...usingForeign(needs, foreignRefs(kinds, subject)), ...grants], place),
  ];
}

/** Returns the statements of grants. Grants with the same name are merged where possible. */
function granted(grants: readonly Grant[], place: Place): Statement[] {
  const merged: Statement[] = [];
  for (const { sid, actions, resources, tie, condition } of grants) {
    const service = (actions[0] ?? "").split(":")[0]!;
    const arns = resources.map((end) => place.arn(service, end));
    const next = allow(sid, actions, arns, joined(tie ? tieOf(tie, place) : {}, condition ?? {}));
    const at = merged.findIndex((one) => one.Sid === sid && together(one, next) !== undefined);
    if (at < 0) merged.push(next);
    else merged[at] = together(merged[at]!, next)!;
  }
  return numbered(merged);
}

export function allow(Sid: string, Action: readonly string[], Resource: Statement["Resource"], condition: Condition = {}): Statement {
  const Condition = Object.keys(condition).length > 0 ? { Condition: condition } : {};
  return { Sid, Effect: "Allow", Action: sorted(Action), Resource: Resource === "*" ? "*" : sorted(Resource), ...Condition };
}

/** Returns the values of our two tags, under `aws:RequestTag` or `aws:ResourceTag`. */
export function ourTagConditions(
  key: "aws:RequestTag" | "aws:ResourceTag",
  { project, environment }: Place,
): Readonly<Record<string, string>> {
  return { [`${key}/${ownership.project}`]: project, [`${key}/${ownership.environment}`]: environment };
}

export function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

/**
 * Returns the statements for creates, with our tags in the call. Some creates change an existing object of the same name: it must not
 * belong to another environment.
 */
function making(needs: readonly Need[], place: Place): Statement[] {
  return apart("MakeWithOurTags", needs, "made", place);
}

/** Gives actions that AWS checks on no resource (`*`) a statement of their own, so that they do not widen another one. */
function apart(sid: string, needs: readonly Need[], tie: keyof Access, place: Place): Statement[] {
  const isWide = ({ access }: Need) => access[tie]?.includes("*") === true;
  const narrow = needs.filter((need) => !isWide(need));
  return [...statement(sid, narrow, tie, place), ...statement(`${sid}Anywhere`, needs.filter(isWide), tie, place)];
}

function changing(needs: readonly Need[], place: Place): Statement[] {
  const narrow = needs.filter(({ access }) => access.ours !== undefined && !access.ours.includes("*"));
  const wide = needs.filter(({ access }) => access.ours?.includes("*"));
  return [...statement("ChangeWhatIsOurs", wide, "ours", place), ...statement("UseWhatIsOurs", narrow, "ours", place)];
}

function usingPublic(needs: readonly Need[], place: Place): Statement[] {
  return apart("UsePublic", needs, "any", place);
}

/** The actions that write tags, with the condition key that names the create in which they do so. */
const createActionKeys: Readonly<Record<string, string>> = {
  "ec2:CreateTags": "ec2:CreateAction",
  "elasticloadbalancing:AddTags": "elasticloadbalancing:CreateAction",
};

/** Allows tags in a create by the create's name, because the object does not have the tags yet. */
function taggingInCreate(needs: readonly Need[], grants: readonly Grant[], place: Place): Statement[] {
  const made = [
    ...needs.filter(({ access }) => access.made !== undefined).map(({ action }) => action),
    ...grants.filter(({ tie }) => tie === "made").flatMap(({ actions }) => actions),
  ];
  return Object.entries(createActionKeys).flatMap(([action, key]) => {
    const service = action.slice(0, action.indexOf(":") + 1);
    const creates = made.filter((one) => one.startsWith(service)).map((one) => one.slice(service.length));
    if (!needs.some((need) => need.action === action) || creates.length === 0) return [];
    const condition = {
      StringEquals: { [key]: sorted(creates), ...ourTagConditions("aws:RequestTag", place) },
      StringEqualsIfExists: ourTagConditions("aws:ResourceTag", place),
    };
    return [allow(`TagWhatIsMade${service === "ec2:" ? "" : "Balancing"}`, [action], "*", condition)];
  });
}

/**
 * Returns the statements for resources that may have no ownership tags. Actions share a statement as long as none of them gets a resource
 * on which it needs our tags.
 */
function using(needs: readonly Need[], place: Place): Statement[] {
  const groups: Need[][] = [];
  for (const need of needs.filter(({ access }) => access.free !== undefined)) {
    const group = groups.find((one) => staySafe([...one, need]));
    if (group) group.push(need);
    else groups.push([need]);
  }
  return numbered(groups.flatMap((group) => statement("Touch", group, "free", place)));
}

function staySafe(needs: readonly Need[]): boolean {
  const resources = new Set(needs.flatMap(({ access }) => access.free ?? []));
  return needs.every(({ access }) => ![...(access.made ?? []), ...(access.ours ?? [])].some((one) => one === "*" || resources.has(one)));
}

/** Returns the grants for foreign objects. An object that the YAML names and does not declare may belong to another environment. */
function usingForeign(needs: readonly Need[], foreign: readonly Foreign[]): Grant[] {
  return foreign.flatMap(({ kind, reference }) => {
    const end = endOf(kind);
    const isNobodys = kind.iam.defaultIsFree === true && reference.default !== undefined;
    if (end === undefined || isNobodys) return [];
    const actions = needs.filter(({ access }) => access.free?.includes(end)).map(({ action }) => action);
    const services = [...new Set(actions.map((action) => action.split(":")[0]))];
    return services.flatMap((service) => {
      const own = actions.filter((action) => action.startsWith(`${service}:`));
      return useForeign(reference, own, end);
    });
  });
}

/** Returns the end of the ARN of a kind's objects. */
function endOf({ iam }: Kind): string | undefined {
  return (
    iam.arn ??
    Object.values(iam.access ?? {})
      .flatMap(({ made }) => made ?? [])
      .at(0)
  );
}

function statement(sid: string, needs: readonly Need[], tie: keyof Access, place: Place): Statement[] {
  const tied = needs.filter(({ access }) => access[tie] !== undefined);
  if (tied.length === 0) return [];
  const arns = tied.flatMap(({ action, access }) => access[tie]!.map((end) => place.arn(action.slice(0, action.indexOf(":")), end)));
  return [
    allow(
      sid,
      tied.map(({ action }) => action),
      arns.includes("*") ? "*" : arns,
      tieOf(tie, place),
    ),
  ];
}

function tieOf(tie: keyof Access, place: Place): Condition {
  const ours = ourTagConditions("aws:ResourceTag", place);
  switch (tie) {
    case "made":
      return { StringEquals: ourTagConditions("aws:RequestTag", place), StringEqualsIfExists: ours };
    case "ours":
      return { StringEquals: ours };
    case "free":
      return { StringEqualsIfExists: ours };
    case "any":
      return {};
  }
}

function joined(one: Condition, other: Condition): Condition {
  const operators = sorted([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(operators.map((operator) => [operator, { ...one[operator], ...other[operator] }]));
}

/** Merges two statements that differ only in the resources, or only in the values of one condition key. */
function together(one: Statement, other: Statement): Statement | undefined {
  if (one.Action.join() !== other.Action.join()) return undefined;
  const [was = {}, now = {}] = [one.Condition, other.Condition];
  if (JSON.stringify(was) === JSON.stringify(now))
    return { ...one, Resource: one.Resource === "*" || other.Resource === "*" ? "*" : sorted([...one.Resource, ...other.Resource]) };
  if (String(one.Resource) !== String(other.Resource)) return undefined;
  const differing = Object.keys(was).flatMap((operator) =>
    Object.keys(was[operator] ?? {})
      .filter((key) => JSON.stringify(was[operator]?.[key]) !== JSON.stringify(now[operator]?.[key]))
      .map((key) => [operator, key] as const),
  );
  const [[operator, key] = ["", ""], ...more] = differing;
  if (more.length > 0 || now[operator]?.[key] === undefined || shapeOf(was) !== shapeOf(now)) return undefined;
  const values = sorted([was[operator]?.[key] ?? [], now[operator][key]].flat());
  return { ...one, Condition: { ...was, [operator]: { ...was[operator], [key]: values } } };
}

function shapeOf(condition: Condition): string {
  return JSON.stringify(Object.entries(condition).map(([operator, keys]) => [operator, Object.keys(keys)]));
}

/** Numbers the statements that share a name, because names are unique in a policy. */
function numbered(statements: readonly Statement[]): Statement[] {
  const counts = new Map<string, number>();
  for (const { Sid } of statements) counts.set(Sid, (counts.get(Sid) ?? 0) + 1);
  const seen = new Map<string, number>();
  return statements.map((one) => {
    if (counts.get(one.Sid) === 1) return one;
    const n = (seen.get(one.Sid) ?? 0) + 1;
    seen.set(one.Sid, n);
    return { ...one, Sid: `${one.Sid}${n}` };
  });
}
