import type { Address, AwsId } from "../kinds/kind.ts";
import { counted } from "../diag/words.ts";
import { clip, pad, widthOfText, wrap } from "./layout.ts";
import { formatVersion } from "./plan-json.ts";
import { plainText, type TextOptions } from "./text-options.ts";
import { shortId } from "./plan-text.ts";

/** One of our objects as it is in AWS. */
export interface StatusRow {
  readonly address: Address;
  readonly kind: string;
  readonly id: AwsId;
  readonly state: string;
  /** Its other ids, for its ARN. */
  readonly aliases?: readonly string[];
  /** Zone, addresses, endpoints, in the order shown. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly createdAt?: string | undefined;
  readonly parts: readonly { readonly id: AwsId; readonly text: string }[];
  readonly notes: readonly string[];
}

export interface Status {
  readonly project: string;
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  readonly rows: readonly StatusRow[];
}

export interface StatusOptions extends TextOptions {
  /** Every output in full, however wide the row becomes. */
  readonly wide: boolean;
}

/** Outputs are left out when there is less room than this for them. */
const leastOutputs = 12;

/**
 * Returns one row for each existing resource, cut at the right edge unless `wide`. Its parts and notes are indented under it. `now`, in
 * milliseconds, is for ages.
 */
export function statusText(status: Status, now: number, options: StatusOptions = { ...plainText, wide: false }): string {
  const { rows } = status;
  const { width, paint } = options;
  if (rows.length === 0) return `${status.project}/${status.environment} has no resources in ${status.account}, ${status.region}.\n`;
  const cells = [
    ["ADDRESS", "ID", "STATE", "AGE", "OUTPUTS"],
    ...rows.map((row) => [row.address, shortId(row.id), row.state.split(":")[0]!, ageOf(row, now), outputsOf(row)]),
  ];
  const [head, ...lines] = fittedTable(cells, options.wide ? Number.POSITIVE_INFINITY : width);
  const text = [paint.strong(head!)];
  rows.forEach((row, place) => {
    text.push(lines[place]!);
    for (const part of row.parts) text.push(paint.faint(`  └ ${shortId(part.id)}  ${part.text}`));
    if (row.state.includes(":")) text.push(...wrap(row.state, width, "  · ", "    ").map(paint.danger));
    for (const note of row.notes) text.push(...wrap(note, width, "  · ", "    ").map(paint.changed));
  });
  return `${text.join("\n")}\n\n${counted(rows.length, "resource")} of ${status.project}/${status.environment} in ${status.account}, ${status.region}.\n`;
}

/** The columns that every width shows: a status without ids and states says nothing. */
const leastColumns = 3;

/** Lays out rows without breaking any. Columns that do not fit are left out from the right; the least of them are never cut. */
function fittedTable(cells: readonly (readonly string[])[], width: number): string[] {
  const widths = cells[0]!.map((_title, column) => Math.max(...cells.map((row) => widthOfText(row[column]!))));
  const last = widths.length - 1;
  let columns = last;
  const widthOf = (count: number) => widths.slice(0, count).reduce((sum, wide) => sum + wide + 2, 0);
  while (columns > leastColumns && widthOf(columns) - 2 > width) columns--;
  const hasRoom = columns === last && width - widthOf(last) >= leastOutputs;
  return cells.map((row) => {
    const fixed = row.slice(0, columns).map((cell, column) => pad(cell, widths[column]!));
    return clip([...fixed, ...(hasRoom ? [row[last]!] : [])].join("  ").trimEnd(), Math.max(width, widthOf(leastColumns)));
  });
}

/** Returns the status in the format of schemas/status.schema.json. */
export function statusJson(status: Status): object {
  const { rows, ...where } = status;
  return {
    format_version: formatVersion,
    ...where,
    objects: rows.map(({ createdAt, ...row }) => ({ ...row, ...(createdAt !== undefined && { created_at: createdAt }) })),
  };
}

function ageOf({ createdAt }: StatusRow, now: number): string {
  const initialState = createdAt === undefined ? Number.NaN : Date.parse(createdAt);
  if (Number.isNaN(initialState)) return "";
  const seconds = Math.max(0, now - initialState) / 1000;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 48 * 3_600 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

function outputsOf({ outputs }: StatusRow): string {
  return Object.entries(outputs)
    .filter(([, value]) => value !== "")
    .map(([key, value]) => `${key} ${value}`)
    .join(", ");
}
