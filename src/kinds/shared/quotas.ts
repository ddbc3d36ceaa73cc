import type { Problem, Subject } from "../kind.ts";

/**
 * A warning on the first of `all` that is beyond AWS's default quota; nobody else gets one. A warning only, because the
 * account may have been given more.
 */
export function beyondQuota(self: Subject, all: readonly Subject[], limit: number, what: string): readonly Problem[] {
  if (all.length <= limit || all[limit]?.address !== self.address) return [];
  return [
    {
      code: "quota",
      severity: "warning",
      summary: `${all.length} ${what} are declared, and AWS allows ${limit} unless the account's quota was raised.`,
      hint: "ask for more in Service Quotas before applying",
    },
  ];
}
