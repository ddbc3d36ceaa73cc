/** CloudFormation in the sandbox: reads the stacks that a test has added. Templates are not executed. */
import type {
  DescribeStackResourcesInput,
  DescribeStackResourcesOutput,
  DescribeStacksInput,
  DescribeStacksOutput,
  ListStackResourcesInput,
  ListStackResourcesOutput,
  Stack,
} from "@aws-sdk/client-cloudformation";
import { AwsFault, type Call, type ServiceModel } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { stacks, type StackRecord, type StackResourceRecord } from "./state.ts";

export const model: ServiceModel = {
  operations: {
    DescribeStacks: describeStacks,
    DescribeStackResources: describeStackResources,
    ListStackResources: listStackResources,
  },
};

/**
 * Describes stacks: "Deleted stacks: You must specify the unique stack ID"; without a name, only the existing
 * ones (CloudFormation API, DescribeStacks).
 */
function describeStacks(input: DescribeStacksInput, call: Call): DescribeStacksOutput {
  refuseUnknown(call, input, ["StackName", "NextToken"]);
  const { StackName: name } = input;
  const known = seen(call);
  const all = name === undefined ? known.filter(({ status }) => status !== "DELETE_COMPLETE") : [need(call, name)];
  const { items, next } = page(call, all, input, { key: ({ id }) => id, max: 100, size: 100, names: "autoscaling" });
  return { Stacks: items.map(shown), ...next };
}

/** Describes resources of a stack: "Up to 100 resources", no pages (CloudFormation API, DescribeStackResources). */
function describeStackResources(input: DescribeStackResourcesInput, call: Call): DescribeStackResourcesOutput {
  refuseUnknown(call, input, ["StackName"]);
  if (input.StackName === undefined) throw validation("You must specify either StackName or PhysicalResourceId");
  const stack = need(call, input.StackName);
  const StackResources = stack.resources.slice(0, 100).map((one) => ({
    StackName: stack.name,
    StackId: stack.id,
    ...named(one),
    Timestamp: new Date(stack.created),
  }));
  return { StackResources };
}

/** Lists resources of a stack, also of a deleted one, for 90 days by its id (CloudFormation API, ListStackResources). */
function listStackResources(input: ListStackResourcesInput, call: Call): ListStackResourcesOutput {
  refuseUnknown(call, input, ["StackName", "NextToken"]);
  const stack = need(call, input.StackName!);
  const { items, next } = page(call, stack.resources, input, {
    key: ({ logicalId }) => logicalId,
    max: 100,
    size: 100,
    names: "autoscaling",
  });
  const StackResourceSummaries = items.map((one) => ({ ...named(one), LastUpdatedTimestamp: new Date(stack.created) }));
  return { StackResourceSummaries, ...next };
}

function shown({ id, name, status, created, deleted }: StackRecord): Stack {
  return {
    StackId: id,
    StackName: name,
    StackStatus: status,
    CreationTime: new Date(created),
    ...(deleted !== undefined && { DeletionTime: new Date(deleted) }),
  };
}

function named({ logicalId, type, physicalId, status }: StackResourceRecord) {
  return {
    LogicalResourceId: logicalId,
    ResourceType: type,
    ...(physicalId !== undefined && { PhysicalResourceId: physicalId }),
    ResourceStatus: status,
  };
}

/** The stack with a name or id. A deleted stack has only its id, for 90 days. */
function need(call: Call, nameOrId: string): StackRecord {
  if (!/^([a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*)$/.test(nameOrId))
    throw validation(
      `1 validation error detected: Value '${nameOrId}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*`,
    );
  const found = seen(call).find(({ id, name, status }) => id === nameOrId || (name === nameOrId && status !== "DELETE_COMPLETE"));
  if (!found) throw validation(`Stack with id ${nameOrId} does not exist`);
  return found;
}

const ninetyDays = 90 * 86_400_000;

function seen(call: Call): StackRecord[] {
  return [...stacks(call).values()].filter(({ deleted }) => deleted === undefined || call.now - deleted < ninetyDays);
}

function validation(message: string): AwsFault {
  return new AwsFault("ValidationError", message);
}
