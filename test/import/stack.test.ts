/** The resources of a CloudFormation stack as a source of roots and names. */
import { describe, expect, it } from "vitest";
import { foreignKind } from "../../src/config/references/foreign-names.ts";
import { readStack, rootsOfStack } from "../../src/import/stack.ts";
import { kinds } from "../../src/kinds/index.ts";

const resource = (LogicalResourceId: string, ResourceType: string, PhysicalResourceId: string, ResourceStatus = "CREATE_COMPLETE") => ({
  LogicalResourceId,
  ResourceType,
  PhysicalResourceId,
  ResourceStatus,
});

const stackId = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/0a1b2c3d";

/** As `aws cloudformation describe-stack-resources` prints it. */
const answer = JSON.stringify({
  StackResources: [
    resource("VPC", "AWS::EC2::VPC", "vpc-0123456789abcdef0"),
    resource("PublicSubnetA", "AWS::EC2::Subnet", "subnet-0123456789abcdef0"),
    resource("PublicRoute", "AWS::EC2::Route", "Shop-Publi-1ABC"),
    resource(
      "LoadBalancer",
      "AWS::ElasticLoadBalancingV2::LoadBalancer",
      `arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/1`,
    ),
    resource(
      "Listener",
      "AWS::ElasticLoadBalancingV2::Listener",
      `arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/web/1/2`,
    ),
    resource("Database", "AWS::RDS::DBInstance", "shop-main"),
    resource("Logs", "AWS::S3::Bucket", "shop-logs"),
    resource("Cache", "AWS::ElastiCache::CacheCluster", "shop-cache"),
    resource("Warehouse", "AWS::Redshift::Cluster", "shop-warehouse"),
    resource("Gone", "AWS::SNS::Topic", "arn:aws:sns:eu-west-1:123456789012:gone", "DELETE_COMPLETE"),
    resource("Wait", "AWS::CloudFormation::WaitConditionHandle", "https://cloudformation-waitcondition"),
  ],
});

describe("a stack", () => {
  const found = rootsOfStack(kinds, readStack(answer)!.resources, (type) => foreignKind(type, kinds));

  it("gives roots with its logical ids as names", () =>
    expect(Object.fromEntries(found.names)).toEqual({
      "vpc vpc-0123456789abcdef0": "VPC",
      "subnet subnet-0123456789abcdef0": "Public-Subnet-A",
      "loadBalancer arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/1": "Load-Balancer",
      "dbInstance shop-main": "Database",
      "bucket shop-logs": "Logs",
      "cacheCluster shop-cache": "Cache",
    }));

  it("lists resources without a kind here, but neither parts nor deleted ones", () =>
    expect(found.unknown).toEqual(["shop-warehouse (AWS::Redshift::Cluster)"]));

  it("names its id, by which objects are known that it is to release", () => {
    const one = { ...resource("VPC", "AWS::EC2::VPC", "vpc-0123456789abcdef0"), StackId: stackId };
    expect(readStack(JSON.stringify({ StackResources: [one, one] }))!.stacks).toEqual([stackId]);
    expect(readStack(JSON.stringify({ StackResourceSummaries: [] }))).toEqual({ resources: [], stacks: [] });
  });

  it("tells equal logical ids apart by the nested stacks that they lie in", () => {
    const subnet = (id: string, ...within: string[]) => ({ logicalId: "Subnet", type: "AWS::EC2::Subnet", id, within });
    const { names } = rootsOfStack(
      kinds,
      [subnet("subnet-0123456789abcdef0", "Blue"), subnet("subnet-0123456789abcdef1", "Green", "Inner")],
      (type) => foreignKind(type, kinds),
    );
    expect([...names.values()]).toEqual(["Blue-Subnet", "Green-Inner-Subnet"]);
  });

  it.each(["{}", "[]", "no json"])("is not %s", (text) => expect(readStack(text)).toBeUndefined());
});
