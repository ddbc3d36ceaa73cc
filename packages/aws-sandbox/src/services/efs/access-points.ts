/** Access points: a user and a directory for clients that connect through them. */
import type {
  AccessPointDescription,
  CreateAccessPointRequest,
  DeleteAccessPointRequest,
  DescribeAccessPointsRequest,
} from "@aws-sdk/client-efs";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { accessPoints, arnOf, badRequest, checkedTags, needAvailable, needFileSystem, tagList, type AccessPointRecord } from "./state.ts";

const second = 1000;

export const accessPointOperations: Readonly<Record<string, Handler>> = {
  CreateAccessPoint(input: CreateAccessPointRequest, call) {
    const token = input.ClientToken!;
    const known = [...accessPoints(call).values()].find((one) => one.token === token);
    if (known)
      throw new AwsFault("AccessPointAlreadyExists", `Access point already exists with client token ${token}`, 409, {
        AccessPointId: known.id,
      });
    const fileSystem = needAvailable(call, input.FileSystemId);
    const { Path: path = "/", CreationInfo: made } = input.RootDirectory ?? {};
    if (!/^\/$|^(\/[^/]+){1,4}$/.test(path)) throw badRequest("The path has at most four directories.");
    const { PosixUser: user } = input;
    if ((user?.SecondaryGids?.length ?? 0) > 16) throw badRequest("An access point has 16 secondary groups at most.");
    const record: AccessPointRecord = {
      id: call.id("fsap"),
      token,
      fileSystemId: fileSystem.id,
      ...(user && {
        posixUser: { Uid: user.Uid!, Gid: user.Gid!, ...(user.SecondaryGids?.length ? { SecondaryGids: user.SecondaryGids } : {}) },
      }),
      root: {
        Path: path,
        ...(made && { CreationInfo: { OwnerUid: made.OwnerUid!, OwnerGid: made.OwnerGid!, Permissions: made.Permissions! } }),
      },
      state: "creating",
      tags: checkedTags(input.Tags, {}),
    };
    accessPoints(call).set(record.id, record);
    call.tagged(record.id);
    call.later(5 * second, "efs:accessPointReady", { id: record.id });
    return describe(record, call);
  },

  DescribeAccessPoints(input: DescribeAccessPointsRequest, call) {
    const all = [...accessPoints(call).values()]
      .filter(({ id }) => call.sees(id, "id"))
      .filter(({ id }) => input.AccessPointId === undefined || id === input.AccessPointId)
      .filter(({ fileSystemId }) => input.FileSystemId === undefined || fileSystemId === needFileSystem(call, input.FileSystemId).id);
    if (input.AccessPointId !== undefined && all.length === 0)
      throw new AwsFault("AccessPointNotFound", `Access point ${input.AccessPointId} does not exist.`, 404);
    const { items, next } = page(call, all, input, { key: ({ id }) => id, max: 1000, size: 100 });
    return { AccessPoints: items.map((one) => describe(one, call)), ...next };
  },

  DeleteAccessPoint(input: DeleteAccessPointRequest, call) {
    const found = accessPoints(call).get(input.AccessPointId!);
    if (!found || !call.sees(found.id, "id"))
      throw new AwsFault("AccessPointNotFound", `Access point ${input.AccessPointId} does not exist.`, 404);
    found.state = "deleting";
    call.later(5 * second, "efs:accessPointGone", { id: found.id });
    return {};
  },
};

export const accessPointTransitions = {
  accessPointReady({ id }: { id: string }, call: Call) {
    const found = accessPoints(call).get(id);
    if (found?.state === "creating") found.state = "available";
  },

  accessPointGone({ id }: { id: string }, call: Call) {
    accessPoints(call).delete(id);
  },
};

function describe(record: AccessPointRecord, call: Call): AccessPointDescription {
  const name = record.tags["Name"];
  return {
    ClientToken: record.token,
    ...(name === undefined ? {} : { Name: name }),
    Tags: tagList(record.tags),
    AccessPointId: record.id,
    AccessPointArn: arnOf(call, "access-point", record.id),
    FileSystemId: record.fileSystemId,
    ...(record.posixUser && { PosixUser: record.posixUser }),
    RootDirectory: record.root,
    OwnerId: call.account,
    LifeCycleState: record.state as "available",
  };
}
