import type { Problem } from "../../kind.ts";

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const dayMinutes = 24 * 60;
const weekMinutes = 7 * dayMinutes;

/** A window in minutes from the start of the day or week. `to` is greater than `from`, also across midnight. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Checks that each window lasts half an hour to a day and that the two do not overlap. AWS checks the same when the database is created.
 */
export function checkWindows(spec: {
  readonly backupWindow?: string | undefined;
  readonly maintenanceWindow?: string | undefined;
}): Problem[] {
  const problems: Problem[] = [];
  const backup = spec.backupWindow === undefined ? undefined : parse(spec.backupWindow, dayMinutes);
  const maintenance = spec.maintenanceWindow === undefined ? undefined : parse(spec.maintenanceWindow, weekMinutes);
  problems.push(...problemOf(backup, "backupWindow", dayMinutes), ...problemOf(maintenance, "maintenanceWindow", dayMinutes));
  if (backup && maintenance && problems.length === 0 && overlaps(backup, maintenance))
    problems.push({
      code: "db-windows",
      summary: "backupWindow and maintenanceWindow overlap",
      path: "backupWindow",
      hint: "change one of them: AWS allows only windows that do not overlap",
    });
  return problems;
}

function problemOf(window: Range | undefined | "bad", path: string, most: number): Problem[] {
  if (window === undefined) return [];
  if (window === "bad") return [{ code: "db-windows", summary: `${path} contains a time that does not exist`, path }];
  const minutes = window.to - window.from;
  if (minutes < 30) return [{ code: "db-windows", summary: `${path} lasts ${minutes} minutes, but AWS requires 30 at least`, path }];
  return minutes > most
    ? [{ code: "db-windows", summary: `${path} lasts more than a day`, path, hint: "write an end after the start" }]
    : [];
}

function parse(text: string, cycle: number): Range | "bad" {
  const [from, to] = text.toLowerCase().split("-").map(minuteOf);
  if (from === undefined || to === undefined) return "bad";
  return { from, to: to <= from ? to + cycle : to };
}

function minuteOf(text: string): number | undefined {
  const found = /^(?:([a-z]{3}):)?(\d{2}):(\d{2})$/.exec(text);
  const day = found?.[1] === undefined ? 0 : days.indexOf(found[1]);
  const [hour, minute] = [Number(found?.[2]), Number(found?.[3])];
  return found && day >= 0 && hour < 24 && minute < 60 ? day * dayMinutes + hour * 60 + minute : undefined;
}

/** Whether the windows overlap. A backup is taken every day, so each day is compared with the weekly window. */
function overlaps(backup: Range | "bad", maintenance: Range | "bad"): boolean {
  if (backup === "bad" || maintenance === "bad") return false;
  for (let day = -1; day <= 8; day++) {
    const from = backup.from + day * dayMinutes;
    const to = backup.to + day * dayMinutes;
    if (from < maintenance.to && maintenance.from < to) return true;
  }
  return false;
}
