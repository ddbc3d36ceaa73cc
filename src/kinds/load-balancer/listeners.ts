/** Brings listeners, their certificates and their rules to what is wanted: makes and changes first, deletes last. */
import type { CreateListenerCommandInput, Listener as AwsListener, Rule as AwsRule } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Aws } from "../../aws/aws.ts";
import { AwsError } from "../../aws/errors.ts";
import { soon, unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { elbv2Tagging, elbv2TagsOf, owner } from "../elbv2-objects.ts";
import type { AwsId, Change, Run, Tags } from "../kind.ts";
import { actionRequest, liveWeights, wantedWeights } from "./actions.ts";
import { conditionRequest } from "./conditions.ts";
import { isNameless, ruleKey } from "./normal.ts";
import { ruleTag, rulesOf, type LiveBalancer, type LiveListener, type LiveRule } from "./observe.ts";
import { repoint } from "./repoint.ts";
import { planRules } from "./rules.ts";
import type { ActionFields, Listener, LoadBalancer, Rule, Weighted } from "./schema.ts";
import { weightsTag, weightsText, weightsToSend } from "./weights.ts";

type Sdk = typeof import("../../aws/sdk/elbv2.ts");

/** What a step that works on listeners has at hand. */
interface Work {
  readonly aws: Aws;
  readonly elbv2: Sdk;
  readonly balancer: LiveBalancer;
  readonly run: Run;
  /** Whether the listener or rule under this key differs from what is wanted. */
  readonly isTouched: (key: string) => boolean;
  readonly isGone: (key: string) => boolean;
}

/** AWS's own default policy is of 2016. */
const defaultPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06";

export async function setListeners(
  aws: Aws,
  elbv2: Sdk,
  balancer: LiveBalancer,
  want: LoadBalancer,
  change: Change | undefined,
  run: Run,
): Promise<void> {
  const items = change?.items;
  const touched = new Set([...(items?.added ?? []), ...(items?.changed ?? [])].map((item) => item.key));
  const gone = new Set((items?.removed ?? []).map((item) => item.key));
  const work: Work = { aws, elbv2, balancer, run, isTouched: (key) => !items || touched.has(key), isGone: (key) => gone.has(key) };
  const live = new Map(balancer.handle.listeners.map((listener) => [String(listener.port), listener]));
  const wanted = Object.entries(want.listeners ?? {});
  await Promise.all(wanted.map(([port, listener]) => setListener(work, port, listener, live.get(port))));
  for (const [port, listener] of live) if (gone.has(port)) await deleteListener(work, listener.arn);
}

async function setListener(work: Work, port: string, want: Listener, live: LiveListener | undefined): Promise<void> {
  if (!live) {
    const arn = await createListener(work, Number(port), want);
    await addCertificates(work, arn, want.certificates ?? []);
    await setRules(work, port, arn, want.rules ?? {}, []);
    return;
  }
  if (work.isTouched(port)) await modifyListener(work, want, live);
  await setRules(work, port, live.arn, want.rules ?? {}, live.rules);
}

async function createListener({ aws, elbv2, balancer, run }: Work, Port: number, want: Listener): Promise<AwsId> {
  const groups = wantedWeights(want.forward);
  const input: CreateListenerCommandInput = {
    LoadBalancerArn: balancer.id,
    Port,
    Protocol: want.protocol,
    ...secureRequest(want, undefined),
    DefaultActions: actionRequest(want, groups),
    Tags: tagList({ ...partTags(run), ...weightTags(groups) }),
  };
  const made = await unlessDone(
    aws,
    () => soon(aws, async () => (await aws.elbv2(new elbv2.CreateListenerCommand(input), { once: true })).Listeners?.[0]),
    async () => {
      const found: AwsListener[] = [];
      for await (const page of aws.elbv2.pages(elbv2.DescribeListenersCommand, { LoadBalancerArn: balancer.id, PageSize: 400 }))
        found.push(...(page.Listeners ?? []));
      return found.find((listener) => listener.Port === Port && listener.Protocol === want.protocol);
    },
  );
  return made!.ListenerArn!;
}

async function modifyListener(work: Work, want: Listener, live: LiveListener): Promise<void> {
  const { aws, elbv2 } = work;
  const before = live.found.DefaultActions ?? [];
  await setAction(work, `listener ${live.port}`, want, live, before, async (groups) => {
    await soon(aws, () =>
      aws.elbv2(
        new elbv2.ModifyListenerCommand({
          ListenerArn: live.arn,
          Protocol: want.protocol,
          ...secureRequest(want, live.found),
          DefaultActions: actionRequest(want, groups, before),
        }),
      ),
    );
  });
  if (want.certificates === undefined) return;
  const have = new Set(live.certificates);
  await addCertificates(
    work,
    live.arn,
    want.certificates.filter((arn) => !have.has(arn)),
  );
  for (const CertificateArn of live.certificates.filter((arn) => !want.certificates!.includes(arn) && arn !== want.certificate))
    await aws.elbv2(new elbv2.RemoveListenerCertificatesCommand({ ListenerArn: live.arn, Certificates: [{ CertificateArn }] }));
}

/** A call takes one certificate; one that is there already is no error. An imported one may not be seen for a moment. */
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
  want: Readonly<Record<string, Rule>>,
  live: readonly LiveRule[],
): Promise<void> {
  const { aws, elbv2, run } = work;
  const keyOf = (rule: LiveRule) => ruleKey(port, rule.name ?? `@${rule.priority}`);
  const plan = planRules(
    want,
    live,
    (rule) => work.isGone(keyOf(rule)) && (rule.name === undefined) === isNameless(keyOf(rule)),
    (name) => work.isTouched(ruleKey(port, name)),
  );
  for (const { arn } of plan.deletes) await unlessGone(aws.elbv2(new elbv2.DeleteRuleCommand({ RuleArn: arn })));
  for (const { rule, name } of plan.renames) await elbv2Tagging(aws, [rule.arn], { ...partTags(run), [ruleTag]: name }, []);
  if (plan.moves.length > 0) {
    const RulePriorities = plan.moves.map(({ rule, priority }) => ({ RuleArn: rule.arn, Priority: priority }));
    await aws.elbv2(new elbv2.SetRulePrioritiesCommand({ RulePriorities }));
  }
  for (const { name, want: rule } of plan.creates) await createRule(work, listener, name, rule);
  for (const { rule, want: wanted, name } of plan.changes) await modifyRule(work, `rule ${name} of listener ${port}`, wanted, rule);
}

async function createRule({ aws, elbv2, run }: Work, ListenerArn: AwsId, name: string, want: Rule): Promise<void> {
  const groups = wantedWeights(want.forward);
  await unlessDone(
    aws,
    () =>
      soon(aws, async () => {
        const { Rules } = await aws.elbv2(
          new elbv2.CreateRuleCommand({
            ListenerArn,
            Priority: want.priority,
            Conditions: conditionRequest(want.conditions),
            Actions: actionRequest(want, groups),
            Tags: tagList({ ...partTags(run), [ruleTag]: name, ...weightTags(groups) }),
          }),
          { once: true },
        );
        return Rules?.[0];
      }),
    async (): Promise<AwsRule | "theirs" | undefined> => {
      const standing = (await rulesOf(aws, elbv2, ListenerArn)).find((rule) => Number(rule.Priority) === want.priority);
      const tags = standing && (await elbv2TagsOf(aws, [standing.RuleArn!])).get(standing.RuleArn!);
      if (!standing || !tags) return undefined;
      return tags[ruleTag] === name ? standing : "theirs";
    },
  );
}

async function modifyRule(work: Work, what: string, want: Rule, live: LiveRule): Promise<void> {
  const { aws, elbv2 } = work;
  const before = live.found.Actions ?? [];
  await setAction(work, what, want, live, before, async (groups) => {
    await soon(aws, () =>
      aws.elbv2(
        new elbv2.ModifyRuleCommand({
          RuleArn: live.arn,
          Conditions: conditionRequest(want.conditions),
          Actions: actionRequest(want, groups, before),
        }),
      ),
    );
  });
}

// ───────────────────────────────────────────────────────────── what both have

/** Sends an action, in two steps where its target groups change, and then keeps its weights in the tag: the tag may be behind the truth, never before it. */
async function setAction(
  work: Work,
  what: string,
  want: ActionFields,
  live: { readonly arn: AwsId; readonly tags: Tags },
  before: readonly NonNullable<AwsListener["DefaultActions"]>[number][],
  send: (groups: readonly Weighted[]) => Promise<void>,
): Promise<void> {
  const wanted = wantedWeights(want.forward);
  const now = liveWeights(before);
  await repoint(work, what, weightsToSend(wanted, now, live.tags), now, send);
  const text = weightsText(wanted);
  if (text !== live.tags[weightsTag])
    await elbv2Tagging(work.aws, [live.arn], text === undefined ? {} : { [weightsTag]: text }, text === undefined ? [weightsTag] : []);
}

/** Seconds between looks for what a create may have made: what is new is not seen everywhere at once. */
const looks = [1, 2, 4, 8, 15];

/**
 * A create whose answer was lost, or that finds its own work there, is done when `look` finds it. Where `look` finds
 * another's in its place, the refusal stands.
 */
async function unlessDone<T extends object>(
  aws: Work["aws"],
  send: () => Promise<T | undefined>,
  look: () => Promise<T | "theirs" | undefined>,
): Promise<T | undefined> {
  for (let attempt = 1; ; attempt++)
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof AwsError) || (error.class !== "ambiguous" && error.class !== "duplicate")) throw error;
      let done = await look();
      for (const seconds of looks) {
        if (done !== undefined) break;
        await aws.clock.sleep(seconds * 1000);
        done = await look();
      }
      if (done !== undefined && done !== "theirs") return done;
      if (error.class === "duplicate" || attempt >= 3) throw error;
    }
}

function secureRequest(
  want: Listener,
  live: AwsListener | undefined,
): Pick<CreateListenerCommandInput, "Certificates" | "SslPolicy" | "AlpnPolicy"> {
  if (want.protocol !== "HTTPS" && want.protocol !== "TLS") return {};
  const SslPolicy = want.sslPolicy ?? (live?.SslPolicy ? undefined : defaultPolicy);
  return {
    ...(want.certificate === undefined ? {} : { Certificates: [{ CertificateArn: want.certificate }] }),
    ...(SslPolicy === undefined ? {} : { SslPolicy }),
    ...(want.alpnPolicy === undefined ? {} : { AlpnPolicy: [want.alpnPolicy] }),
  };
}

/** Listeners and rules are found through their balancer; they bear whose they are, so that permissions can be tied to it. */
function partTags(run: Run): Tags {
  return Object.fromEntries(Object.entries(run.birth.tags).filter(([key]) => owner.some((one) => one === key)));
}

function weightTags(groups: readonly Weighted[]): Tags {
  const text = weightsText(groups);
  return text === undefined ? {} : { [weightsTag]: text };
}
