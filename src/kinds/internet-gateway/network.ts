import type { NetworkPart, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import type { InternetGateway } from "./schema.ts";

export function network({ address, spec: { vpc } }: Subject<Partial<InternetGateway>>): readonly NetworkPart[] {
  return vpc === undefined ? [] : [{ is: "door", id: address, leads: "internet", vpc: refKey(vpc) }];
}
