/** The common part of names that differ by their zone or their number. */

const suffix = /(?:\[[^\]]*\]|[-_.](?:[a-f]|\d{1,3}[a-f]?|(?:[a-z]{2}|eusc)(?:-[a-z]+)+-\d[a-f]))$/;

/** Returns "web" for "web-a", "web-2", "web[b]" and "web-a-1". "public" stays, because its end has no separator. */
export function stemOf(name: string): string {
  const shorter = name.replace(suffix, "");
  return shorter === name || shorter === "" ? name : stemOf(shorter);
}

/** Returns the beginning that two names share, without a separator at its end. */
export function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length).replace(/[-_.[]+$/, "");
}
