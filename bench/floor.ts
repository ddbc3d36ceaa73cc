/**
 * The floor: a bare script that makes the calls of a plan with nothing to do, all of them and as much at once as they
 * allow, with the SDK's own paginators, and throws the answers away. `floor ENVIRONMENT SECTION…`: the sections that the environment's
 * file has, since a plan reads no others. Two calls that a plan makes only for what an environment writes are not among them:
 * DescribeVolumes for disks, GetParameters for images.
 */
import { AutoScalingClient, paginateDescribeAutoScalingGroups, paginateDescribePolicies } from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
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
import {
  DescribeTagsCommand,
  ElasticLoadBalancingV2Client,
  paginateDescribeListeners,
  paginateDescribeLoadBalancers,
  paginateDescribeRules,
  paginateDescribeTargetGroups,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  ListTagsForResourceCommand,
  paginateDescribeDBInstances,
  paginateDescribeDBParameterGroups,
  paginateDescribeDBSubnetGroups,
  RDSClient,
} from "@aws-sdk/client-rds";
import { paginateGetResources, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { paginateListTopics, SNSClient } from "@aws-sdk/client-sns";
import { paginateGetParametersByPath, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const [ec2, balancing, scaling, rds] = [
  new EC2Client({}),
  new ElasticLoadBalancingV2Client({}),
  new AutoScalingClient({}),
  new RDSClient({}),
];
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

const tagsOf = (arns: readonly (string | undefined)[]) =>
  arns.length === 0 ? undefined : balancing.send(new DescribeTagsCommand({ ResourceArns: arns.map((arn) => arn!) }));

async function rulesOf(listeners: readonly (string | undefined)[]): Promise<void> {
  await Promise.all([
    tagsOf(listeners),
    ...listeners.map((ListenerArn) => all(paginateDescribeRules({ client: balancing }, { ListenerArn: ListenerArn!, PageSize: 400 }))),
  ]);
}

const listenersOf = (LoadBalancerArn: string | undefined) =>
  all(paginateDescribeListeners({ client: balancing }, { LoadBalancerArn: LoadBalancerArn!, PageSize: 400 }), ({ Listeners = [] }) =>
    rulesOf(Listeners.map((one) => one.ListenerArn)),
  );

const balancers = () =>
  all(paginateDescribeLoadBalancers({ client: balancing }, { PageSize: 400 }), ({ LoadBalancers = [] }) => {
    const arns = LoadBalancers.map((one) => one.LoadBalancerArn);
    return Promise.all([tagsOf(arns), ...arns.map(listenersOf)]);
  });

const targetGroups = () =>
  all(paginateDescribeTargetGroups({ client: balancing }, { PageSize: 400 }), ({ TargetGroups = [] }) =>
    tagsOf(TargetGroups.map((one) => one.TargetGroupArn)),
  );

const scalingGroups = () =>
  all(paginateDescribeAutoScalingGroups({ client: scaling }, { Filters, MaxRecords: 100 }), ({ AutoScalingGroups = [] }) =>
    AutoScalingGroups.length === 0 ? undefined : all(paginateDescribePolicies({ client: scaling }, { MaxRecords: 100 })),
  );

const subnetGroups = () =>
  all(paginateDescribeDBSubnetGroups({ client: rds }, { MaxRecords: 100 }), ({ DBSubnetGroups = [] }) =>
    Promise.all(DBSubnetGroups.map((one) => rds.send(new ListTagsForResourceCommand({ ResourceName: one.DBSubnetGroupArn! })))),
  );

/** What lists the objects of a section, by its name in the file. */
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
  dbInstances: () => all(paginateDescribeDBInstances({ client: rds }, { MaxRecords: 100 })),
  dbSubnetGroups: subnetGroups,
  dbParameterGroups: () => all(paginateDescribeDBParameterGroups({ client: rds }, { MaxRecords: 100 })),
  alarms: () => all(paginateDescribeAlarms({ client: new CloudWatchClient({}) }, { MaxRecords: 100 })),
  topics: () => all(paginateListTopics({ client: new SNSClient({}) }, {})),
};

/** What a plan reads of every environment: whose account it is, what earlier runs wrote down, and what the index of tags knows besides. */
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
