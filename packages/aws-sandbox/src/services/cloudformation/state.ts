/** The records of CloudFormation: stacks and the names of their resources. A test adds them; no call creates one. */
import type { ResourceStatus, StackStatus } from "@aws-sdk/client-cloudformation";
import type { Store } from "../../store.ts";

export interface StackRecord {
  /** Its ARN, which is unique forever. */
  readonly id: string;
  readonly name: string;
  status: StackStatus;
  readonly created: number;
  deleted?: number;
  resources: StackResourceRecord[];
}

export interface StackResourceRecord {
  readonly logicalId: string;
  readonly type: string;
  /** Absent when the resource was never created. */
  readonly physicalId?: string;
  status: ResourceStatus;
}

export const stacks = (at: { readonly store: Store }): Map<string, StackRecord> => at.store.table<StackRecord>("cloudformation.stacks");
