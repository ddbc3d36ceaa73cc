import type { CodeDoc } from "../../diag/codes.ts";

export const vpnConnectionCodes = {
  "no-routes": {
    title: "A VPN connection without routes",
    cause: "With static routes, AWS sends only traffic for the networks in the routes into a connection.",
    cure: "Write the networks behind the customer gateway under `routes`.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof vpnConnectionCodes, CodeDoc> {}
}
