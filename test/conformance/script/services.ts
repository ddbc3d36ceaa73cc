/** Load balancers, Auto Scaling groups, databases, parameters. */
import * as autoScaling from "@aws-sdk/client-auto-scaling";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import * as rds from "@aws-sdk/client-rds";
import * as ssm from "@aws-sdk/client-ssm";
import { steps } from "./step.ts";

const missing = (kind: string) => `arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:${kind}`;
const noBalancer = missing("loadbalancer/app/nope/0123456789abcdef");
const noTargets = missing("targetgroup/nope/0123456789abcdef");

export const balancing = steps("elb", [
  [
    "a target group",
    (id) =>
      new elb.CreateTargetGroupCommand({
        Name: "web",
        Protocol: "HTTP",
        Port: 80,
        VpcId: id("vpc"),
        Tags: [{ Key: "Name", Value: "web" }],
      }),
    { targets: "TargetGroups.0.TargetGroupArn" },
  ],
  [
    "a target group of that name that differs",
    (id) => new elb.CreateTargetGroupCommand({ Name: "web", Protocol: "HTTP", Port: 81, VpcId: id("vpc") }),
  ],
  ["the target group", () => new elb.DescribeTargetGroupsCommand({ Names: ["web"] })],
  ["a target group that is missing", () => new elb.DescribeTargetGroupsCommand({ TargetGroupArns: [noTargets] })],
  ["its attributes", (id) => new elb.DescribeTargetGroupAttributesCommand({ TargetGroupArn: id("targets") })],
  [
    "its delay",
    (id) =>
      new elb.ModifyTargetGroupAttributesCommand({
        TargetGroupArn: id("targets"),
        Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "30" }],
      }),
  ],
  [
    "a load balancer",
    (id) =>
      new elb.CreateLoadBalancerCommand({
        Name: "web",
        Subnets: [id("subnet"), id("subnet-b")],
        SecurityGroups: [id("group")],
        Tags: [{ Key: "Name", Value: "web" }],
      }),
    { balancer: "LoadBalancers.0.LoadBalancerArn" },
  ],
  ["the load balancer", () => new elb.DescribeLoadBalancersCommand({ Names: ["web"] })],
  ["a load balancer that is missing", () => new elb.DescribeLoadBalancersCommand({ LoadBalancerArns: [noBalancer] })],
  [
    "a load balancer in a subnet that is missing",
    () => new elb.CreateLoadBalancerCommand({ Name: "bad", Subnets: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"] }),
  ],
  [
    "its idle timeout",
    (id) =>
      new elb.ModifyLoadBalancerAttributesCommand({
        LoadBalancerArn: id("balancer"),
        Attributes: [{ Key: "idle_timeout.timeout_seconds", Value: "90" }],
      }),
  ],
  [
    "a listener",
    (id) =>
      new elb.CreateListenerCommand({
        LoadBalancerArn: id("balancer"),
        Protocol: "HTTP",
        Port: 80,
        DefaultActions: [{ Type: "forward", TargetGroupArn: id("targets") }],
      }),
    { listener: "Listeners.0.ListenerArn" },
  ],
  [
    "a listener of a balancer that is missing",
    (id) =>
      new elb.CreateListenerCommand({
        LoadBalancerArn: noBalancer,
        Protocol: "HTTP",
        Port: 80,
        DefaultActions: [{ Type: "forward", TargetGroupArn: id("targets") }],
      }),
  ],
  [
    "a listener for targets that are missing",
    (id) =>
      new elb.CreateListenerCommand({
        LoadBalancerArn: id("balancer"),
        Protocol: "HTTP",
        Port: 81,
        DefaultActions: [{ Type: "forward", TargetGroupArn: noTargets }],
      }),
  ],
  ["the listener", (id) => new elb.DescribeListenersCommand({ LoadBalancerArn: id("balancer") })],
  [
    "a rule of the listener",
    (id) =>
      new elb.CreateRuleCommand({
        ListenerArn: id("listener"),
        Priority: 10,
        Conditions: [{ Field: "path-pattern", Values: ["/a/*"] }],
        Actions: [{ Type: "forward", TargetGroupArn: id("targets") }],
      }),
    { "listener-rule": "Rules.0.RuleArn" },
  ],
  [
    "a rule of that priority",
    (id) =>
      new elb.CreateRuleCommand({
        ListenerArn: id("listener"),
        Priority: 10,
        Conditions: [{ Field: "path-pattern", Values: ["/b/*"] }],
        Actions: [{ Type: "forward", TargetGroupArn: id("targets") }],
      }),
  ],
  ["the rules", (id) => new elb.DescribeRulesCommand({ ListenerArn: id("listener") })],
  ["a target group in use is not deleted", (id) => new elb.DeleteTargetGroupCommand({ TargetGroupArn: id("targets") })],
  ["the health of no targets", (id) => new elb.DescribeTargetHealthCommand({ TargetGroupArn: id("targets") })],
  ["the tags", (id) => new elb.DescribeTagsCommand({ ResourceArns: [id("balancer")] })],
]);

export const balancingGone = steps("elb", [
  ["the listener's rule deleted", (id) => new elb.DeleteRuleCommand({ RuleArn: id("listener-rule") })],
  ["the listener's rule deleted again", (id) => new elb.DeleteRuleCommand({ RuleArn: id("listener-rule") })],
  ["the listener deleted", (id) => new elb.DeleteListenerCommand({ ListenerArn: id("listener") })],
  ["the load balancer deleted", (id) => new elb.DeleteLoadBalancerCommand({ LoadBalancerArn: id("balancer") })],
  ["the load balancer deleted again", (id) => new elb.DeleteLoadBalancerCommand({ LoadBalancerArn: id("balancer") })],
  ["the target group deleted", (id) => new elb.DeleteTargetGroupCommand({ TargetGroupArn: id("targets") })],
]);

export const scaling = steps("autoScaling", [
  [
    "an auto-scaling group",
    (id) =>
      new autoScaling.CreateAutoScalingGroupCommand({
        AutoScalingGroupName: "fleet",
        LaunchTemplate: { LaunchTemplateId: id("template"), Version: "2" },
        MinSize: 0,
        MaxSize: 2,
        DesiredCapacity: 0,
        VPCZoneIdentifier: id("subnet-b"),
        TargetGroupARNs: [id("targets")],
        Tags: [{ Key: "Name", Value: "fleet", PropagateAtLaunch: true }],
      }),
  ],
  ["the auto-scaling group", () => new autoScaling.DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["fleet"] })],
  ["an auto-scaling group that is missing", () => new autoScaling.DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["nope"] })],
  [
    "an auto-scaling group that is missing changed",
    () => new autoScaling.UpdateAutoScalingGroupCommand({ AutoScalingGroupName: "nope", MinSize: 1 }),
  ],
  ["its sizes changed", () => new autoScaling.UpdateAutoScalingGroupCommand({ AutoScalingGroupName: "fleet", MaxSize: 3 })],
  ["more than its largest size", () => new autoScaling.SetDesiredCapacityCommand({ AutoScalingGroupName: "fleet", DesiredCapacity: 9 })],
  ["its tags", () => new autoScaling.DescribeTagsCommand({ Filters: [{ Name: "auto-scaling-group", Values: ["fleet"] }] })],
  ["the auto-scaling group deleted", () => new autoScaling.DeleteAutoScalingGroupCommand({ AutoScalingGroupName: "fleet" })],
  ["the auto-scaling group deleted again", () => new autoScaling.DeleteAutoScalingGroupCommand({ AutoScalingGroupName: "fleet" })],
]);

export const databases = steps("rds", [
  [
    "a subnet group",
    (id) =>
      new rds.CreateDBSubnetGroupCommand({
        DBSubnetGroupName: "main",
        DBSubnetGroupDescription: "main",
        SubnetIds: [id("subnet"), id("subnet-b")],
      }),
  ],
  [
    "a subnet group in one zone",
    (id) =>
      new rds.CreateDBSubnetGroupCommand({ DBSubnetGroupName: "narrow", DBSubnetGroupDescription: "narrow", SubnetIds: [id("subnet")] }),
  ],
  ["the subnet group", () => new rds.DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: "main" })],
  ["a subnet group that is missing", () => new rds.DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: "nope" })],
  [
    "a parameter group",
    () => new rds.CreateDBParameterGroupCommand({ DBParameterGroupName: "main", DBParameterGroupFamily: "mysql8.0", Description: "main" }),
  ],
  [
    "a parameter group of that name",
    () => new rds.CreateDBParameterGroupCommand({ DBParameterGroupName: "main", DBParameterGroupFamily: "mysql8.0", Description: "main" }),
  ],
  [
    "a parameter",
    () =>
      new rds.ModifyDBParameterGroupCommand({
        DBParameterGroupName: "main",
        Parameters: [{ ParameterName: "max_connections", ParameterValue: "77", ApplyMethod: "immediate" }],
      }),
  ],
  ["a parameter group that is missing", () => new rds.DescribeDBParameterGroupsCommand({ DBParameterGroupName: "nope" })],
  [
    "a database",
    (id) =>
      new rds.CreateDBInstanceCommand({
        DBInstanceIdentifier: "main",
        Engine: "mysql",
        EngineVersion: "8.0.42",
        DBInstanceClass: "db.t3.micro",
        AllocatedStorage: 20,
        MasterUsername: "admin",
        MasterUserPassword: "not-a-real-one",
        DBSubnetGroupName: "main",
        DBParameterGroupName: "main",
        VpcSecurityGroupIds: [id("group")],
        StorageType: "gp3",
      }),
  ],
  [
    "a database of that name",
    () =>
      new rds.CreateDBInstanceCommand({
        DBInstanceIdentifier: "main",
        Engine: "mysql",
        DBInstanceClass: "db.t3.micro",
        AllocatedStorage: 20,
        MasterUsername: "admin",
        MasterUserPassword: "not-a-real-one",
      }),
  ],
  [
    "a database of an engine that is none",
    () =>
      new rds.CreateDBInstanceCommand({
        DBInstanceIdentifier: "other",
        Engine: "nope",
        DBInstanceClass: "db.t3.micro",
        AllocatedStorage: 20,
        MasterUsername: "admin",
        MasterUserPassword: "not-a-real-one",
      }),
  ],
  ["the database", () => new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier: "main" })],
  ["a database that is missing", () => new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier: "nope" })],
  [
    "its backups changed at once",
    () => new rds.ModifyDBInstanceCommand({ DBInstanceIdentifier: "main", BackupRetentionPeriod: 5, ApplyImmediately: true }),
  ],
  [
    "deletion protection on",
    () => new rds.ModifyDBInstanceCommand({ DBInstanceIdentifier: "main", DeletionProtection: true, ApplyImmediately: true }),
  ],
  ["a protected database is not deleted", () => new rds.DeleteDBInstanceCommand({ DBInstanceIdentifier: "main", SkipFinalSnapshot: true })],
  [
    "deletion protection off",
    () => new rds.ModifyDBInstanceCommand({ DBInstanceIdentifier: "main", DeletionProtection: false, ApplyImmediately: true }),
  ],
  ["the database deleted", () => new rds.DeleteDBInstanceCommand({ DBInstanceIdentifier: "main", SkipFinalSnapshot: true })],
  ["the database deleted again", () => new rds.DeleteDBInstanceCommand({ DBInstanceIdentifier: "main", SkipFinalSnapshot: true })],
  ["the parameter group deleted", () => new rds.DeleteDBParameterGroupCommand({ DBParameterGroupName: "main" })],
  ["the subnet group deleted", () => new rds.DeleteDBSubnetGroupCommand({ DBSubnetGroupName: "main" })],
  ["the subnet group deleted again", () => new rds.DeleteDBSubnetGroupCommand({ DBSubnetGroupName: "main" })],
]);

export const parameters = steps("ssm", [
  ["a stored parameter", () => new ssm.PutParameterCommand({ Name: "/a/b", Type: "String", Value: "one" })],
  ["a stored parameter of that name", () => new ssm.PutParameterCommand({ Name: "/a/b", Type: "String", Value: "two" })],
  ["the stored parameter overwritten", () => new ssm.PutParameterCommand({ Name: "/a/b", Type: "String", Value: "two", Overwrite: true })],
  ["the stored parameter", () => new ssm.GetParameterCommand({ Name: "/a/b" })],
  ["a stored parameter that is missing", () => new ssm.GetParameterCommand({ Name: "/a/c" })],
  ["several, some missing", () => new ssm.GetParametersCommand({ Names: ["/a/b", "/a/c"] })],
  ["all below a path", () => new ssm.GetParametersByPathCommand({ Path: "/a" })],
  ["the stored parameter deleted", () => new ssm.DeleteParameterCommand({ Name: "/a/b" })],
  ["the stored parameter deleted again", () => new ssm.DeleteParameterCommand({ Name: "/a/b" })],
]);
