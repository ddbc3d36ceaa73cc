/** Reboot, stop and start. */
import type { RebootDBInstanceMessage, StartDBInstanceMessage, StopDBInstanceMessage } from "@aws-sdk/client-rds";
import type { Call, Handler } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { describeInstance } from "./describe.ts";
import { invalidCombination, invalidState } from "./faults.ts";
import { needInstance } from "./new-instance.ts";
import { instances, type InstanceRecord } from "./state.ts";
import { timeFor } from "./timing.ts";
import { isFree, occupy } from "./work.ts";

const sevenDays = 7 * 24 * 3_600_000;

export const powerOperations: Readonly<Record<string, Handler>> = {
  RebootDBInstance(input: RebootDBInstanceMessage, call) {
    const instance = needFree(call, input.DBInstanceIdentifier);
    if (input.ForceFailover === true && !instance.multiAz)
      throw invalidCombination("Cannot perform failover: the DB instance is not a Multi-AZ deployment.");
    if (input.ForceFailover === true) [instance.zone, instance.secondaryZone] = [instance.secondaryZone!, instance.zone];
    instance.parameterStatus = "in-sync";
    occupy(call, instance, "rebooting", timeFor(call, instance.resourceId, "restarted"));
    return { DBInstance: describeInstance(instance, call) };
  },

  StopDBInstance(input: StopDBInstanceMessage, call) {
    refuseUnknown(call, input, ["DBInstanceIdentifier"]);
    const instance = needFree(call, input.DBInstanceIdentifier);
    if (instance.sourceId !== undefined || instance.replicaIds.length > 0)
      throw invalidCombination("A DB instance that is a read replica, or has one, cannot be stopped.");
    instance.status = "stopping";
    later(call, instance, timeFor(call, instance.resourceId, "restarted"), "stopped");
    return { DBInstance: describeInstance(instance, call) };
  },

  StartDBInstance(input: StartDBInstanceMessage, call) {
    const instance = needInstance(call, input.DBInstanceIdentifier);
    if (instance.status !== "stopped") throw invalidState(`Instance ${instance.id} is not stopped: it is ${instance.status}.`);
    start(call, instance);
    return { DBInstance: describeInstance(instance, call) };
  },
};

export const powerTransitions = {
  power({ id, resourceId, status }: { id: string; resourceId: string; status: "stopped" | "starts" }, call: Call) {
    const instance = instances.get(call, id);
    if (instance?.resourceId !== resourceId || instance.status === "deleting") return;
    if (status === "stopped" && instance.status === "stopping") {
      instance.status = "stopped";
      later(call, instance, sevenDays, "starts");
    } else if (status === "starts" && instance.status === "stopped") start(call, instance);
  },
};

/** Starts an instance. AWS starts a stopped one itself after seven days. */
function start(call: Call, instance: InstanceRecord): void {
  instance.parameterStatus = "in-sync";
  occupy(call, instance, "starting", timeFor(call, instance.resourceId, "restarted"));
}

function later(call: Call, instance: InstanceRecord, ms: number, status: "stopped" | "starts"): void {
  call.later(ms, "rds:power", { id: instance.id, resourceId: instance.resourceId, status });
}

function needFree(call: Call, name: string | undefined): InstanceRecord {
  const instance = needInstance(call, name);
  if (!isFree(instance)) throw invalidState(`Instance ${instance.id} is not currently available: it is ${instance.status}.`);
  return instance;
}
