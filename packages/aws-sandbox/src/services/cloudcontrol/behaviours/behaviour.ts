/**
 * Behaviour of handlers that no schema describes: identifiers, ARNs, values that AWS fills in, and refusals. A type without an entry
 * follows its schema, and gets values of AWS's from the names of its properties.
 */
import { AwsFault, type Call } from "../../../model.ts";
import { keyOf, objectsOf, type ObjectRecord } from "../state.ts";

export interface Behaviour {
  /** The service in its ARN, and the part after the account. `isGlobal` leaves the region out, `isNobodys` the account. */
  readonly arn?: { readonly service: string; readonly isGlobal?: true; readonly isNobodys?: true; end(properties: Properties): string };
  /** Identifiers that AWS makes, from hexadecimal digits that no other object has. */
  readonly ids?: (digits: string, call: Call) => Properties;
  /** Read-only properties that AWS makes. */
  readonly made?: (properties: Properties, arn: string, call: Call) => Properties;
  /** Values that a read shows for properties that no request set (API reference of the service). */
  readonly defaults?: Properties;
  /** The properties in the form of AWS's answers. */
  readonly stored?: (properties: Properties, call: Call) => Properties;
  /** Throws the service's error for wrong properties. */
  readonly check?: (properties: Properties, call: Call) => void;
  /** The service's error for a delete while others use the object; undefined when it may go. */
  readonly inUse?: (record: ObjectRecord, call: Call) => string | undefined;
  /** Types of objects that are deleted with it, and the property in which they name it. */
  readonly holds?: readonly (readonly [type: string, property: string])[];
  /** Milliseconds from the request to its end. */
  readonly takes?: number;
}

export type Properties = Readonly<Record<string, unknown>>;

export const named = (service: string, type: string, property: string): NonNullable<Behaviour["arn"]> => ({
  service,
  end: (properties) => `${type}${String(properties[property])}`,
});

export const arnOnly = (_properties: Properties, arn: string) => ({ Arn: arn });

export const all = (call: Call, type: string): ObjectRecord[] => [...objectsOf(call, type).values()].filter((one) => one.type === type);

/** Throws a service's error when an object does not exist. */
export function needs(call: Call, type: string, id: string, text: string): void {
  if (!objectsOf(call, type).has(keyOf(type, id))) throw new AwsFault("NotFound", text);
}

export const invalid = (text: string) => new AwsFault("InvalidRequest", text);

/** The name in an ARN, or the name itself. */
export const nameOf = (text: unknown): string => String(text).split(/[:/]/).at(-1)!;

/** Writes thirty-two digits in the form of a UUID. */
export const uuidOf = (digits: string) => digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
