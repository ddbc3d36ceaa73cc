/** What the sandbox keeps of CloudFormation: stacks and the names of what they made. A test puts them there; nobody makes one by a call. */
import type { ResourceStatus, StackStatus } from "@aws-sdk/client-cloudformation";
import type { Store } from "../../store.ts";

export interface StackRecord {
  /** Its ARN, which no other stack ever has. */
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
  /** Absent where it was never made. */
  readonly physicalId?: string;
  status: ResourceStatus;
}

export const stacks = (at: { readonly store: Store }): Map<string, StackRecord> => at.store.table<StackRecord>("cloudformation.stacks");
