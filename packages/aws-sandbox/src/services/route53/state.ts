/** The records of Route 53 of an account. They are plain JSON; names have the form of its answers. */
import { AwsFault, type Call } from "../../model.ts";
import type { Store } from "../../store.ts";

export interface ZoneRecord {
  /** The id, `Z…`, without the prefix `/hostedzone/` of answers. */
  readonly id: string;
  readonly name: string;
  readonly reference: string;
  comment?: string;
  readonly isPrivate: boolean;
  vpcs: { readonly id: string; readonly region: string }[];
  readonly nameServers: readonly string[];
  tags: Record<string, string>;
}

export interface Alias {
  readonly zone: string;
  readonly name: string;
  readonly evaluates: boolean;
}

export interface SetRecord {
  readonly zone: string;
  readonly name: string;
  readonly type: string;
  readonly ttl?: number;
  readonly values?: readonly string[];
  readonly alias?: Alias;
  /** The identifier of a set that shares its name and type with others. */
  readonly set?: string;
  readonly weight?: number;
}

export interface ChangeRecord {
  readonly id: string;
  readonly since: number;
}

type Stored = { readonly store: Pick<Store, "table"> };

export const zones = ({ store }: Stored) => store.table<ZoneRecord>("route53.zones");
export const sets = ({ store }: Stored) => store.table<SetRecord>("route53.sets");
export const changes = ({ store }: Stored) => store.table<ChangeRecord>("route53.changeHistory");
/** Caller references, also those of deleted zones: a reference can never be used again. */
export const references = ({ store }: Stored) => store.table<{ readonly reference: string }>("route53.tokens");

export function setKey({ zone, name, type, set }: Pick<SetRecord, "zone" | "name" | "type" | "set">): string {
  return `${zone} ${name} ${type}${set === undefined ? "" : ` ${set}`}`;
}

export function setsOf(call: Stored, zone: string): SetRecord[] {
  return [...sets(call).values()].filter((one) => one.zone === zone);
}

/**
 * A name in the form of answers: lower case, a dot at the end, and all characters except letters, digits, `-`, `_` and dots in octal (Route
 * 53 Developer Guide, "DNS domain name format").
 */
export function fullName(written: string): string {
  const unescaped = written.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  const bytes = Array.from(new TextEncoder().encode(unescaped.replace(/\.$/, "").toLowerCase()));
  const shown = bytes.map((byte) => {
    const character = String.fromCharCode(byte);
    return /[a-z0-9._-]/.test(character) ? character : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `${shown.join("")}.`;
}

/**
 * The key by which listings are sorted: the labels from last to first, with a dot at the end (Route 53
 * API, ListResourceRecordSets: "Sort order").
 */
export function sortKey(name: string): string {
  return `${name.split(".").filter(Boolean).reverse().join(".")}.`;
}

/** An id without the prefix that answers have; clients send it in both forms. */
export function bareId(id: string): string {
  return id.replace(/^\/?(hostedzone|change)\//, "");
}

export function needZone(call: Call, given: string): ZoneRecord {
  const zone = zones(call).get(bareId(given));
  if (!zone || !call.sees(zone.id, "id")) throw new AwsFault("NoSuchHostedZone", `No hosted zone found with ID: ${bareId(given)}`, 404);
  return zone;
}

/** After half a minute all name servers know a change (Route 53 Developer Guide, "Checking the status of your changes"). */
const spread = 30_000;

export function newChange(call: Call) {
  const id = `C${call.id("change").slice(-17).toUpperCase()}`;
  changes(call).set(id, { id, since: call.now });
  return shownChange(call, { id, since: call.now });
}

export function shownChange(call: Call, { id, since }: ChangeRecord) {
  return { Id: `/change/${id}`, Status: call.now - since >= spread ? "INSYNC" : "PENDING", SubmittedAt: new Date(since) };
}

export function invalid(message: string): AwsFault {
  return new AwsFault("InvalidInput", message);
}
