/** The instance profile of an instance, through associations. */
import type {
  AssociateIamInstanceProfileRequest,
  AssociateIamInstanceProfileResult,
  DescribeIamInstanceProfileAssociationsRequest,
  DescribeIamInstanceProfileAssociationsResult,
  DisassociateIamInstanceProfileRequest,
  DisassociateIamInstanceProfileResult,
  IamInstanceProfileAssociation,
  ReplaceIamInstanceProfileAssociationRequest,
  ReplaceIamInstanceProfileAssociationResult,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { required } from "./faults.ts";
import { idKinds, need } from "./ids.ts";
import { joinProfile, profileOf } from "./launch.ts";
import { instances, profileAssociations, type InstanceRecord } from "./state.ts";
import { timing } from "./timing.ts";

const associate: Handler<AssociateIamInstanceProfileRequest, AssociateIamInstanceProfileResult> = (input, call) => {
  const instance = need(call, idKinds.instance, input.InstanceId, "instanceId");
  const profile = profileOf(call, required(input.IamInstanceProfile, "iamInstanceProfile"));
  if (instance.state !== "running" && instance.state !== "stopped" && instance.state !== "pending" && instance.state !== "stopping")
    throw wrongState(instance);
  if (instance.profile) throw new AwsFault("IncorrectState", `There is an existing association for instance ${instance.id}`);
  joinProfile(call, instance, profile);
  return { IamInstanceProfileAssociation: describe(call, instance) };
};

/** Replaces the profile of a running instance. The association gets a new id. */
const replace: Handler<ReplaceIamInstanceProfileAssociationRequest, ReplaceIamInstanceProfileAssociationResult> = (input, call) => {
  const instance = needAssociation(call, input.AssociationId);
  const profile = profileOf(call, required(input.IamInstanceProfile, "iamInstanceProfile"));
  if (instance.state !== "running") throw wrongState(instance);
  joinProfile(call, instance, profile);
  return { IamInstanceProfileAssociation: describe(call, instance) };
};

const disassociate: Handler<DisassociateIamInstanceProfileRequest, DisassociateIamInstanceProfileResult> = (input, call) => {
  const instance = needAssociation(call, input.AssociationId);
  const shown = { ...describe(call, instance), State: "disassociating" as const };
  profileAssociations(call).delete(instance.profile!.associationId);
  delete instance.profile;
  return { IamInstanceProfileAssociation: shown };
};

function needAssociation(call: Call, id: string | undefined): InstanceRecord {
  const instance = instances(call).get(profileAssociations(call).get(required(id, "associationId"))?.owner ?? "");
  if (!instance) throw new AwsFault("InvalidAssociationID.NotFound", `An invalid association-id of '${id}' was given`);
  return instance;
}

function wrongState(instance: InstanceRecord): AwsFault {
  return new AwsFault("IncorrectState", `The instance ${instance.id} is not in a valid state for this operation.`);
}

const describeAssociations: Handler<DescribeIamInstanceProfileAssociationsRequest, DescribeIamInstanceProfileAssociationsResult> = (
  input,
  call,
) => {
  const asked = input.AssociationIds?.length
    ? input.AssociationIds.map((id) => needAssociation(call, id))
    : [...instances(call).values()].filter((one) => one.profile);
  const { found, NextToken } = list<InstanceRecord>(call, input, {
    records: asked,
    tagged: null,
    pages: [5, 1000],
    filters: { "instance-id": (one) => one.id, state: (one) => describe(call, one).State },
  });
  return { NextToken, IamInstanceProfileAssociations: found.map((one) => describe(call, one)) };
};

function describe(call: Call, instance: InstanceRecord): IamInstanceProfileAssociation {
  const { associationId, arn, id, since } = instance.profile!;
  return {
    AssociationId: associationId,
    InstanceId: instance.id,
    IamInstanceProfile: { Arn: arn, Id: id },
    State: call.now < since + timing.profileAssociated ? "associating" : "associated",
    Timestamp: new Date(since),
  };
}

export const instanceProfileOperations: Record<string, Handler> = {
  AssociateIamInstanceProfile: associate,
  DescribeIamInstanceProfileAssociations: describeAssociations,
  DisassociateIamInstanceProfile: disassociate,
  ReplaceIamInstanceProfileAssociation: replace,
};
