/** Images that the account makes from its instances, and the snapshots behind them. */
import type {
  CreateImageRequest,
  CreateImageResult,
  DeleteSnapshotRequest,
  DeregisterImageRequest,
  DeregisterImageResult,
  ModifyImageAttributeRequest,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { invalidValue, missingParameter, notModelled, required } from "./faults.ts";
import { idKinds, need } from "./ids.ts";
import { needImage } from "./images.ts";
import { images, snapshots, volumes, type ImageMapping, type ImageRecord } from "./state.ts";
import { dropTags, giveTags, tagsToBe } from "./tags.ts";
import { shapeNow } from "./volume-modifications.ts";

/**
 * Makes an image with one snapshot for each disk. Without NoReboot the instance restarts, which its
 * state does not show (EC2 API, CreateImage).
 */
const create: Handler<CreateImageRequest, CreateImageResult> = (input, call) => {
  refuseUnknown(call, input, ["InstanceId", "Name", "Description", "NoReboot", "TagSpecifications"]);
  const instance = need(call, idKinds.instance, input.InstanceId, "instanceId");
  const name = required(input.Name, "name");
  if (name.length < 3 || name.length > 128 || !/^[A-Za-z0-9()[\] ./\-'@_]+$/.test(name))
    throw new AwsFault(
      "InvalidAMIName.Malformed",
      "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', '/' and '_'",
    );
  for (const image of images(call).values())
    if (image.owner === call.account && image.name === name)
      throw new AwsFault("InvalidAMIName.Duplicate", `AMI name ${name} is already in use by AMI ${image.id}`);
  if (instance.state !== "running" && instance.state !== "stopped" && instance.state !== "stopping")
    throw new AwsFault("IncorrectState", `Instance is not in state 'running' or 'stopped'`);
  const tags = tagsToBe(input.TagSpecifications, "image", "snapshot");
  const id = call.id("ami");
  const mappings = Object.entries(instance.devices).map(([device, disk]): ImageMapping => {
    const volume = volumes(call).get(disk.volumeId)!;
    const { size, volumeType } = shapeNow(call, volume);
    const snapshotId = call.id("snap");
    snapshots(call).set(snapshotId, {
      id: snapshotId,
      size,
      owner: call.account,
      startedAt: call.now,
      description: `Created by CreateImage(${instance.id}) for ${id}`,
      encrypted: volume.encrypted,
      volumeId: volume.id,
    });
    giveTags(call, snapshotId, tags["snapshot"]);
    return { device, snapshotId, size, volumeType, deleteOnTermination: disk.deleteOnTermination, encrypted: volume.encrypted };
  });
  const source = images(call).get(instance.imageId);
  images(call).set(id, {
    id,
    name,
    description: input.Description ?? "",
    owner: call.account,
    sourceInstanceId: instance.id,
    architecture: instance.architecture,
    createdAt: call.now,
    rootDevice: instance.rootDevice,
    mappings,
    ...(source?.imdsV2 ? { imdsV2: true as const } : {}),
    public: false,
  });
  giveTags(call, id, tags["image"]);
  return { ImageId: id };
};

/** Deregisters an image. Instances and templates that name it do not prevent this; later launches fail. */
const deregister: Handler<DeregisterImageRequest, DeregisterImageResult> = (input, call) => {
  const image = needOwn(call, required(input.ImageId, "imageId"));
  images(call).delete(image.id);
  dropTags(call, image.id);
  if (!input.DeleteAssociatedSnapshots) return { Return: true };
  const results = image.mappings.map(({ snapshotId }) => {
    snapshots(call).delete(snapshotId);
    dropTags(call, snapshotId);
    return { SnapshotId: snapshotId, ReturnCode: "success" as const };
  });
  return { Return: true, DeleteSnapshotResults: results };
};

function needOwn(call: Call, id: string): ImageRecord {
  const image = needImage(call, id);
  if (image.owner !== call.account) throw new AwsFault("AuthFailure", `Not authorized for image:${id}`);
  return image;
}

const modify: Handler<ModifyImageAttributeRequest, object> = (input, call) => {
  const image = needOwn(call, required(input.ImageId, "imageId"));
  const description = input.Description?.Value ?? (input.Attribute === "description" ? input.Value : undefined);
  if (description === undefined) {
    if (input.LaunchPermission || input.Attribute) throw notModelled("sharing images");
    throw missingParameter("description");
  }
  if (description.length > 255) throw invalidValue("The description of an image has 255 characters at most");
  image.description = description;
  return {};
};

const removeSnapshot: Handler<DeleteSnapshotRequest, object> = (input, call) => {
  const snapshot = need(call, idKinds.snapshot, input.SnapshotId, "snapshotId");
  if (snapshot.owner !== call.account)
    throw new AwsFault("UnauthorizedOperation", `You are not authorized to perform this operation on ${snapshot.id}`, 403);
  for (const image of images(call).values())
    if (image.mappings.some(({ snapshotId }) => snapshotId === snapshot.id))
      throw new AwsFault("InvalidSnapshot.InUse", `The snapshot ${snapshot.id} is currently in use by ${image.id}`);
  snapshots(call).delete(snapshot.id);
  dropTags(call, snapshot.id);
  return {};
};

export const ownImageOperations: Record<string, Handler> = {
  CreateImage: create,
  DeleteSnapshot: removeSnapshot,
  DeregisterImage: deregister,
  ModifyImageAttribute: modify,
};
