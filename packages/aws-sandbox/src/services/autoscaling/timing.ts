/** How long things take, in milliseconds. */
const second = 1000;
const minute = 60 * second;

export const timing = {
  /** Between two looks at a group in which something moves. */
  look: 5 * second,
  /** After a launch that failed; twice as long after each further one, up to the second. */
  retry: [20 * second, 5 * minute],
  deleted: 10 * second,
  warmPoolDeleted: 20 * second,
  /** A refresh that cannot take out protected machines waits this long for them. */
  refreshWaits: 60 * minute,
} as const;

/** A refresh in which so many replacements failed does not go on. */
export const failuresOfRefresh = 3;
