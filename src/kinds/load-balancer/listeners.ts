/** Brings listeners, their certificates and their rules from observed to desired. Creates and changes come first, deletes last. */
import type { CreateListenerCommandInput, Listener as AwsListener, Rule as AwsRule } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Aws } from "../../aws/aws.ts";
import { soon, unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { elbv2Tagging, elbv2TagsOf, owner } from "../shared/elbv2/objects.ts";
import { unlessDone } from "../shared/unless-done.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { AwsId, CreateIdentity, Change, Run, Tags } from "../kind.ts";
import { actionRequest, liveWeights, wantedWeights } from "./actions.ts";
import { secretToRead } from "./authenticate.ts";
import { conditionRequest } from "./conditions.ts";
import { setListenerAttributes } from "./listener-attributes.ts";
import { certificateKey, isNameless, ruleKey } from "./normal.ts";
import { ruleTag, rulesOf, type LiveBalancer, type LiveListener, type LiveRule } from "./observe.ts";
import { repoint } from "./repoint.ts";
import { rewriteRequest } from "./rewrites.ts";
import { planRules } from "./rules.ts";
import type { ActionFields, Listener, LoadBalancer, Rule, Weighted } from "./schema.ts";
import { weightsTag, weightsText, weightsToSend } from "./weights.ts";

type Sdk = typeof import("../../aws/sdk/elbv2.ts");

/** The data that each step on listeners uses. */
interface Work {
  readonly aws: Aws;
  readonly elbv2: Sdk;
  readonly balancer: LiveBalancer;
  readonly run: Run;
  /** Whether the listener or rule under this key differs from the desired one. */
  readonly isTouched: (key: string) => boolean;
  readonly isGone: (key: string) => boolean;
}

/** AWS's own default policy is from 2016. */
const defaultPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06";

export async function setListeners(
  aws: Aws,
  elbv2: Sdk,
  balancer: LiveBalancer,
  request: LoadBalancer,
  change: Change | undefined,
  run: Run,
): Promise<void> {
  const items = change?.items;
  const touched = new Set([...(items?.added ?? []), ...(items?.changed ?? [])].map((item) => item.key));
  const gone = new Set((items?.removed ?? []).map((item) => item.key));
  const work: Work = { aws, elbv2, balancer, run, isTouched: (key) => !items || touched.has(key), isGone: (key) => gone.has(key) };
  const live = new Map(balancer.handle.listeners.map((listener) => [String(listener.port), listener]));
  const wanted = Object.entries(request.listeners ?? {});
  await Promise.all(wanted.map(([port, listener]) => setListener(work, port, listener, live.get(port))));
  for (const [port, listener] of live) if (gone.has(port)) await deleteListener(work, listener.arn);
}

async function setListener(work: Work, port: string, request: Listener, live: LiveListener | undefined): Promise<void> {
  if (!live) {
    const arn = await createListener(work, Number(port), request);
    await setListenerAttributes(work.aws, work.elbv2, arn, request);
    await addCertificates(work, arn, request.certificates ?? []);
    await setRules(work, port, arn, request.rules ?? {}, []);
    return;
  }
  if (work.isTouched(port)) {
    await modifyListener(work, request, live);
    await setListenerAttributes(work.aws, work.elbv2, live.arn, request, live.attributes);
  }
  await setCertificates(work, port, request, live);
  await setRules(work, port, live.arn, request.rules ?? {}, live.rules);
}

async function createListener({ aws, elbv2, balancer, run }: Work, Port: number, request: Listener): Promise<AwsId> {
  const groups = wantedWeights(request.forward);
  const input: CreateListenerCommandInput = {
    LoadBalancerArn: balancer.id,
    Port,
    Protocol: request.protocol,
    ...secureRequest(request, undefined),
    DefaultActions: actionRequest(request, groups, [], await secretOf(aws, request, [])),
    Tags: tagList({ ...partTags(run.identity), ...weightTags(groups) }),
  };
  const made = await unlessDone(
    aws,
    () => soon(aws, async () => (await aws.elbv2(new elbv2.CreateListenerCommand(input), { once: true })).Listeners?.[0]),
    async () => {
      const found: AwsListener[] = [];
      for await (const page of aws.elbv2.pages(elbv2.DescribeListenersCommand, { LoadBalancerArn: balancer.id, PageSize: 400 }))
        found.push(...(page.Listeners ?? []));
      return found.find((listener) => listener.Port === Port && listener.Protocol === request.protocol);
    },
  );
  return made!.ListenerArn!;
}

async function modifyListener(work: Work, request: Listener, live: LiveListener): Promise<void> {
  const { aws, elbv2 } = work;
  const before = live.found.DefaultActions ?? [];
  const secret = await secretOf(aws, request, before);
  await setAction(work, `listener ${live.port}`, request, live, before, async (groups) => {
    await soon(aws, () =>
      aws.elbv2(
        new elbv2.ModifyListenerCommand({
          ListenerArn: live.arn,
          Protocol: request.protocol,
          ...secureRequest(request, live.found),
          DefaultActions: actionRequest(request, groups, before, secret),
        }),
      ),
    );
  });
}

/** Sets the certificates besides the default one. New ones come first, so that no host name is ever without one. */
async function setCertificates(work: Work, port: string, request: Listener, live: LiveListener): Promise<void> {
  const { aws, elbv2 } = work;
  const { certificates = [] } = request;
  await addCertificates(
    work,
    live.arn,
    certificates.filter((arn) => work.isTouched(certificateKey(port, arn)) && !live.certificates.includes(arn)),
  );
  for (const CertificateArn of live.certificates.filter((arn) => work.isGone(certificateKey(port, arn)) && arn !== request.certificate))
    await aws.elbv2(new elbv2.RemoveListenerCertificatesCommand({ ListenerArn: live.arn, Certificates: [{ CertificateArn }] }));
}

/** Adds certificates, one in each call. An existing certificate is no error, and an imported one may not be visible for a moment. */
async function addCertificates({ aws, elbv2 }: Work, ListenerArn: AwsId, arns: readonly string[]): Promise<void> {
  for (const CertificateArn of arns)
    await soon(aws, () => aws.elbv2(new elbv2.AddListenerCertificatesCommand({ ListenerArn, Certificates: [{ CertificateArn }] })));
}

async function deleteListener({ aws, elbv2 }: Work, ListenerArn: AwsId): Promise<void> {
  await unlessGone(aws.elbv2(new elbv2.DeleteListenerCommand({ ListenerArn })));
}

// ───────────────────────────────────────────────────────────── rules

async function setRules(
  work: Work,
  port: string,
  listener: AwsId,
  request: Readonly<Record<string, Rule>>,
  live: readonly LiveRule[],
): Promise<void> {
  const { aws, elbv2, run } = work;
  const keyOf = (rule: LiveRule) => ruleKey(port, rule.name ?? `@${rule.priority}`);
  const plan = planRules(
    request,
    live,
    (rule) => work.isGone(keyOf(rule)) && (rule.name === undefined) === isNameless(keyOf(rule)),
    (name) => work.isTouched(ruleKey(port, name)),
  );
  for (const { arn } of plan.deletes) await unlessGone(aws.elbv2(new elbv2.DeleteRuleCommand({ RuleArn: arn })));
  for (const { rule, name } of plan.renames) await elbv2Tagging(aws, [rule.arn], { ...partTags(run.identity), [ruleTag]: name }, []);
  if (plan.moves.length > 0) {
    const RulePriorities = plan.moves.map(({ rule, priority }) => ({ RuleArn: rule.arn, Priority: priority }));
    await aws.elbv2(new elbv2.SetRulePrioritiesCommand({ RulePriorities }));
  }
  const taken = new Set([...live.map(({ priority }) => priority), ...Object.values(request).flatMap(({ priority }) => priority ?? [])]);
  for (const { name, request: rule } of plan.creates) {
    const priority = rule.priority ?? Math.max(0, ...taken) + 1;
    taken.add(priority);
    await createRule(work, listener, name, { ...rule, priority });
  }
  for (const { rule, request: resolved, name } of plan.changes) await modifyRule(work, `rule ${name} of listener ${port}`, resolved, rule);
}

async function createRule(
  { aws, elbv2, run }: Work,
  ListenerArn: AwsId,
  name: string,
  request: Rule & { readonly priority: number },
): Promise<void> {
  const groups = wantedWeights(request.forward);
  const secret = await secretOf(aws, request, []);
  const Transforms = rewriteRequest(request);
  await unlessDone(
    aws,
    () =>
      soon(aws, async () => {
        const { Rules } = await aws.elbv2(
          new elbv2.CreateRuleCommand({
            ListenerArn,
            Priority: request.priority,
            Conditions: conditionRequest(request.conditions),
            Actions: actionRequest(request, groups, [], secret),
            ...(Transforms.length > 0 ? { Transforms } : {}),
            Tags: tagList({ ...partTags(run.identity), [ruleTag]: name, ...weightTags(groups) }),
          }),
          { once: true },
        );
        return Rules?.[0];
      }),
    async (): Promise<AwsRule | "theirs" | undefined> => {
      const standing = (await rulesOf(aws, elbv2, ListenerArn)).find((rule) => Number(rule.Priority) === request.priority);
      const tags = standing && (await elbv2TagsOf(aws, [standing.RuleArn!])).get(standing.RuleArn!);
      if (!standing || !tags) return undefined;
      return tags[ruleTag] === name ? standing : "theirs";
    },
  );
}

async function modifyRule(work: Work, what: string, request: Rule, live: LiveRule): Promise<void> {
  const { aws, elbv2 } = work;
  const before = live.found.Actions ?? [];
  const secret = await secretOf(aws, request, before);
  const Transforms = rewriteRequest(request, live.found.Transforms);
  await setAction(work, what, request, live, before, async (groups) => {
    await soon(aws, () =>
      aws.elbv2(
        new elbv2.ModifyRuleCommand({
          RuleArn: live.arn,
          Conditions: conditionRequest(request.conditions),
          Actions: actionRequest(request, groups, before, secret),
          ...(Transforms.length > 0 ? { Transforms } : live.found.Transforms?.length ? { ResetTransforms: true } : {}),
        }),
      ),
    );
  });
}

// ───────────────────────────────────────────────────────────── both listeners and rules

/**
 * Sends an action, in two steps where its target groups change, and then writes its weights to the tag. So the tag may be older than the
 * real weights, but never newer.
 */
async function setAction(
  work: Work,
  what: string,
  request: ActionFields,
  live: { readonly arn: AwsId; readonly tags: Tags },
  before: readonly NonNullable<AwsListener["DefaultActions"]>[number][],
  send: (groups: readonly Weighted[]) => Promise<void>,
): Promise<void> {
  const wanted = wantedWeights(request.forward);
  const now = liveWeights(before);
  await repoint(work, what, weightsToSend(wanted, now, live.tags), now, send);
  const text = weightsText(wanted);
  if (text !== live.tags[weightsTag])
    await elbv2Tagging(work.aws, [live.arn], text === undefined ? {} : { [weightsTag]: text }, text === undefined ? [weightsTag] : []);
}

/** Reads the client secret where AWS must be sent it. The value goes from one call into the next and nowhere else. */
async function secretOf(aws: Aws, request: ActionFields, before: Parameters<typeof secretToRead>[1]): Promise<string | undefined> {
  const parameter = secretToRead(request, before);
  if (parameter === undefined) return undefined;
  const ssm = await import("../../aws/sdk/ssm.ts");
  const { Parameter } = await aws.ssm(new ssm.GetParameterCommand({ Name: parameter, WithDecryption: true }));
  if (Parameter?.Type !== "SecureString")
    throw new Refusal(`The parameter ${parameter} is a ${Parameter?.Type}, which stores its value unencrypted. Make it a SecureString.`);
  return Parameter.Value;
}

function mutualRequest(written: Listener["mutualAuthentication"]) {
  if (written === undefined) return {};
  return {
    MutualAuthentication: {
      Mode: written.mode,
      ...(written.trustStore === undefined ? {} : { TrustStoreArn: written.trustStore }),
      ...(written.ignoreClientCertificateExpiry === undefined
        ? {}
        : { IgnoreClientCertificateExpiry: written.ignoreClientCertificateExpiry }),
      ...(written.advertiseTrustStoreCaNames === undefined ? {} : { AdvertiseTrustStoreCaNames: written.advertiseTrustStoreCaNames }),
    },
  };
}

function secureRequest(
  request: Listener,
  live: AwsListener | undefined,
): Pick<CreateListenerCommandInput, "Certificates" | "SslPolicy" | "AlpnPolicy" | "MutualAuthentication"> {
  if (request.protocol !== "HTTPS" && request.protocol !== "TLS") return {};
  const SslPolicy = request.sslPolicy ?? (live?.SslPolicy ? undefined : defaultPolicy);
  return {
    ...(request.certificate === undefined ? {} : { Certificates: [{ CertificateArn: request.certificate }] }),
    ...(SslPolicy === undefined ? {} : { SslPolicy }),
    ...(request.alpnPolicy === undefined ? {} : { AlpnPolicy: [request.alpnPolicy] }),
    ...mutualRequest(request.mutualAuthentication),
  };
}

/**
 * The tags of listeners and rules. Both are found through their load balancer. They have the ownership tags, so that permissions can depend
 * on them.
 */
export function partTags(identity: CreateIdentity): Tags {
  return Object.fromEntries(Object.entries(identity.tags).filter(([key]) => owner.some((one) => one === key)));
}

function weightTags(groups: readonly Weighted[]): Tags {
  const text = weightsText(groups);
  return text === undefined ? {} : { [weightsTag]: text };
}
