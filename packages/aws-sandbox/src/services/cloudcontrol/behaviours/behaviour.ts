/**
 * What handlers do that no schema tells: identifiers, ARNs, what AWS fills in, and what it refuses. A type without an entry has what its
 * schema says, and values of AWS's making by the names of its properties.
 */
import { AwsFault, type Call } from "../../../model.ts";
import { keyOf, objectsOf, type ObjectRecord } from "../state.ts";

export interface Behaviour {
  /** The service in its ARN, and what follows the account; "" for a region or an account leaves it out. */
  readonly arn?: { readonly service: string; readonly isGlobal?: true; readonly isNobodys?: true; end(properties: Properties): string };
  /** Identifiers that AWS makes, from hexadecimal digits that are another object's never. */
  readonly ids?: (digits: string) => Properties;
  /** What AWS makes: read-only properties. */
  readonly made?: (properties: Properties, arn: string, call: Call) => Properties;
  /** What a read answers of a property that nobody wrote, by the service's API reference. */
  readonly defaults?: Properties;
  /** In the form in which AWS answers. */
  readonly stored?: (properties: Properties, call: Call) => Properties;
  /** Throws what the service answers. */
  readonly check?: (properties: Properties, call: Call) => void;
  /** What the service answers to a delete while others use the object. */
  readonly inUse?: (record: ObjectRecord, call: Call) => string | undefined;
  /** Types of what goes with the object, and the property in which these name it. */
  readonly holds?: readonly (readonly [type: string, property: string])[];
  /** Milliseconds from request to end. */
  readonly takes?: number;
}

export type Properties = Readonly<Record<string, unknown>>;

export const named = (service: string, type: string, property: string): NonNullable<Behaviour["arn"]> => ({
  service,
  end: (properties) => `${type}${String(properties[property])}`,
});

export const arnOnly = (_properties: Properties, arn: string) => ({ Arn: arn });

export const all = (call: Call, type: string): ObjectRecord[] => [...objectsOf(call, type).values()].filter((one) => one.type === type);

/** Throws what a service answers about something that is not there. */
export function needs(call: Call, type: string, id: string, text: string): void {
  if (!objectsOf(call, type).has(keyOf(type, id))) throw new AwsFault("NotFound", text);
}

export const invalid = (text: string) => new AwsFault("InvalidRequest", text);

/** A name or the ARN that ends with it. */
export const nameOf = (text: unknown): string => String(text).split(/[:/]/).at(-1)!;

/** Thirty-two digits in the form of a UUID. */
export const uuidOf = (digits: string) => digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
