/** Recognises refusals because of a wrong clock. AWS accepts a signature for five minutes, some services for fifteen. */

const codes = /^(RequestTimeTooSkewed|RequestInTheFuture|RequestExpired|InvalidSecurity\.RequestHasExpired)/;
const texts = /Signature (?:expired|not yet current)/i;

/**
 * Returns the milliseconds by which our clock is ahead of AWS's, for a refusal because of the time; 0 when the answer does not say how
 * many. `date`: the answer's header of that name.
 */
export function skewIn(code: string, message: string, date: string | undefined, now: number): number | undefined {
  if (!codes.test(code) && !texts.test(message)) return undefined;
  const [ours, , theirs] = [...message.matchAll(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/g)].map(timeOf);
  if (theirs !== undefined) return ours! - theirs;
  const answered = Date.parse(date ?? "");
  return Number.isNaN(answered) ? 0 : now - answered;
}

/** `20261128T184000Z` */
function timeOf([, year, month, day, hour, minute, second]: readonly string[]): number {
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
