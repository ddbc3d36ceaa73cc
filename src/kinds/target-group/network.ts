import type { NetworkPart, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import type { TargetGroup } from "./schema.ts";

export function network({ address, spec }: Subject<Partial<TargetGroup>>): readonly NetworkPart[] {
  const { port = 0, crossZone } = spec;
  // A function has no address in a network.
  const targets = (spec.targets ?? []).filter((target) => typeof target !== "object" || !("lambda" in target));
  return [
    {
      is: "pool",
      id: address,
      port: Number(port),
      ...(spec.ipAddressType === "ipv6" ? { ipv6: true } : {}),
      targets: targets.map((target) =>
        typeof target === "object" && ("ip" in target || "instance" in target || "loadBalancer" in target || "port" in target)
          ? { endpoint: refKey(target.instance ?? target.ip ?? target.loadBalancer), port: Number(target.port ?? port) }
          : { endpoint: refKey(target), port: Number(port) },
      ),
      keepsClient: keepsClient(spec),
      ...(typeof crossZone === "boolean" ? { crossZone } : {}),
      path: "targets",
    },
  ];
}

/**
 * Whether targets see the client's address. The defaults are those of Elastic Load Balancing: yes for instances and for UDP (Network Load
 * Balancer User Guide, "Client IP preservation").
 */
function keepsClient({ preserveClientIp, targetType = "instance", protocol }: Partial<TargetGroup>): boolean {
  return preserveClientIp ?? (targetType === "instance" || protocol === "UDP" || protocol === "TCP_UDP");
}
