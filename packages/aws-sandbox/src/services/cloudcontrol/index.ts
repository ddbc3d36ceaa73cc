/**
 * The Cloud Control API: one store of objects of all types, which follows their registry schemas. A request is answered at once and ends
 * some seconds later. Each fault event is used up by one request: with `cloudcontrol:fails` it ends with GeneralServiceException and has
 * done nothing; with `cloudcontrol:echoes` the error text also repeats the whole object, as some handlers do; with `cloudcontrol:drops`
 * reads never show the first property of the new object, as with handlers that forget one.
 */
import type {
  CreateResourceInput,
  DeleteResourceInput,
  GetResourceInput,
  GetResourceRequestStatusInput,
  ListResourceRequestsInput,
  ListResourcesInput,
  ProgressEvent,
  UpdateResourceInput,
} from "@aws-sdk/client-cloudcontrol";
import { typeSchema, type RegistrySchema } from "@plumbline/aws-types";
import { AwsFault, type Call, type Handler, type ServiceModel } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { behaviours } from "./behaviours.ts";
import { checkModel } from "./model-check.ts";
import { nameOf } from "./behaviours/behaviour.ts";
import { change, drop, make, shown } from "./objects.ts";
import { patched, pathsIn } from "./patch.ts";
import { keyOf, objectsOf, requests, type ObjectRecord, type RequestRecord } from "./state.ts";
import { valuesAt, waysOf } from "./ways.ts";

/** How long a client token is remembered: 36 hours, in milliseconds (Cloud Control API reference, CreateResource). */
const tokenLife = 36 * 3_600_000;

const operations: Record<string, Handler> = {
  CreateResource(input: CreateResourceInput, call) {
    refuseUnknown(call, input, ["TypeName", "DesiredState", "ClientToken"]);
    const schema = needType(input.TypeName!);
    const desired = parsed(input.DesiredState!);
    checkModel(schema, desired);
    refuseMade(schema, desired);
    return { ProgressEvent: eventOf(begin(call, { type: input.TypeName!, operation: "CREATE", desired, clientToken: input.ClientToken })) };
  },

  UpdateResource(input: UpdateResourceInput, call) {
    refuseUnknown(call, input, ["TypeName", "Identifier", "PatchDocument", "ClientToken"]);
    const schema = needType(input.TypeName!);
    const record = need(call, input.TypeName!, input.Identifier!);
    refuseBusy(call, record);
    const desired = patched(record.properties, input.PatchDocument!);
    const made = waysOf(schema.readOnlyProperties).map((way) => `/${way.join("/")}`);
    const bad = pathsIn(input.PatchDocument!).find((path) => made.includes(path));
    if (bad !== undefined) throw new AwsFault("ValidationException", `Invalid patch update: readOnlyProperties [${bad}] cannot be updated`);
    checkModel(schema, desired);
    const fixed = [...waysOf(schema.createOnlyProperties)].find(
      (way) => JSON.stringify(valuesAt(desired, way)) !== JSON.stringify(valuesAt(record.properties, way)),
    );
    const request = begin(call, { type: record.type, operation: "UPDATE", id: record.id, desired, clientToken: input.ClientToken });
    if (fixed)
      request.outcome = {
        status: "FAILED",
        code: "NotUpdatable",
        text: `Invalid patch update: createOnlyProperties [/properties/${fixed.join("/")}] cannot be updated`,
      };
    return { ProgressEvent: eventOf(request) };
  },

  DeleteResource(input: DeleteResourceInput, call) {
    refuseUnknown(call, input, ["TypeName", "Identifier", "ClientToken"]);
    needType(input.TypeName!);
    const record = need(call, input.TypeName!, input.Identifier!);
    refuseBusy(call, record);
    return {
      ProgressEvent: eventOf(
        begin(call, { type: record.type, operation: "DELETE", id: record.id, desired: {}, clientToken: input.ClientToken }),
      ),
    };
  },

  GetResource(input: GetResourceInput, call) {
    refuseUnknown(call, input, ["TypeName", "Identifier"]);
    const schema = needType(input.TypeName!);
    const record = need(call, input.TypeName!, input.Identifier!);
    return { TypeName: record.type, ResourceDescription: { Identifier: record.id, Properties: JSON.stringify(shown(schema, record)) } };
  },

  /** Lists identifiers only: other values in a list differ from type to type. */
  ListResources(input: ListResourcesInput, call) {
    refuseUnknown(call, input, ["TypeName", "NextToken", "MaxResults", "ResourceModel"]);
    const { required = [] } = needType(input.TypeName!).handlers?.["list"]?.handlerSchema ?? {};
    const model = parsed(input.ResourceModel ?? "{}");
    const missing = required.filter((property) => model[property] === undefined);
    if (missing.length > 0)
      throw new AwsFault(
        "InvalidRequestException",
        `Missing Or Invalid ResourceModel property in ${input.TypeName} list handler request input. Required property: [${missing.join(", ")}]`,
      );
    const isAsked = ({ properties }: ObjectRecord) =>
      Object.entries(model).every(([property, value]) => nameOf(properties[property]) === nameOf(value));
    const all = [...objectsOf(call, input.TypeName!).values()].filter(
      (one) => one.type === input.TypeName && isAsked(one) && call.sees(keyOf(one.type, one.id), "id"),
    );
    const { items, next } = page(call, all, { NextToken: input.NextToken }, { key: ({ id }) => id, max: 100, size: 100 });
    return { TypeName: input.TypeName, ResourceDescriptions: items.map(({ id }) => ({ Identifier: id, Properties: "{}" })), ...next };
  },

  GetResourceRequestStatus({ RequestToken }: GetResourceRequestStatusInput, call) {
    const request = requests(call).get(RequestToken!);
    if (!request) throw new AwsFault("RequestTokenNotFoundException", `Request with token ${RequestToken} not found`);
    return { ProgressEvent: eventOf(request) };
  },

  /** Lists requests, the newest first (Cloud Control API reference, ListResourceRequests). They are kept for 7 days. */
  ListResourceRequests(input: ListResourceRequestsInput, call) {
    refuseUnknown(call, input, ["MaxResults", "NextToken", "ResourceRequestStatusFilter"]);
    const { Operations, OperationStatuses } = input.ResourceRequestStatusFilter ?? {};
    const isAsked = ({ operation, outcome, since }: RequestRecord) =>
      (Operations?.includes(operation) ?? true) &&
      (OperationStatuses?.includes(outcome.status) ?? true) &&
      call.now - since < 7 * 24 * 3_600_000;
    const all = [...requests(call).values()].filter(isAsked);
    const { items, next } = page(call, all, { NextToken: input.NextToken }, { key: ({ token }) => token, max: 100, size: 100 });
    return { ResourceRequestStatusSummaries: items.map(eventOf), ...next };
  },
};

type Asked = Pick<RequestRecord, "type" | "operation" | "desired"> & { readonly id?: string; readonly clientToken: string | undefined };

/** The existing request with this token, or a new one. */
function begin(call: Call, { clientToken, ...asked }: Asked): RequestRecord {
  const payload = JSON.stringify(asked);
  const known = [...requests(call).values()].find(
    (one) => clientToken !== undefined && one.clientToken === clientToken && call.now - one.since < tokenLife,
  );
  if (known && known.payload !== payload)
    throw new AwsFault("ClientTokenConflictException", "The specified client token has already been used in another resource request.");
  if (known) return known;
  const token = uuid(call);
  const request: RequestRecord = {
    ...asked,
    token,
    payload,
    since: call.now,
    outcome: { status: "IN_PROGRESS" },
    ...(clientToken !== undefined && { clientToken }),
  };
  requests(call).set(token, request);
  call.later(behaviours[asked.type]?.takes ?? 3_000, "cloudcontrol:finish", { token });
  return request;
}

/** Carries out a request, unless it has already ended. */
function finish({ token }: { readonly token: string }, call: Call): void {
  const request = requests(call).get(token);
  const schema = request && typeSchema(request.type);
  if (!request || !schema || request.outcome.status !== "IN_PROGRESS") return;
  try {
    if (call.fault("cloudcontrol:fails")) throw new AwsFault("GeneralServiceException", "The handler failed.");
    if (call.fault("cloudcontrol:echoes"))
      throw new AwsFault("GeneralServiceException", `Invalid request provided: ${JSON.stringify(request.desired)}`);
    if (request.operation === "CREATE") request.id = make(call, schema, request);
    else carryOut(call, schema, request);
    request.outcome = { status: "SUCCESS" };
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    request.outcome = { status: "FAILED", code: error.code, text: error.message };
  }
}

function carryOut(call: Call, schema: RegistrySchema, request: RequestRecord): void {
  const record = objectsOf(call, request.type).get(keyOf(request.type, request.id!));
  if (!record) throw new AwsFault("NotFound", `Resource of type '${request.type}' with identifier '${request.id}' was not found.`);
  if (request.operation === "DELETE") drop(call, record);
  else change(call, schema, record, request);
}

function eventOf({ token, type, operation, id, since, outcome }: RequestRecord): ProgressEvent {
  return {
    TypeName: type,
    RequestToken: token,
    Operation: operation,
    OperationStatus: outcome.status,
    EventTime: new Date(since),
    ...(id !== undefined && { Identifier: id }),
    ...(outcome.status === "FAILED" && { ErrorCode: outcome.code as NonNullable<ProgressEvent["ErrorCode"]>, StatusMessage: outcome.text }),
  };
}

function needType(name: string): RegistrySchema {
  const schema = typeSchema(name);
  if (!schema) throw new AwsFault("TypeNotFoundException", `The type '${name}' cannot be found.`);
  return schema;
}

function need(call: Call, type: string, id: string): ObjectRecord {
  const found = objectsOf(call, type).get(keyOf(type, id));
  if (!found || !call.sees(keyOf(type, id), "id"))
    throw new AwsFault("ResourceNotFoundException", `Resource of type '${type}' with identifier '${id}' was not found.`, 404);
  return found;
}

/** Refuses a second request for an object while one is running. */
function refuseBusy(call: Call, { type, id }: ObjectRecord): void {
  const isBusy = [...requests(call).values()].some((one) => one.type === type && one.id === id && one.outcome.status === "IN_PROGRESS");
  if (isBusy) throw new AwsFault("ConcurrentOperationException", `Resource ${id} is already undergoing an operation.`);
}

function refuseMade(schema: RegistrySchema, desired: Readonly<Record<string, unknown>>): void {
  const bad = waysOf(schema.readOnlyProperties).find((way) => valuesAt(desired, way).length > 0);
  if (bad)
    throw new AwsFault(
      "ValidationException",
      `Model validation failed (#: readOnlyProperties [/properties/${bad.join("/")}] cannot be set)`,
    );
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SyntaxError) throw new AwsFault("ValidationException", "The desired state is not valid JSON.");
    throw error;
  }
}

function uuid(call: Call): string {
  const digits = `${call.id("r").slice(2)}${call.id("r").slice(2)}`.slice(0, 32).padEnd(32, "0");
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join("-");
}

export const model: ServiceModel = { operations, transitions: { finish } };
