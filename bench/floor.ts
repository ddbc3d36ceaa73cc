/**
 * The floor: a bare script that makes all calls of a plan with nothing to do, as many at once as the calls allow, with the SDK's own
 * paginators, and throws the answers away. `floor ENVIRONMENT SECTION…` takes the sections of the environment's file, because a plan reads
 * no other sections and loads no other clients. Two calls are left out, because a plan makes them only for certain fields: DescribeVolumes
 * for volumes, GetParameters for images.
 */
import {
  DescribeAddressesCommand,
  DescribeKeyPairsCommand,
  DescribeVpcAttributeCommand,
  EC2Client,
  paginateDescribeInstances,
  paginateDescribeInternetGateways,
  paginateDescribeLaunchTemplates,
  paginateDescribeLaunchTemplateVersions,
  paginateDescribeNatGateways,
  paginateDescribeRouteTables,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  paginateDescribeVpcs,
} from "@aws-sdk/client-ec2";
import { paginateGetResources, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { paginateGetParametersByPath, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const ec2 = new EC2Client({});
const [environment, ...sections] = process.argv.slice(2) as [string, ...string[]];
const Filters = [{ Name: "tag:infra:environment", Values: [environment] }];
const tagged = { Filters, MaxResults: 1000 };

async function all<Page>(pages: AsyncIterable<Page>, visit: (page: Page) => unknown = () => undefined): Promise<void> {
  for await (const page of pages) await visit(page);
}

const vpcFlags = ({ Vpcs = [] }: { Vpcs?: { VpcId?: string }[] }) =>
  Promise.all(
    Vpcs.flatMap(({ VpcId }) =>
      (["enableDnsSupport", "enableDnsHostnames"] as const).map((Attribute) =>
        ec2.send(new DescribeVpcAttributeCommand({ VpcId: VpcId!, Attribute })),
      ),
    ),
  );

async function templatesAndVersions(): Promise<void> {
  const found: Promise<void>[] = [];
  await all(paginateDescribeLaunchTemplates({ client: ec2 }, { Filters, MaxResults: 200 }), ({ LaunchTemplates = [] }) =>
    found.push(
      ...LaunchTemplates.map(({ LaunchTemplateId }) =>
        all(paginateDescribeLaunchTemplateVersions({ client: ec2 }, { LaunchTemplateId: LaunchTemplateId!, MaxResults: 200 })),
      ),
    ),
  );
  await Promise.all(found);
}

async function balancing() {
  const sdk = await import("@aws-sdk/client-elastic-load-balancing-v2");
  const client = new sdk.ElasticLoadBalancingV2Client({});
  const tagsOf = (arns: readonly (string | undefined)[]) =>
    arns.length === 0 ? undefined : client.send(new sdk.DescribeTagsCommand({ ResourceArns: arns.map((arn) => arn!) }));
  const rulesOf = (listeners: readonly (string | undefined)[]) =>
    Promise.all([
      tagsOf(listeners),
      ...listeners.map((ListenerArn) => all(sdk.paginateDescribeRules({ client }, { ListenerArn: ListenerArn!, PageSize: 400 }))),
    ]);
  const listenersOf = (LoadBalancerArn: string | undefined) =>
    all(sdk.paginateDescribeListeners({ client }, { LoadBalancerArn: LoadBalancerArn!, PageSize: 400 }), ({ Listeners = [] }) =>
      rulesOf(Listeners.map((one) => one.ListenerArn)),
    );
  return { ...sdk, client, tagsOf, listenersOf };
}

async function balancers(): Promise<void> {
  const { client, tagsOf, listenersOf, paginateDescribeLoadBalancers } = await balancing();
  await all(paginateDescribeLoadBalancers({ client }, { PageSize: 400 }), ({ LoadBalancers = [] }) => {
    const arns = LoadBalancers.map((one) => one.LoadBalancerArn);
    return Promise.all([tagsOf(arns), ...arns.map(listenersOf)]);
  });
}

async function targetGroups(): Promise<void> {
  const { client, tagsOf, paginateDescribeTargetGroups } = await balancing();
  await all(paginateDescribeTargetGroups({ client }, { PageSize: 400 }), ({ TargetGroups = [] }) =>
    tagsOf(TargetGroups.map((one) => one.TargetGroupArn)),
  );
}

async function scalingGroups(): Promise<void> {
  const { AutoScalingClient, paginateDescribeAutoScalingGroups, paginateDescribePolicies } = await import("@aws-sdk/client-auto-scaling");
  const client = new AutoScalingClient({});
  await all(paginateDescribeAutoScalingGroups({ client }, { Filters, MaxRecords: 100 }), ({ AutoScalingGroups = [] }) =>
    AutoScalingGroups.length === 0 ? undefined : all(paginateDescribePolicies({ client }, { MaxRecords: 100 })),
  );
}

async function databases(): Promise<void> {
  const { paginateDescribeDBInstances, RDSClient } = await import("@aws-sdk/client-rds");
  await all(paginateDescribeDBInstances({ client: new RDSClient({}) }, { MaxRecords: 100 }));
}

async function subnetGroups(): Promise<void> {
  const { ListTagsForResourceCommand, paginateDescribeDBSubnetGroups, RDSClient } = await import("@aws-sdk/client-rds");
  const client = new RDSClient({});
  await all(paginateDescribeDBSubnetGroups({ client }, { MaxRecords: 100 }), ({ DBSubnetGroups = [] }) =>
    Promise.all(DBSubnetGroups.map((one) => client.send(new ListTagsForResourceCommand({ ResourceName: one.DBSubnetGroupArn! })))),
  );
}

async function parameterGroups(): Promise<void> {
  const { paginateDescribeDBParameterGroups, RDSClient } = await import("@aws-sdk/client-rds");
  await all(paginateDescribeDBParameterGroups({ client: new RDSClient({}) }, { MaxRecords: 100 }));
}

async function alarms(): Promise<void> {
  const { CloudWatchClient, paginateDescribeAlarms } = await import("@aws-sdk/client-cloudwatch");
  await all(paginateDescribeAlarms({ client: new CloudWatchClient({}) }, { MaxRecords: 100 }));
}

async function topics(): Promise<void> {
  const { paginateListTopics, SNSClient } = await import("@aws-sdk/client-sns");
  await all(paginateListTopics({ client: new SNSClient({}) }, {}));
}

/** The calls that list the objects of a section, by the section's name in the file. */
const listings: Readonly<Record<string, () => Promise<unknown>>> = {
  vpcs: () => all(paginateDescribeVpcs({ client: ec2 }, tagged), vpcFlags),
  securityGroups: () => all(paginateDescribeSecurityGroups({ client: ec2 }, tagged)),
  routeTables: () => all(paginateDescribeRouteTables({ client: ec2 }, { Filters, MaxResults: 100 })),
  subnets: () => all(paginateDescribeSubnets({ client: ec2 }, tagged)),
  internetGateways: () => all(paginateDescribeInternetGateways({ client: ec2 }, tagged)),
  instances: () => all(paginateDescribeInstances({ client: ec2 }, tagged)),
  natGateways: () => all(paginateDescribeNatGateways({ client: ec2 }, { Filter: Filters, MaxResults: 1000 })),
  launchTemplates: templatesAndVersions,
  elasticIps: () => ec2.send(new DescribeAddressesCommand({ Filters })),
  keyPairs: () => ec2.send(new DescribeKeyPairsCommand({ Filters })),
  loadBalancers: balancers,
  targetGroups,
  autoScalingGroups: scalingGroups,
  dbInstances: databases,
  dbSubnetGroups: subnetGroups,
  dbParameterGroups: parameterGroups,
  alarms,
  topics,
};

/** The reads that a plan makes for every environment: the caller's account, the parameters of earlier runs, and the tag index. */
const always = [
  () => new STSClient({}).send(new GetCallerIdentityCommand({})),
  () =>
    all(
      paginateGetParametersByPath(
        { client: new SSMClient({}) },
        { Path: `/plumbline/bench/${environment}`, Recursive: true, MaxResults: 10 },
      ),
    ),
  () =>
    all(
      paginateGetResources(
        { client: new ResourceGroupsTaggingAPIClient({}) },
        { TagFilters: [{ Key: "infra:environment", Values: [environment] }], ResourceTypeFilters: ["sqs:queue"] },
      ),
    ),
];

await Promise.all([...always, ...sections.map(listingOf)].map((read) => read()));

function listingOf(section: string): () => Promise<unknown> {
  const listing = listings[section];
  if (!listing) throw new Error(`the floor does not know what reads ${section}`);
  return listing;
}
