/** Waits for requests to Cloud Control, which answers at once and carries the request out later. */
import type { ProgressEvent } from "@aws-sdk/client-cloudcontrol";
import type { Aws } from "../../aws/aws.ts";
import { AwsError, classify, type ErrorClass } from "../../aws/errors.ts";
import { withoutToldValues } from "../../aws/secrets.ts";

type Sdk = typeof import("../../aws/sdk/cloudcontrol.ts");

/** Seconds between two polls. Most handlers answer within seconds, some take an hour. */
const pollDelays = [1, 1, 2, 3, 5];
const laterDelay = 10;

/**
 * Returns the event with which the request ended successfully. Throws AWS's error when the request failed, without the `secrets` and the
 * values that the text calls secret, because a handler may repeat all its input. Throws a timeout after `limit` seconds.
 */
export async function finished(
  sdk: Sdk,
  aws: Aws,
  begun: ProgressEvent | undefined,
  limit: number,
  secrets: Iterable<string> = [],
): Promise<ProgressEvent> {
  const began = aws.clock.now();
  let event = begun;
  for (let poll = 0; ; poll++) {
    if (event?.OperationStatus === "SUCCESS") return event;
    if (event?.OperationStatus === "FAILED" || event?.OperationStatus === "CANCEL_COMPLETE") throw errorOf(event, secrets);
    if (aws.clock.now() - began > limit * 1000) throw late(event, limit);
    await aws.clock.sleep((pollDelays[poll] ?? laterDelay) * 1000);
    if (await isRunning(sdk, aws, event?.RequestToken)) continue;
    const status = await aws.cloudcontrol(new sdk.GetResourceRequestStatusCommand({ RequestToken: event?.RequestToken }));
    event = status.ProgressEvent;
  }
}

/** The requests to wait for: all creates of a type, or every request for one object. */
export interface Busy {
  readonly TypeName: string;
  readonly Identifier?: string;
}

/**
 * Waits until no earlier request is under way. AWS goes on with the request of a killed run, perhaps for an hour. An object that is being
 * created has no identifier yet, and no API tells which request had a token. That is why the wait is for all creates of the type.
 */
export async function idle(sdk: Sdk, aws: Aws, { TypeName, Identifier }: Busy, limit: number): Promise<void> {
  const began = aws.clock.now();
  const isMeant = (event: ProgressEvent) =>
    event.TypeName === TypeName && (Identifier === undefined ? event.Operation === "CREATE" : event.Identifier === Identifier);
  for (let poll = 0; aws.clock.now() - began <= limit * 1000; poll++) {
    const events = await running(sdk, aws);
    if (![...events.values()].some(isMeant)) return;
    await aws.clock.sleep((pollDelays[poll] ?? laterDelay) * 1000);
  }
}

/** Whether a later request deleted the object that a request made. */
export async function wasDeleted(sdk: Sdk, aws: Aws, { TypeName, Identifier, EventTime }: ProgressEvent): Promise<boolean> {
  const input = { ResourceRequestStatusFilter: { Operations: ["DELETE" as const], OperationStatuses: ["SUCCESS" as const] } };
  for await (const page of aws.cloudcontrol.pages(sdk.ListResourceRequestsCommand, input))
    for (const event of page.ResourceRequestStatusSummaries ?? [])
      if (event.TypeName === TypeName && event.Identifier === Identifier && timeOf(event) >= timeOf({ EventTime })) return true;
  return false;
}

/** Returns the time of the last event of a request, in milliseconds. */
export function timeOf({ EventTime }: Pick<ProgressEvent, "EventTime">): number {
  return EventTime?.getTime() ?? Infinity;
}

/** One poll of all running requests, shared by everything that waits at this moment: its start and its result. */
interface Poll {
  readonly at: number;
  readonly running: Promise<ReadonlyMap<string, ProgressEvent>>;
}

const lastPolls = new WeakMap<Aws["clock"], Map<string, Poll>>();

/** The age in milliseconds up to which a waiter uses the poll of another one. */
const fresh = 900;

/** Whether the request is under way. A request that AWS does not list here has ended, or its own status is asked for. */
async function isRunning(sdk: Sdk, aws: Aws, token: string | undefined): Promise<boolean> {
  const places = lastPolls.get(aws.clock) ?? new Map<string, Poll>();
  lastPolls.set(aws.clock, places);
  const place = `${aws.account}/${aws.region}`;
  const last = places.get(place);
  const isFresh = last !== undefined && aws.clock.now() - last.at < fresh;
  const poll = isFresh ? last : { at: aws.clock.now(), running: running(sdk, aws) };
  places.set(place, poll);
  const events = await poll.running.catch(() => undefined); // each waiter then asks about its own request and gets that error
  if (!events && places.get(place) === poll) places.delete(place);
  return token !== undefined && events?.has(token) === true;
}

/** Returns the last event of each running request, by its token. */
async function running(sdk: Sdk, aws: Aws): Promise<ReadonlyMap<string, ProgressEvent>> {
  const events = new Map<string, ProgressEvent>();
  const input = { ResourceRequestStatusFilter: { OperationStatuses: ["PENDING" as const, "IN_PROGRESS" as const] } };
  for await (const page of aws.cloudcontrol.pages(sdk.ListResourceRequestsCommand, input))
    for (const event of page.ResourceRequestStatusSummaries ?? [])
      if (event.RequestToken !== undefined) events.set(event.RequestToken, event);
  return events;
}

/** Turns the failure of a request that AWS had accepted into an error of the call that began it. */
function errorOf(
  { ErrorCode: code = "GeneralServiceException", StatusMessage = "", Operation, RequestToken }: ProgressEvent,
  secrets: Iterable<string>,
): AwsError {
  const text = withoutToldValues(StatusMessage, secrets);
  const operation = `${titled(Operation ?? "")}Resource`;
  return error(classOf(code, text, operation), code, text || `the request failed with ${code}`, operation, RequestToken);
}

/** Returns the same failure without these values: the answer to a refused request may repeat the object, too. */
export function untold(failure: unknown, secrets: Iterable<string>): unknown {
  if (!(failure instanceof AwsError)) return failure;
  const message = withoutToldValues(failure.message, secrets);
  return message === failure.message ? failure : new AwsError({ ...failure, message });
}

/**
 * Error classes of the codes of ProgressEvents (Cloud Control API reference, "ProgressEvent": ErrorCode). The service's own text decides
 * first.
 */
const classes: Readonly<Record<string, ErrorClass>> = {
  AlreadyExists: "duplicate",
  ServiceLimitExceeded: "quota",
  AccessDenied: "auth",
  InvalidCredentials: "auth",
  UnauthorizedTaggingOperation: "auth",
  NotFound: "not-found",
  ResourceConflict: "concurrency",
  Throttling: "wrong-state",
  ServiceInternalError: "wrong-state",
  InternalFailure: "wrong-state",
  NetworkFailure: "wrong-state",
};

function classOf(code: string, text: string, operation: string): ErrorClass {
  const told = classify(code, text, undefined, operation);
  if (told === "wrong-state" || told === "dependency") return told;
  // Handlers report throttling with a general code. The request is over, so the whole request is sent again later, as in a wrong state.
  if (/throttl|rate exceeded|too many requests/i.test(text)) return "wrong-state";
  return classes[code] ?? "validation";
}

function titled(operation: string): string {
  return operation.slice(0, 1) + operation.slice(1).toLowerCase();
}

function late(event: ProgressEvent | undefined, limit: number): AwsError {
  const text = `the request ${event?.RequestToken ?? ""} did not end within ${limit} s; run again, and infra continues from here`;
  return error("validation", "NotStabilized", text, "GetResourceRequestStatus", event?.RequestToken);
}

function error(cls: ErrorClass, code: string, message: string, operation: string, requestId: string | undefined): AwsError {
  return new AwsError({ class: cls, code, message, service: "cloudcontrol", operation, status: undefined, requestId, attempts: 1 });
}
