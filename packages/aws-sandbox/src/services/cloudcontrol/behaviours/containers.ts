/** ECR and ECS. */
import { AwsFault } from "../../../model.ts";
import { all, arnOnly, invalid, named, nameOf, needs, uuidOf, type Behaviour } from "./behaviour.ts";

export const containers: Readonly<Record<string, Behaviour>> = {
  "AWS::ECR::Repository": {
    arn: named("ecr", "repository/", "RepositoryName"),
    made: ({ RepositoryName }, arn, { account, region }) => ({
      Arn: arn,
      RepositoryUri: `${account}.dkr.ecr.${region}.amazonaws.com/${String(RepositoryName)}`,
    }),
    defaults: { ImageTagMutability: "MUTABLE", EncryptionConfiguration: { EncryptionType: "AES256" } },
  },
  "AWS::ECS::Cluster": {
    arn: named("ecs", "cluster/", "ClusterName"),
    made: arnOnly,
    inUse: ({ id }, call) =>
      all(call, "AWS::ECS::Service").some(({ properties }) => nameOf(properties["Cluster"]) === id)
        ? "The Cluster cannot be deleted while Services are active."
        : undefined,
  },
  // ECS API reference, RegisterTaskDefinition
  "AWS::ECS::TaskDefinition": {
    arn: { service: "ecs", end: ({ Family, TaskDefinitionArn }) => `task-definition/${String(Family)}:${String(TaskDefinitionArn)}` },
    ids: (digits) => ({ TaskDefinitionArn: parseInt(digits.slice(0, 4), 16) }),
    made: (_properties, arn) => ({ TaskDefinitionArn: arn }),
    defaults: { NetworkMode: "bridge" },
  },
  // ECS API reference, CreateService
  "AWS::ECS::Service": {
    arn: { service: "ecs", end: ({ Cluster, ServiceName }) => `service/${nameOf(Cluster)}/${String(ServiceName)}` },
    ids: () => ({}),
    made: ({ ServiceName }, arn) => ({ ServiceArn: arn, Name: ServiceName }),
    defaults: { DesiredCount: 1, SchedulingStrategy: "REPLICA", AvailabilityZoneRebalancing: "ENABLED" },
    check({ Cluster, TaskDefinition, LaunchType, NetworkConfiguration }, call) {
      needs(call, "AWS::ECS::Cluster", nameOf(Cluster), "Cluster not found.");
      if (!all(call, "AWS::ECS::TaskDefinition").some(({ arn }) => arn === TaskDefinition)) throw invalid("TaskDefinition not found.");
      if (LaunchType === "FARGATE" && NetworkConfiguration === undefined)
        throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
    },
    // DeregisterScalableTarget: deleting a service deletes its scalable target and policies.
    holds: [
      ["AWS::ApplicationAutoScaling::ScalableTarget", "ResourceId"],
      ["AWS::ApplicationAutoScaling::ScalingPolicy", "ResourceId"],
    ],
    takes: 90_000,
  },
  // Application Auto Scaling API reference, RegisterScalableTarget
  "AWS::ApplicationAutoScaling::ScalableTarget": {
    made: ({ ResourceId, ScalableDimension, ServiceNamespace }) => ({
      Id: `${String(ResourceId)}|${String(ScalableDimension)}|${String(ServiceNamespace)}`,
    }),
    check: ({ ResourceId, MinCapacity, MaxCapacity }, call) => {
      if (!all(call, "AWS::ECS::Service").some(({ arn }) => arn.endsWith(`:${String(ResourceId)}`)))
        throw invalid(`ECS service doesn't exist: ${String(ResourceId)}`);
      if (Number(MinCapacity) > Number(MaxCapacity)) throw invalid("Maximum capacity cannot be less than minimum capacity");
    },
  },
  // PutScalingPolicy
  "AWS::ApplicationAutoScaling::ScalingPolicy": {
    arn: {
      service: "autoscaling",
      end: ({ ResourceId, ServiceNamespace, PolicyName }) =>
        `scalingPolicy:${uuidOf(Buffer.from(String(PolicyName)).toString("hex").padEnd(32, "0").slice(0, 32))}:resource/${String(ServiceNamespace)}/${String(ResourceId)}:policyName/${String(PolicyName)}`,
    },
    ids: () => ({}),
    made: arnOnly,
    check: ({ ResourceId }, call) => {
      const isRegistered = all(call, "AWS::ApplicationAutoScaling::ScalableTarget").some(
        ({ properties }) => properties["ResourceId"] === ResourceId,
      );
      if (!isRegistered)
        throw new AwsFault("NotFound", `No scalable target registered for namespace: ecs, resource ID: ${String(ResourceId)}`);
    },
  },
};
