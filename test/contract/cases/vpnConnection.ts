import type { Case } from "../case.ts";

export const vpnConnection: Case = {
  kind: "vpnConnection",
  index: {
    vpcs: { one: { cidrBlock: "10.1.0.0/16" }, two: { cidrBlock: "10.2.0.0/16" } },
    vpnGateways: { one: { vpc: "one" }, two: { vpc: "two" } },
    customerGateways: { one: { ipAddress: "198.51.100.10" }, two: { ipAddress: "198.51.100.11" } },
  },
  bare: { customerGateway: "one", vpnGateway: "one" },
  forms: [
    {
      full: {
        customerGateway: "one",
        vpnGateway: "one",
        staticRoutesOnly: true,
        routes: ["192.168.0.0/16"],
        localIpv4NetworkCidr: "192.168.0.0/16",
        remoteIpv4NetworkCidr: "10.1.0.0/16",
      },
      changes: [
        ["customerGateway", "two"],
        ["vpnGateway", "two"],
        ["staticRoutesOnly", false, "replace", { also: { routes: undefined } }],
        ["routes", ["192.168.0.0/17", "172.16.0.0/16"]],
        ["routes", []],
        ["localIpv4NetworkCidr", undefined],
        ["remoteIpv4NetworkCidr", "10.0.0.0/8"],
      ],
    },
  ],
};
