/** What of a plan AWS can be asked beforehand, without a write: whether it would make what is to be made, and whether what that names exists. */
import type { Aws } from "../aws/aws.ts";
import { AwsError } from "../aws/errors.ts";
import { rehearsal, RehearsalEnded } from "../aws/rehearsal.ts";
import type { Environment } from "../config/environment.ts";
import type { Position } from "../diag/diagnostic.ts";
import type { Address, Spec } from "../kinds/kind.ts";
import { mapAnnotated, mapRefs } from "../kinds/references.ts";
import { Refusal } from "../kinds/refusal.ts";
import type { Drivers } from "../observe/observe.ts";
import type { Decision } from "../plan/decide.ts";
import { withDefaults } from "../plan/diff.ts";
import type { Planned } from "../plan/make-plan.ts";
import type { Observed } from "../plan/observed.ts";
import { birthOf, nameFor } from "./birth.ts";

export interface PreflightInput {
  readonly aws: Aws;
  readonly environment: Environment;
  readonly planned: Planned;
  readonly observed: Observed;
  readonly drivers: Drivers;
}

/** What became of one step: AWS would take it, it cannot be tried and why, or AWS would refuse it. */
export interface Tried {
  readonly address: Address;
  readonly outcome: "would-work" | "untried" | "refused";
  readonly text: string;
  /** AWS's code, where it refused. */
  readonly code?: string;
  readonly at?: Position;
}

/** Tries every step of the plan as far as that goes, in the plan's order. */
export async function preflight(input: PreflightInput): Promise<readonly Tried[]> {
  const creates = input.planned.plan.steps.filter(({ action }) => action === "create" || action === "replace");
  const rest = input.planned.plan.steps.filter(
    ({ action }) => action === "update" || action === "restart" || action === "delete" || action === "retag",
  );
  const [missing, tried] = await Promise.all([
    missingThings(
      input,
      creates.map(({ address }) => address),
    ),
    Promise.all(creates.map(({ address }) => tryCreate(input, input.planned.decisions.get(address)!))),
  ]);
  const untried = rest.map(({ address, action, at }): Tried => ({
    address,
    outcome: "untried",
    text: `to ${action} what exists is not tried`,
    ...(at ? { at } : {}),
  }));
  return [...missing, ...tried, ...untried];
}

/** The driver's own create, with the real tags, on the way that makes nothing. */
async function tryCreate({ aws, environment, observed, drivers }: PreflightInput, decision: Decision): Promise<Tried> {
  const { kind, address, found } = decision;
  const { desired, wanted } = decision.declared!;
  const at = desired.at();
  const untried = (text: string): Tried => ({ address, outcome: "untried", text, at });
  if (found && decision.order === "delete-first") return untried(`${found.live.id} has to go first`);
  const first = new Set<string>();
  const declared = new Set(environment.nodes.map((node) => node.address));
  const want = mapRefs(kind.schema, withDefaults(kind, wanted), (value) => {
    if (typeof value !== "string" || !declared.has(value)) return value;
    const id = observed.objects.get(value)?.live.id;
    if (id === undefined) first.add(value);
    return id ?? value;
  });
  if (first.size > 0) return untried(`${[...first].sort().join(", ")} ${first.size === 1 ? "is" : "are"} made first`);
  const place = {
    account: aws.account,
    region: aws.region,
    project: environment.project,
    environment: environment.name,
    shown: observed.shown.get(address) ?? [],
    attempt: 0,
  };
  const birth = birthOf(place, kind, desired, nameFor(kind, desired, found ? [found.live.id] : []));
  try {
    const driver = await drivers.of(kind);
    await driver.create(rehearsal(aws), want, birth);
    return { address, outcome: "refused", code: "conflict", text: "what it would make is there already", at };
  } catch (error) {
    if (error instanceof RehearsalEnded)
      return error.wasTried ? { address, outcome: "would-work", text: error.message, at } : untried(error.message);
    if (error instanceof AwsError)
      return { address, outcome: "refused", code: error.code, text: `${error.operation}: ${error.message}`, at };
    if (error instanceof Refusal) return { address, outcome: "refused", code: "conflict", text: error.message, at };
    throw error;
  }
}

/** Images and zones that the creates name and AWS does not have: known before anything that they need is there. */
async function missingThings({ aws, planned }: PreflightInput, addresses: readonly Address[]): Promise<readonly Tried[]> {
  const named: { readonly address: Address; readonly what: "image" | "zone"; readonly name: string; readonly at: Position }[] = [];
  for (const address of addresses) {
    const { kind, declared } = planned.decisions.get(address)!;
    const note = (what: "image" | "zone", pattern: RegExp) => (value: unknown, path: string) => {
      if (typeof value === "string" && pattern.test(value)) named.push({ address, what, name: value, at: declared!.desired.at(path) });
      return value;
    };
    mapAnnotated(kind.schema, declared!.wanted as Spec, "x-image", note("image", /^ami-/));
    mapAnnotated(kind.schema, declared!.wanted as Spec, "x-zone", note("zone", /./));
  }
  const of = (what: "image" | "zone") => [...new Set(named.filter((one) => one.what === what).map(({ name }) => name))];
  const [images, zones] = await Promise.all([existingImages(aws, of("image")), existingZones(aws, of("zone"))]);
  const missing = named.filter(({ what, name }) => !(what === "image" ? images : zones).has(name));
  return missing.map(({ address, what, name, at }): Tried => ({
    address,
    outcome: "refused",
    code: `no-such-${what}`,
    text: what === "image" ? `there is no available image ${name} in ${aws.region}` : `${aws.region} has no zone ${name} for this account`,
    at,
  }));
}

async function existingImages(aws: Aws, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const ec2 = await aws.clock.work(import("../aws/sdk/ec2.ts"));
  for (let from = 0; from < ids.length; from += 200) {
    const Filters = [
      { Name: "image-id", Values: ids.slice(from, from + 200) },
      { Name: "state", Values: ["available"] },
    ];
    for await (const page of aws.ec2.pages(ec2.DescribeImagesCommand, { Filters, MaxResults: 1000 }))
      for (const { ImageId } of page.Images ?? []) found.add(ImageId!);
  }
  return found;
}

async function existingZones(aws: Aws, names: readonly string[]): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const ec2 = await aws.clock.work(import("../aws/sdk/ec2.ts"));
  const { AvailabilityZones = [] } = await aws.ec2(new ec2.DescribeAvailabilityZonesCommand({}));
  return new Set(AvailabilityZones.filter(({ State }) => State === undefined || State === "available").map(({ ZoneName }) => ZoneName!));
}
