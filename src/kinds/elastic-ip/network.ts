import type { NetworkPart, ResourceIndex, Subject } from "../kind.ts";
import { firstInterface, indexBy, refKey } from "../shared/network/network-index.ts";
import type { ElasticIp } from "./schema.ts";

/** On the interface with which an instance starts, the address belongs to that instance. */
export function network({ address, spec }: Subject<Partial<ElasticIp>>, index: ResourceIndex): readonly NetworkPart[] {
  const { instance, networkInterface } = spec;
  if (instance !== undefined) return [{ is: "public-address", id: address, of: refKey(instance) }];
  if (networkInterface === undefined || index.get(networkInterface) === undefined) return [];
  const machines = indexBy(index, "machines by interface", "instance", (one) => one.spec.networkInterfaces ?? []).get(networkInterface);
  const machine = machines?.find((one) => firstInterface(index, one)?.address === networkInterface);
  return [{ is: "public-address", id: address, of: machine?.address ?? networkInterface }];
}
