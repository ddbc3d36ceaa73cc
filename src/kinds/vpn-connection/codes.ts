import type { CodeDoc } from "../../diag/codes.ts";

export const vpnConnectionCodes = {
  "no-routes": {
    title: "A VPN connection that leads nowhere",
    cause: "With static routes AWS sends nothing into a connection but what its routes name.",
    cure: "Write the networks behind the customer's end under `routes`.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

declare module "../../diag/codes.ts" {
  interface KindCodes extends Record<keyof typeof vpnConnectionCodes, CodeDoc> {}
}
