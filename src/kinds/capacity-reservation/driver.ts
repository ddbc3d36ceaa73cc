import type { CapacityReservation as AwsReservation } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { isNotFound } from "../../aws/errors.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { environmentFilter, tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Driver, Live } from "../kind.ts";
import { isMeant, tagFilters, type Filter } from "../shared/lookup.ts";
import { instant, type CapacityReservation } from "./schema.ts";

type LiveReservation = Live<CapacityReservation, null>;

export function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<CapacityReservation, null> {
  async function* described(aws: Aws, Filters: Filter[]) {
    for await (const page of aws.ec2.pages(ec2.DescribeCapacityReservationsCommand, { Filters, MaxResults: 1000 }))
      yield* page.CapacityReservations ?? [];
  }

  return {
    async *list(aws, scope) {
      for await (const found of described(aws, environmentFilter(scope))) yield live(found);
    },

    /** Describes the reservations by their ids, because the call has no filter for ids. */
    async get(aws, ids) {
      const lives = new Map<AwsId, LiveReservation>();
      const { existing } = await import("../../aws/eventual.ts");
      const found = await existing(
        ids,
        200,
        async (CapacityReservationIds) =>
          (await aws.ec2(new ec2.DescribeCapacityReservationsCommand({ CapacityReservationIds }))).CapacityReservations ?? [],
      );
      for (const one of found) lives.set(one.CapacityReservationId!, live(one));
      return lives;
    },

    async create(aws, request, identity) {
      const { CapacityReservation: made } = await aws.ec2(
        new ec2.CreateCapacityReservationCommand({
          InstanceType: request.instanceType,
          InstancePlatform: request.instancePlatform ?? "Linux/UNIX",
          AvailabilityZone: request.availabilityZone,
          InstanceCount: request.instanceCount,
          Tenancy: request.tenancy ?? "default",
          ...(request.ebsOptimized === undefined ? {} : { EbsOptimized: request.ebsOptimized }),
          ...endOf(request.endDate ?? "never"),
          InstanceMatchCriteria: request.instanceMatchCriteria ?? "open",
          ...(request.placementGroup === undefined ? {} : { PlacementGroupArn: arnOf(aws, request.placementGroup) }),
          ClientToken: identity.token,
          TagSpecifications: tagSpecifications("capacity-reservation", identity.tags),
        }),
      );
      return made!.CapacityReservationId!;
    },

    async update(aws, _stage, one, _request, { instanceCount, endDate, instanceMatchCriteria }) {
      await aws.ec2(
        new ec2.ModifyCapacityReservationCommand({
          CapacityReservationId: one.id,
          ...(instanceCount?.after === undefined ? {} : { InstanceCount: instanceCount.after }),
          ...(endDate ? endOf(endDate.after ?? "never") : {}),
          ...(instanceMatchCriteria?.after ? { InstanceMatchCriteria: instanceMatchCriteria.after } : {}),
        }),
      );
    },

    async delete(aws, { id: CapacityReservationId, state }) {
      if (state === "dead" || state === "deleting") return;
      await aws.ec2(new ec2.CancelCapacityReservationCommand({ CapacityReservationId })).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
    },

    tag: ec2Tagging,

    async find(aws, tags, owner = aws.account) {
      const ids: AwsId[] = [];
      for await (const found of described(aws, tagFilters(tags)))
        if (isMeant(found, tags, owner) && live(found).state !== "dead") ids.push(found.CapacityReservationId!);
      return ids;
    },
  };
}

function endOf(date: string) {
  const end = instant(date);
  return end === "never" ? { EndDateType: "unlimited" as const } : { EndDateType: "limited" as const, EndDate: new Date(end) };
}

function arnOf(aws: Aws, group: string): string {
  return group.startsWith("arn:") ? group : `arn:${aws.partition}:ec2:${aws.region}:${aws.account}:placement-group/${group}`;
}

function live(found: AwsReservation): LiveReservation {
  const { State: state = "active" } = found;
  return {
    id: found.CapacityReservationId!,
    aliases: found.CapacityReservationArn ? [found.CapacityReservationArn] : [],
    tags: tagsOf(found.Tags),
    ...(found.OwnerId ? { owner: found.OwnerId } : {}),
    state: stateOf(state),
    isUnderWay: state === "pending", // not "scheduled", which lasts for weeks
    spec: {
      instanceType: found.InstanceType!,
      instancePlatform: found.InstancePlatform as NonNullable<CapacityReservation["instancePlatform"]>,
      availabilityZone: found.AvailabilityZone!,
      instanceCount: found.TotalInstanceCount!,
      tenancy: found.Tenancy ?? "default",
      ebsOptimized: found.EbsOptimized ?? false,
      endDate: found.EndDateType === "limited" && found.EndDate ? found.EndDate.toISOString().replace(/\.\d+Z$/, "Z") : "never",
      instanceMatchCriteria: found.InstanceMatchCriteria ?? "open",
      placementGroup: found.PlacementGroupArn?.split("/").at(-1),
    } as Partial<CapacityReservation>,
    handle: null,
    outputs: { arn: found.CapacityReservationArn ?? "", available: String(found.AvailableInstanceCount ?? 0) },
    ...(found.CreateDate ? { createdAt: found.CreateDate.toISOString() } : {}),
  };
}

/** Ended reservations stay listed for a while, with their tags (EC2 API, CapacityReservation: State). */
function stateOf(state: string): Live["state"] {
  if (state === "active") return "ready";
  if (state === "failed" || state === "unsupported")
    return { failed: `AWS says "${state}": it does not have this capacity in this zone now` };
  return state === "cancelled" || state === "expired" ? "dead" : "pending";
}
