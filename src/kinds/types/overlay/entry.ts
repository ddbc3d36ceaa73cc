/** What an entry of the list of curated types may say beside the registry schema, and what several entries use. */
import type { DataLoss, Impact, Naming, Spec, Waits } from "../../kind.ts";
import type { Way } from "../facts.ts";

export interface Place {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

export interface Curated {
  /** What it is, in one sentence. */
  readonly doc: string;
  /** Service and type of its ARN, as GetResources takes them. Absent where objects have no tags. */
  readonly index?: string;
  /** The identifier that Cloud Control takes, from an ARN; undefined for an ARN of another type. */
  readonly idOf?: (arn: string) => string | undefined;
  /** Its ARN, where the schema has no property for it. */
  readonly arn?: (id: string, place: Place) => string;
  /** The property with the name that we give, and the identifier that follows from it, where one does. */
  readonly name?: Naming & { readonly field: string; readonly id?: (name: string, place: Place) => string };
  /** A property that gets ENVIRONMENT-NAME where the file writes none, though nothing is known by it. */
  readonly invented?: string;
  /** It has no tags: this text says whose it is. */
  readonly mark?: { readonly way: Way; readonly max: number };
  /** It belongs to another object, through which it is found. Where it has no tags, those of that object say whose it is. */
  readonly part?: Part;
  /** What lists of the account must be told, one after the other; one list that is told nothing when absent. */
  readonly lists?: (place: Place) => readonly Readonly<Record<string, string>>[];
  /** Of an account that has hundreds: whether an object in a list may be one of an environment's, by its identifier. */
  readonly isLike?: (id: string, environment: string) => boolean;
  /** Prefix of the service's actions, where it is not that of `index`. */
  readonly service?: string;
  /** Actions of the handlers that only some properties need: of other services these alone are granted. */
  readonly onlyFor?: Readonly<Record<string, readonly string[]>>;
  /** Actions of other services that every object needs. */
  readonly also?: readonly string[];
  /** Actions of the handlers that nothing here needs. */
  readonly without?: RegExp;
  /** Its actions are tied to no tags, because they are the same for what has tags and what has none. */
  readonly isUntied?: true;
  /** Resources of actions that are tied to no tags, as ends of ARNs; all when absent. */
  readonly untied?: readonly string[];
  /** The service that takes the roles that it is given. */
  readonly passesTo?: string;
  readonly dataLoss?: DataLoss;
  readonly waits?: Waits;
  /** Lists whose order means nothing though the schema does not say so, by the way to each (`Origins.*.Headers`), and who says it. */
  readonly unordered?: Readonly<Record<string, string>>;
  /** Properties whose values AWS tells and that others may name, though the file writes them. */
  readonly tells?: readonly string[];
  /** The only values that a property may have, where the rest of what AWS takes cannot be owned. */
  readonly only?: Readonly<Record<string, readonly string[]>>;
  /** Properties that must be written though the schema does without them. */
  readonly needs?: readonly string[];
  /** Properties that nobody may write, and why. */
  readonly refuses?: Readonly<Record<string, { readonly why: string; readonly hint: string }>>;
  /** Objects of which one member is meant: another member is another choice, and takes the place of the first. */
  readonly choices?: readonly Way[];
  /** What a change of a property costs, where the schema only says that it depends. */
  readonly costs?: Readonly<Record<string, (now: Spec) => Impact>>;
  /** Texts that hold a JSON document: compared by what they mean. */
  readonly documents?: readonly Way[];
  /** What is known to be odd, for the documentation, and who says it: a page of AWS, its schema, or `infra` for a rule of our own. */
  readonly quirks?: readonly (readonly [what: string, source: string])[];
}

/** How a part is told from others in the object that it belongs to. */
export interface Part {
  /** The property that names that object. */
  readonly field: string;
  /** The type of that object. */
  readonly of: string;
  /** The identifier of that object, from what the property may hold. */
  readonly idOf: (value: string, place: Place) => string;
  /** What a list of the parts takes for the property: an output of the object, or what follows from its identifier; that itself when absent. */
  readonly output?: string | ((id: string) => string);
  /** The properties that no two parts share. A change of one is a replacement. */
  readonly key: readonly string[];
  /**
   * Where no list tells the parts: their identifier, from the property of the object and the text of the one property in `key`. That text
   * then stands in the object's tag as it is.
   */
  readonly idFrom?: (value: string, key: string) => string;
  /** Where a list takes something else than `field`: what it takes, and which of the identifiers are of this object. */
  readonly listed?: { readonly by: Readonly<Record<string, string>>; readonly isOf: (id: string, value: string) => boolean };
}

/** How long one typically takes by Cloud Control: most handlers answer within seconds. */
export const seconds: Waits = { create: { typical: 10, limit: 900 }, delete: { typical: 10, limit: 900 } };

/**
 * AWS says of few lists that their order means nothing. Terraform's AWS provider has kept the same lists as sets for years, against AWS:
 * each is named with the attribute of that provider (5.100.0), and a test of the night asks the provider whether it is one.
 */
export function sets(resource: string, attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(attributes).map(([path, attribute]) => [path, `${resource}.${attribute}`]));
}

/** What stands behind the last colon or slash. */
export function lastOf(arn: string): string {
  return arn.slice(Math.max(arn.lastIndexOf(":"), arn.lastIndexOf("/")) + 1);
}

/** What stands behind a word in an ARN; undefined where it does not hold the word. */
export function behind(word: string): (arn: string) => string | undefined {
  return (arn) => (arn.includes(word) ? arn.slice(arn.indexOf(word) + word.length) : undefined);
}

export const same = (text: string) => text;
