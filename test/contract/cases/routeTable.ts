import type { Case } from "../case.ts";
import { network } from "../network.ts";

const { routeTables: _ours, ...without } = network;

export const routeTable: Case = {
  kind: "routeTable",
  index: {
    ...without,
    vpcs: { ...network["vpcs"], other: { cidrBlock: "10.9.0.0/16" } },
    elasticIps: { net: {} },
    prefixLists: { office: { entries: [{ cidr: "192.0.2.0/24" }] } },
    vpnGateways: { net: { vpc: "net" } },
    transitGateways: { hub: {} },
    transitGatewayAttachments: { net: { transitGateway: "hub", vpc: "net", subnets: ["a"] } },
    carrierGateways: { net: { vpc: "net" } },
    natGateways: { net: { subnet: "c", elasticIp: "net" } },
  },
  bare: { vpc: "net" },
  forms: [
    {
      full: {
        vpc: "net",
        routes: [{ destination: "0.0.0.0/0", target: "internetGateway/net" }],
        propagatingVpnGateways: ["net"],
        subnets: ["a", "b"],
        main: true,
      },
      changes: [
        ["vpc", "other", "replace", { also: { routes: [], propagatingVpnGateways: [], subnets: [], main: false } }],
        ["routes", []],
        ["routes.0.destination", "192.0.2.0/24"],
        ["routes.0.destination", "prefixList/office"],
        ["routes.0.target", "natGateway/net"],
        ["routes.0.target", "vpnGateway/net"],
        ["routes.0.target", "transitGateway/hub"],
        ["routes.0.target", "carrierGateway/net"],
        ["propagatingVpnGateways", undefined],
        ["subnets", ["b", "c"]],
        ["main", false],
      ],
    },
    {
      full: { vpc: "net", default: true, routes: [{ destination: "0.0.0.0/0", target: "internetGateway/net" }] },
      changes: [
        ["default", undefined, "replace"],
        ["routes", []],
      ],
    },
  ],
};
