import type { Problem, Subject } from "../kind.ts";

/**
 * Warns at the first of `all` that exceeds AWS's default quota, and at no other. It is only a warning, because the account may have a
 * higher quota.
 */
export function beyondQuota(self: Subject, all: readonly Subject[], limit: number, what: string): readonly Problem[] {
  if (all.length <= limit || all[limit]?.address !== self.address) return [];
  return [
    {
      code: "quota",
      severity: "warning",
      summary: `The file declares ${all.length} ${what}, but AWS allows ${limit} unless the account's quota was raised.`,
      hint: "request a higher quota in Service Quotas before you apply",
    },
  ];
}
