import type { NetworkPart, Subject } from "../kind.ts";
import { refKey } from "../shared/network-index.ts";
import { typeOf } from "./service.ts";
import type { VpcEndpoint } from "./vpc-endpoint.ts";

/** Its addresses in the VPC. What is behind them is not modelled. */
export function network({ address, spec }: Subject<Partial<VpcEndpoint>>): readonly NetworkPart[] {
  if (typeOf(spec) !== "Interface") return [];
  return [
    {
      is: "endpoint",
      id: address,
      subnets: (spec.subnets ?? []).map(refKey),
      firewalls: spec.securityGroups?.map(refKey) ?? "default",
      public: "no",
    },
  ];
}
