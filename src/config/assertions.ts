/** The `assert:` section of an environment: who must reach whom and who must not, checked against the file alone. */
import type { Diagnostic, Position } from "../diag/diagnostic.ts";
import type { Kind, ResourceIndex } from "../kinds/kind.ts";
import { withoutHostBits } from "../reach/addresses.ts";
import { assertionText, check, type Assertion, type Case, type Held } from "../reach/assert.ts";
import { allFlows, flowsOfPorts, flowsText } from "../reach/flows.ts";
import { networkOf, partsOf, type Network } from "../reach/network.ts";
import { mostSteps, Work } from "../reach/work.ts";
import { hintForName } from "./references/party-names.ts";
import { positionOf } from "./yaml/source.ts";
import { entryOf, followPath, toPlain, valueOf, type MapTree } from "./yaml/tree.ts";
import { error, type Report } from "./yaml/problem.ts";

/** An assertion with the place where it is written. */
export interface Asserted extends Assertion {
  readonly severity: "error" | "warning";
  /** The assertion must hold at every step of an apply, too. */
  readonly always: boolean;
  at(path?: string): Position;
}

interface Written {
  readonly from?: string | readonly string[];
  readonly to?: string | readonly string[];
  readonly port?: number | string;
  readonly protocol?: "tcp" | "udp" | "icmp" | "any";
}

/** Returns the assertions that are written correctly and reports the others, except those that the schema has already reported. */
export function assertionsOf(tree: MapTree, isBroken: (name: string) => boolean, report: Report): readonly Asserted[] {
  const map = valueOf(tree, "assert");
  if (map?.type !== "map") return [];
  return [...map.entries].flatMap(([name, { key, value }]): Asserted[] => {
    if (value.type !== "map" || isBroken(name)) return [];
    const plain = toPlain(value) as Readonly<Record<string, Written | string | boolean>>;
    const kinds = (["deny", "allow", "only"] as const).filter((is) => entryOf(value, is) !== undefined);
    const [is] = kinds;
    if (is === undefined || kinds.length > 1) {
      report(
        error(
          "bad-value",
          positionOf(key),
          `${name} has ${kinds.length === 0 ? "no rule" : kinds.join(" and ")}.`,
          "write exactly one of `deny`, `allow` and `only`",
        ),
      );
      return [];
    }
    const written = plain[is] as Written;
    const at = (path?: string): Position =>
      path === undefined ? positionOf(key) : positionOf(followPath(value, `${is}.${path}`).value.spot);
    const ports = portsOf(written.port);
    if (ports === undefined) {
      report(
        error(
          "bad-value",
          at("port"),
          `"${written.port}" is not a port.`,
          'write a number from 0 to 65535, or two with a hyphen: "8000-8100"',
        ),
      );
      return [];
    }
    const crooked = (["from", "to"] as const).flatMap((end) =>
      (listOf(written[end]) ?? []).flatMap((text) => {
        const network = withoutHostBits(text);
        return network === undefined ? [] : [{ end, text, network }];
      }),
    );
    for (const { end, text, network } of crooked)
      report(error("bad-cidr", at(end), `${name}: ${text} has bits set beyond its mask.`, `write ${network}, or a longer mask`));
    if (crooked.length > 0) return [];
    const { protocol = "tcp" } = written;
    if (ports !== "any" && (protocol === "any" || protocol === "icmp")) {
      const what = protocol === "icmp" ? "ICMP has no ports" : "only TCP and UDP have ports";
      report(error("bad-value", at("port"), `${name}: ${what}.`, "leave `port` out, or write `protocol: tcp` or `protocol: udp`"));
      return [];
    }
    const flows = protocol === "any" ? allFlows : flowsOfPorts(protocol, ports === "any" ? undefined : [ports]);
    const severity = plain["severity"] === "warning" ? "warning" : "error";
    const always = typeof plain["always"] === "boolean" ? plain["always"] : is !== "allow";
    return [{ name, is, from: listOf(written.from), to: listOf(written.to), flows, isAnyPort: ports === "any", severity, always, at }];
  });
}

function listOf(names: string | readonly string[] | undefined): readonly string[] | undefined {
  return names === undefined ? undefined : typeof names === "string" ? [names] : names;
}

function portsOf(port: number | string | undefined): readonly [number, number] | "any" | undefined {
  if (port === undefined) return "any";
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(port));
  const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  return match && first <= last && last <= 65_535 ? [first, last] : undefined;
}

/** Returns a diagnostic for each assertion that does not hold for the resources of the index. */
export function checkAssertions(
  assertions: readonly Asserted[],
  kinds: readonly Kind[],
  index: ResourceIndex,
  environment: string,
): readonly Diagnostic[] {
  if (assertions.length === 0) return [];
  const network = networkOf(partsOf(kinds, index), new Work(mostSteps));
  const around: Around = { placeOf: placesIn(index), environment, kinds };
  return assertions.flatMap((one) => assertionDiagnostics(network, one, around));
}

/**
 * Returns the position of a resource, or of its field at `path`. Messages show it: "securityGroup/web { port: 22 … }
 * (environments/prod.yaml:41)".
 */
export type PlaceOf = (id: string, path?: string) => Position | undefined;

function placesIn(index: ResourceIndex): PlaceOf {
  return (id, path) => (index.get(id) as { at?: (path?: string) => Position } | undefined)?.at?.(path);
}

/** Facts from outside an assertion that messages about it need. */
interface Around {
  readonly placeOf: PlaceOf;
  /** The name of the environment. */
  readonly environment: string;
  /** The kinds, for a hint about an unknown name in an assertion. */
  readonly kinds: readonly Kind[];
}

/** Returns the diagnostics of one assertion; none when it holds. */
export function assertionDiagnostics(
  network: Network,
  assertion: Asserted,
  { placeOf, environment, kinds }: Around,
): readonly Diagnostic[] {
  const held = check(network, assertion);
  const { name, severity } = assertion;
  switch (held.is) {
    case "holds":
      return [];
    case "no-such-name": {
      const summary = `${name}: ${held.name} is not a known source or destination of connections.`;
      return [error("assert-unknown-name", assertion.at(held.end), summary, hintForName(network, held.name, kinds))];
    }
    case "nothing": {
      const names = [...new Set(held.names)];
      const who = names.length === 0 ? "no resource is on a" : `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} on no`;
      const summary = `${name} cannot fail: ${who} network interface.`;
      return [
        {
          code: "assert-nothing",
          severity: "warning",
          at: assertion.at(),
          summary,
          hint: "name other resources, or remove the assertion",
        },
      ];
    }
    case "too-much":
      return [
        {
          code: "assert-unknown",
          severity,
          at: assertion.at(),
          summary: `${name}: ${assertionText(assertion)}; this was not checked, because the environment is too large.`,
          hint: `name fewer resources in \`from\` and \`to\`; \`infra reach ${environment} FROM TO\` answers for one pair`,
        },
      ];
    case "not-considered":
      return [
        {
          code: "assert-unknown",
          severity,
          at: assertion.at(),
          summary: `${name}: ${assertionText(assertion)}; no violation was found, but these were not considered: ${held.what.join("; ")}.`,
          hint: `docs/reach.md says what infra takes into account${severity === "error" ? "; `severity: warning` in the assertion makes this a warning" : ""}`,
        },
      ];
    case "violated":
    case "unknown":
      return [
        {
          code: held.is === "violated" ? "assert-violated" : "assert-unknown",
          severity,
          at: assertion.at(),
          ...textsOf(assertion, held, placeOf),
        },
      ];
  }
}

function textsOf(assertion: Asserted, held: Extract<Held, { cases: unknown }>, placeOf: PlaceOf): Pick<Diagnostic, "summary" | "hint"> {
  const [first, ...more] = held.cases as readonly [Case, ...Case[]];
  const others = more.length === 0 ? "" : `, and ${more.length} more`;
  const flow = `${first.from} → ${first.to} ${flowsText(first.flows)}`;
  const is = held.is === "unknown" ? "may or may not be open" : assertion.is === "allow" ? "is not open" : "is open";
  const why = held.is === "unknown" && first.unknown.length > 0 ? ` (${first.unknown.join("; ")})` : "";
  // A rule that lets traffic through follows without a colon. An obstacle, or something unknown, is described in words after one.
  const isOpen = assertion.is !== "allow" && held.is === "violated";
  const by = first.hops.map(({ what, says, id, path }) => {
    const place = id === undefined ? undefined : placeOf(id, path);
    return `${what}${isOpen ? "" : ":"} ${says}${place ? ` (${place.file}:${place.line})` : ""}`;
  });
  const lead = isOpen ? "allowed by" : held.is === "unknown" ? "check" : "blocked by";
  return {
    summary: `${assertion.name}: ${assertionText(assertion)}; ${flow} ${is}${why}${others}.`,
    ...(by.length === 0 ? {} : { hint: `${lead} ${[...new Set(by)].join("; ")}` }),
  };
}
