/** Durations in milliseconds. */
const second = 1000;
const minute = 60 * second;

export const timing = {
  /** The time between two runs of `look`, while a group changes. */
  look: 5 * second,
  /** The delay after a failed launch. It doubles with each further failure, up to the second value. */
  retry: [20 * second, 5 * minute],
  deleted: 10 * second,
  warmPoolDeleted: 20 * second,
  /** How long a refresh waits for protected instances that it cannot take out. */
  refreshWaits: 60 * minute,
} as const;

/** The number of failed replacements after which a refresh stops. */
export const failuresOfRefresh = 3;
