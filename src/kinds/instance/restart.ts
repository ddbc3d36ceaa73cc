/**
 * Makes changes that EC2 accepts only while an instance is stopped. From before the stop until after the start, a tag says that it must run
 * again. If the run is killed in between, the next run finishes the restart.
 */
import type { _InstanceType as InstanceType } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { AwsError } from "../../aws/errors.ts";
import { tagEc2 } from "../../aws/tagging.ts";
import type { Instance } from "./schema.ts";
import type { Changes, Live, Run } from "../kind.ts";
import { encodeUserData } from "../shared/instances/launch.ts";
import { resumeTag, type Handle } from "./live.ts";
import { Refusal } from "../../resource/refusal.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");
type Machine = Live<Instance, Handle>;
type MachineRun = Run<Instance, Handle>;

/** In seconds. Stopping takes 20 to 90, starting 10 to 60 (a hibernating or Windows instance longer). */
const stateTimeout = 600;

/** Whether any of these changes needs the instance to be stopped. */
export function needsStop(changes: Changes<Instance>): boolean {
  const { before, after } = changes.privateDnsNameOptions ?? {};
  const isRenamed = after?.hostnameType !== undefined && after.hostnameType !== before?.hostnameType;
  return (
    isRenamed || ["instanceType", "userData", "placementGroup", "capacityReservation", "ebsOptimized"].some((field) => field in changes)
  );
}

export async function changeWhileStopped(
  ec2: Sdk,
  aws: Aws,
  live: Machine,
  request: Instance,
  changes: Changes<Instance>,
  run: MachineRun,
): Promise<void> {
  const shallRun = wasRunning(live) && request.state !== "stopped";
  if (shallRun) await tagEc2(aws, [live.id], { [resumeTag]: "running" }, []);
  await stop(ec2, aws, live, run);
  await change(ec2, aws, live, changes, request);
  if (shallRun) await startAsNew(ec2, aws, live, changes, run);
  if (wasRunning(live)) await tagEc2(aws, [live.id], {}, [resumeTag]);
}

/** Brings an instance into the desired power state. Either way this ends an interrupted restart. */
export async function changePower(ec2: Sdk, aws: Aws, live: Machine, state: "running" | "stopped", run: MachineRun): Promise<void> {
  if (state === "stopped") await stop(ec2, aws, live, run);
  else await start(ec2, aws, live, run);
  if (live.tags[resumeTag] !== undefined) await tagEc2(aws, [live.id], {}, [resumeTag]);
}

function wasRunning(live: Machine): boolean {
  return live.handle.power === "running" || live.handle.power === "pending" || live.tags[resumeTag] !== undefined;
}

async function stop(ec2: Sdk, aws: Aws, live: Machine, run: MachineRun): Promise<void> {
  const now = await run.wait(
    `${live.id} to be running or stopped`,
    stateTimeout,
    (seen) => seen?.state !== "pending" || seen.handle.power === "stopping",
  );
  refuseIfGone(live, now);
  if (now!.handle.power === "running") await aws.ec2(new ec2.StopInstancesCommand({ InstanceIds: [live.id] }));
  const stopped = await run.wait(`${live.id} to stop`, stateTimeout, (seen) => seen?.handle.power === "stopped" || isGone(seen));
  refuseIfGone(live, stopped);
}

/** Makes one call for each attribute, because EC2 refuses two in one call. After a crash each call can be repeated safely. */
async function change(
  ec2: Sdk,
  aws: Aws,
  live: Machine,
  changes: Changes<Instance>,
  { userDataEncoding }: Pick<Instance, "userDataEncoding">,
): Promise<void> {
  const InstanceId = live.id;
  const { instanceType, userData, ebsOptimized, placementGroup, capacityReservation, privateDnsNameOptions } = changes;
  if (instanceType?.after) await setType(ec2, aws, live, instanceType.after);
  if (userData)
    await aws.ec2(
      new ec2.ModifyInstanceAttributeCommand({
        InstanceId,
        Attribute: "userData",
        Value: encodeUserData(userData.after ?? "", userDataEncoding),
      }),
    );
  if (ebsOptimized)
    await aws.ec2(new ec2.ModifyInstanceAttributeCommand({ InstanceId, EbsOptimized: { Value: ebsOptimized.after ?? false } }));
  if (placementGroup) await aws.ec2(new ec2.ModifyInstancePlacementCommand({ InstanceId, GroupName: placementGroup.after ?? "" }));
  if (privateDnsNameOptions?.after) await changeDnsNames(ec2, aws, InstanceId, privateDnsNameOptions.after);
  if (capacityReservation?.after) {
    const { after } = capacityReservation;
    const CapacityReservationSpecification =
      after === "open" || after === "none"
        ? ({ CapacityReservationPreference: after } as const)
        : { CapacityReservationTarget: { CapacityReservationId: after } };
    await aws.ec2(new ec2.ModifyInstanceCapacityReservationAttributesCommand({ InstanceId, CapacityReservationSpecification }));
  }
}

/** Changes the host name. A change between the two kinds of names needs a stopped instance (EC2 API, ModifyPrivateDnsNameOptions). */
export async function changeDnsNames(
  ec2: Sdk,
  aws: Aws,
  InstanceId: string,
  options: NonNullable<Instance["privateDnsNameOptions"]>,
): Promise<void> {
  await aws.ec2(
    new ec2.ModifyPrivateDnsNameOptionsCommand({
      InstanceId,
      ...(options.hostnameType === undefined ? {} : { PrivateDnsHostnameType: options.hostnameType }),
      ...(options.enableResourceNameDnsARecord === undefined ? {} : { EnableResourceNameDnsARecord: options.enableResourceNameDnsARecord }),
      ...(options.enableResourceNameDnsAAAARecord === undefined
        ? {}
        : { EnableResourceNameDnsAAAARecord: options.enableResourceNameDnsAAAARecord }),
    }),
  );
}

/** Starts with the new type. Where EC2 has no capacity for it, starts with the old type again. */
async function startAsNew(ec2: Sdk, aws: Aws, live: Machine, changes: Changes<Instance>, run: MachineRun): Promise<void> {
  const { before, after } = changes.instanceType ?? {};
  const refusal = await whyNotStarted(ec2, aws, live, run);
  if (refusal === undefined) return;
  if (before === undefined || before === after) throw refusal;
  run.say(`EC2 has no capacity for ${after}; going back to ${before}`);
  await setType(ec2, aws, live, before);
  await start(ec2, aws, live, run);
  await tagEc2(aws, [live.id], {}, [resumeTag]);
  const advice = `${live.id} runs as ${before} again. Try again later, or choose another type or zone.`;
  throw new Refusal(`EC2 has no capacity for ${after} in this zone now (${refusal.message}). ${advice}`, { cause: refusal });
}

async function start(ec2: Sdk, aws: Aws, live: Machine, run: MachineRun): Promise<void> {
  const refusal = await whyNotStarted(ec2, aws, live, run);
  if (refusal !== undefined) throw refusal;
}

/**
 * Starts the instance and waits until it runs. Returns an error if capacity is missing, which EC2 reports in two ways. Throws all other
 * errors.
 */
async function whyNotStarted(ec2: Sdk, aws: Aws, live: Machine, run: MachineRun): Promise<Error | undefined> {
  try {
    // For up to two minutes after a change of type, EC2 may answer that its launch plan does not include it yet.
    await run.until(`EC2 to start ${live.id}`, 120, 5, () =>
      isAccepted(aws.ec2(new ec2.StartInstancesCommand({ InstanceIds: [live.id] }))),
    );
  } catch (error) {
    if (error instanceof AwsError && error.class === "capacity") return error;
    throw error;
  }
  const seen = await run.wait(
    `${live.id} to run`,
    stateTimeout,
    (now) => now?.handle.power === "running" || hasFallenBack(now) || isGone(now),
  );
  refuseIfGone(live, seen);
  return hasFallenBack(seen) ? new Refusal(seen?.handle.reason ?? "AWS gave no reason") : undefined;
}

async function isAccepted(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof AwsError && error.class === "wrong-state") return false;
    throw error;
  }
}

/** Whether the instance has stopped again: EC2 may accept a start and then return to "stopped" for lack of capacity. */
function hasFallenBack(seen: Machine | undefined): boolean {
  return seen?.handle.power === "stopped" && (seen.handle.reason ?? "").startsWith("Server.");
}

async function setType(ec2: Sdk, aws: Aws, live: Machine, type: string): Promise<void> {
  await aws.ec2(new ec2.ModifyInstanceAttributeCommand({ InstanceId: live.id, InstanceType: { Value: type as InstanceType } }));
}

function isGone(seen: Machine | undefined): boolean {
  return seen === undefined || seen.state === "dead" || seen.state === "deleting" || typeof seen.state === "object";
}

function refuseIfGone(live: Machine, seen: Machine | undefined): void {
  if (isGone(seen))
    throw new Refusal(
      `${live.id} was terminated during the change${seen?.handle.reason ? `: ${seen.handle.reason}` : ""}. The next apply creates a new instance.`,
    );
}
