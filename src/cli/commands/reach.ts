import { kindsFor, type Environment } from "../../config/environment.ts";
import { resourceIndexOf as declaredIndexOf } from "../../config/kind-checks.ts";
import { hintForName } from "../../config/references/party-names.ts";
import { readKnownKinds } from "../../apply/known-kinds.ts";
import { DiagnosticError } from "../../diag/diagnostic.ts";
import { kinds } from "../../kinds/index.ts";
import type { BlindPart } from "../../kinds/kind.ts";
import { readForeign } from "../../observe/foreign.ts";
import { Drivers } from "../../observe/drivers.ts";
import { observe } from "../../observe/observe.ts";
import { resourceIndexOf } from "../../plan/resource-index.ts";
import { explain, type Explained } from "../../reach/explain.ts";
import { allFlows, flowsOfPorts, type Flows } from "../../reach/flows.ts";
import { flowsOfNetwork } from "../../reach/matrix.ts";
import { networkOf, partsOf, type Network } from "../../reach/network.ts";
import { withoutHostBits } from "../../reach/addresses.ts";
import { partiesOf } from "../../reach/parties.ts";
import type { Party } from "../../reach/verdict.ts";
import { mostSteps, withinWork, Work } from "../../reach/work.ts";
import { reachJson, reachText } from "../../render/reach.ts";
import type { Context } from "../context.ts";
import { loadOrThrow, type TypedEnvironment } from "../environments/environment.ts";
import { exit, type ExitCode } from "../exit.ts";
import { emit, jsonText, usage } from "../outputs.ts";
import { namedOrOnly } from "../environments/select.ts";
import { inSession, printFooter, unlessStopped, type Session } from "../session/session.ts";

export interface ReachFlags {
  /** Asks about the resources in AWS instead of those in the file. */
  readonly live?: true;
  readonly protocol?: "tcp" | "udp" | "icmp";
}

/**
 * `infra reach ENV [FROM TO [PORT]]`: explains a way hop by hop, or lists every flow. Exits with 2 when a flow that was asked about is not
 * certain to pass.
 */
export async function reach(context: Context, what: readonly string[], flags: ReachFlags): Promise<ExitCode> {
  const [nameOrPath, from, to, port, ...more] = what;
  if (more.length > 0) throw usage("infra reach takes at most an environment, FROM, TO and PORT.");
  const environment = loadOrThrow(context, namedOrOnly(context, nameOrPath, "reach"));
  if (from !== undefined && to === undefined) throw usage("infra reach needs both FROM and TO, or neither.");
  const asked = flowsAsked(port, flags.protocol);
  const answer = (network: Network) => report(context, environment, network, from, to, asked, flags);
  if (!flags.live)
    return answer(networkOf(partsOf(kindsFor(kinds, environment), declaredIndexOf(environment.region, environment.nodes)), work()));
  return inSession(context, environment, async (session, environment) => {
    const code = answer(await liveNetwork(context, session, environment));
    printFooter(context, session);
    return code;
  });
}

/** The same limit of computing work as in a plan. For a larger estate, ask single questions. */
const work = () => new Work(mostSteps);

async function liveNetwork(context: Context, session: Session, environment: Environment): Promise<Network> {
  const all = kindsFor(kinds, environment);
  const aws = session.connection.aws.within({ signal: context.signals.stop });
  const known = readKnownKinds(aws, { project: environment.project, environment: environment.name });
  const drivers = new Drivers(aws);
  const observed = await unlessStopped(context, observe(all, drivers, aws, environment, { known }));
  const found = [...observed.objects.values()];
  const lives = new Map(found.map(({ address, live }) => [address, live]));
  const asked = found.map(({ kind, linked }) => ({ kind, spec: linked }));
  const besides = { ofOurNetworks: "read", machines: true } as const;
  const foreign = await unlessStopped(context, readForeign(all, drivers, aws, asked, observed, environment.region, besides));
  const unread = foreign.unread.map((what): BlindPart => ({ is: "blind", id: what, what, lets: "either" }));
  return networkOf([...foreign.parts, ...unread, ...partsOf(all, resourceIndexOf(environment.region, new Map(), observed), lives)], work());
}

function report(
  context: Context,
  environment: TypedEnvironment,
  network: Network,
  from: string | undefined,
  to: string | undefined,
  asked: Flows,
  flags: ReachFlags,
): ExitCode {
  const notYet = new Set(flags.live ? environment.nodes.map(({ address }) => address) : []);
  const questions = from === undefined || to === undefined ? [] : withinWork(() => answersTo(network, from, to, asked, notYet));
  const flows = from === undefined ? withinWork(() => flowsOfNetwork(network)) : [];
  if (!questions || !flows) throw tooLarge(environment.typed, from, to);
  const nodes = new Map(environment.nodes.map((node) => [node.address, node]));
  const told = {
    project: environment.project,
    environment: environment.name,
    of: flags.live ? ("aws" as const) : ("file" as const),
    questions,
    notWeighed: network.blind.map(({ what }) => what),
    file: environment.at.file,
    ...(from === undefined ? { flows } : {}),
    at: (id: string, path: string | undefined) => nodes.get(id)?.at(path),
  };
  emit(context, { text: (options) => reachText(told, options), json: () => jsonText(reachJson(told)) });
  return questions.every(({ answer }) => answer === "reachable") ? exit.ok : exit.differences;
}

function tooLarge(environment: string, from: string | undefined, to: string | undefined): DiagnosticError {
  const what =
    from === undefined ? "which resources reach which in the whole environment" : `which resources of ${from} reach which of ${to}`;
  const summary = `There are too many resources to compute ${what}.`;
  return new DiagnosticError([
    { code: "usage", severity: "error", summary, hint: `name single resources: infra reach ${environment} FROM TO [PORT]` },
  ]);
}

/** Answers a question for every pair of endpoints. `notYet`: the addresses that the file declares, for questions about AWS. */
function answersTo(network: Network, from: string, to: string, asked: Flows, notYet: ReadonlySet<string>): readonly Explained[] {
  const [sources, targets] = [meant(network, from, notYet), meant(network, to, notYet)];
  const pairs = sources.flatMap((source) => targets.map((target) => ({ source, target })));
  return pairs
    .filter(({ source, target }) => source.endpoint === undefined || source.endpoint !== target.endpoint || pairs.length === 1)
    .map(({ source, target }) => explain(network, source, target, asked));
}

function meant(network: Network, text: string, notYet: ReadonlySet<string>): readonly Party[] {
  const meantNetwork = withoutHostBits(text);
  if (meantNetwork !== undefined) throw usage(`${text} has bits set beyond its mask.`, `write ${meantNetwork}, or a longer mask`);
  const parties = partiesOf(network, text);
  if (parties && parties.length > 0) return parties;
  if (!parties && notYet.has(text))
    throw usage(`AWS has no ${text} with a network address, although the file declares it.`, "apply it first, or omit --live");
  const summary = parties ? `no network interface has ${text}.` : `${text} matches no resource with a network address.`;
  throw usage(summary, hintForName(network, text, kinds));
}

/** Returns the flows of a port argument: "22" or "8000-8100". Without one it means all ports, and all protocols if none is named. */
function flowsAsked(port: string | undefined, protocol: ReachFlags["protocol"]): Flows {
  if (port === undefined) return protocol === undefined ? allFlows : flowsOfPorts(protocol);
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(port);
  const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (!match || last > 65_535 || first > last)
    throw usage(`"${port}" is not a port.`, "write a number from 0 to 65535, or two with a hyphen: 8000-8100");
  if (protocol === "icmp") throw usage("ICMP has no ports.", "leave the port out");
  return flowsOfPorts(protocol ?? "tcp", [[first, last]]);
}
