import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["db_proxy", "rds_proxy", "DBProxy", "db_proxy_target", "db_proxy_default_target_group", "DBProxyTargetGroup"],
  fields: {
    secret: "login",
    vpc_subnet_ids: "subnets",
    VpcSubnetIds: "subnets",
    vpc_security_group_ids: "securityGroups",
    VpcSecurityGroupIds: "securityGroups",
    role_arn: "role",
    RoleArn: "role",
    require_tls: "requireTls",
    RequireTLS: "requireTls",
    connection_pool_config: "connectionPool",
    ConnectionPoolConfigurationInfo: "connectionPool",
    db_instance_identifier: "dbInstance",
    DBInstanceIdentifiers: "dbInstance",
    db_cluster_identifier: "dbCluster",
    DBClusterIdentifiers: "dbCluster",
    secret_arn: "login",
    SecretArn: "login",
  },
};
