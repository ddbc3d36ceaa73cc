/** ECR and ECS. */
import { behind, lastOf, same, seconds, sets, type Curated, type Part } from "./entry.ts";

const words = /[^A-Za-z0-9_-]/;

/** A part of an ECS service, named as Application Auto Scaling names the service: `service/CLUSTER/NAME`. */
const ofService: Omit<Part, "key"> = {
  field: "ResourceId",
  of: "AWS::ECS::Service",
  idOf: (value, { partition, region, account }) => `arn:${partition}:ecs:${region}:${account}:${value}|${value.split("/")[1] ?? ""}`,
  output: (id) => id.slice(id.indexOf(":service/") + 1).split("|")[0]!,
};
const ofEcs: Pick<Curated, "service" | "waits" | "only"> = {
  service: "application-autoscaling",
  waits: seconds,
  only: { ServiceNamespace: ["ecs"], ScalableDimension: ["ecs:service:DesiredCount"] },
};

export const containers: Readonly<Record<string, Curated>> = {
  "AWS::ECR::Repository": {
    doc: "A repository of container images.",
    index: "ecr:repository",
    idOf: behind(":repository/"),
    name: { field: "RepositoryName", max: 256, forbidden: /[^a-z0-9_./-]/, lower: true, id: same },
    dataLoss: "data",
    waits: seconds,
    quirks: [
      [
        "AWS does not delete a repository that contains images, unless `EmptyOnDelete: true` was applied before.",
        "ECR API, DeleteRepository: RepositoryNotEmptyException, `force`",
      ],
    ],
  },
  "AWS::ECS::Cluster": {
    doc: "An ECS cluster.",
    index: "ecs:cluster",
    idOf: lastOf,
    name: { field: "ClusterName", max: 255, forbidden: words, id: same },
    without: /:PutAccountSetting/,
    also: ["iam:CreateServiceLinkedRole"],
    waits: seconds,
    unordered: sets("aws_ecs_cluster_capacity_providers", {
      CapacityProviders: "capacity_providers",
      DefaultCapacityProviderStrategy: "default_capacity_provider_strategy",
    }),
  },
  "AWS::ECS::TaskDefinition": {
    doc: "Containers that run together as a task. Every change makes a new revision.",
    index: "ecs:task-definition",
    idOf: same,
    invented: "Family",
    isLike: (arn, environment) => arn.includes(`:task-definition/${environment}-`),
    passesTo: "ecs-tasks.amazonaws.com",
    waits: seconds,
    quirks: [
      [
        "Begin `Family` with the name of the environment and a hyphen, as infra does if you omit it. A family with another name is found only by its tags, which AWS may show a minute late.",
        "infra",
      ],
      ["The previous revision is deregistered when the services that name it use the new one.", "infra"],
    ],
  },
  "AWS::ECS::Service": {
    doc: "Tasks that ECS keeps running in a cluster.",
    index: "ecs:service",
    // `service/CLUSTER/NAME` (ECS Developer Guide, "Amazon Resource Names (ARNs) and IDs").
    idOf: (arn) => `${arn}|${arn.split("/")[1] ?? ""}`,
    name: { field: "ServiceName", max: 255, forbidden: words },
    passesTo: "ecs.amazonaws.com",
    waits: { create: { typical: 120, limit: 3600 }, delete: { typical: 120, limit: 3600 } },
    unordered: sets("aws_ecs_service", {
      CapacityProviderStrategy: "capacity_provider_strategy",
      "DeploymentConfiguration.Alarms.AlarmNames": "alarms.alarm_names",
      LoadBalancers: "load_balancer",
      PlacementConstraints: "placement_constraints",
      VpcLatticeConfigurations: "vpc_lattice_configurations",
    }),
    quirks: [
      ["Omit `DesiredCount` if something scales the service.", 'ECS Developer Guide, "Automatically scale your Amazon ECS service"'],
      [
        "AWS waits until the tasks are healthy: if a container does not start, the creation fails after up to three hours.",
        'CloudFormation User Guide, "Troubleshooting CloudFormation": an ECS service that did not stabilize fails after three hours',
      ],
    ],
  },
  // Application Auto Scaling API reference, RegisterScalableTarget: ResourceId of a service is `service/CLUSTER/NAME`.
  "AWS::ApplicationAutoScaling::ScalableTarget": {
    doc: "The minimum and maximum number of tasks of an ECS service.",
    part: { ...ofService, key: ["ScalableDimension"], idFrom: (service, dimension) => `${service}|${dimension}|ecs` },
    ...ofEcs,
    tells: ["ResourceId"],
    // Application Auto Scaling User Guide, "Service-linked roles"; and "Identity-based policy examples": alarms, for its policies.
    also: ["iam:CreateServiceLinkedRole", "cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"],
    passesTo: "ecs.application-autoscaling.amazonaws.com",
    quirks: [
      [
        "Only for ECS services: it has no tags, and infra finds its owner in the tags of the service. Scale tables with `BillingMode: PAY_PER_REQUEST`.",
        "infra",
      ],
      [
        'Write `ResourceId: service/${resource("AWS::ECS::Cluster/c").id}/${resource("AWS::ECS::Service/s").Name}`, and omit `DesiredCount` of the service.',
        "Application Auto Scaling API, RegisterScalableTarget: `ResourceId`",
      ],
    ],
  },
  // The same, PutScalingPolicy: `…:scalingPolicy:UUID:resource/ecs/service/CLUSTER/NAME:policyName/POLICY`.
  "AWS::ApplicationAutoScaling::ScalingPolicy": {
    doc: "A policy that changes the number of tasks of an ECS service.",
    part: {
      ...ofService,
      key: ["PolicyName"],
      listed: { by: { ServiceNamespace: "ecs" }, isOf: (id, service) => id.includes(`:resource/ecs/${service}:policyName/`) },
    },
    ...ofEcs,
    needs: ["ResourceId", "ScalableDimension", "ServiceNamespace"],
    refuses: {
      ScalingTargetId: {
        why: "AWS never returns it",
        hint: 'write `ResourceId: ${resource("AWS::ApplicationAutoScaling::ScalableTarget/t").ResourceId}`',
      },
    },
    invented: "PolicyName",
    quirks: [
      [
        'Write `ResourceId: ${resource("AWS::ApplicationAutoScaling::ScalableTarget/t").ResourceId}`, so that it waits for its target.',
        "infra",
      ],
      [
        "AWS creates the alarms of a target tracking policy, and deletes them with it.",
        'Application Auto Scaling User Guide, "How target tracking scaling for Application Auto Scaling works"',
      ],
    ],
  },
};
