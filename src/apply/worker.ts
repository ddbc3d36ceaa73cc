/** Does the work of each node. */
import type { AwsError } from "../aws/errors.ts";
import type { Address, AwsId, CreateIdentity, Desired, Driver, Kind, Live, Run, Scope, Spec } from "../kinds/kind.ts";
import { isMadeTag } from "../resource/made-marks.ts";
import { isOfOtherRegion } from "../resource/ownership-check.ts";
import { addressOfTag, ownership, supersededAfter } from "../resource/ownership.ts";
import { outputOf, type LateValue } from "../resource/late.ts";
import { scopeOf } from "../observe/drivers.ts";
import { adoptionPart, askedOf, besidesAdoption, isAdopted } from "../plan/adoption.ts";
import type { Decision } from "../plan/decision.ts";
import { withDefaults, type Expected } from "../plan/diff.ts";
import { markingOf, marksOfChanges } from "../plan/entry-marks.ts";
import { keptIndexes } from "../plan/order/dropped.ts";
import type { Work } from "../plan/work.ts";
import { isDestroyAllowed } from "../plan/safety.ts";
import { isUnderWay } from "../plan/under-way.ts";
import { Blockers } from "./blockers.ts";
import { createIdentityOf, nameFor } from "./create-identity.ts";
import { changesIn } from "./changes.ts";
import { createOnce } from "./create.ts";
import type { ApplyEvent, StepRef } from "./events.ts";
import { StepError } from "./failure.ts";
import type { ApplyInput } from "./apply-input.ts";
import { KnownIds } from "./known-ids.ts";
import { withLateValues } from "./late-values.ts";
import { Marks } from "./marks.ts";
import { type Awaited, defaultWaitLimit, NodeWaits } from "./node-waits.ts";
import { sleepUnlessStopped } from "./retry-policy.ts";
import { waitLimit } from "./wait-limits.ts";

/**
 * Seconds between two polls of objects that are about to be deleted. The delete does not wait for a state, but many deletes can share one
 * poll.
 */
const deletePollSeconds = 1;
/** Milliseconds after which an object that AWS no longer shows counts as deleted: longer than one stale answer lasts. */
const absentFor = 60_000;

export class Worker {
  readonly #input: ApplyInput;
  readonly #emit: (event: ApplyEvent) => void;
  readonly #ids: KnownIds;
  readonly #waits: NodeWaits;
  readonly #marks: Marks;
  /** The addresses whose adoption tags an adopt node has already written. */
  readonly #claimed = new Set<Address>();
  readonly #scope: Scope;
  readonly #initialState = new Map<Address, { readonly live: Live; readonly identity: CreateIdentity }>();
  /** The objects of letGo nodes, as AWS showed them after the change. */
  readonly #afterLetGo = new Map<Address, Live>();

  /** `rests` is called when a node will send nothing for a while. */
  constructor(input: ApplyInput, emit: (event: ApplyEvent) => void, rests: (node: Work) => void) {
    this.#input = input;
    this.#emit = emit;
    this.#scope = scopeOf(input.environment);
    this.#marks = new Marks(input.aws);
    this.#ids = new KnownIds(input.observed);
    this.#waits = new NodeWaits(input, { emit, rests, refOf: (node) => this.refOf(node) }, this.#ids, this.#scope);
  }

  refOf(node: Work): StepRef {
    const { kind, action, declared, deltas, awaited } = this.#decision(node);
    const position = declared?.desired.at(deltas.find((delta) => delta.stage === node.stage)?.path);
    return {
      address: node.address,
      kind: kind.name,
      action: node.op === "wait" || awaited ? "wait" : action === "none" ? "keep" : action,
      stage: stageText(node),
      ...(position ? { position } : {}),
    };
  }

  /** Does the node's work. Returns the object's id when the node created the object or waited for it. */
  async run(node: Work): Promise<AwsId | undefined> {
    const decision = await this.#withLateValues(node);
    const driver = await this.#input.drivers.of(decision.kind);
    switch (node.op) {
      case "create":
        return this.#create(node, decision, driver);
      case "update":
        return this.#update(node, decision, driver);
      case "tag":
        return this.#tag(node, decision, driver);
      case "adopt":
        return this.#adopt(node, decision, driver);
      case "detach":
        await this.#waits.retryWhileRefused(node, decision, () =>
          driver.detach!(this.#input.aws, node.stage, decision.found!.live, this.#runOf(node, decision, decision.found!.live)),
        );
        return undefined;
      case "shrink":
        await this.#shrink(node, decision, driver);
        return undefined;
      case "letGo":
        await this.#letGo(node, decision, driver);
        return undefined;
      case "delete":
        return this.#delete(node, decision, driver);
      case "wait":
        return this.#goOnWaiting(node, decision);
      case "barrier":
        return undefined;
    }
  }

  /** Returns the node's decision. For a node that writes, late values are put in. */
  async #withLateValues(node: Work): Promise<Decision> {
    const decision = this.#decision(node);
    const isWriting = node.op === "create" || node.op === "update" || node.op === "tag" || node.op === "shrink";
    return isWriting ? withLateValues(decision, (of) => this.#ask(node, of)) : decision;
  }

  async #ask(node: Work, of: LateValue): Promise<string | undefined> {
    const id = this.#ids.of(of.address);
    if (id === undefined) return undefined;
    const { kind } = this.#input.planned.decisions.get(of.address)!;
    const limit = kind.waits.create === "instant" ? 300 : kind.waits.create.limit;
    const what = `${of.address} to have its ${of.output}`;
    const live = await this.#waits.until(node, kind, id, { what, limit }, (seen) => outputOf(seen, of.output) !== undefined);
    return outputOf(live, of.output)!;
  }

  async #create(node: Work, decision: Decision, driver: Driver): Promise<AwsId> {
    const { aws, environment, observed } = this.#input;
    const { kind } = decision;
    const { desired, resolved } = decision.declared!;
    const request = this.#ids.in(kind, withDefaults(kind, resolved));
    const beside = decision.found && decision.order === "create-first" ? [decision.found.live.id] : [];
    const shown = observed.shown.get(decision.address) ?? [];
    const earlier = observed.leftovers.flatMap(({ live }) => (shown.includes(live.id) ? [live.tags] : []));
    if (beside.length > 0 && !(ownership.superseded in decision.found!.live.tags))
      await this.#waits.retryWhileRefused(node, decision, () =>
        driver.tag(aws, decision.found!.live, { [ownership.superseded]: supersededAfter(earlier) }, []),
      );
    const { id, identity, seen } = await createOnce(
      {
        aws,
        kind,
        driver,
        desired,
        scope: this.#scope,
        place: { account: aws.account, region: aws.region, project: environment.project, environment: environment.name, shown },
        name: nameFor(kind, desired, beside),
        beside: decision.found ? [decision.found.live.id] : [],
        mayRepeat: !this.#ids.namesUnheardOf(kind, resolved),
        look: (made) => this.#waits.poller(kind, driver).look(made),
        send: (create) => this.#waits.retryWhileRefused(node, decision, create),
        sleep: (ms) => sleepUnlessStopped(aws.clock, ms, this.#input.signal),
        say: this.#sayOf(node),
        limit: (usual) => waitLimit(this.#input, node, decision, usual),
      },
      request,
    );
    this.#ids.made(id, identity.name);
    const live = seen?.state === "ready" ? seen : await this.#waitUntilReady(node, decision, driver, id, request, identity);
    this.#ids.use(decision.address, id);
    this.#initialState.set(decision.address, { live, identity });
    return id;
  }

  async #waitUntilReady(node: Work, decision: Decision, driver: Driver, id: AwsId, request: Spec, identity: CreateIdentity): Promise<Live> {
    const { kind } = decision;
    const { create } = kind.waits;
    const initialState = driver.initialState?.(request);
    if (create === "instant" && initialState)
      return {
        id,
        aliases: [],
        tags: identity.tags,
        spec: initialState.spec,
        handle: initialState.handle,
        state: "ready",
        name: identity.name,
      };
    const wait = { ...this.#readiness(node, decision, id, request), typical: create === "instant" ? undefined : create.typical };
    const isOver = this.#unlessGone((seen) => seen.state !== "pending");
    const live = await this.#waits.until(node, kind, id, wait, isOver);
    if (live?.state === "ready") return live;
    throw notReady(kind, id, live, "run again: infra creates a new one, and AWS or infra deletes the failed one");
  }

  /** Waits for AWS to finish the request of an earlier run. Nobody knows when that request began, so the object is polled all the time. */
  async #goOnWaiting(node: Work, decision: Decision): Promise<AwsId> {
    const { kind, declared, found } = decision;
    const { id } = found!.live;
    const wait = this.#readiness(node, decision, id, declared!.resolved);
    const isOver = this.#unlessGone((seen) => !isUnderWay(seen), found!.live);
    const live = await this.#waits.until(node, kind, id, wait, isOver);
    if (live?.state === "ready" || live?.state === "pending") return id;
    throw notReady(kind, id, live, "run again: the plan shows what happens to it");
  }

  /** Also ends a wait when the object existed and has been absent for a minute: somebody has deleted it. */
  #unlessGone(isOver: (live: Live) => boolean, before?: Live): (live: Live | undefined) => boolean {
    const { clock } = this.#input.aws;
    let wasSeen = before !== undefined;
    let absentSince: number | undefined;
    return (live) => {
      if (live) [wasSeen, absentSince] = [true, undefined];
      else absentSince ??= clock.now();
      return live ? isOver(live) : wasSeen && clock.now() - absentSince! >= absentFor;
    };
  }

  #readiness(node: Work, decision: Decision, id: AwsId, spec: Spec): Awaited {
    const { name, waits } = decision.kind;
    const usual = waits.create === "instant" ? 300 : (waits.create.limitOf?.(spec) ?? waits.create.limit);
    return { what: `${name} ${id} to be ready`, limit: waitLimit(this.#input, node, decision, usual) };
  }

  async #update(node: Work, decision: Decision, driver: Driver): Promise<AwsId | undefined> {
    const { kind, declared, found } = decision;
    const initialState = this.#initialState.get(decision.address);
    const live = initialState?.live ?? this.#afterLetGo.get(decision.address) ?? found!.live;
    const spec = this.#ids.in(kind, initialState ? withDefaults(kind, declared!.resolved) : (declared!.resolved as Spec));
    const request: Expected = {
      spec,
      writtenOnly: !initialState && isAdopted(found!),
      ignoreChanges: initialState ? [] : declared!.desired.ignoreChanges,
      ...(declared!.desired.unlisted !== undefined ? { unlisted: declared!.desired.unlisted } : {}),
    };
    const changes = changesIn(kind, node.stage, request, live, initialState ? undefined : decision);
    if (Object.keys(changes).length === 0) return undefined;
    const run = this.#runOf(node, decision, live, initialState?.identity);
    const { made, gone } = marksOfChanges(kind, live, changes);
    await this.#waits.retryWhileRefused(node, decision, async () => {
      await this.#marks.add(driver, decision.address, live, made);
      await driver.update!(this.#input.aws, node.stage, live, spec, changes, run);
      await this.#marks.remove(driver, decision.address, live, gone);
    });
    return undefined;
  }

  async #tag(node: Work, decision: Decision, driver: Driver): Promise<undefined> {
    const { aws } = this.#input;
    const { kind, address, tags, declared } = decision;
    const { live, linked } = decision.found!;
    const marking = markingOf(kind, declared!.desired, { ...live, spec: linked }, live.spec as Spec);
    const run = this.#runOf(node, decision, live);
    const all = this.#claimed.has(address) ? besidesAdoption(tags).set : tags.set;
    await this.#waits.retryWhileRefused(node, decision, async () => {
      const marks = this.#marks.remaining(address, live, marking);
      const set = { ...Object.fromEntries(Object.entries(all).filter(([key]) => !isMadeTag(key))), ...marks.set };
      const remove = [...tags.remove.filter((key) => !isMadeTag(key)), ...marks.remove];
      // Entries first: once the object has the tags, no run checks its entries again.
      if (!this.#claimed.has(address))
        for (const [field, keys] of Object.entries(tags.claim ?? {})) await driver.claim!(aws, live, field, keys, run.identity);
      if (Object.keys(set).length + remove.length > 0) await driver.tag(aws, live, set, remove);
    });
    return undefined;
  }

  /** Writes only the tags that make an object ours. The update that follows writes the rest. */
  async #adopt(node: Work, decision: Decision, driver: Driver): Promise<undefined> {
    const { aws } = this.#input;
    const { live } = decision.found!;
    const run = this.#runOf(node, decision, live);
    await this.#waits.retryWhileRefused(node, decision, async () => {
      // Entries first, as for the tag node.
      for (const [field, keys] of Object.entries(decision.tags.claim ?? {})) await driver.claim!(aws, live, field, keys, run.identity);
      await driver.tag(aws, live, adoptionPart(decision.tags), []);
    });
    this.#claimed.add(decision.address);
    return undefined;
  }

  async #shrink(node: Work, decision: Decision, driver: Driver): Promise<void> {
    const { live } = decision.found!;
    const request = this.#ids.in(decision.kind, decision.declared!.resolved);
    await this.#waits.retryWhileRefused(node, decision, () =>
      driver.shrink!(this.#input.aws, node.stage, live, request, this.#runOf(node, decision, live)),
    );
  }

  /**
   * Removes the uses of objects that are about to be deleted, through the driver's own update of these fields. The update that follows
   * starts from there.
   */
  async #letGo(node: Work, decision: Decision, driver: Driver): Promise<void> {
    const { kind, found } = decision;
    const { live, linked } = found!;
    const fields = [...(node.without ?? [])];
    const spec: Record<string, unknown> = { ...(live.spec as Spec) };
    for (const [field, gone] of fields)
      spec[field] = keptIndexes(kind, linked, field, gone).map((i) => (live.spec as Record<string, readonly unknown[]>)[field]![i]);
    const all = changesIn(kind, node.stage, { spec, ignoreChanges: [], unlisted: "remove" }, live, undefined);
    const changes = Object.fromEntries(Object.entries(all).filter(([field]) => node.without?.has(field)));
    const run = this.#runOf(node, decision, live);
    const { gone } = marksOfChanges(kind, live, changes);
    await this.#waits.retryWhileRefused(node, decision, async () => {
      await driver.update!(this.#input.aws, node.stage, live, spec, changes, run);
      await this.#marks.remove(driver, decision.address, live, gone);
    });
    const seen = await this.#waits.poller(kind, driver).look(live.id, deletePollSeconds);
    if (seen) this.#afterLetGo.set(decision.address, seen);
  }

  async #delete(node: Work, decision: Decision, driver: Driver): Promise<undefined> {
    const { aws } = this.#input;
    const { kind } = decision;
    const seen = await this.#waits.poller(kind, driver).look(decision.found!.live.id, deletePollSeconds);
    if (!seen || seen.state === "dead") return undefined;
    if (!this.#isStillOurs(seen, decision))
      throw new StepError("not-ours", `${seen.id} no longer has the tags of ${decision.address}; it was not deleted.`, {
        hint: "somebody changed its tags since the plan was made; plan again",
      });
    const run = this.#runOf(node, decision, seen);
    const wait =
      kind.waits.delete === "instant"
        ? undefined
        : { ...kind.waits.delete, limit: waitLimit(this.#input, node, decision, kind.waits.delete.limit) };
    const limit = waitLimit(this.#input, node, decision, Math.max(defaultWaitLimit, wait?.limit ?? 0));
    if (seen.state !== "deleting") {
      const blockers = new Blockers(aws, driver, seen, this.#ids, (what) => {
        this.#emit({ type: "step-waiting", at: aws.clock.now(), step: this.refOf(node), what });
      });
      const refused = (error: AwsError, elapsed: number) => blockers.refused(error, elapsed);
      await this.#waits
        .retryWhileRefused(node, decision, () => driver.delete(aws, seen, run), limit, refused)
        .catch(async (error: unknown) => {
          throw await blockers.named(error);
        });
    }
    if (wait) {
      const what = `${kind.name} ${seen.id} to be gone`;
      await this.#waits.until(node, kind, seen.id, { ...wait, what }, (live) => live === undefined || live.state === "dead");
    }
    // Another program started this delete, so nobody has waited out the lag yet. Our own delete waits for it itself.
    if (decision.awaited && kind.waits.lag !== undefined) await sleepUnlessStopped(aws.clock, kind.waits.lag * 1000, this.#input.signal);
    if (decision.action === "delete") this.#ids.forget(decision.address);
    return undefined;
  }

  #isStillOurs(live: Live, { kind, found }: Decision): boolean {
    const { environment } = this.#input;
    const tags = live.tags;
    return (
      !isOfOtherRegion(kind, tags, environment.region) &&
      tags[ownership.project] === environment.project &&
      tags[ownership.environment] === environment.name &&
      addressOfTag(tags[ownership.resource] ?? "") === addressOfTag(found!.live.tags[ownership.resource] ?? "")
    );
  }

  #runOf(node: Work, decision: Decision, live: Live, identity?: CreateIdentity): Run {
    const { aws, environment, observed } = this.#input;
    const place = {
      account: aws.account,
      region: aws.region,
      project: environment.project,
      environment: environment.name,
      shown: observed.shown.get(decision.address) ?? [],
      attempt: 0,
    };
    return {
      identity: identity ?? this.#identityOfExisting(decision, live, place),
      mayDestroy: isDestroyAllowed(environment, decision.address, live),
      wait: (what, limit, done) =>
        this.#waits.until(node, decision.kind, live.id, { what, limit: waitLimit(this.#input, node, decision, limit) }, done),
      until: this.#waits.untilLook(node, decision),
      limit: (usual) => waitLimit(this.#input, node, decision, usual),
      say: this.#sayOf(node),
    };
  }

  #sayOf(node: Work): (text: string) => void {
    return (text) => this.#emit({ type: "step-said", at: this.#input.aws.clock.now(), step: this.refOf(node), text });
  }

  #identityOfExisting(decision: Decision, live: Live, place: Parameters<typeof createIdentityOf>[0]): CreateIdentity {
    const { declared, found } = decision;
    const desired: Desired | undefined = declared && found ? askedOf(declared.desired, found) : declared?.desired;
    const name = live.name ?? live.tags[ownership.name] ?? decision.address;
    return desired ? createIdentityOf(place, decision.kind, desired, name) : { tags: live.tags, token: "", name };
  }

  #decision(node: Work): Decision {
    return this.#input.planned.decisions.get(node.address)!;
  }
}

function notReady({ name }: Kind, id: AwsId, live: Live | undefined, hint: string): StepError {
  if (!live)
    return new StepError("failed", `${name} ${id} did not become ready: it is gone`, {
      hint: "somebody deleted it; run again to create it again",
    });
  const why = typeof live.state === "object" ? live.state.failed : `AWS shows it as ${live.state}`;
  return new StepError("failed", `${name} ${id} did not become ready: ${why}`, { hint });
}

function stageText({ op, stage }: Work): string {
  if (op === "delete") return "delete";
  if (op === "adopt") return "tags";
  if (op === "shrink") return `${stage} taken away`;
  return op === "letGo" ? `${stage} let go` : stage;
}
