/** Time windows: `03:00-04:00` every day, `sun:04:00-sun:05:00` every week, in UTC. */
import { hash32 } from "../../random.ts";
import { invalidCombination, invalidValue } from "./faults.ts";

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const day = 24 * 60;
const minute = 60_000;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Checks both windows and returns them in lower case. A window that is not given is drawn by the instance's id. */
export function windows(
  id: string,
  backup: string | undefined,
  maintenance: string | undefined,
): { readonly backup: string; readonly maintenance: string } {
  const daily = backup?.toLowerCase() ?? drawDaily(id, maintenance?.toLowerCase());
  const weekly = maintenance?.toLowerCase() ?? drawWeekly(id, daily);
  const b = parse(daily, /^(\d\d):(\d\d)-(\d\d):(\d\d)$/, "PreferredBackupWindow");
  const m = parse(weekly, /^([a-z]{3}):(\d\d):(\d\d)-([a-z]{3}):(\d\d):(\d\d)$/, "PreferredMaintenanceWindow");
  if (overlap(b, m)) throw invalidCombination("The backup window and maintenance window must not overlap.");
  return { backup: daily, maintenance: weekly };
}

/** The next time after `now` at which the maintenance window opens. */
export function nextOpening(now: number, maintenance: string): number {
  const { from } = parse(maintenance, /^([a-z]{3}):(\d\d):(\d\d)-([a-z]{3}):(\d\d):(\d\d)$/, "PreferredMaintenanceWindow");
  const monday = now - (((Math.floor(now / (day * minute)) + 3) % 7) * day * minute + (now % (day * minute)));
  const opens = monday + from * minute;
  return opens > now ? opens : opens + 7 * day * minute;
}

/** Whether the window is open at `now`. */
export function isOpen(now: number, maintenance: string): boolean {
  const { from, to } = parse(maintenance, /^([a-z]{3}):(\d\d):(\d\d)-([a-z]{3}):(\d\d):(\d\d)$/, "PreferredMaintenanceWindow");
  return nextOpening(now, maintenance) - 7 * day * minute + (to - from) * minute > now;
}

function parse(text: string, form: RegExp, parameter: string): Range {
  const found = form.exec(text);
  const times = found?.slice(1).map((part) => (/^\d/.test(part) ? Number(part) : days.indexOf(part)));
  if (!times || times.some((number) => number < 0)) throw invalidValue(`The parameter ${parameter} is not valid: ${text}`);
  const [from, to] =
    times.length === 4
      ? [times[0]! * 60 + times[1]!, times[2]! * 60 + times[3]!]
      : [times[0]! * day + times[1]! * 60 + times[2]!, times[3]! * day + times[4]! * 60 + times[5]!];
  const end = to <= from ? to + (times.length === 4 ? day : 7 * day) : to;
  if (end - from < 30) throw invalidValue(`The parameter ${parameter} must be at least 30 minutes: ${text}`);
  if (end - from > day) throw invalidValue(`The parameter ${parameter} must be at most 24 hours: ${text}`);
  return { from, to: end };
}

function overlap(backup: Range, maintenance: Range): boolean {
  for (let shift = -1; shift <= 8; shift++)
    if (backup.from + shift * day < maintenance.to && maintenance.from < backup.to + shift * day) return true;
  return false;
}

function drawDaily(id: string, maintenance: string | undefined): string {
  for (let i = 0; ; i++) {
    const from = ((hash32(id, i) % 16) + 32) % 48; // in a block of eight hours at night, as AWS has one for each region
    const text = `${clock(from * 30)}-${clock(from * 30 + 30)}`;
    if (maintenance === undefined) return text;
    const weekly = parse(maintenance, /^([a-z]{3}):(\d\d):(\d\d)-([a-z]{3}):(\d\d):(\d\d)$/, "PreferredMaintenanceWindow");
    if (!overlap({ from: from * 30, to: from * 30 + 30 }, weekly)) return text;
  }
}

function drawWeekly(id: string, daily: string): string {
  const b = parse(daily, /^(\d\d):(\d\d)-(\d\d):(\d\d)$/, "PreferredBackupWindow");
  for (let i = 0; ; i++) {
    const draw = hash32(id, 100 + i);
    const from = (draw % 7) * day + ((draw >>> 8) % 47) * 30;
    if (overlap(b, { from, to: from + 30 })) continue;
    const name = days[Math.floor(from / day)]!;
    return `${name}:${clock(from % day)}-${name}:${clock((from % day) + 30)}`;
  }
}

function clock(minutes: number): string {
  const within = minutes % day;
  return `${String(Math.floor(within / 60)).padStart(2, "0")}:${String(within % 60).padStart(2, "0")}`;
}
