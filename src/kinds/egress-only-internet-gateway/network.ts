import type { NetworkPart, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import type { EgressOnlyInternetGateway } from "./schema.ts";

/** A way out that lets only answers back in. */
export function network({ address, spec: { vpc } }: Subject<Partial<EgressOnlyInternetGateway>>): readonly NetworkPart[] {
  return vpc === undefined ? [] : [{ is: "door", id: address, leads: "outwards", vpc: refKey(vpc) }];
}
