/** Reads from CloudFormation whether a stack is gone, and which resources a stack has. */
import type { Aws } from "./aws.ts";
import { AwsError, hasCode } from "./errors.ts";

/**
 * "unknown": CloudFormation may not be asked, or the stack belongs to another account. Only "gone" means that no stack manages its objects.
 */
export type StackFate = "there" | "gone" | "unknown";

/**
 * Reads each stack once, by its id (an ARN), in the region of the stack. CloudFormation never uses an id again, so a stack that is gone
 * stays gone.
 */
export class Stacks {
  readonly #aws: Aws;
  readonly #fates = new Map<string, Promise<StackFate>>();

  /** `gone`: ids of stacks that count as gone without a read. */
  constructor(aws: Aws, gone: Iterable<string> = []) {
    this.#aws = aws;
    for (const id of gone) this.#fates.set(id, Promise.resolve("gone"));
  }

  async fates(ids: ReadonlySet<string>): Promise<ReadonlyMap<string, StackFate>> {
    for (const id of ids) if (!this.#fates.has(id)) this.#fates.set(id, fateOf(this.#aws, id));
    return new Map(await Promise.all([...ids].map(async (id) => [id, await this.#fates.get(id)!] as const)));
  }
}

async function fateOf(aws: Aws, id: string): Promise<StackFate> {
  const [, , service, region = "", account] = id.split(":");
  if (service !== "cloudformation" || account !== aws.account) return "unknown";
  const there = region === aws.region ? aws : aws.elsewhere(region);
  try {
    const stack = await describeStack(there, id);
    return stack === undefined || stack.status === "DELETE_COMPLETE" ? "gone" : "there";
  } catch (error) {
    if (error instanceof AwsError && error.class === "auth") return "unknown";
    throw error;
  }
}

/** A stack and its present status. */
export interface StackNow {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

/**
 * Returns a stack by its name, or by its id when it was deleted. Undefined when there is none. CloudFormation knows a deleted stack for 90
 * days, and then says "does not exist" (CloudFormation API reference, DescribeStacks).
 */
export async function describeStack(aws: Aws, nameOrId: string): Promise<StackNow | undefined> {
  const cloudformation = await import("./sdk/cloudformation.ts");
  try {
    const { Stacks } = await aws.cloudformation(new cloudformation.DescribeStacksCommand({ StackName: nameOrId }));
    const found = Stacks?.find(({ StackId, StackName }) => StackId === nameOrId || StackName === nameOrId);
    return found && { id: found.StackId ?? nameOrId, name: found.StackName ?? nameOrId, status: found.StackStatus ?? "unknown" };
  } catch (error) {
    if (hasCode(error, "ValidationError") && error.message.includes("does not exist")) return undefined;
    throw error;
  }
}

/** One resource of a stack that exists. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly id: string;
  /** Logical ids of the nested stacks that contain the resource, the outermost first. */
  readonly within?: readonly string[];
}

/** A resource as DescribeStackResources and ListStackResources show it. */
export interface StackResourceTold {
  readonly LogicalResourceId?: unknown;
  readonly ResourceType?: unknown;
  readonly PhysicalResourceId?: unknown;
  readonly ResourceStatus?: unknown;
}

/** Returns the resources that exist. A resource with "DELETE_SKIPPED" was kept when its stack was deleted. */
export function standing(told: readonly StackResourceTold[]): StackResource[] {
  return told.flatMap(({ LogicalResourceId: logicalId, ResourceType: type, PhysicalResourceId: id, ResourceStatus: status }) => {
    const isThere = status !== "CREATE_FAILED" && status !== "DELETE_COMPLETE";
    return typeof logicalId === "string" && typeof type === "string" && typeof id === "string" && id !== "" && isThere
      ? [{ logicalId, type, id }]
      : [];
  });
}

/** Returns the resources of a stack and of its nested stacks. `stacks` are the ids of all of them. */
export async function resourcesOfStack(
  aws: Aws,
  id: string,
): Promise<{ readonly stacks: readonly string[]; readonly resources: readonly StackResource[] }> {
  const cloudformation = await import("./sdk/cloudformation.ts");
  const stacks: string[] = [];
  const resources: StackResource[] = [];
  const open: { readonly id: string; readonly within: readonly string[] }[] = [{ id, within: [] }];
  for (let one = open.shift(); one; one = open.shift()) {
    const { within } = one;
    if (stacks.includes(one.id)) continue;
    stacks.push(one.id);
    for await (const page of aws.cloudformation.pages(cloudformation.ListStackResourcesCommand, { StackName: one.id }))
      for (const resource of standing(page.StackResourceSummaries ?? [])) {
        if (resource.type === "AWS::CloudFormation::Stack") open.push({ id: resource.id, within: [...within, resource.logicalId] });
        else resources.push(within.length > 0 ? { ...resource, within } : resource);
      }
  }
  return { stacks, resources };
}
