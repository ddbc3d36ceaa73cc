/** A request to Cloud Control is answered at once and carried out later: this waits for its end. */
import type { ProgressEvent } from "@aws-sdk/client-cloudcontrol";
import type { Aws } from "../../aws/aws.ts";
import { AwsError, classify, type ErrorClass } from "../../aws/errors.ts";
import { withoutToldValues } from "../../aws/secrets.ts";

type Sdk = typeof import("../../aws/sdk/cloudcontrol.ts");

/** Seconds between two polls: most handlers answer within seconds, some take an hour. */
const pollDelays = [1, 1, 2, 3, 5];
const laterDelay = 10;

/**
 * The event with which the request ended well. Throws what AWS says where it failed, without the `secrets` and whatever it calls one: a
 * handler may repeat all that it was given. A time-out of ours after `limit` seconds.
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

/** What of a type somebody's request is about: all that is being made, or one object. */
export interface Busy {
  readonly TypeName: string;
  readonly Identifier?: string;
}

/**
 * Until no request of before is under way: that of a run that was killed goes on in AWS, perhaps for an hour. What is being made has no
 * identifier yet, and nothing tells which request had a token.
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

/** Whether what a request made was deleted by a later one. */
export async function wasDeleted(sdk: Sdk, aws: Aws, { TypeName, Identifier, EventTime }: ProgressEvent): Promise<boolean> {
  const input = { ResourceRequestStatusFilter: { Operations: ["DELETE" as const], OperationStatuses: ["SUCCESS" as const] } };
  for await (const page of aws.cloudcontrol.pages(sdk.ListResourceRequestsCommand, input))
    for (const event of page.ResourceRequestStatusSummaries ?? [])
      if (event.TypeName === TypeName && event.Identifier === Identifier && timeOf(event) >= timeOf({ EventTime })) return true;
  return false;
}

/** When something last happened to a request, in milliseconds. */
export function timeOf({ EventTime }: Pick<ProgressEvent, "EventTime">): number {
  return EventTime?.getTime() ?? Infinity;
}

/** One poll of all requests that are under way, for everything that waits at this moment: when it was begun, and what it finds. */
interface Poll {
  readonly at: number;
  readonly running: Promise<ReadonlyMap<string, ProgressEvent>>;
}

const lastPolls = new WeakMap<Aws["clock"], Map<string, Poll>>();

/** How old a poll of somebody else may be, in milliseconds. */
const fresh = 900;

/** Whether the request is under way; what AWS does not list as such has ended, or is asked about by itself. */
async function isRunning(sdk: Sdk, aws: Aws, token: string | undefined): Promise<boolean> {
  const places = lastPolls.get(aws.clock) ?? new Map<string, Poll>();
  lastPolls.set(aws.clock, places);
  const place = `${aws.account}/${aws.region}`;
  const last = places.get(place);
  const isFresh = last !== undefined && aws.clock.now() - last.at < fresh;
  const poll = isFresh ? last : { at: aws.clock.now(), running: running(sdk, aws) };
  places.set(place, poll);
  const events = await poll.running.catch(() => undefined); // whoever waits then asks about its own request, and is told what is wrong
  if (!events && places.get(place) === poll) places.delete(place);
  return token !== undefined && events?.has(token) === true;
}

/** Events of the requests that are under way, by their tokens. */
async function running(sdk: Sdk, aws: Aws): Promise<ReadonlyMap<string, ProgressEvent>> {
  const events = new Map<string, ProgressEvent>();
  const input = { ResourceRequestStatusFilter: { OperationStatuses: ["PENDING" as const, "IN_PROGRESS" as const] } };
  for await (const page of aws.cloudcontrol.pages(sdk.ListResourceRequestsCommand, input))
    for (const event of page.ResourceRequestStatusSummaries ?? [])
      if (event.RequestToken !== undefined) events.set(event.RequestToken, event);
  return events;
}

/** What went wrong with a request after AWS had taken it, as an error of the call that began it. */
function errorOf(
  { ErrorCode: code = "GeneralServiceException", StatusMessage = "", Operation, RequestToken }: ProgressEvent,
  secrets: Iterable<string>,
): AwsError {
  const text = withoutToldValues(StatusMessage, secrets);
  const operation = `${titled(Operation ?? "")}Resource`;
  return error(classOf(code, text, operation), code, text || `the request failed with ${code}`, operation, RequestToken);
}

/** The same failure without these values: where a request is refused at once, its answer may repeat the object, too. */
export function untold(failure: unknown, secrets: Iterable<string>): unknown {
  if (!(failure instanceof AwsError)) return failure;
  const message = withoutToldValues(failure.message, secrets);
  return message === failure.message ? failure : new AwsError({ ...failure, message });
}

/** Codes of ProgressEvents (Cloud Control API reference, "ProgressEvent": ErrorCode); the text is the service's own and decides first. */
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
  // Throttles hide behind a general code; the request is over, so it is sent again as one that is not possible now.
  if (/throttl|rate exceeded|too many requests/i.test(text)) return "wrong-state";
  return classes[code] ?? "validation";
}

function titled(operation: string): string {
  return operation.slice(0, 1) + operation.slice(1).toLowerCase();
}

function late(event: ProgressEvent | undefined, limit: number): AwsError {
  const text = `the request ${event?.RequestToken ?? ""} was not over after ${limit} s; run again, and it goes on from here`;
  return error("validation", "NotStabilized", text, "GetResourceRequestStatus", event?.RequestToken);
}

function error(cls: ErrorClass, code: string, message: string, operation: string, requestId: string | undefined): AwsError {
  return new AwsError({ class: cls, code, message, service: "cloudcontrol", operation, status: undefined, requestId, attempts: 1 });
}
