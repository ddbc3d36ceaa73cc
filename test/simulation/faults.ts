/** The faults that may happen at one call, by name. */
import type { FaultPlan } from "@plumbline/aws-sandbox/faults/plan.ts";
import { isMutating } from "@plumbline/aws-sandbox/sandbox.ts";

export interface Fault {
  readonly name: string;
  /** Whether the fault can happen at this operation ("ec2:CreateVpc"). */
  befalls(operation: string): boolean;
  /** The only phase in which the fault happens; all phases when absent. */
  readonly phase?: string;
  plan(call: number): FaultPlan;
  /** The run executes an approved plan, and the runs that follow use the same approval. */
  readonly isApproved?: true;
  /** Faults of the runs that follow: a list that lags continues to lag. */
  readonly after?: FaultPlan;
  /**
   * How long a lag lasts that is longer than a run. It begins again with each run that writes, so the third run begins when the lists are
   * complete.
   */
  readonly lastsFor?: number;
}

const everywhere = () => true;
const writes = (operation: string) => isMutating(operation.split(":")[1]!);
const ec2Writes = (operation: string) => operation.startsWith("ec2:") && writes(operation);

function refused(name: string, code: string, status: number, befalls: Fault["befalls"] = everywhere): Fault {
  return { name, befalls, plan: (call) => ({ refuse: [{ call, code, status }] }) };
}

const lateTags: FaultPlan = { lag: { tags: 60_000 } };
/** Longer than any run waits, so only the client token still tells that the object exists. */
const longLag = 180_000;
const tokensOnly: FaultPlan = { lag: { tags: longLag, of: ["i-", "nat-", "rtb-", "lt-"] } };
const lateIds: FaultPlan = { lag: { ids: 5_000, tags: 5_000 } };

/** Every fault that is tried at every call where it can happen. */
export const faults: readonly Fault[] = [
  { name: "stop before it is sent", befalls: everywhere, plan: (call) => ({ stop: [{ call, when: "before" }] }) },
  { name: "stop before the answer", befalls: everywhere, plan: (call) => ({ stop: [{ call, when: "after" }] }) },
  {
    name: "stop before the answer, then the same approval",
    befalls: writes,
    isApproved: true,
    plan: (call) => ({ stop: [{ call, when: "after" }] }),
  },
  { name: "answer lost", befalls: everywhere, plan: (call) => ({ loseAnswer: [{ call }] }) },
  { name: "answer timed out", befalls: writes, plan: (call) => ({ loseAnswer: [{ call, error: "TimeoutError" }] }) },
  refused("throttled", "RequestLimitExceeded", 503),
  refused("InternalError", "InternalError", 500),
  refused("ServiceUnavailable", "ServiceUnavailable", 503, writes), // the same class as InternalError, so reads behave the same
  refused("denied", "UnauthorizedOperation", 403),
  refused("IncorrectState", "IncorrectState", 400, ec2Writes),
  refused("DependencyViolation", "DependencyViolation", 400, (operation) => /^ec2:(Delete|Detach|Release|Disassociate)/.test(operation)),
  { name: "stop, tags 60 s late", befalls: writes, plan: (call) => ({ stop: [{ call, when: "after" }], ...lateTags }), after: lateTags },
  {
    name: "stop, only the token tells",
    phase: "apply", // in a change the replaced instance was just tagged again, and hiding it hides the source of the token
    befalls: (operation) => /^ec2:(RunInstances|Create(NatGateway|RouteTable|LaunchTemplate))$/.test(operation),
    plan: (call) => ({ stop: [{ call, when: "after" }], ...tokensOnly }),
    after: tokensOnly,
    lastsFor: longLag,
  },
  { name: "answer lost, tags 60 s late", befalls: writes, plan: (call) => ({ loseAnswer: [{ call }], ...lateTags }), after: lateTags },
  { name: "answer lost, ids 5 s late", befalls: writes, plan: (call) => ({ loseAnswer: [{ call }], ...lateIds }), after: lateIds },
];

/** Faults that last for a whole run instead of one call. */
export const climates: readonly Fault[] = [1_000, 5_000, 60_000]
  .flatMap((ms): Fault[] => [
    climate(`ids ${ms / 1000} s late`, { lag: { ids: ms } }),
    climate(`tags ${ms / 1000} s late`, { lag: { tags: ms } }),
    climate(`ids and tags ${ms / 1000} s late`, { lag: { ids: ms, tags: ms } }),
  ])
  .concat(
    climate("throttled as published", { throttle: "published" }),
    climate("throttled five times as hard", { throttle: { scale: 0.2 } }),
  );

function climate(name: string, plan: FaultPlan): Fault {
  return { name, befalls: everywhere, plan: () => plan, after: plan };
}
