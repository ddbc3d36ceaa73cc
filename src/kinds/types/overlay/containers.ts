/** ECR and ECS. */
import { behind, lastOf, same, seconds, type Curated } from "./entry.ts";

const words = /[^A-Za-z0-9_-]/;

export const containers: Readonly<Record<string, Curated>> = {
  "AWS::ECR::Repository": {
    doc: "A repository of container images.",
    index: "ecr:repository",
    idOf: behind(":repository/"),
    name: { field: "RepositoryName", max: 256, forbidden: /[^a-z0-9_./-]/, lower: true, id: same },
    dataLoss: "data",
    waits: seconds,
    quirks: ["AWS does not delete one that holds images, unless `EmptyOnDelete: true` was written before."],
  },
  "AWS::ECS::Cluster": {
    doc: "An ECS cluster.",
    index: "ecs:cluster",
    idOf: lastOf,
    name: { field: "ClusterName", max: 255, forbidden: words, id: same },
    without: /:PutAccountSetting/,
    also: ["iam:CreateServiceLinkedRole"],
    waits: seconds,
    unordered: [["CapacityProviders"]],
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
      "Begin `Family` with the name of the environment and a hyphen, as it does when it is not written: another one is found by its tags alone, which AWS may show a minute late.",
      "The revision before is deregistered when the services that name it have the new one.",
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
    unordered: [
      ["NetworkConfiguration", "AwsvpcConfiguration", "Subnets"],
      ["NetworkConfiguration", "AwsvpcConfiguration", "SecurityGroups"],
      ["LoadBalancers"],
      ["CapacityProviderStrategy"],
    ],
    quirks: [
      "Leave `DesiredCount` out where something scales it.",
      "AWS waits for the tasks to be well: a container that does not start fails the create after up to three hours.",
    ],
  },
};
