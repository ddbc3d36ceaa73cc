/** EKS. */
import { all, arnOnly, named, needs, type Behaviour, type Properties } from "./behaviour.ts";
import type { Call } from "../../../model.ts";

function inCluster({ ClusterName }: Properties, call: Call): void {
  needs(call, "AWS::EKS::Cluster", String(ClusterName), `No cluster found for name: ${String(ClusterName)}.`);
}

/** The random last part of an ARN. Here it is made from the names, which are unique. */
const drawn = (...names: unknown[]) => Buffer.from(names.join("/")).toString("hex").slice(0, 32).padEnd(32, "0");
const ofCluster = (type: string, property: string): NonNullable<Behaviour["arn"]> => ({
  service: "eks",
  end: ({ ClusterName, ...rest }) => `${type}/${String(ClusterName)}/${String(rest[property])}/${drawn(ClusterName, rest[property])}`,
});

export const kubernetes: Readonly<Record<string, Behaviour>> = {
  // EKS API reference, CreateCluster and DeleteCluster
  "AWS::EKS::Cluster": {
    arn: named("eks", "cluster/", "Name"),
    made: ({ Name }, arn, { region }) => ({
      Arn: arn,
      Id: String(Name),
      Endpoint: `https://${drawn(Name).toUpperCase()}.gr7.${region}.eks.amazonaws.com`,
      ClusterSecurityGroupId: `sg-${drawn(Name).slice(0, 17)}`,
      OpenIdConnectIssuerUrl: `https://oidc.eks.${region}.amazonaws.com/id/${drawn(Name).toUpperCase()}`,
      CertificateAuthorityData: "LS0tLS1CRUdJTg==",
      EncryptionConfigKeyArn: "",
    }),
    defaults: { Version: "1.33" },
    inUse: ({ id }, call) =>
      ["AWS::EKS::Nodegroup", "AWS::EKS::FargateProfile"].some((type) =>
        all(call, type).some(({ properties }) => properties["ClusterName"] === id),
      )
        ? "Cluster has nodegroups or Fargate profiles attached"
        : undefined,
    holds: [
      ["AWS::EKS::Addon", "ClusterName"],
      ["AWS::EKS::AccessEntry", "ClusterName"],
      ["AWS::EKS::PodIdentityAssociation", "ClusterName"],
    ],
    takes: 480_000,
  },
  // CreateNodegroup
  "AWS::EKS::Nodegroup": {
    arn: ofCluster("nodegroup", "NodegroupName"),
    made: ({ ClusterName, NodegroupName }, arn) => ({ Id: `${String(ClusterName)}/${String(NodegroupName)}`, Arn: arn }),
    ids: () => ({}),
    defaults: { AmiType: "AL2023_x86_64_STANDARD", CapacityType: "ON_DEMAND", DiskSize: 20, InstanceTypes: ["t3.medium"] },
    check: inCluster,
    takes: 120_000,
  },
  "AWS::EKS::Addon": { arn: ofCluster("addon", "AddonName"), made: arnOnly, check: inCluster, takes: 60_000 },
  "AWS::EKS::FargateProfile": { arn: ofCluster("fargateprofile", "FargateProfileName"), made: arnOnly, check: inCluster, takes: 90_000 },
  "AWS::EKS::AccessEntry": {
    arn: {
      service: "eks",
      end: ({ ClusterName, PrincipalArn }) => {
        const [, , , , account, principal = ""] = String(PrincipalArn).split(":");
        const [kind, name] = [principal.split("/")[0], principal.split("/").at(-1)];
        return `access-entry/${String(ClusterName)}/${kind}/${account}/${name}/${drawn(PrincipalArn)}`;
      },
    },
    made: (_properties, arn) => ({ AccessEntryArn: arn }),
    defaults: { Type: "STANDARD" },
    check: inCluster,
  },
  // CreatePodIdentityAssociation: one for each service account
  "AWS::EKS::PodIdentityAssociation": {
    arn: {
      service: "eks",
      end: ({ ClusterName, AssociationId }) => `podidentityassociation/${String(ClusterName)}/${String(AssociationId)}`,
    },
    ids: (digits) => ({ AssociationId: `a-${digits.slice(0, 17)}` }),
    made: (_properties, arn) => ({ AssociationArn: arn }),
    check: inCluster,
  },
};
