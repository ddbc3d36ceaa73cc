/** EKS. */
import { same, seconds, sets, type Curated, type Part } from "./entry.ts";

const words = /[^A-Za-z0-9_-]/;

/**
 * The lists of objects in a cluster take its name (EKS API reference, ListNodegroups, ListAddons, ListFargateProfiles, ListAccessEntries).
 */
const ofCluster: Part = { field: "ClusterName", of: "AWS::EKS::Cluster", idOf: same, key: [] };

/** `nodegroup/CLUSTER/NAME/UUID` (Service Authorization Reference, "Resource types defined by Amazon EKS"). */
const inCluster = (type: string, join: (cluster: string, name: string) => string) => (arn: string) => {
  const [, cluster, name] = new RegExp(`:${type}/([^/]+)/([^/]+)/[^/]+$`).exec(arn) ?? [];
  return cluster === undefined || name === undefined ? undefined : join(cluster, name);
};
const both = (cluster: string, name: string) => `${cluster}|${name}`;

/**
 * Clusters take about ten minutes, node groups a few (EKS User Guide, "Create an Amazon EKS cluster"). Version updates may take up to 36
 * hours according to the schema.
 */
const minutes = { create: { typical: 600, limit: 7200 }, delete: { typical: 300, limit: 7200 } };
const fewMinutes = { create: { typical: 180, limit: 7200 }, delete: { typical: 180, limit: 7200 } };

export const kubernetes: Readonly<Record<string, Curated>> = {
  "AWS::EKS::Cluster": {
    doc: "An EKS cluster: the control plane of Kubernetes.",
    index: "eks:cluster",
    idOf: (arn) => arn.split(":cluster/")[1],
    // EKS API reference, CreateCluster: up to 100 letters, digits, hyphens and underscores.
    name: { field: "Name", max: 100, forbidden: words, id: same },
    also: ["iam:CreateServiceLinkedRole"],
    passesTo: "eks.amazonaws.com",
    // EKS User Guide, "Delete a cluster": the Kubernetes objects in it are deleted with it.
    dataLoss: "data",
    waits: minutes,
    quirks: [
      ["AWS upgrades Kubernetes by one version at a time.", 'EKS User Guide, "Update existing cluster to new Kubernetes version"'],
      ["AWS does not delete a cluster that still has node groups or Fargate profiles.", "EKS API, DeleteCluster"],
      [
        "Load balancers and volumes that controllers in the cluster created are not deleted with the cluster.",
        'EKS User Guide, "Delete a cluster"',
      ],
    ],
  },
  "AWS::EKS::Nodegroup": {
    doc: "Instances of an EKS cluster that AWS manages.",
    index: "eks:nodegroup",
    // CloudFormation User Guide, "AWS::EKS::Nodegroup", Ref: `CLUSTER/NAME`.
    idOf: inCluster("nodegroup", (cluster, name) => `${cluster}/${name}`),
    part: ofCluster,
    name: { field: "NodegroupName", max: 63, forbidden: words },
    passesTo: "eks.amazonaws.com",
    without: /^(?!eks:|iam:(PassRole|CreateServiceLinkedRole))/,
    also: ["iam:CreateServiceLinkedRole"],
    waits: fewMinutes,
    quirks: [
      ["Omit `ScalingConfig.DesiredSize` if an autoscaler sets it.", "EKS API, NodegroupScalingConfig: `desiredSize`"],
      [
        "AWS returns releases and versions that it chose: write them only to keep them fixed.",
        "EKS API, DescribeNodegroup: `version`, `releaseVersion`",
      ],
    ],
  },
  "AWS::EKS::Addon": {
    doc: "An add-on of an EKS cluster.",
    index: "eks:addon",
    idOf: inCluster("addon", both),
    part: ofCluster,
    passesTo: "eks.amazonaws.com",
    waits: fewMinutes,
    documents: [["ConfigurationValues"]],
  },
  "AWS::EKS::FargateProfile": {
    doc: "The pods of an EKS cluster that run on Fargate.",
    index: "eks:fargateprofile",
    idOf: inCluster("fargateprofile", both),
    part: ofCluster,
    name: { field: "FargateProfileName", max: 100, forbidden: words },
    passesTo: "eks-fargate-pods.amazonaws.com",
    waits: fewMinutes,
    unordered: sets("aws_eks_fargate_profile", { Selectors: "selector", Subnets: "subnet_ids" }),
    quirks: [
      [
        "It cannot be changed: the old one is deleted, and then a new one is created. AWS creates and deletes only one profile of a cluster at a time.",
        "the schema; EKS API, CreateFargateProfile and DeleteFargateProfile",
      ],
    ],
  },
  "AWS::EKS::AccessEntry": {
    doc: "An IAM principal that may use an EKS cluster.",
    index: "eks:access-entry",
    // `access-entry/CLUSTER/role/ACCOUNT/NAME/UUID` does not hold the path of a role, so entries of roles with a path are found by the list
    // of the cluster.
    idOf: (arn) => {
      const [, cluster, kind, account, name] = /:access-entry\/([^/]+)\/(role|user)\/(\d+)\/([^/]+)\/[^/]+$/.exec(arn) ?? [];
      return name === undefined ? undefined : `arn:${arn.split(":")[1]}:iam::${account}:${kind}/${name}|${cluster}`;
    },
    part: ofCluster,
    waits: seconds,
    quirks: [["A principal has only one access entry in a cluster.", "EKS API, CreateAccessEntry: `principalArn`"]],
  },
  "AWS::EKS::PodIdentityAssociation": {
    doc: "The role for pods with a service account of an EKS cluster.",
    index: "eks:podidentityassociation",
    idOf: same,
    part: ofCluster,
    passesTo: "pods.eks.amazonaws.com",
    without: /^iam:(?!PassRole)/,
    waits: seconds,
  },
};
