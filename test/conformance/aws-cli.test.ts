/** The AWS CLI against `infra sandbox serve`: create, describe with filters and pages, change and delete, for each kind. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dataScripts } from "./script/cli-data.ts";
import { sharedScripts } from "./script/cli-shared.ts";
import { awsCli, tagged, type AwsCli } from "./support/aws-cli.ts";
import { sampleOf } from "../support/night.ts";
import { describeWithPrograms } from "./support/programs.ts";
import { serveSandbox, type Served } from "./support/served.ts";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKPQdZBUJRgGgsTZ2xyuG6TEKhUnz0TQyGLNoHiVxkvS conformance";
const imageParameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";

describeWithPrograms("the AWS CLI", [["aws", "--version"]], undefined, () => {
  let sandbox: Served;
  let aws: AwsCli["aws"];
  let refusal: AwsCli["refusal"];
  let until: AwsCli["until"];
  let makeNetwork: AwsCli["makeNetwork"];
  beforeAll(async () => {
    // The scripts run at the same time and together have more VPCs than an account may have.
    sandbox = await serveSandbox("--no-quotas");
    ({ aws, refusal, until, makeNetwork } = awsCli(sandbox.env));
  });
  afterAll(() => sandbox.stop());

  interface Listed {
    readonly SecurityGroups: readonly { readonly GroupId: string; readonly GroupName: string }[];
    readonly NextToken?: string;
  }
  /** The names of the groups, read with the CLI's own paging. */
  const inPartsOf = async (size: number, words: string): Promise<string[]> => {
    const names: string[] = [];
    for (let token = ""; ;) {
      const { SecurityGroups, NextToken }: Listed = await aws(`${words} --max-items ${size} ${token && `--starting-token ${token}`}`);
      names.push(...SecurityGroups.map((group) => group.GroupName));
      if (NextToken === undefined) return names;
      token = NextToken;
    }
  };

  const scripts: (readonly [name: string, play: () => Promise<void>])[] = [];
  const script = (name: string, play: () => Promise<void>) => void scripts.push([name, play]);

  script("a network: VPC, subnets, gateway, tables, groups with rules, address, NAT gateway; filters and pages", async () => {
    const { vpc, subnets, group, remove } = await makeNetwork("net", "10.1");
    await aws(`ec2 wait vpc-available --vpc-ids ${vpc}`);
    await aws(`ec2 modify-vpc-attribute --vpc-id ${vpc} --enable-dns-hostnames Value=true`);
    expect(await aws(`ec2 describe-vpc-attribute --vpc-id ${vpc} --attribute enableDnsHostnames --query EnableDnsHostnames.Value`)).toBe(
      true,
    );
    expect(await aws("ec2 describe-vpcs --filters Name=tag:Name,Values=n?t Name=cidr,Values=10.1.* --query Vpcs[].VpcId")).toEqual([vpc]);
    expect(await refusal(`ec2 create-subnet --vpc-id ${vpc} --cidr-block 10.1.0.128/25`)).toBe("InvalidSubnet.Conflict");

    const gateway = await aws(`ec2 create-internet-gateway ${tagged("internet-gateway", "net")} --query InternetGateway.InternetGatewayId`);
    await aws(`ec2 attach-internet-gateway --internet-gateway-id ${gateway} --vpc-id ${vpc}`);
    const table = await aws(`ec2 create-route-table --vpc-id ${vpc} --query RouteTable.RouteTableId`);
    await aws(`ec2 create-route --route-table-id ${table} --destination-cidr-block 0.0.0.0/0 --gateway-id ${gateway}`);
    const association = await aws(`ec2 associate-route-table --route-table-id ${table} --subnet-id ${subnets[0]} --query AssociationId`);
    expect(
      await aws(
        `ec2 describe-route-tables --filters Name=association.subnet-id,Values=${subnets[0]} --query RouteTables[].Routes[].[DestinationCidrBlock,GatewayId,State]`,
      ),
    ).toEqual([
      ["10.1.0.0/16", "local", "active"],
      ["0.0.0.0/0", gateway, "active"],
    ]);

    const rule = await aws(
      `ec2 authorize-security-group-ingress --group-id ${group} --ip-permissions IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0,Description=web}] --query SecurityGroupRules[0].SecurityGroupRuleId`,
    );
    await aws(`ec2 authorize-security-group-ingress --group-id ${group} --protocol tcp --port 22 --source-group ${group}`);
    expect(await refusal(`ec2 authorize-security-group-ingress --group-id ${group} --protocol tcp --port 22 --source-group ${group}`)).toBe(
      "InvalidPermission.Duplicate",
    );
    await aws(
      `ec2 modify-security-group-rules --group-id ${group} --security-group-rules SecurityGroupRuleId=${rule},SecurityGroupRule={IpProtocol=tcp,FromPort=8443,ToPort=8443,CidrIpv4=10.0.0.0/8}`,
    );
    const rules = `ec2 describe-security-group-rules --filters Name=group-id,Values=${group} --query sort_by(SecurityGroupRules[?!IsEgress],&FromPort)[].[FromPort,CidrIpv4,ReferencedGroupInfo.GroupId]`;
    expect(await aws(rules)).toEqual([
      [22, null, group],
      [8443, "10.0.0.0/8", null],
    ]);
    await aws(`ec2 revoke-security-group-ingress --group-id ${group} --security-group-rule-ids ${rule}`);
    expect(await aws(rules)).toEqual([[22, null, group]]);

    const address = await aws("ec2 allocate-address --query AllocationId");
    const nat = await aws(
      `ec2 create-nat-gateway --subnet-id ${subnets[0]} --allocation-id ${address} ${tagged("natgateway", "net")} --query NatGateway.NatGatewayId`,
    );
    await until("ec2 describe-nat-gateways --filter Name=tag:Name,Values=net --query NatGateways[].State", ["available"]);
    expect(await refusal(`ec2 release-address --allocation-id ${address}`)).toBe("AuthFailure");
    expect(await refusal(`ec2 delete-subnet --subnet-id ${subnets[0]}`)).toBe("DependencyViolation");
    expect(await refusal(`ec2 detach-internet-gateway --internet-gateway-id ${gateway} --vpc-id ${vpc}`)).toBe("DependencyViolation");

    const names = [1, 2, 3, 4, 5, 6].map((n) => `page-${n}`);
    const made = await Promise.all(
      names.map((name) => aws(`ec2 create-security-group --vpc-id ${vpc} --group-name ${name} --description ${name} --query GroupId`)),
    );
    expect(
      [
        ...(await inPartsOf(
          4,
          `ec2 describe-security-groups --filters Name=group-name,Values=page-* Name=vpc-id,Values=${vpc} --page-size 5`,
        )),
      ].sort(),
    ).toEqual(names);
    await Promise.all(made.map((id) => aws(`ec2 delete-security-group --group-id ${id}`)));

    await aws(`ec2 delete-nat-gateway --nat-gateway-id ${nat}`);
    await until(`ec2 describe-nat-gateways --nat-gateway-ids ${nat} --query NatGateways[].State`, ["deleted"]);
    await aws(`ec2 release-address --allocation-id ${address}`);
    await aws(`ec2 disassociate-route-table --association-id ${association}`);
    await aws(`ec2 delete-route --route-table-id ${table} --destination-cidr-block 0.0.0.0/0`);
    await aws(`ec2 delete-route-table --route-table-id ${table}`);
    await aws(`ec2 detach-internet-gateway --internet-gateway-id ${gateway} --vpc-id ${vpc}`);
    await aws(`ec2 delete-internet-gateway --internet-gateway-id ${gateway}`);
    await remove();
    expect(await refusal(`ec2 describe-vpcs --vpc-ids ${vpc}`)).toBe("InvalidVpcID.NotFound");
  });

  script("a hub: transit gateway, attachments, route tables with routes", async () => {
    const [one, two] = [await makeNetwork("hub-one", "10.5"), await makeNetwork("hub-two", "10.6")];
    const gateway = await aws(`ec2 create-transit-gateway ${tagged("transit-gateway", "hub")} --query TransitGateway.TransitGatewayId`);
    const state = (id: string) => `ec2 describe-transit-gateways --transit-gateway-ids ${id} --query TransitGateways[].State`;
    await until(state(gateway), ["available"]);
    const attach = (vpc: string, subnets: string) =>
      `ec2 create-transit-gateway-vpc-attachment --transit-gateway-id ${gateway} --vpc-id ${vpc} --subnet-ids ${subnets} --query TransitGatewayVpcAttachment.TransitGatewayAttachmentId`;
    const attachments = [await aws(attach(one.vpc, one.subnets.join(" "))), await aws(attach(two.vpc, two.subnets[0]))];
    expect(await refusal(attach(one.vpc, one.subnets[0]))).toBe("DuplicateTransitGatewayAttachment");
    const states = `ec2 describe-transit-gateway-vpc-attachments --filters Name=transit-gateway-id,Values=${gateway} --query TransitGatewayVpcAttachments[].State`;
    await until(states, ["available", "available"]);
    await aws(
      `ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id ${attachments[1]} --add-subnet-ids ${two.subnets[1]}`,
    );
    await until(states, ["available", "available"]);
    const table = await aws(
      `ec2 create-transit-gateway-route-table --transit-gateway-id ${gateway} --query TransitGatewayRouteTable.TransitGatewayRouteTableId`,
    );
    await until(
      `ec2 describe-transit-gateway-route-tables --transit-gateway-route-table-ids ${table} --query TransitGatewayRouteTables[].State`,
      ["available"],
    );
    const of = `--transit-gateway-route-table-id ${table}`;
    const follow = `ec2 associate-transit-gateway-route-table ${of} --transit-gateway-attachment-id ${attachments[0]}`;
    expect(await refusal(follow)).toBe("Resource.AlreadyAssociated");
    await aws(`ec2 enable-transit-gateway-route-table-propagation ${of} --transit-gateway-attachment-id ${attachments[1]}`);
    await aws(`ec2 create-transit-gateway-route ${of} --destination-cidr-block 10.7.0.0/16 --blackhole`);
    const routes = `ec2 search-transit-gateway-routes ${of} --filters Name=state,Values=active,blackhole --query Routes[].[DestinationCidrBlock,Type,State]`;
    await until(routes, [
      ["10.7.0.0/16", "static", "blackhole"],
      ["10.6.0.0/16", "propagated", "active"],
    ]);
    expect(await refusal(`ec2 delete-transit-gateway --transit-gateway-id ${gateway}`)).toBe("IncorrectState");
    expect(await refusal(`ec2 delete-subnet --subnet-id ${one.subnets[0]}`)).toBe("DependencyViolation");

    await aws(`ec2 delete-transit-gateway-route-table ${of}`);
    for (const id of attachments) await aws(`ec2 delete-transit-gateway-vpc-attachment --transit-gateway-attachment-id ${id}`);
    await until(states, ["deleted", "deleted"]);
    await aws(`ec2 delete-transit-gateway --transit-gateway-id ${gateway}`);
    await until(state(gateway), ["deleted"]);
    await Promise.all([one.remove(), two.remove()]);
  });

  script("machines: key pair, launch template, instance, volume, tags", async () => {
    const { subnets, group, remove } = await makeNetwork("box", "10.3");
    const image = await aws(`ssm get-parameter --name ${imageParameter} --query Parameter.Value`);
    expect(await aws(`ec2 describe-images --image-ids ${image} --query Images[].Architecture`)).toEqual(["x86_64"]);
    writeFileSync(join(sandbox.folder, "key.pub"), key);
    const importKey = `ec2 import-key-pair --key-name box --public-key-material fileb://${join(sandbox.folder, "key.pub")}`;
    await aws(importKey);
    expect(await refusal(importKey)).toBe("InvalidKeyPair.Duplicate");
    const template = await aws("ec2 create-launch-template --query LaunchTemplate.LaunchTemplateId", {
      LaunchTemplateName: "box",
      LaunchTemplateData: { ImageId: image, InstanceType: "t3.micro", KeyName: "box", SecurityGroupIds: [group] },
    });
    await aws(
      `ec2 create-launch-template-version --launch-template-id ${template} --source-version 1 --launch-template-data InstanceType=t3.small`,
    );
    expect(
      await aws(
        `ec2 describe-launch-template-versions --launch-template-id ${template} --query sort_by(LaunchTemplateVersions,&VersionNumber)[].LaunchTemplateData.[InstanceType,KeyName]`,
      ),
    ).toEqual([
      ["t3.micro", "box"],
      ["t3.small", "box"],
    ]);
    const instance = await aws(
      `ec2 run-instances --launch-template LaunchTemplateName=box,Version=2 --subnet-id ${subnets[0]} ${tagged("instance", "box")} --query Instances[0].InstanceId`,
    );
    await until(
      `ec2 describe-instances --filters Name=tag:Name,Values=box Name=instance-state-name,Values=running --query Reservations[].Instances[].InstanceType`,
      ["t3.small"],
    );
    await aws(`ec2 create-tags --resources ${instance} --tags Key=Team,Value=blue`);
    expect(
      await aws(`ec2 describe-tags --filters Name=resource-id,Values=${instance} Name=key,Values=Name,Team --query Tags[].[Key,Value]`),
    ).toEqual([
      ["Name", "box"],
      ["Team", "blue"],
    ]);

    const volume = await aws("ec2 create-volume --availability-zone eu-west-1a --size 4 --volume-type gp3 --query VolumeId");
    await until(`ec2 describe-volumes --volume-ids ${volume} --query Volumes[].State`, ["available"]);
    await aws(`ec2 attach-volume --volume-id ${volume} --instance-id ${instance} --device /dev/sdf`);
    expect(await refusal(`ec2 delete-volume --volume-id ${volume}`)).toBe("VolumeInUse");
    expect(await refusal(`ec2 delete-security-group --group-id ${group}`)).toBe("DependencyViolation");
    await aws(`ec2 stop-instances --instance-ids ${instance}`);
    await until(`ec2 describe-instances --instance-ids ${instance} --query Reservations[].Instances[].State.Name`, ["stopped"]);
    await aws(`ec2 modify-instance-attribute --instance-id ${instance} --instance-type Value=t3.nano`);
    await aws(`ec2 detach-volume --volume-id ${volume}`);
    await aws(`ec2 terminate-instances --instance-ids ${instance}`);
    await until(`ec2 describe-instances --instance-ids ${instance} --query Reservations[].Instances[].[State.Name,InstanceType]`, [
      ["terminated", "t3.nano"],
    ]);
    await until(`ec2 describe-volumes --volume-ids ${volume} --query Volumes[].State`, ["available"]);
    await Promise.all([
      aws(`ec2 delete-volume --volume-id ${volume}`),
      aws("ec2 delete-key-pair --key-name box"),
      aws("ec2 delete-launch-template --launch-template-name box"),
    ]);
    expect(await refusal("ec2 describe-key-pairs --key-names box")).toBe("InvalidKeyPair.NotFound");
    await remove();
  });

  script("balancing: target group, load balancer, listener, rule, auto-scaling group", async () => {
    const { vpc, subnets, group, remove } = await makeNetwork("web", "10.4");
    const gateway = await aws("ec2 create-internet-gateway --query InternetGateway.InternetGatewayId");
    await aws(`ec2 attach-internet-gateway --internet-gateway-id ${gateway} --vpc-id ${vpc}`);
    const targets = await aws(
      `elbv2 create-target-group --name web --protocol HTTP --port 80 --vpc-id ${vpc} --query TargetGroups[0].TargetGroupArn`,
    );
    const balancer = await aws(
      `elbv2 create-load-balancer --name web --subnets ${subnets.join(" ")} --security-groups ${group} --tags Key=Name,Value=web --query LoadBalancers[0].LoadBalancerArn`,
    );
    await until("elbv2 describe-load-balancers --names web --query LoadBalancers[].State.Code", ["active"]);
    await aws(
      `elbv2 modify-load-balancer-attributes --load-balancer-arn ${balancer} --attributes Key=idle_timeout.timeout_seconds,Value=90`,
    );
    const listener = await aws(
      `elbv2 create-listener --load-balancer-arn ${balancer} --protocol HTTP --port 80 --default-actions Type=forward,TargetGroupArn=${targets} --query Listeners[0].ListenerArn`,
    );
    const rule = await aws(
      `elbv2 create-rule --listener-arn ${listener} --priority 5 --conditions Field=path-pattern,Values=/a/* --actions Type=forward,TargetGroupArn=${targets} --query Rules[0].RuleArn`,
    );
    expect(await aws(`elbv2 describe-rules --listener-arn ${listener} --query Rules[].Priority`)).toEqual(["5", "default"]);
    expect(await aws(`elbv2 describe-tags --resource-arns ${balancer} --query TagDescriptions[0].Tags`)).toEqual([
      { Key: "Name", Value: "web" },
    ]);
    expect(await refusal(`elbv2 delete-target-group --target-group-arn ${targets}`)).toBe("ResourceInUse");

    await aws("ec2 create-launch-template", {
      LaunchTemplateName: "web",
      LaunchTemplateData: {
        ImageId: await aws(`ssm get-parameter --name ${imageParameter} --query Parameter.Value`),
        InstanceType: "t3.micro",
      },
    });
    await aws(
      `autoscaling create-auto-scaling-group --auto-scaling-group-name web --launch-template LaunchTemplateName=web,Version=$Latest --min-size 1 --max-size 3 --vpc-zone-identifier ${subnets.join(",")} --target-group-arns ${targets} --tags Key=Name,Value=web,PropagateAtLaunch=true`,
    );
    expect(
      await refusal(
        "autoscaling create-auto-scaling-group --auto-scaling-group-name web --launch-template LaunchTemplateName=web --min-size 1 --max-size 1 --vpc-zone-identifier " +
          subnets[0],
      ),
    ).toBe("AlreadyExists");
    const members =
      "autoscaling describe-auto-scaling-groups --auto-scaling-group-names web --query AutoScalingGroups[].Instances[].LifecycleState";
    await until(members, ["InService"]);
    await aws("autoscaling set-desired-capacity --auto-scaling-group-name web --desired-capacity 2");
    await until(members, ["InService", "InService"]);
    expect(
      await aws(
        "ec2 describe-instances --filters Name=tag:aws:autoscaling:groupName,Values=web --query length(Reservations[].Instances[])",
      ),
    ).toBe(2);
    expect(
      await aws<string[]>(`elbv2 describe-target-health --target-group-arn ${targets} --query TargetHealthDescriptions[].Target.Port`),
    ).toEqual([80, 80]);
    await aws("autoscaling delete-auto-scaling-group --auto-scaling-group-name web --force-delete");
    await until("autoscaling describe-auto-scaling-groups --auto-scaling-group-names web --query AutoScalingGroups", []);

    await aws(`elbv2 delete-rule --rule-arn ${rule}`);
    await aws(`elbv2 delete-listener --listener-arn ${listener}`);
    await aws(`elbv2 delete-target-group --target-group-arn ${targets}`);
    await aws(`elbv2 delete-load-balancer --load-balancer-arn ${balancer}`);
    expect(await refusal("elbv2 describe-load-balancers --names web")).toBe("LoadBalancerNotFound");
    await until(`ec2 describe-network-interfaces --filters Name=vpc-id,Values=${vpc} --query NetworkInterfaces[].Status`, []);
    await aws(`ec2 detach-internet-gateway --internet-gateway-id ${gateway} --vpc-id ${vpc}`);
    await aws(`ec2 delete-internet-gateway --internet-gateway-id ${gateway}`);
    await aws("ec2 delete-launch-template --launch-template-name web");
    await remove();
  });

  script("databases: subnet group, parameter groups, instance, cluster, snapshots", async () => {
    const { vpc, subnets, group, remove } = await makeNetwork("db", "10.5");
    expect(
      await refusal(`rds create-db-subnet-group --db-subnet-group-name db --db-subnet-group-description db --subnet-ids ${subnets[0]}`),
    ).toBe("DBSubnetGroupDoesNotCoverEnoughAZs");
    await aws(`rds create-db-subnet-group --db-subnet-group-name db --db-subnet-group-description db --subnet-ids ${subnets.join(" ")}`);
    await aws("rds create-db-parameter-group --db-parameter-group-name db --db-parameter-group-family mysql8.0 --description db");
    await aws(
      "rds modify-db-parameter-group --db-parameter-group-name db --parameters ParameterName=max_connections,ParameterValue=77,ApplyMethod=immediate",
    );
    expect(
      await aws(
        "rds describe-db-parameters --db-parameter-group-name db --source user --query Parameters[].[ParameterName,ParameterValue]",
      ),
    ).toEqual([["max_connections", "77"]]);
    await aws(
      `rds create-db-instance --db-instance-identifier db --engine mysql --engine-version 8.0 --db-instance-class db.t3.micro --allocated-storage 20 --master-username admin --manage-master-user-password --db-subnet-group-name db --db-parameter-group-name db --vpc-security-group-ids ${group} --tags Key=Name,Value=db`,
    );
    await until("rds describe-db-instances --db-instance-identifier db --query DBInstances[].DBInstanceStatus", ["available"]);
    expect(await refusal("rds delete-db-subnet-group --db-subnet-group-name db")).toBe("InvalidDBSubnetGroupStateFault");
    expect(await refusal("rds delete-db-parameter-group --db-parameter-group-name db")).toBe("InvalidDBParameterGroupState");
    await aws("rds modify-db-instance --db-instance-identifier db --backup-retention-period 5 --apply-immediately");
    await until("rds describe-db-instances --db-instance-identifier db --query DBInstances[].[BackupRetentionPeriod,DBInstanceStatus]", [
      [5, "available"],
    ]);
    await aws("rds delete-db-instance --db-instance-identifier db --final-db-snapshot-identifier last");
    await until("rds describe-db-instances --query DBInstances", []);
    expect(await aws("rds describe-db-snapshots --db-snapshot-identifier last --query DBSnapshots[].[Engine,Status]")).toEqual([
      ["mysql", "available"],
    ]);
    await aws("rds delete-db-snapshot --db-snapshot-identifier last");
    await aws(
      "rds create-db-cluster-parameter-group --db-cluster-parameter-group-name db --db-parameter-group-family aurora-mysql8.0 --description db",
    );
    await aws(
      `rds create-db-cluster --db-cluster-identifier db --engine aurora-mysql --engine-version 8.0 --master-username admin --manage-master-user-password --db-subnet-group-name db --db-cluster-parameter-group-name db --vpc-security-group-ids ${group} --serverless-v2-scaling-configuration MinCapacity=0.5,MaxCapacity=2`,
    );
    await until("rds describe-db-clusters --query DBClusters[].Status", ["available"]);
    await aws(
      "rds create-db-instance --db-instance-identifier one --db-cluster-identifier db --engine aurora-mysql --db-instance-class db.serverless",
    );
    await until("rds describe-db-clusters --query DBClusters[].DBClusterMembers[].[DBInstanceIdentifier,IsClusterWriter]", [["one", true]]);
    expect(await refusal("rds delete-db-cluster --db-cluster-identifier db --skip-final-snapshot")).toBe("InvalidDBClusterStateFault");
    await aws("rds delete-db-instance --db-instance-identifier one");
    await aws("rds delete-db-cluster --db-cluster-identifier db --final-db-snapshot-identifier last");
    await until("rds describe-db-clusters --query DBClusters", []);
    await Promise.all([
      aws("rds delete-db-subnet-group --db-subnet-group-name db"),
      aws("rds delete-db-parameter-group --db-parameter-group-name db"),
      aws("rds delete-db-cluster-parameter-group --db-cluster-parameter-group-name db"),
    ]);
    await until(`ec2 describe-network-interfaces --filters Name=vpc-id,Values=${vpc} --query NetworkInterfaces[].Status`, []);
    await remove();
  });

  script("parameters, topics, alarms", async () => {
    await aws("ssm put-parameter --name /app/a --type String --value one");
    expect(await refusal("ssm put-parameter --name /app/a --type String --value two")).toBe("ParameterAlreadyExists");
    expect(await aws("ssm get-parameters-by-path --path /app --query Parameters[].[Name,Value]")).toEqual([["/app/a", "one"]]);
    await aws("ssm delete-parameter --name /app/a");
    expect(await refusal("ssm get-parameter --name /app/a")).toBe("ParameterNotFound");

    const topic = await aws("sns create-topic --name alerts --tags Key=Name,Value=alerts --query TopicArn");
    expect(await aws("sns list-topics --query Topics[].TopicArn")).toEqual([topic]);
    await aws(
      `cloudwatch put-metric-alarm --alarm-name busy --namespace AWS/EC2 --metric-name CPUUtilization --statistic Average --period 300 --evaluation-periods 2 --threshold 80 --comparison-operator GreaterThanThreshold --alarm-actions ${topic}`,
    );
    expect(await aws("cloudwatch describe-alarms --alarm-name-prefix bu --query MetricAlarms[].[AlarmName,StateValue,Threshold]")).toEqual([
      ["busy", "INSUFFICIENT_DATA", 80],
    ]);
    await aws("cloudwatch delete-alarms --alarm-names busy");
    expect(await aws("cloudwatch describe-alarms --query MetricAlarms")).toEqual([]);
    await aws(`sns delete-topic --topic-arn ${topic}`);
    expect(await refusal(`sns get-topic-attributes --topic-arn ${topic}`)).toBe("NotFound");
  });

  script("types by Cloud Control: made, read, listed, patched, tagged, refused, deleted", async () => {
    const done = async (words: string, input?: object): Promise<string> => {
      const { RequestToken } = await aws<{ RequestToken: string }>(`cloudcontrol ${words} --query ProgressEvent`, input);
      await aws(`cloudcontrol wait resource-request-success --request-token ${RequestToken}`);
      return aws(`cloudcontrol get-resource-request-status --request-token ${RequestToken} --query ProgressEvent.Identifier`);
    };
    const make = (TypeName: string, desired: object) => done("create-resource", { TypeName, DesiredState: JSON.stringify(desired) });
    // Version 1 of the CLI would fetch a URL that is passed as a word.
    const read = async (TypeName: string, Identifier: string) =>
      JSON.parse(await aws("cloudcontrol get-resource --query ResourceDescription.Properties", { TypeName, Identifier })) as object;
    const list = (type: string, model?: object) =>
      aws<string[]>("cloudcontrol list-resources --query ResourceDescriptions[].Identifier", {
        TypeName: type,
        ...(model && { ResourceModel: JSON.stringify(model) }),
      });

    const Tags = [{ Key: "team", Value: "cloud-control" }];
    const queue = await make("AWS::SQS::Queue", { QueueName: "typed", VisibilityTimeout: 45, Tags });
    expect(queue).toMatch(/^https:\/\/sqs\..*\/typed$/);
    expect(await read("AWS::SQS::Queue", queue)).toMatchObject({ QueueName: "typed", VisibilityTimeout: 45, DelaySeconds: 0, Tags });
    const arn = await aws(
      "resourcegroupstaggingapi get-resources --tag-filters Key=team,Values=cloud-control --query ResourceTagMappingList[0].ResourceARN",
    );
    expect(arn).toMatch(/:typed$/);
    const PatchDocument = JSON.stringify([{ op: "replace", path: "/VisibilityTimeout", value: 90 }]);
    await done("update-resource", { TypeName: "AWS::SQS::Queue", Identifier: queue, PatchDocument });
    expect(await read("AWS::SQS::Queue", queue)).toMatchObject({ VisibilityTimeout: 90 });
    const bad = JSON.stringify({ VisibilityTimeout: "soon" });
    expect(await refusal(`cloudcontrol create-resource --type-name AWS::SQS::Queue --desired-state ${bad}`)).toBe("ValidationException");
    expect(await refusal("cloudcontrol get-resource --type-name AWS::SQS::Nothing --identifier x")).toBe("TypeNotFoundException");

    // The parts of an API are listed by the object that they belong to.
    const api = await make("AWS::ApiGatewayV2::Api", { Name: "typed", ProtocolType: "HTTP" });
    const target = await make("AWS::ApiGatewayV2::Integration", {
      ApiId: api,
      IntegrationType: "HTTP_PROXY",
      IntegrationMethod: "GET",
      IntegrationUri: "https://example.com",
      PayloadFormatVersion: "1.0",
    });
    const route = await make("AWS::ApiGatewayV2::Route", { ApiId: api, RouteKey: "GET /", Target: `integrations/${target.split("|")[1]}` });
    expect(await list("AWS::ApiGatewayV2::Route", { ApiId: api })).toEqual([route]);
    expect(await refusal("cloudcontrol list-resources --type-name AWS::ApiGatewayV2::Route")).toBe("InvalidRequestException");

    // The objects of static-site for which infra has no kind.
    const control = await make("AWS::CloudFront::OriginAccessControl", {
      OriginAccessControlConfig: {
        Name: "typed",
        OriginAccessControlOriginType: "s3",
        SigningBehavior: "always",
        SigningProtocol: "sigv4",
      },
    });
    const distribution = await make("AWS::CloudFront::Distribution", {
      DistributionConfig: {
        Enabled: true,
        Origins: [{ Id: "s3", DomainName: "typed.s3.eu-west-1.amazonaws.com", OriginAccessControlId: control, S3OriginConfig: {} }],
        DefaultCacheBehavior: { TargetOriginId: "s3", ViewerProtocolPolicy: "redirect-to-https" },
      },
    });
    expect(await list("AWS::CloudFront::Distribution")).toContain(distribution);
    for (const [type, id] of [
      ["AWS::CloudFront::Distribution", distribution],
      ["AWS::CloudFront::OriginAccessControl", control],
      ["AWS::ApiGatewayV2::Route", route],
      ["AWS::ApiGatewayV2::Integration", target],
      ["AWS::ApiGatewayV2::Api", api],
      ["AWS::SQS::Queue", queue],
    ] as const) {
      await done("delete-resource", { TypeName: type, Identifier: id });
      expect(await refusal("cloudcontrol get-resource", { TypeName: type, Identifier: id })).toBe("ResourceNotFoundException");
    }
  });

  for (const [name, play] of [...dataScripts, ...sharedScripts]) script(name, () => play({ aws, refusal, until, makeNetwork }));

  // By day Terraform tests the networks. Each start of the AWS CLI costs half a second of a processor.
  const byDay = ["parameters, topics, alarms"];
  for (const [name, play] of sampleOf(scripts, byDay, ([one]) => one)) test.concurrent(name, play);
});
