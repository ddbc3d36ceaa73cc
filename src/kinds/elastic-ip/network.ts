import type { NetworkPart, Subject } from "../kind.ts";
import { refKey } from "../shared/network-index.ts";
import type { ElasticIp } from "./elastic-ip.ts";

export function network({ address, spec: { instance } }: Subject<Partial<ElasticIp>>): readonly NetworkPart[] {
  return instance === undefined ? [] : [{ is: "public-address", id: address, of: refKey(instance) }];
}
