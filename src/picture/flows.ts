/** Who may open connections to whom, in the form that pictures use. */
import type { Admission, Address, Kind, ResourceIndex, Subject } from "../kinds/kind.ts";

/**
 * One way through the network. It has two sources: src/reach/, which considers routes and network ACLs, names objects (reached.ts); the rules
 * of security groups name groups.
 */
export interface Flow {
  /** An object; a group, which stands for all objects that have it; or a network ("0.0.0.0/0"). */
  readonly from: string;
  /** An object, or a group. */
  readonly to: Address;
  readonly protocol: string;
  readonly ports: Admission["ports"];
  /** The flow passes only for some of the addresses that AWS may pick, or depends on something that is not known. */
  readonly isPossible?: true;
  /** The change that a plan makes to it. */
  readonly change?: "opens" | "closes";
}

/** Returns the flows that security groups admit. Routes and network ACLs are not considered. */
export function rulesOf(kinds: ReadonlyMap<string, Kind>, subjects: readonly Subject[], index: ResourceIndex): readonly Flow[] {
  return subjects.flatMap((subject) =>
    (kinds.get(subject.kind)?.admits?.(subject, index) ?? []).map((admission): Flow => ({ ...admission, to: subject.address })),
  );
}

/** Returns the flows of both states, each with the change that a plan makes to it. */
export function changedFlows(before: readonly Flow[], after: readonly Flow[]): readonly Flow[] {
  const [had, has] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))];
  return [
    ...after.map((flow): Flow => (had.has(keyOf(flow)) ? flow : { ...flow, change: "opens" })),
    ...before.filter((flow) => !has.has(keyOf(flow))).map((flow): Flow => ({ ...flow, change: "closes" })),
  ];
}

function keyOf({ from, to, protocol, ports }: Flow): string {
  return `${from} ${to} ${protocol} ${ports.first} ${ports.last}`;
}

/** Returns the ports as text: "tcp 22, 80–90, udp 53". Each is named once, in order. */
export function portsText(flows: readonly Pick<Flow, "protocol" | "ports">[]): string {
  const byProtocol = new Map<string, Map<string, number>>();
  for (const { protocol, ports } of flows) {
    const texts = byProtocol.get(protocol) ?? new Map<string, number>();
    byProtocol.set(protocol, texts);
    if (ports.first !== -1) texts.set(ports.first === ports.last ? `${ports.first}` : `${ports.first}–${ports.last}`, ports.first);
    else texts.set("", -1);
  }
  return [...byProtocol]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([protocol, texts]) => {
      const name = protocol === "all" ? "all traffic" : protocol;
      const numbers = [...texts].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1)).map(([text]) => text);
      return texts.has("") ? name : `${name} ${numbers.join(", ")}`;
    })
    .join(", ");
}

/** Returns the ports of possible flows as text: "tcp 22, possible"; together with certain ones: "tcp 80, possible tcp 22". */
export function possibleText(flows: readonly Flow[]): string {
  const [certain, possible] = [flows.filter(({ isPossible }) => !isPossible), flows.filter(({ isPossible }) => isPossible)];
  if (possible.length === 0) return portsText(certain);
  return certain.length === 0 ? `${portsText(possible)}, possible` : `${portsText(certain)}, possible ${portsText(possible)}`;
}
