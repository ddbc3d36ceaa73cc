/** AWS's knowledge of an object when it authorises a call, read from the sandbox's state without its API. */
import type { Sandbox } from "@plumbline/aws-sandbox/sandbox.ts";

export type Tags = Readonly<Record<string, string>>;
type Row = Readonly<Record<string, unknown>>;

const iamTables: Readonly<Record<string, string>> = {
  role: "iam.roles",
  policy: "iam.policies",
  "instance-profile": "iam.profiles",
  "oidc-provider": "iam.providers",
};

export class LiveState {
  readonly #sandbox: () => Sandbox;
  readonly region: string;

  constructor(sandbox: () => Sandbox, region: string) {
    this.#sandbox = sandbox;
    this.region = region;
  }

  row(table: string, id: string): Row | undefined {
    for (const [place, store] of this.#sandbox().stores) if (place.endsWith(`/${this.region}`)) return store.table<Row>(table).get(id);
    return undefined;
  }

  rows(table: string): readonly Row[] {
    for (const [place, store] of this.#sandbox().stores)
      if (place.endsWith(`/${this.region}`)) return [...store.table<Row>(table).values()];
    return [];
  }

  /** Returns an IAM record by `role/NAME` and the like, or by its ARN. IAM's state belongs to no region. */
  iam(name: string): Row | undefined {
    const table = iamTables[/^(?:arn:[^/]*:)?([^/:]+)\//.exec(name)?.[1] ?? ""];
    for (const [place, store] of this.#sandbox().stores)
      if (table !== undefined && place.endsWith("/us-east-1"))
        return store.table<Row>(table).get(name.toLowerCase()) ?? [...store.table<Row>(table).values()].find(({ arn }) => arn === name);
    return undefined;
  }

  /** Returns the object with an association, by the association's id; undefined when there is none. */
  owner(table: string, association: unknown): string | undefined {
    return this.row(table, String(association))?.["owner"] as string | undefined;
  }

  ec2Tags(id: string): Tags {
    return (this.row("ec2.tags", id) ?? {}) as Tags;
  }

  /** Returns tags by ARN, for the services that store ARNs. */
  tagsOf(arn: string): Tags {
    const [, , service, , , type = "", name = ""] = arn.split(":");
    switch (service) {
      case "elasticloadbalancing":
        return this.#tags(["loadBalancers", "targetGroups", "listeners", "rules"].map((table) => this.row(`elbv2.${table}`, arn)));
      case "rds":
        if (type === "db-proxy") return this.#tags(this.rows("rds.proxies").filter(({ id }) => id === name));
        return this.#tags(
          this.rows(
            `rds.${{ cluster: "clusters", "cluster-pg": "clusterParameterGroups", "cluster-snapshot": "clusterSnapshots", db: "instances", deployment: "blueGreenDeployments", es: "eventSubscriptions", og: "optionGroups", pg: "parameterGroups", subgrp: "subnetGroups", snapshot: "snapshots" }[type] ?? ""}`,
          ).filter((row) => String(row["id"] ?? row["name"]).toLowerCase() === name.toLowerCase()),
        );
      case "elasticache": {
        const tables = {
          cluster: "clusters",
          replicationgroup: "replicationGroups",
          serverlesscache: "serverlessCaches",
          subnetgroup: "subnetGroups",
          parametergroup: "parameterGroups",
        };
        return this.#tags([this.row(`elasticache.${tables[type as keyof typeof tables] ?? ""}`, `elasticache:${type}:${name}`)]);
      }
      case "elasticfilesystem": {
        const [kind = "", id = ""] = type.split("/");
        return this.#tags([this.row(kind === "access-point" ? "efs.accessPoints" : "efs.fileSystems", id)]);
      }
      case "sns":
        return this.#tags([this.row("sns.topics", arn.split(":").slice(0, 6).join(":"))]);
      case "acm":
        return this.#tags([this.row("acm.certificates", arn)]);
      case "secretsmanager":
        return this.#tags([this.row("secretsmanager.secrets", arn)]);
      case "kms":
        return this.#tags([this.row("kms.keys", type.replace(/^key\//, ""))]);
      case "logs":
        return this.#tags([this.row("logs.groups", name)]);
      case "ssm": {
        const path = type.replace(/^parameter\//, "");
        return this.#tags([this.row("ssm.parameters", `/${path}`), this.row("ssm.parameters", path)]);
      }
      case "cloudwatch":
        return this.#tags([this.row("cloudwatch.alarms", name)]);
      case "iam":
        return this.#tags([this.iam(arn)]);
      case "autoscaling":
        return this.#tags([this.row("autoscaling.groups", arn.split("autoScalingGroupName/")[1] ?? "")]);
      default:
        return {};
    }
  }

  #tags(rows: readonly (Row | undefined)[]): Tags {
    const tags = rows.find((row) => row !== undefined)?.["tags"] ?? {};
    // Auto Scaling's tags also say whether instances get them.
    const text = (value: unknown) =>
      typeof value === "object" && value !== null ? String((value as { value?: string }).value) : String(value);
    return Object.fromEntries(Object.entries(tags as Row).map(([key, value]) => [key, text(value)]));
  }
}
