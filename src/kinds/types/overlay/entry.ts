/** The fields of an entry of the list of curated types, beside the registry schema, and helpers that several entries use. */
import type { DataLoss, Impact, Naming, Spec, Waits } from "../../kind.ts";
import type { Way } from "../facts.ts";

export interface Place {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

export interface Curated {
  /** The type in one sentence. */
  readonly doc: string;
  /** Service and type of its ARN, as GetResources takes them. Absent when objects have no tags. */
  readonly index?: string;
  /** Returns the identifier that Cloud Control takes, from an ARN; undefined for an ARN of another type. */
  readonly idOf?: (arn: string) => string | undefined;
  /** Returns the object's ARN, where the schema has no property for it. */
  readonly arn?: (id: string, place: Place) => string;
  /** The property that holds the name that infra gives, and the identifier that follows from it, if one does. */
  readonly name?: Naming & { readonly field: string; readonly id?: (name: string, place: Place) => string };
  /** A property that gets the value ENVIRONMENT-NAME when the file writes none, although no lookup uses it. */
  readonly invented?: string;
  /** The property whose text names the owner, for objects that have no tags. */
  readonly mark?: { readonly way: Way; readonly max: number };
  /**
   * Set for a type whose objects belong to another object, which is used to find them. If they have no tags, that object's tags name their
   * owner.
   */
  readonly part?: Part;
  /** The inputs of the lists of the account, one list each; a single list without input when absent. */
  readonly lists?: (place: Place) => readonly Readonly<Record<string, string>>[];
  /** Whether an object of a list may belong to an environment, by its identifier. For types of which an account has hundreds of objects. */
  readonly isLike?: (id: string, environment: string) => boolean;
  /** Prefix of the service's actions, where it differs from that in `index`. */
  readonly service?: string;
  /**
   * Actions of the handlers that only some properties need, with those properties. Actions of other services are granted only if they are
   * listed here or in `also`.
   */
  readonly onlyFor?: Readonly<Record<string, readonly string[]>>;
  /** Actions of other services that every object needs. */
  readonly also?: readonly string[];
  /** Actions of the handlers that nothing here needs. */
  readonly without?: RegExp;
  /** Set when its actions are tied to no tags, because objects with and without tags use the same actions. */
  readonly isUntied?: true;
  /** Resources of actions that are tied to no tags, as ends of ARNs; all when absent. */
  readonly untied?: readonly string[];
  /** The service that receives the roles in its properties. */
  readonly passesTo?: string;
  readonly dataLoss?: DataLoss;
  readonly waits?: Waits;
  /** Lists whose order has no meaning although the schema does not say so, by their path (`Origins.*.Headers`), with the source. */
  readonly unordered?: Readonly<Record<string, string>>;
  /** Properties whose values AWS returns and that other resources may refer to, although the file writes them. */
  readonly tells?: readonly string[];
  /** The only values that a property may have, where infra cannot own objects with the other values that AWS takes. */
  readonly only?: Readonly<Record<string, readonly string[]>>;
  /** Properties that must be written although the schema does not require them. */
  readonly needs?: readonly string[];
  /** Properties that nobody may write, and why. */
  readonly refuses?: Readonly<Record<string, { readonly why: string; readonly hint: string }>>;
  /** Objects whose members are alternatives, as paths. Another member is another choice and replaces the first. */
  readonly choices?: readonly Way[];
  /** The impact of a change of a property, where the schema only says that it depends. */
  readonly costs?: Readonly<Record<string, (now: Spec) => Impact>>;
  /** Texts that hold a JSON document. They are compared by meaning. */
  readonly documents?: readonly Way[];
  /** Known oddities for the documentation, each with its source: a page of AWS, its schema, or `infra` for a rule of our own. */
  readonly quirks?: readonly (readonly [what: string, source: string])[];
}

/** How a part is found in the object that it belongs to, and distinguished from its other parts. */
export interface Part {
  /** The property that names that object. */
  readonly field: string;
  /** The type of that object. */
  readonly of: string;
  /** Returns the identifier of that object, from a value of the property. */
  readonly idOf: (value: string, place: Place) => string;
  /**
   * The value that a list of the parts takes for the property: an output of the object, or a text made from its identifier; the identifier
   * itself when absent.
   */
  readonly output?: string | ((id: string) => string);
  /** The properties that no two parts share. A change of one is a replacement. */
  readonly key: readonly string[];
  /**
   * Returns the identifier of a part, from the property of the object and the text of the one property in `key`. Set where no list finds
   * the parts. The object's tag then holds that text unchanged.
   */
  readonly idFrom?: (value: string, key: string) => string;
  /** Set where a list takes another input than `field`: that input, and whether an identifier in the answer belongs to this object. */
  readonly listed?: { readonly by: Readonly<Record<string, string>>; readonly isOf: (id: string, value: string) => boolean };
}

/** The usual time of an operation by Cloud Control: most handlers answer within seconds. */
export const seconds: Waits = { create: { typical: 10, limit: 900 }, delete: { typical: 10, limit: 900 } };

/**
 * Returns lists without an order. AWS says of few lists that their order has no meaning. Terraform's AWS provider has kept such lists as
 * sets for years: each entry names the attribute of that provider (5.100.0), and a nightly test asks the provider whether the attribute is
 * a set.
 */
export function sets(resource: string, attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(attributes).map(([path, attribute]) => [path, `${resource}.${attribute}`]));
}

/** Returns the text behind the last colon or slash. */
export function lastOf(arn: string): string {
  return arn.slice(Math.max(arn.lastIndexOf(":"), arn.lastIndexOf("/")) + 1);
}

/** Returns the text behind a word in an ARN, or undefined where the ARN does not hold the word. */
export function behind(word: string): (arn: string) => string | undefined {
  return (arn) => (arn.includes(word) ? arn.slice(arn.indexOf(word) + word.length) : undefined);
}

export const same = (text: string) => text;
