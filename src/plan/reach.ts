/** What a plan opens and closes, as plain data. */
import { assertionDiagnostics } from "../config/assertions.ts";
import type { Environment } from "../config/environment.ts";
import type { Diagnostic, Position } from "../diag/diagnostic.ts";
import type { Address, Kind, Live } from "../kinds/kind.ts";
import { flowChanges, type FlowChange } from "../reach/change.ts";
import { protocols, type Flows } from "../reach/flows.ts";
import { networkOf, partsOf, type Network, type Parts } from "../reach/network.ts";
import { spansText } from "../reach/spans.ts";
import { mostSteps, withinWork, Work } from "../reach/work.ts";
import { aimedIndex } from "./aimed.ts";
import { presentIndexOf } from "./resource-index.ts";
import type { Planned } from "./planned.ts";
import type { Observed } from "./observed.ts";
import type { AssertionVerdict, ReachChange, ReachChanges } from "./plan.ts";

/** The network as AWS has it, and as it is when the plan is done: made once for all that asks. */
export class ReachNetworks {
  readonly #make: (of: "before" | "after") => Network;
  #before: Network | undefined;
  #after: Network | undefined;

  constructor(
    kinds: readonly Kind[],
    { region }: Pick<Environment, "region">,
    { decisions }: Pick<Planned, "decisions">,
    observed: Observed,
    foreign: Parts = [],
    steps = mostSteps,
  ) {
    const lives = new Map([...observed.objects.values()].map(({ address, live }): [Address, Live] => [address, live]));
    this.#make = (of) => {
      // What AWS tells of an object that goes says nothing of its successor.
      const kept = new Map([...lives].filter(([address]) => of === "before" || !isNew(decisions.get(address)?.action)));
      const index = of === "before" ? presentIndexOf(region, decisions, observed) : aimedIndex(region, decisions, observed);
      return networkOf([...foreign, ...partsOf(kinds, index, kept)], new Work(steps));
    };
  }

  get before(): Network {
    return (this.#before ??= this.#make("before"));
  }

  get after(): Network {
    return (this.#after ??= this.#make("after"));
  }
}

/**
 * What of the assertions does not hold when the plan is done, though it holds in the file: because of what the plan keeps or
 * leaves alone. `live`: in what AWS has now.
 */
export function assertionsBroken({ assertions = [], nodes }: Environment, networks: ReachNetworks, of: "plan" | "live"): AssertionsHeld {
  const network = of === "live" ? networks.before : networks.after;
  network.work.begin();
  const declared = new Map(nodes.map((node) => [node.address, node]));
  const found = assertions.map((one) => ({
    one,
    said: assertionDiagnostics(network, one, (id, path) => declared.get(id)?.at(path)),
  }));
  return {
    diagnostics: found.flatMap(({ said }) => said).filter(({ code }) => code === "assert-violated" || code === "assert-unknown"),
    verdicts: found.map(({ one: { name, severity }, said }) => ({ name, severity, verdict: verdictOf(said) })),
  };
}

export interface AssertionsHeld {
  readonly diagnostics: readonly Diagnostic[];
  readonly verdicts: readonly AssertionVerdict[];
}

function verdictOf([said]: readonly Diagnostic[]): AssertionVerdict["verdict"] {
  if (!said) return "holds";
  if (said.code === "assert-violated") return "violated";
  // A name may mean something in the file and nothing in what AWS has yet.
  return said.code === "assert-unknown" ? "unknown" : "nothing";
}

/** Undefined: nothing of the plan has to do with who reaches whom. "too-large": it would take too many steps. */
export function reachChanges(
  environment: Environment,
  { plan, decisions }: Planned,
  networks: ReachNetworks,
): ReachChanges | "too-large" | undefined {
  const changed = new Set(plan.steps.filter(({ action }) => action !== "keep" && action !== "retag").map(({ address }) => address));
  if (![...changed].some((address) => decisions.get(address)?.kind.network)) return undefined;
  const changes = withinWork(() => flowChanges(networks.before, networks.after, changed));
  if (!changes) return "too-large";
  const { opens, closes } = changes;
  const nodes = new Map(environment.nodes.map((node) => [node.address, node]));
  const told = (change: FlowChange) => toldOf(change, (id, path) => nodes.get(id)?.at(path));
  return { opens: opens.map(told), closes: closes.map(told) };
}

function isNew(action: string | undefined): boolean {
  return action === "create" || action === "replace";
}

function toldOf({ from, to, flows, isCertain, via }: FlowChange, at: (id: string, path?: string) => Position | undefined): ReachChange {
  return {
    from,
    to,
    flows: textsOf(flows),
    certain: isCertain,
    via: via.map(({ id = "", path, says }) => {
      const place = at(id, path);
      return { address: id, text: says, ...(place ? { at: place } : {}) };
    }),
  };
}

function textsOf(flows: Flows): Readonly<Record<string, string>> {
  return Object.fromEntries(
    protocols.filter((protocol) => flows[protocol].length > 0).map((protocol) => [protocol, spansText(flows[protocol])]),
  );
}
