import type { Case } from "../case.ts";
import { network } from "../network.ts";

const { routeTables: _ours, ...without } = network;

export const routeTable: Case = {
  kind: "routeTable",
  world: { ...without, vpcs: { ...network["vpcs"], other: { cidrBlock: "10.9.0.0/16" } } },
  bare: { vpc: "net" },
  full: { vpc: "net", routes: [{ destination: "0.0.0.0/0", target: "internetGateway/net" }], subnets: ["a", "b"], main: true },
  changes: [
    { field: "vpc", to: "other", action: "replace", also: { routes: [], subnets: [], main: false } },
    { field: "routes", to: [{ destination: "192.0.2.0/24", target: "internetGateway/net" }], action: "update" },
    { field: "subnets", to: ["b", "c"], action: "update" },
    { field: "main", to: false, action: "update" },
  ],
};
