/** Scripts for the AWS CLI with services that hold data: file systems, caches, clusters and the proxies before them. */
import { expect } from "vitest";
import type { CliScript } from "../support/aws-cli.ts";

export const dataScripts: readonly CliScript[] = [
  [
    "file systems: lifecycle, backup, mount targets, access points",
    async ({ aws, refusal, until, makeNetwork }) => {
      const { vpc, subnets, group, remove } = await makeNetwork("efs", "10.10");
      const create = "efs create-file-system --creation-token shared --encrypted --tags Key=Name,Value=shared --query FileSystemId";
      const id = await aws(create);
      expect(await refusal(create)).toBe("FileSystemAlreadyExists");
      const read = `efs describe-file-systems --file-system-id ${id} --query FileSystems[0]`;
      await until(`${read}.[LifeCycleState,Name,Encrypted,ThroughputMode,NumberOfMountTargets]`, [
        "available",
        "shared",
        true,
        "bursting",
        0,
      ]);
      await aws(`efs update-file-system --file-system-id ${id} --throughput-mode elastic`);
      await until(`${read}.[LifeCycleState,ThroughputMode]`, ["available", "elastic"]);
      await aws(
        `efs put-lifecycle-configuration --file-system-id ${id} --lifecycle-policies TransitionToIA=AFTER_30_DAYS TransitionToPrimaryStorageClass=AFTER_1_ACCESS`,
      );
      expect(await aws(`efs describe-lifecycle-configuration --file-system-id ${id} --query LifecyclePolicies`)).toEqual([
        { TransitionToIA: "AFTER_30_DAYS" },
        { TransitionToPrimaryStorageClass: "AFTER_1_ACCESS" },
      ]);
      await aws(`efs put-backup-policy --file-system-id ${id} --backup-policy Status=ENABLED`);
      await until(`efs describe-backup-policy --file-system-id ${id} --query BackupPolicy.Status`, "ENABLED");
      expect(await refusal(`efs describe-file-system-policy --file-system-id ${id}`)).toBe("PolicyNotFound");

      const target = `efs create-mount-target --file-system-id ${id} --query MountTargetId --subnet-id`;
      const targets = [await aws(`${target} ${subnets[0]} --security-groups ${group}`), await aws(`${target} ${subnets[1]}`)];
      expect(await refusal(`${target} ${subnets[0]}`)).toBe("MountTargetConflict");
      await until(
        `efs describe-mount-targets --file-system-id ${id} --query sort_by(MountTargets,&AvailabilityZoneName)[].LifeCycleState`,
        ["available", "available"],
      );
      await aws(`efs modify-mount-target-security-groups --mount-target-id ${targets[1]} --security-groups ${group}`);
      expect(await aws(`efs describe-mount-target-security-groups --mount-target-id ${targets[1]} --query SecurityGroups`)).toEqual([
        group,
      ]);
      expect(await refusal(`ec2 delete-security-group --group-id ${group}`)).toBe("DependencyViolation");

      const point = await aws("efs create-access-point --query AccessPointId", {
        ClientToken: "uploads",
        FileSystemId: id,
        PosixUser: { Uid: 1000, Gid: 1000 },
        RootDirectory: { Path: "/uploads", CreationInfo: { OwnerUid: 1000, OwnerGid: 1000, Permissions: "750" } },
        Tags: [{ Key: "Name", Value: "uploads" }],
      });
      await until(`efs describe-access-points --file-system-id ${id} --query AccessPoints[].[Name,LifeCycleState,RootDirectory.Path]`, [
        ["uploads", "available", "/uploads"],
      ]);
      await aws(`efs tag-resource --resource-id ${point} --tags Key=Team,Value=blue`);
      await aws(`efs untag-resource --resource-id ${point} --tag-keys Name`);
      expect(await aws(`efs list-tags-for-resource --resource-id ${point} --query Tags`)).toEqual([{ Key: "Team", Value: "blue" }]);

      expect(await refusal(`efs delete-file-system --file-system-id ${id}`)).toBe("FileSystemInUse");
      await aws(`efs delete-access-point --access-point-id ${point}`);
      for (const one of targets) await aws(`efs delete-mount-target --mount-target-id ${one}`);
      await until(`efs describe-mount-targets --file-system-id ${id} --query MountTargets`, []);
      await aws(`efs delete-file-system --file-system-id ${id}`);
      await until("efs describe-file-systems --query FileSystems", []);
      expect(await refusal(`efs describe-file-systems --file-system-id ${id}`)).toBe("FileSystemNotFound");
      await until(`ec2 describe-network-interfaces --filters Name=vpc-id,Values=${vpc} --query NetworkInterfaces`, []);
      await remove();
    },
  ],
  [
    "caches: a cluster of Memcached, one node of Redis, their groups",
    async ({ aws, refusal, makeNetwork, until }) => {
      const { vpc, subnets, group, remove } = await makeNetwork("cache", "10.11");
      await aws(
        `elasticache create-cache-subnet-group --cache-subnet-group-name cache --cache-subnet-group-description cache --subnet-ids ${subnets.join(" ")}`,
      );
      await aws(
        "elasticache create-cache-parameter-group --cache-parameter-group-name cache --cache-parameter-group-family redis7 --description cache",
      );
      await aws(
        "elasticache modify-cache-parameter-group --cache-parameter-group-name cache --parameter-name-values ParameterName=maxmemory-policy,ParameterValue=allkeys-lru",
      );
      expect(
        await aws(
          "elasticache describe-cache-parameters --cache-parameter-group-name cache --source user --query Parameters[].[ParameterName,ParameterValue]",
        ),
      ).toEqual([["maxmemory-policy", "allkeys-lru"]]);
      const place = `--cache-subnet-group-name cache --security-group-ids ${group} --cache-node-type cache.t3.micro`;
      const memcached = `elasticache create-cache-cluster --cache-cluster-id sessions --engine memcached --num-cache-nodes 2 --az-mode cross-az ${place} --tags Key=Name,Value=sessions --query CacheCluster.ARN`;
      const arn = await aws(memcached);
      await aws(
        `elasticache create-cache-cluster --cache-cluster-id one --engine redis --engine-version 7.1 --num-cache-nodes 1 --cache-parameter-group-name cache --snapshot-retention-limit 1 ${place}`,
      );
      expect(await refusal(memcached)).toBe("CacheClusterAlreadyExists");
      expect(await refusal(`elasticache create-cache-cluster --cache-cluster-id two --engine redis --num-cache-nodes 2 ${place}`)).toBe(
        "InvalidParameterValue",
      );
      for (const id of ["sessions", "one"]) await aws(`elasticache wait cache-cluster-available --cache-cluster-id ${id}`);
      const read = (id: string) =>
        `elasticache describe-cache-clusters --cache-cluster-id ${id} --show-cache-node-info --query CacheClusters[0]`;
      expect(await aws(`${read("sessions")}.[Engine,NumCacheNodes,ConfigurationEndpoint.Port,CacheNodes[].CacheNodeId]`)).toEqual([
        "memcached",
        2,
        11211,
        ["0001", "0002"],
      ]);
      await aws("elasticache modify-cache-cluster --cache-cluster-id sessions --num-cache-nodes 3 --apply-immediately");
      await aws("elasticache modify-cache-cluster --cache-cluster-id one --cache-node-type cache.t3.small --apply-immediately");
      await until(`${read("sessions")}.[CacheClusterStatus,CacheNodes[].CacheNodeId]`, ["available", ["0001", "0002", "0003"]]);
      await until(`${read("one")}.[CacheClusterStatus,CacheNodeType,CacheParameterGroup.CacheParameterGroupName,SnapshotRetentionLimit]`, [
        "available",
        "cache.t3.small",
        "cache",
        1,
      ]);
      await aws(
        "elasticache modify-cache-cluster --cache-cluster-id sessions --num-cache-nodes 2 --cache-node-ids-to-remove 0002 --apply-immediately",
      );
      await until(`${read("sessions")}.[CacheClusterStatus,CacheNodes[].CacheNodeId]`, ["available", ["0001", "0003"]]);
      await aws(`elasticache add-tags-to-resource --resource-name ${arn} --tags Key=Team,Value=blue`);
      await aws(`elasticache remove-tags-from-resource --resource-name ${arn} --tag-keys Name`);
      expect(await aws(`elasticache list-tags-for-resource --resource-name ${arn} --query TagList`)).toEqual([
        { Key: "Team", Value: "blue" },
      ]);

      expect(await refusal("elasticache delete-cache-subnet-group --cache-subnet-group-name cache")).toBe("CacheSubnetGroupInUse");
      expect(await refusal("elasticache delete-cache-parameter-group --cache-parameter-group-name cache")).toBe(
        "InvalidCacheParameterGroupState",
      );
      for (const id of ["sessions", "one"]) await aws(`elasticache delete-cache-cluster --cache-cluster-id ${id}`);
      for (const id of ["sessions", "one"]) await aws(`elasticache wait cache-cluster-deleted --cache-cluster-id ${id}`);
      expect(await refusal(read("one"))).toBe("CacheClusterNotFound");
      await aws("elasticache delete-cache-subnet-group --cache-subnet-group-name cache");
      await aws("elasticache delete-cache-parameter-group --cache-parameter-group-name cache");
      await until(`ec2 describe-network-interfaces --filters Name=vpc-id,Values=${vpc} --query NetworkInterfaces`, []);
      await remove();
    },
  ],
  [
    "caches with replicas, in shards and without machines: failover, replicas, shards, tags, last snapshots",
    async ({ aws, refusal, makeNetwork, until }) => {
      const { vpc, subnets, group, remove } = await makeNetwork("replicas", "10.13");
      const subnetGroup = "--cache-subnet-group-name replicas";
      await aws(
        `elasticache create-cache-subnet-group ${subnetGroup} --cache-subnet-group-description replicas --subnet-ids ${subnets.join(" ")}`,
      );
      const place = `${subnetGroup} --security-group-ids ${group} --cache-node-type cache.t4g.micro --engine valkey --engine-version 8.0`;
      const chat = "--replication-group-id chat";
      const create = `elasticache create-replication-group ${chat} --replication-group-description chat --num-cache-clusters 2 --automatic-failover-enabled --multi-az-enabled --transit-encryption-enabled --at-rest-encryption-enabled ${place} --tags Key=Name,Value=chat --query ReplicationGroup.ARN`;
      const arn = await aws(create);
      expect(await refusal(create)).toBe("ReplicationGroupAlreadyExists");
      // Tags cannot be read until it is available.
      expect(await refusal(`elasticache list-tags-for-resource --resource-name ${arn}`)).toBe("InvalidReplicationGroupState");
      await aws(
        `elasticache create-replication-group --replication-group-id shards --replication-group-description shards --num-node-groups 2 --replicas-per-node-group 1 --automatic-failover-enabled --cache-parameter-group-name default.valkey8.cluster.on ${place}`,
      );
      expect(
        await refusal(
          `elasticache create-replication-group --replication-group-id alone --replication-group-description alone --num-cache-clusters 1 --automatic-failover-enabled ${place}`,
        ),
      ).toBe("InvalidParameterCombination");
      for (const id of ["chat", "shards"]) await aws(`elasticache wait replication-group-available --replication-group-id ${id}`);
      const read = (id: string) => `elasticache describe-replication-groups --replication-group-id ${id} --query ReplicationGroups[0]`;
      expect(
        await aws(
          `${read("chat")}.[ClusterEnabled,AutomaticFailover,MultiAZ,TransitEncryptionEnabled,NodeGroups[0].PrimaryEndpoint.Port,MemberClusters]`,
        ),
      ).toEqual([false, "enabled", "enabled", true, 6379, ["chat-001", "chat-002"]]);
      expect(await aws(`${read("shards")}.[ClusterEnabled,ConfigurationEndpoint.Port,NodeGroups[].NodeGroupId]`)).toEqual([
        true,
        6379,
        ["0001", "0002"],
      ]);
      const members = "elasticache describe-cache-clusters --query sort(CacheClusters[?ReplicationGroupId=='chat'].CacheClusterId)";
      expect(await aws(members)).toEqual(["chat-001", "chat-002"]);

      await aws(`elasticache increase-replica-count ${chat} --new-replica-count 2 --apply-immediately`);
      await until(`${read("chat")}.[Status,length(MemberClusters)]`, ["available", 3]);
      await aws(`elasticache decrease-replica-count ${chat} --new-replica-count 1 --apply-immediately`);
      await until(`${read("chat")}.[Status,length(MemberClusters)]`, ["available", 2]);
      await aws(
        "elasticache modify-replication-group-shard-configuration --replication-group-id shards --node-group-count 3 --apply-immediately",
      );
      await until(`${read("shards")}.[Status,length(NodeGroups)]`, ["available", 3]);
      await aws(
        `elasticache modify-replication-group ${chat} --snapshot-retention-limit 3 --cache-node-type cache.t4g.small --apply-immediately`,
      );
      await until(`${read("chat")}.[Status,SnapshotRetentionLimit,CacheNodeType]`, ["available", 3, "cache.t4g.small"]);
      await aws(`elasticache add-tags-to-resource --resource-name ${arn} --tags Key=Team,Value=blue`);
      await aws(`elasticache remove-tags-from-resource --resource-name ${arn} --tag-keys Name`);
      expect(await aws(`elasticache list-tags-for-resource --resource-name ${arn} --query TagList`)).toEqual([
        { Key: "Team", Value: "blue" },
      ]);

      const name = "--serverless-cache-name lean";
      const limits = (most: number) => `--cache-usage-limits DataStorage={Maximum=${most},Unit=GB},ECPUPerSecond={Maximum=5000}`;
      const serverless = `elasticache create-serverless-cache ${name} --engine valkey --subnet-ids ${subnets.join(" ")} --security-group-ids ${group} ${limits(10)} --tags Key=Name,Value=lean --query ServerlessCache.ARN`;
      const leanArn = await aws(serverless);
      expect(await refusal(serverless)).toBe("ServerlessCacheAlreadyExistsFault");
      const lean = `elasticache describe-serverless-caches ${name} --query ServerlessCaches[0]`;
      await until(`${lean}.[Status,Engine,Endpoint.Port,ReaderEndpoint.Port,sort(SubnetIds)]`, [
        "available",
        "valkey",
        6379,
        6380,
        [...subnets].sort(),
      ]);
      await aws(`elasticache modify-serverless-cache ${name} --description lean --snapshot-retention-limit 2 ${limits(20)}`);
      await until(`${lean}.[Status,Description,SnapshotRetentionLimit,CacheUsageLimits.DataStorage.Maximum]`, ["available", "lean", 2, 20]);
      expect(await aws(`elasticache list-tags-for-resource --resource-name ${leanArn} --query TagList[].Value`)).toEqual(["lean"]);

      expect(await refusal(`elasticache delete-cache-subnet-group ${subnetGroup}`)).toBe("CacheSubnetGroupInUse");
      await aws(`elasticache delete-serverless-cache ${name} --final-snapshot-name lean-last`);
      await aws(`elasticache delete-replication-group ${chat} --final-snapshot-identifier chat-last`);
      await aws("elasticache delete-replication-group --replication-group-id shards");
      for (const id of ["chat", "shards"]) await aws(`elasticache wait replication-group-deleted --replication-group-id ${id}`);
      expect(await refusal(read("chat"))).toBe("ReplicationGroupNotFoundFault");
      expect(await aws("elasticache describe-snapshots --query Snapshots[].[SnapshotName,SnapshotStatus]")).toEqual([
        ["chat-last", "available"],
      ]);
      await until("elasticache describe-serverless-caches --query ServerlessCaches", []);
      expect(await refusal(lean)).toBe("ServerlessCacheNotFoundFault");
      await aws(`elasticache delete-cache-subnet-group ${subnetGroup}`);
      await until(`ec2 describe-network-interfaces --filters Name=vpc-id,Values=${vpc} --query NetworkInterfaces`, []);
      await remove();
    },
  ],
  [
    "clusters: parameter group, writer and reader, snapshot, a proxy with its pool and target",
    async ({ aws, refusal, makeNetwork, until }) => {
      const { vpc, subnets, group, remove } = await makeNetwork("aurora", "10.12");
      await aws(
        `rds create-db-subnet-group --db-subnet-group-name aurora --db-subnet-group-description aurora --subnet-ids ${subnets.join(" ")}`,
      );
      const parameters = "--db-cluster-parameter-group-name aurora";
      await aws(`rds create-db-cluster-parameter-group ${parameters} --db-parameter-group-family aurora-postgresql16 --description aurora`);
      await aws(
        `rds modify-db-cluster-parameter-group ${parameters} --parameters ParameterName=log_min_duration_statement,ParameterValue=500,ApplyMethod=immediate`,
      );
      const set = `rds describe-db-cluster-parameters ${parameters} --source user --query Parameters[].[ParameterName,ParameterValue]`;
      expect(await aws(set)).toEqual([["log_min_duration_statement", "500"]]);
      await aws(
        `rds reset-db-cluster-parameter-group ${parameters} --parameters ParameterName=log_min_duration_statement,ApplyMethod=immediate`,
      );
      expect(await aws(set)).toEqual([]);

      const create = `rds create-db-cluster --db-cluster-identifier aurora --engine aurora-postgresql --engine-version 16.6 --master-username boss --manage-master-user-password --db-subnet-group-name aurora ${parameters} --vpc-security-group-ids ${group} --serverless-v2-scaling-configuration MinCapacity=0.5,MaxCapacity=2 --tags Key=Name,Value=aurora --query DBCluster.DBClusterArn`;
      const arn = await aws(create);
      expect(await refusal(create)).toBe("DBClusterAlreadyExistsFault");
      await aws("rds wait db-cluster-available --db-cluster-identifier aurora");
      for (const id of ["aurora-0", "aurora-1"])
        await aws(
          `rds create-db-instance --db-instance-identifier ${id} --db-cluster-identifier aurora --engine aurora-postgresql --db-instance-class db.serverless`,
        );
      for (const id of ["aurora-0", "aurora-1"]) await aws(`rds wait db-instance-available --db-instance-identifier ${id}`);
      await aws(
        "rds modify-db-cluster --db-cluster-identifier aurora --backup-retention-period 5 --deletion-protection --apply-immediately",
      );
      const read = "rds describe-db-clusters --db-cluster-identifier aurora --query DBClusters[0]";
      await until(
        `${read}.[Status,BackupRetentionPeriod,DeletionProtection,sort_by(DBClusterMembers,&DBInstanceIdentifier)[].[DBInstanceIdentifier,IsClusterWriter]]`,
        [
          "available",
          5,
          true,
          [
            ["aurora-0", true],
            ["aurora-1", false],
          ],
        ],
      );
      await aws(`rds add-tags-to-resource --resource-name ${arn} --tags Key=Team,Value=blue`);
      await aws(`rds remove-tags-from-resource --resource-name ${arn} --tag-keys Name`);
      expect(await aws(`${read}.TagList`)).toEqual([{ Key: "Team", Value: "blue" }]);

      const role = await aws("iam create-role --role-name proxy --query Role.Arn", {
        AssumeRolePolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { Service: "rds.amazonaws.com" }, Action: "sts:AssumeRole" }],
        }),
      });
      const secret = await aws(`${read}.MasterUserSecret.SecretArn`);
      const proxyArn = await aws("rds create-db-proxy --query DBProxy.DBProxyArn", {
        DBProxyName: "front",
        EngineFamily: "POSTGRESQL",
        Auth: [{ AuthScheme: "SECRETS", SecretArn: secret, IAMAuth: "DISABLED" }],
        RoleArn: role,
        VpcSubnetIds: subnets,
        VpcSecurityGroupIds: [group],
        Tags: [{ Key: "Name", Value: "front" }],
      });
      const proxy = (name: string) => `rds describe-db-proxies --db-proxy-name ${name} --query DBProxies[0]`;
      await until(`${proxy("front")}.[Status,RequireTLS,IdleClientTimeout]`, ["available", false, 1800]);
      await aws(
        "rds modify-db-proxy-target-group --db-proxy-name front --target-group-name default --connection-pool-config MaxConnectionsPercent=80,MaxIdleConnectionsPercent=40",
      );
      await aws("rds register-db-proxy-targets --db-proxy-name front --db-cluster-identifiers aurora");
      expect(await refusal("rds register-db-proxy-targets --db-proxy-name front --db-cluster-identifiers aurora")).toBe(
        "DBProxyTargetAlreadyRegisteredFault",
      );
      expect(await aws("rds describe-db-proxy-targets --db-proxy-name front --query sort(Targets[].RdsResourceId)")).toEqual([
        "aurora",
        "aurora-0",
        "aurora-1",
      ]);
      await aws("rds modify-db-proxy --db-proxy-name front --new-db-proxy-name entrance --require-tls --idle-client-timeout 900");
      await until(`${proxy("entrance")}.[Status,RequireTLS,IdleClientTimeout,DBProxyArn]`, ["available", true, 900, proxyArn]);
      expect(await refusal(proxy("front"))).toBe("DBProxyNotFoundFault");
      expect(
        await aws(
          "rds describe-db-proxy-target-groups --db-proxy-name entrance --query TargetGroups[0].ConnectionPoolConfig.MaxConnectionsPercent",
        ),
      ).toBe(80);
      await aws(`rds add-tags-to-resource --resource-name ${proxyArn} --tags Key=Team,Value=blue`);
      expect(await aws(`rds list-tags-for-resource --resource-name ${proxyArn} --query sort_by(TagList,&Key)[].Value`)).toEqual([
        "front",
        "blue",
      ]);
      await aws("rds deregister-db-proxy-targets --db-proxy-name entrance --db-cluster-identifiers aurora");
      expect(await aws("rds describe-db-proxy-targets --db-proxy-name entrance --query Targets")).toEqual([]);
      await aws("rds delete-db-proxy --db-proxy-name entrance");
      await until("rds describe-db-proxies --query DBProxies", []);
      await aws("iam delete-role --role-name proxy");

      await aws("rds create-db-cluster-snapshot --db-cluster-identifier aurora --db-cluster-snapshot-identifier kept");
      await aws("rds wait db-cluster-snapshot-available --db-cluster-snapshot-identifier kept");
      expect(await refusal("rds delete-db-cluster --db-cluster-identifier aurora --skip-final-snapshot")).toBe(
        "InvalidParameterCombination",
      );
      await aws("rds modify-db-cluster --db-cluster-identifier aurora --no-deletion-protection --apply-immediately");
      await until(`${read}.[Status,DeletionProtection]`, ["available", false]);
      for (const id of ["aurora-1", "aurora-0"]) await aws(`rds delete-db-instance --db-instance-identifier ${id}`);
      for (const id of ["aurora-1", "aurora-0"]) await aws(`rds wait db-instance-deleted --db-instance-identifier ${id}`);
      await aws("rds delete-db-cluster --db-cluster-identifier aurora --skip-final-snapshot");
      await aws("rds wait db-cluster-deleted --db-cluster-identifier aurora");
      expect(await refusal(read)).toBe("DBClusterNotFoundFault");
      await aws("rds delete-db-cluster-snapshot --db-cluster-snapshot-identifier kept");
      await aws(`rds delete-db-cluster-parameter-group ${parameters}`);
      await aws("rds delete-db-subnet-group --db-subnet-group-name aurora");
      await until(`ec2 describe-network-interfaces --filters Name=vpc-id,Values=${vpc} --query NetworkInterfaces`, []);
      await remove();
    },
  ],
  [
    "option groups and event subscriptions: options with settings, sources, categories, and who holds on to them",
    async ({ aws, refusal, until, makeNetwork }) => {
      const { vpc, subnets, group, remove } = await makeNetwork("options", "10.16");
      const named = "--option-group-name audited";
      const create = `rds create-option-group ${named} --engine-name mysql --major-engine-version 8.0 --option-group-description audited --tags Key=Name,Value=audited --query OptionGroup.OptionGroupArn`;
      const arn = await aws(create);
      expect(await refusal(create)).toBe("OptionGroupAlreadyExistsFault");
      expect(await refusal("rds describe-option-groups --option-group-name none")).toBe("OptionGroupNotFoundFault");
      expect(
        await aws(
          "rds describe-option-group-options --engine-name mysql --major-engine-version 8.0 --query sort(OptionGroupOptions[].Name)",
        ),
      ).toEqual(["MARIADB_AUDIT_PLUGIN", "MEMCACHED"]);
      await aws(
        `rds add-option-to-option-group ${named} --apply-immediately --options OptionName=MARIADB_AUDIT_PLUGIN,OptionSettings=[{Name=SERVER_AUDIT_FILE_ROTATIONS,Value=20}]`,
      );
      await aws(
        `rds add-option-to-option-group ${named} --apply-immediately --options OptionName=MEMCACHED,Port=11212,VpcSecurityGroupMemberships=${group}`,
      );
      const read = `rds describe-option-groups ${named} --query OptionGroupsList[0]`;
      expect(
        await aws(
          `${read}.[EngineName,MajorEngineVersion,VpcId,sort_by(Options,&OptionName)[].[OptionName,Port,VpcSecurityGroupMemberships[0].VpcSecurityGroupId],Options[].OptionSettings[?Name=='SERVER_AUDIT_FILE_ROTATIONS'].Value]`,
        ),
      ).toEqual([
        "mysql",
        "8.0",
        vpc,
        [
          ["MARIADB_AUDIT_PLUGIN", null, null],
          ["MEMCACHED", 11212, group],
        ],
        [["20"], []],
      ]);
      await aws(`rds remove-option-from-option-group ${named} --options MEMCACHED --apply-immediately`);
      expect(await aws(`${read}.Options[].OptionName`)).toEqual(["MARIADB_AUDIT_PLUGIN"]);
      expect(await refusal(`rds remove-option-from-option-group ${named} --options MEMCACHED`)).toBe("InvalidParameterValue");
      await aws(`rds add-tags-to-resource --resource-name ${arn} --tags Key=Team,Value=blue`);
      await aws(`rds remove-tags-from-resource --resource-name ${arn} --tag-keys Name`);
      expect(await aws(`rds list-tags-for-resource --resource-name ${arn} --query TagList`)).toEqual([{ Key: "Team", Value: "blue" }]);

      await aws(
        `rds create-db-subnet-group --db-subnet-group-name options --db-subnet-group-description options --subnet-ids ${subnets.join(" ")}`,
      );
      await aws(
        `rds create-db-instance --db-instance-identifier audited --engine mysql --engine-version 8.0 --db-instance-class db.t3.micro --allocated-storage 20 --master-username boss --manage-master-user-password --db-subnet-group-name options --vpc-security-group-ids ${group} ${named} --backup-retention-period 0`,
      );
      const instance = "rds describe-db-instances --db-instance-identifier audited --query DBInstances[0]";
      await until(`${instance}.[DBInstanceStatus,OptionGroupMemberships]`, [
        "available",
        [{ OptionGroupName: "audited", Status: "in-sync" }],
      ]);
      expect(await refusal(`rds delete-option-group ${named}`)).toBe("InvalidOptionGroupStateFault");

      const topic = await aws("sns create-topic --name databases --query TopicArn");
      const subscription = "--subscription-name databases";
      const told = await aws("rds create-event-subscription --query EventSubscription.EventSubscriptionArn", {
        SubscriptionName: "databases",
        SnsTopicArn: topic,
        SourceType: "db-instance",
        SourceIds: ["audited"],
        EventCategories: ["failure", "low storage"],
        Tags: [{ Key: "Name", Value: "databases" }],
      });
      expect(await refusal(`rds create-event-subscription ${subscription} --sns-topic-arn ${topic}`)).toBe("SubscriptionAlreadyExist");
      expect(
        await refusal(`rds create-event-subscription --subscription-name other --sns-topic-arn ${topic.replace(/databases$/, "nobody")}`),
      ).toBe("SNSTopicArnNotFound");
      const list = `rds describe-event-subscriptions ${subscription} --query EventSubscriptionsList[0]`;
      await until(`${list}.[Status,SourceIdsList,EventCategoriesList,Enabled]`, ["active", ["audited"], ["failure", "low storage"], true]);
      await aws(`rds modify-event-subscription ${subscription} --no-enabled --event-categories deletion failover`);
      await until(`${list}.[Status,EventCategoriesList,Enabled]`, ["active", ["deletion", "failover"], false]);
      expect(await refusal(`rds add-source-identifier-to-subscription ${subscription} --source-identifier nobody`)).toBe("SourceNotFound");
      await aws(`rds remove-source-identifier-from-subscription ${subscription} --source-identifier audited`);
      await until(`${list}.[Status,SourceIdsList]`, ["active", []]);
      await aws(`rds add-source-identifier-to-subscription ${subscription} --source-identifier audited`);
      await until(`${list}.[Status,SourceIdsList]`, ["active", ["audited"]]);
      expect(await aws(`rds list-tags-for-resource --resource-name ${told} --query TagList`)).toEqual([
        { Key: "Name", Value: "databases" },
      ]);
      await aws(`rds delete-event-subscription ${subscription}`);
      await until("rds describe-event-subscriptions --query EventSubscriptionsList", []);
      expect(await refusal(list)).toBe("SubscriptionNotFound");
      await aws(`sns delete-topic --topic-arn ${topic}`);

      await aws("rds delete-db-instance --db-instance-identifier audited --skip-final-snapshot");
      await until("rds describe-db-instances --filters Name=db-instance-id,Values=audited --query DBInstances", []);
      await aws(`rds delete-option-group ${named}`);
      expect(await refusal(read)).toBe("OptionGroupNotFoundFault");
      await aws("rds delete-db-subnet-group --db-subnet-group-name options");
      await until(`ec2 describe-network-interfaces --filters Name=vpc-id,Values=${vpc} --query NetworkInterfaces`, []);
      await remove();
    },
  ],
  [
    "databases made of copies: of a snapshot, of a moment, of the backups of one that is gone; a cluster of its snapshot, and a clone",
    async ({ aws, refusal, until, makeNetwork }) => {
      const { vpc, subnets, group, remove } = await makeNetwork("copies", "10.17");
      const place = `--db-subnet-group-name copies --vpc-security-group-ids ${group}`;
      await aws(
        `rds create-db-subnet-group --db-subnet-group-name copies --db-subnet-group-description copies --subnet-ids ${subnets.join(" ")}`,
      );
      await aws(
        `rds create-db-instance --db-instance-identifier source --engine postgres --engine-version 16 --db-instance-class db.t3.micro --allocated-storage 20 --master-username boss --manage-master-user-password --backup-retention-period 3 ${place} --tags Key=Name,Value=source`,
      );
      const read = (id: string) => `rds describe-db-instances --db-instance-identifier ${id} --query DBInstances[0]`;
      const isUp = (id: string) => until(`${read(id)}.DBInstanceStatus`, "available");
      await isUp("source");
      await aws("rds create-db-snapshot --db-instance-identifier source --db-snapshot-identifier first --tags Key=Name,Value=first");
      await until("rds describe-db-snapshots --db-snapshot-identifier first --query DBSnapshots[].[Status,PercentProgress]", [
        ["available", 100],
      ]);
      const restore = `rds restore-db-instance-from-db-snapshot --db-instance-identifier copy --db-instance-class db.t3.small ${place}`;
      expect(await refusal(`${restore} --db-snapshot-identifier nobody`)).toBe("DBSnapshotNotFound");
      await aws(`${restore} --db-snapshot-identifier first`);
      expect(await refusal(`${restore} --db-snapshot-identifier first`)).toBe("DBInstanceAlreadyExists");
      const moment = `rds restore-db-instance-to-point-in-time --target-db-instance-identifier moment --source-db-instance-identifier source --db-instance-class db.t3.micro ${place}`;
      expect(await refusal(`${moment} --restore-time 2001-01-01T00:00:00Z --use-latest-restorable-time`)).toBe(
        "InvalidParameterCombination",
      );
      await aws(`${moment} --use-latest-restorable-time`);
      await Promise.all(["copy", "moment"].map(isUp));
      // A copy of a snapshot that gets no tags has the tags of the snapshot.
      expect(await aws(`${read("copy")}.[DBInstanceClass,AllocatedStorage,MasterUsername,TagList[].Value,MasterUserSecret]`)).toEqual([
        "db.t3.small",
        20,
        "boss",
        ["first"],
        null,
      ]);
      await aws("rds modify-db-instance --db-instance-identifier copy --manage-master-user-password --apply-immediately");
      await until(`${read("copy")}.[DBInstanceStatus,MasterUserSecret.SecretStatus]`, ["available", "active"]);

      const resource = await aws(`${read("source")}.DbiResourceId`);
      await aws("rds delete-db-instance --db-instance-identifier source --skip-final-snapshot --no-delete-automated-backups");
      await until("rds describe-db-instances --query length(DBInstances[?DBInstanceIdentifier=='source'])", 0);
      await aws(
        `rds restore-db-instance-to-point-in-time --target-db-instance-identifier again --source-dbi-resource-id ${resource} --use-latest-restorable-time --db-instance-class db.t3.micro ${place}`,
      );
      await isUp("again");

      await aws(
        `rds create-db-cluster --db-cluster-identifier shared --engine aurora-mysql --engine-version 8.0 --master-username boss --manage-master-user-password ${place}`,
      );
      const cluster = (id: string) => `rds describe-db-clusters --db-cluster-identifier ${id} --query DBClusters[0]`;
      const isClusterUp = (id: string) => until(`${cluster(id)}.Status`, "available");
      await isClusterUp("shared");
      await aws("rds create-db-cluster-snapshot --db-cluster-identifier shared --db-cluster-snapshot-identifier shared-1");
      await until("rds describe-db-cluster-snapshots --db-cluster-snapshot-identifier shared-1 --query DBClusterSnapshots[].Status", [
        "available",
      ]);
      const whole = `rds restore-db-cluster-from-snapshot --db-cluster-identifier shared-copy --engine aurora-mysql ${place}`;
      expect(await refusal(`${whole} --snapshot-identifier nobody`)).toBe("DBClusterSnapshotNotFoundFault");
      await aws(`${whole} --snapshot-identifier shared-1`);
      await aws(
        `rds restore-db-cluster-to-point-in-time --db-cluster-identifier shared-clone --source-db-cluster-identifier shared --restore-type copy-on-write --use-latest-restorable-time ${place}`,
      );
      await Promise.all(["shared-copy", "shared-clone"].map(isClusterUp));
      expect(await aws(`${cluster("shared-clone")}.[Engine,MasterUsername,DBClusterMembers]`)).toEqual(["aurora-mysql", "boss", []]);

      for (const id of ["copy", "moment", "again"])
        await aws(`rds delete-db-instance --db-instance-identifier ${id} --skip-final-snapshot`);
      for (const id of ["shared-clone", "shared-copy", "shared"])
        await aws(`rds delete-db-cluster --db-cluster-identifier ${id} --skip-final-snapshot`);
      for (const id of ["copy", "moment", "again"])
        await until(`rds describe-db-instances --query length(DBInstances[?DBInstanceIdentifier=='${id}'])`, 0);
      for (const id of ["shared-clone", "shared-copy", "shared"])
        await until(`rds describe-db-clusters --query length(DBClusters[?DBClusterIdentifier=='${id}'])`, 0);
      await aws("rds delete-db-snapshot --db-snapshot-identifier first");
      await aws("rds delete-db-cluster-snapshot --db-cluster-snapshot-identifier shared-1");
      await aws("rds delete-db-subnet-group --db-subnet-group-name copies");
      await until(`ec2 describe-network-interfaces --filters Name=vpc-id,Values=${vpc} --query NetworkInterfaces`, []);
      await remove();
    },
  ],
];
