/** RDS's errors. The codes are those on the wire: AWS ends some of them in "Fault" and some not. */
import { AwsFault } from "../../model.ts";

export const invalidValue = (message: string) => new AwsFault("InvalidParameterValue", message);
export const invalidCombination = (message: string) => new AwsFault("InvalidParameterCombination", message);
export const invalidState = (message: string) => new AwsFault("InvalidDBInstanceState", message);
export const noInstance = (id: string) => new AwsFault("DBInstanceNotFound", `DBInstance ${id} not found.`, 404);
export const noSubnetGroup = (name: string) => new AwsFault("DBSubnetGroupNotFoundFault", `DB subnet group '${name}' does not exist.`, 404);
export const noParameterGroup = (name: string) => new AwsFault("DBParameterGroupNotFound", `DBParameterGroup not found: ${name}`, 404);
export const noOptionGroup = (name: string) =>
  new AwsFault("OptionGroupNotFoundFault", `Specified OptionGroupName: ${name} not found.`, 404);
export const noSubscription = (name: string) => new AwsFault("SubscriptionNotFound", `Subscription ${name} does not exist.`, 404);
export const noSnapshot = (id: string) => new AwsFault("DBSnapshotNotFound", `DBSnapshot ${id} not found.`, 404);

export const noBlueGreen = (id: string) =>
  new AwsFault("BlueGreenDeploymentNotFoundFault", `The blue/green deployment ${id} does not exist.`, 404);

export const invalidClusterState = (message: string) => new AwsFault("InvalidDBClusterStateFault", message);
export const noCluster = (id: string) => new AwsFault("DBClusterNotFoundFault", `DBCluster ${id} not found.`, 404);
export const noClusterSnapshot = (id: string) => new AwsFault("DBClusterSnapshotNotFoundFault", `DBClusterSnapshot ${id} not found.`, 404);

/** The error for a feature of AWS that this sandbox does not model. An empty success would be wrong. */
export const notModelled = (what: string) => new AwsFault("NotImplemented", `The sandbox does not model ${what}.`, 501);

/** Returns a parameter; throws RDS's error when it is missing. */
export function required<T>(value: T | undefined | null, name: string): T {
  if (value === undefined || value === null || value === "")
    throw new AwsFault("MissingParameter", `The request must contain the parameter ${name}.`);
  return value;
}
