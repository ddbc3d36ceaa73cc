/** Cron expressions with five fields, in the local time of a zone. */

interface Fields {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Whether a match of the day of the month or of the day of the week is enough: when both are restricted. */
  readonly isEither: boolean;
}

const dayMs = 86_400_000;

/** The first time of the expression after `after`, in milliseconds. Undefined when it is invalid or has no day within four years. */
export function nextRun(expression: string, timeZone: string, after: number): number | undefined {
  const fields = parse(expression);
  if (!fields) return undefined;
  const start = Math.floor((after + offsetAt(after, timeZone)) / dayMs) * dayMs;
  for (let day = start; day < start + 4 * 366 * dayMs; day += dayMs) {
    if (!isDay(fields, new Date(day))) continue;
    for (const hour of sorted(fields.hours))
      for (const minute of sorted(fields.minutes)) {
        const local = day + hour * 3_600_000 + minute * 60_000;
        const at = local - offsetAt(local - offsetAt(local, timeZone), timeZone);
        if (at > after) return at;
      }
  }
  return undefined;
}

function isDay({ days, months, weekdays, isEither }: Fields, date: Date): boolean {
  if (!months.has(date.getUTCMonth() + 1)) return false;
  const [byDay, byWeekday] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
  return isEither ? byDay || byWeekday : byDay && byWeekday;
}

function parse(expression: string): Fields | undefined {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== 5) return undefined;
  const [minutes, hours, days, months, weekdays] = [
    values(parts[0]!, 0, 59),
    values(parts[1]!, 0, 23),
    values(parts[2]!, 1, 31),
    values(parts[3]!, 1, 12, monthNames),
    values(parts[4]!, 0, 7, dayNames),
  ];
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  if (weekdays.has(7)) weekdays.add(0);
  return { minutes, hours, days, months, weekdays, isEither: parts[2] !== "*" && parts[4] !== "*" };
}

const monthNames = ["", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

function values(text: string, min: number, max: number, names: readonly string[] = []): Set<number> | undefined {
  const found = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^(\*|[A-Z]{3}|\d+)(?:-([A-Z]{3}|\d+))?(?:\/(\d+))?$/i.exec(part);
    if (!match) return undefined;
    const number = (word: string) => (names.includes(word.toUpperCase()) ? names.indexOf(word.toUpperCase()) : Number(word));
    const from = match[1] === "*" ? min : number(match[1]!);
    const to = match[1] === "*" ? max : match[2] !== undefined ? number(match[2]) : match[3] !== undefined ? max : from;
    const step = Number(match[3] ?? 1);
    if (!(from >= min && to <= max && from <= to && step > 0)) return undefined;
    for (let value = from; value <= to; value += step) found.add(value);
  }
  return found;
}

/** Milliseconds by which a zone's clocks are ahead of UTC. */
function offsetAt(at: number, timeZone: string): number {
  if (timeZone === "UTC" || timeZone === "Etc/UTC") return 0;
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(new Date(at));
  const of = (type: string) => Number(parts.find((part) => part.type === type)!.value);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) - Math.floor(at / 1000) * 1000;
}

function sorted(numbers: ReadonlySet<number>): number[] {
  return [...numbers].sort((a, b) => a - b);
}
