/** Checks a policy for errors that AWS would refuse and for statements that nobody intends, before anything is sent. Pure. */
import { didYouMean } from "../../../diag/did-you-mean.ts";
import { isLate, standingIn } from "../../../resource/late.ts";
import type { Problem } from "../../kind.ts";
import { isObject, parsedPolicy, policyText, statementsOf, type Json, type PolicyDocument } from "./documents.ts";

/**
 * An identity policy says what may be done to which resources. A trust policy says who may assume a role. A resource policy, such as that
 * of a key or a bucket, says who may do what.
 */
export type PolicySort = "identity" | "trust" | "resource";

/**
 * The longest policies in characters, without white space (IAM User Guide, "IAM and AWS STS quotas"). Sources for keys: KMS Developer
 * Guide, "Resource quotas"; for buckets: Amazon S3 User Guide, "Bucket policies"; for file systems: EFS API, PutFileSystemPolicy.
 */
export const policyLimits = { managed: 6_144, inline: 10_240, trust: 2_048, key: 32_768, bucket: 20_480, fileSystem: 20_000 } as const;

/** Returns the problems of one document, each at its path below `path`. */
export function checkPolicy(document: PolicyDocument, path: string, sort: PolicySort, limit: number): Problem[] {
  const parsed = parsedPolicy(document);
  if (!parsed && isLate(document)) return []; // an expression makes the policy once its values are known
  if (!parsed) return [bad(path, "the text is not a JSON object", "write the policy as a mapping, or correct the JSON")];
  const problems = [
    ...unknownKeys(parsed, topElements, path, "a policy"),
    ...checkTop(asMeant(parsed, topElements), path),
    ...statementsOf(parsed).flatMap((one, i) => checkStatement(one, pathOf(parsed, path, i), sort)),
  ];
  const length = policyText(standingIn(document, "")).replace(/\s/g, "").length;
  if (length > limit) problems.push(bad(path, `the policy has ${length} characters, but AWS allows ${limit}`, "shorten or split it"));
  return problems;
}

const topElements = ["Version", "Id", "Statement"];

function checkTop(document: Json, path: string): Problem[] {
  const { Version: version, Statement: statement } = document;
  const problems: Problem[] = [];
  if (version === undefined)
    problems.push({
      ...bad(
        path,
        "without Version AWS uses the version 2008-10-17 of the policy language, in which ${…} is plain text",
        'write Version: "2012-10-17"',
      ),
      severity: "warning",
    });
  else if (version !== "2012-10-17" && version !== "2008-10-17")
    problems.push(bad(`${path}.Version`, `the policy language has no version "${String(version)}"`, 'write "2012-10-17"'));
  if (statement === undefined || [statement].flat().length === 0) problems.push(bad(path, "the policy has no Statement"));
  else if (![statement].flat().every(isObject)) problems.push(bad(`${path}.Statement`, "each statement must be a mapping"));
  return problems;
}

const elements = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

function checkStatement(written: Json, path: string, sort: PolicySort): Problem[] {
  const problems = unknownKeys(written, elements, path, "a statement");
  const statement = asMeant(written, elements);
  const { Effect: effect, Sid: sid } = statement;
  if (effect === undefined) problems.push(bad(path, "the statement has no Effect", "write `Effect: Allow` or `Effect: Deny`"));
  else if (effect !== "Allow" && effect !== "Deny")
    problems.push(
      bad(`${path}.${keyOf(written, "Effect")}`, `Effect must be Allow or Deny, not ${JSON.stringify(effect)}`, effectHint(effect)),
    );
  if (sid !== undefined && !/^[0-9A-Za-z]*$/.test(String(sid)))
    problems.push(bad(`${path}.Sid`, "a Sid may contain only letters and digits"));
  problems.push(...checkEither(statement, "Action", path));
  return [...problems, ...checksOf[sort](statement, path)];
}

const checksOf: Readonly<Record<PolicySort, (statement: Json, path: string) => Problem[]>> = {
  identity: checkIdentity,
  trust: checkTrust,
  resource: (statement, path) => [...checkEither(statement, "Principal", path), ...checkEither(statement, "Resource", path)],
};

function checkIdentity(statement: Json, path: string): Problem[] {
  if ("Principal" in statement || "NotPrincipal" in statement)
    return [bad(path, "the policy of a role cannot have a Principal", "write who may assume the role in `trust`")];
  return checkEither(statement, "Resource", path);
}

function checkTrust(statement: Json, path: string): Problem[] {
  const problems = checkEither(statement, "Principal", path);
  if ("Resource" in statement || "NotResource" in statement)
    problems.push(bad(path, "a trust policy cannot have a Resource", "remove it: the resource is always the role itself"));
  for (const action of [statement["Action"] ?? []].flat())
    if (!/^sts:/i.test(String(action)))
      problems.push(
        bad(path, `a trust policy may allow only actions of STS, not ${String(action)}`, "write sts:AssumeRole or a similar action"),
      );
  if (statement["Effect"] !== "Allow") return problems;
  const { Principal: principal, Condition: condition } = statement;
  const isAnybody = principal === "*" || (isObject(principal) && [principal["AWS"]].flat().includes("*"));
  if (isAnybody && !isObject(condition))
    problems.push(bad(path, "anybody in the world may assume the role", "name the principals, or add a Condition"));
  if (isOfGitHub(principal) && !hasKey(condition, `${gitHub}:sub`))
    problems.push(
      bad(
        path,
        "any repository on GitHub may assume the role, which AWS refuses",
        `add a Condition on ${gitHub}:sub, as in repo:ORG/REPO:ref:refs/heads/main`,
      ),
    );
  return problems;
}

const gitHub = "token.actions.githubusercontent.com";

function isOfGitHub(principal: unknown): boolean {
  return isObject(principal) && [principal["Federated"]].flat().some((one) => String(one).endsWith(`/${gitHub}`));
}

function hasKey(condition: unknown, key: string): boolean {
  if (!isObject(condition)) return false;
  return Object.values(condition).some((tests) => isObject(tests) && Object.keys(tests).some((one) => one.toLowerCase() === key));
}

function checkEither(statement: Json, element: string, path: string): Problem[] {
  const present = [element, `Not${element}`].filter((key) => statement[key] !== undefined);
  if (present.length === 1) return [];
  return [bad(path, present.length === 0 ? `the statement has no ${element}` : `${present.join(" and ")} exclude each other`)];
}

function unknownKeys(value: Json, known: readonly string[], path: string, what: string): Problem[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const near = meantBy(key, known);
      return bad(
        `${path}.${key}`,
        `${what} has no element ${key}`,
        near ? `did you mean ${near}?` : `the elements are ${known.join(", ")}`,
      );
    });
}

/** Returns the element that a misspelt key means, such as `effect` or `Acton`. */
function meantBy(key: string, known: readonly string[]): string | undefined {
  return known.includes(key) ? undefined : didYouMean(key.replace(/s$/, ""), known);
}

/** Returns the policy with misspelt elements under their correct names, so that a misspelt element is not also reported as missing. */
function asMeant(written: Json, known: readonly string[]): Json {
  return Object.fromEntries(
    Object.entries(written).map(([key, value]) => {
      const near = meantBy(key, known);
      return [near !== undefined && !(near in written) ? near : key, value];
    }),
  );
}

/** Returns the written key of an element, which may be misspelt. */
function keyOf(written: Json, element: string): string {
  return Object.keys(written).find((key) => key === element || meantBy(key, elements) === element) ?? element;
}

function effectHint(effect: unknown): string | undefined {
  const near = didYouMean(String(effect), ["Allow", "Deny"]);
  return near && `did you mean ${near}?`;
}

function pathOf(document: Json, path: string, i: number): string {
  return Array.isArray(document["Statement"]) ? `${path}.Statement[${i}]` : `${path}.Statement`;
}

function bad(path: string, summary: string, hint?: string): Problem {
  return { code: "policy", summary: `${path}: ${summary}`, path, ...(hint === undefined ? {} : { hint }) };
}
