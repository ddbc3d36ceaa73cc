import type { Address, AwsId } from "../kinds/kind.ts";
import { counted, pad, widthOfText, wrap } from "./layout.ts";
import { formatVersion } from "./plan-json.ts";
import { plainText, shortId, type TextOptions } from "./plan-text.ts";

/** One object of ours as it is in AWS. */
export interface StatusRow {
  readonly address: Address;
  readonly kind: string;
  readonly id: AwsId;
  readonly state: string;
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

const idColumn = 1;
/** An ordinary id's width. The few kinds that are called by parts of an ARN stick out, and make no wide column for all. */
const widestId = 26;

/** What exists, one line an object, with its parts under it. `now` in milliseconds, for ages. */
export function statusText(status: Status, now: number, { width, paint }: TextOptions = plainText): string {
  const { rows } = status;
  if (rows.length === 0) return `Nothing of ${status.project}/${status.environment} exists in ${status.account}, ${status.region}.\n`;
  const cells = [
    ["ADDRESS", "ID", "STATE", "AGE"],
    ...rows.map((row) => [row.address, shortId(row.id), row.state.split(":")[0]!, ageOf(row, now)]),
  ];
  const widths = cells[0]!.map((_title, column) =>
    Math.max(...cells.map((row) => widthOfText(row[column]!)).filter((wide) => column !== idColumn || wide <= widestId)),
  );
  const [head, ...heads] = cells.map((row) => row.map((cell, column) => pad(cell, widths[column]!)).join("  "));
  const text = [paint.strong(`${head}  OUTPUTS`)];
  const indent = widthOfText(head!) + 2;
  rows.forEach((row, place) => {
    const outputs = outputsOf(row);
    const begin = `${heads[place]!}  `;
    if (widthOfText(begin) + widthOfText(outputs) <= width) text.push(`${begin}${outputs}`.trimEnd());
    else if (widthOfText(begin) === indent && indent < width - 40) text.push(...wrap(outputs, width, begin, " ".repeat(indent)));
    else text.push(begin.trimEnd(), ...wrap(outputs, width, "    "));
    for (const part of row.parts) text.push(paint.faint(`  └ ${shortId(part.id)}  ${part.text}`));
    if (row.state.includes(":")) text.push(...wrap(row.state, width, "  · ", "    ").map(paint.danger));
    for (const note of row.notes) text.push(...wrap(note, width, "  · ", "    ").map(paint.changed));
  });
  return `${text.join("\n")}\n\n${counted(rows.length, "object")} of ${status.project}/${status.environment} in ${status.account}, ${status.region}.\n`;
}

/** The same as data; schemas/status.schema.json. */
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
