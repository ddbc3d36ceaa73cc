/** The connections that a plan opens and closes, as plain data. */
import { assertionDiagnostics } from "../config/assertions.ts";
import type { Environment } from "../config/environment.ts";
import type { Diagnostic, Position } from "../diag/diagnostic.ts";
import type { Address, Kind, Live, ResourceIndex } from "../kinds/kind.ts";
import { flowChanges, groupsThatDiffer, type FlowChange } from "../reach/change.ts";
import { portsByProtocol } from "../reach/flows.ts";
import { networkOf, partsOf, type Network, type Parts } from "../reach/network.ts";
import { mostSteps, withinWork, Work } from "../reach/work.ts";
import { aimedIndex } from "./index-after.ts";
import { fieldsIn, placesIn } from "./reach-places.ts";
import { presentIndexOf } from "./resource-index.ts";
import type { Planned } from "./planned.ts";
import type { Observed } from "./observed.ts";
import type { AssertionVerdict, ReachChange, ReachChanges } from "./plan.ts";

interface Made {
  readonly index: ResourceIndex;
  readonly parts: Parts;
  readonly network: Network;
}

/** The networks before and after the plan. Each is built once, on first use. */
export class ReachNetworks {
  readonly #stateAt: (of: "before" | "after") => { readonly parts: Parts; readonly index: ResourceIndex };
  readonly #steps: number;
  readonly #decisions: Planned["decisions"];
  #before: Made | undefined;
  #after: Made | undefined;

  constructor(
    kinds: readonly Kind[],
    { region }: Pick<Environment, "region">,
    { decisions }: Pick<Planned, "decisions">,
    observed: Observed,
    foreign: Parts = [],
    steps = mostSteps,
  ) {
    const lives = new Map([...observed.objects.values()].map(({ address, live }): [Address, Live] => [address, live]));
    this.#steps = steps;
    this.#decisions = decisions;
    this.#stateAt = (of) => {
      // Data that AWS returned for an object that is replaced says nothing about its successor.
      const kept = new Map([...lives].filter(([address]) => of === "before" || !isNew(decisions.get(address)?.action)));
      const index = of === "before" ? presentIndexOf(region, decisions, observed) : aimedIndex(region, decisions, observed);
      return { index, parts: [...foreign, ...partsOf(kinds, index, kept)] };
    };
  }

  get before(): Network {
    return this.#madeBefore().network;
  }

  get after(): Network {
    return this.#madeAfter().network;
  }

  /** Returns a function that finds the place in the file for a path in the network before or after the plan. */
  placesOf(environment: Pick<Environment, "nodes">, of: "before" | "after"): (address: Address, path?: string) => Position | undefined {
    return placesIn(environment, this.#decisions, (of === "before" ? this.#madeBefore() : this.#madeAfter()).index);
  }

  /** Returns a function that names the field or the entry for a path in the network before the plan. */
  fieldsBefore(): (address: Address, path: string) => readonly string[] {
    return fieldsIn(this.#decisions, this.#madeBefore().index);
  }

  /** The security groups that differ, where nothing else differs between the two networks. */
  groupsThatDiffer(): ReadonlySet<string> | undefined {
    return groupsThatDiffer(this.#madeBefore().parts, this.#madeAfter().parts);
  }

  #madeBefore(): Made {
    return (this.#before ??= this.#made("before"));
  }

  #madeAfter(): Made {
    return (this.#after ??= this.#made("after"));
  }

  #made(of: "before" | "after"): Made {
    const { parts, index } = this.#stateAt(of);
    return { parts, index, network: networkOf(parts, new Work(this.#steps)) };
  }
}

/**
 * Returns the assertions that do not hold when the plan is done although they hold in the file, because of objects that the plan keeps or
 * leaves alone. With `live`: the assertions that do not hold in AWS now.
 */
export function assertionsBroken(environment: Environment, networks: ReachNetworks, of: "plan" | "live"): AssertionsHeld {
  const { assertions = [] } = environment;
  const network = of === "live" ? networks.before : networks.after;
  network.work.begin();
  const placeOf = networks.placesOf(environment, of === "live" ? "before" : "after");
  const around = { placeOf, environment: environment.name, kinds: [] }; // A name without a meaning is reported when the file is checked.
  const found = assertions.map((one) => ({ one, said: assertionDiagnostics(network, one, around) }));
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
  // A name may mean something in the file and nothing in AWS yet.
  return said.code === "assert-unknown" ? "unknown" : "nothing";
}

/** Returns the changes in who reaches whom. Undefined: no step affects that. "too-large": it would take too many steps. */
export function reachChanges(
  environment: Environment,
  { plan, decisions }: Planned,
  networks: ReachNetworks,
): ReachChanges | "too-large" | undefined {
  const changed = new Set(plan.steps.filter(({ action }) => action !== "keep" && action !== "retag").map(({ address }) => address));
  if (![...changed].some((address) => decisions.get(address)?.kind.network)) return undefined;
  const changes = withinWork(() => flowChanges(networks.before, networks.after, changed, networks.groupsThatDiffer()));
  if (!changes) return "too-large";
  const { opens, closes } = changes;
  const at = networks.placesOf(environment, "after");
  const fields = networks.fieldsBefore();
  return {
    opens: opens.map((change) => toldOf(change, at)),
    closes: closes.map((change) => ({ ...toldOf(change, at), letBy: lettersOf(change, fields) })),
  };
}

function isNew(action: string | undefined): boolean {
  return action === "create" || action === "replace";
}

function lettersOf({ letBy = [] }: FlowChange, fields: (address: Address, path: string) => readonly string[]): ReachChange["letBy"] {
  return letBy.flatMap(({ id, path }) =>
    path === undefined ? [{ address: id }] : fields(id, path).map((field) => ({ address: id, field })),
  );
}

function toldOf({ from, to, flows, isCertain, via }: FlowChange, at: (id: string, path?: string) => Position | undefined): ReachChange {
  return {
    from,
    to,
    flows: portsByProtocol(flows),
    certain: isCertain,
    via: via.map(({ id = "", path, says }) => {
      const place = at(id, path);
      return { address: id, text: says, ...(place ? { at: place } : {}) };
    }),
  };
}
