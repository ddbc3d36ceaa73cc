/** Reads a time from a request: ISO 8601, an HTTP date, or seconds since the epoch. Undefined for any other text. */
export function parseTimestamp(text: string): Date | undefined {
  const date = /^-?\d+(\.\d+)?$/.test(text) ? new Date(Number(text) * 1000) : new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The Date of a handler's time: a Date, its ISO text, or milliseconds since the epoch. */
export function toDate(value: unknown): Date {
  const date = value instanceof Date ? value : new Date(value as string | number);
  if (Number.isNaN(date.getTime())) throw new TypeError(`not a moment in time: ${String(value)}`);
  return date;
}
