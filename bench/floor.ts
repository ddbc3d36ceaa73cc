/**
 * The floor: a bare script that makes the calls of a plan with nothing to do, all of them and as much at once as they
 * allow, with the SDK's own paginators, and throws the answers away. `floor ENVIRONMENT`. Two calls that a plan makes only for what
 * an environment writes are not among them: DescribeVolumes for disks, GetParameters for images.
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
import { paginateListTopics, SNSClient } from "@aws-sdk/client-sns";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const [ec2, balancing, scaling, rds] = [
  new EC2Client({}),
  new ElasticLoadBalancingV2Client({}),
  new AutoScalingClient({}),
  new RDSClient({}),
];
const Filters = [{ Name: "tag:infra:environment", Values: [process.argv[2]!] }];
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

const databases = () => all(paginateDescribeDBInstances({ client: rds }, { MaxRecords: 100 }));

await Promise.all([
  new STSClient({}).send(new GetCallerIdentityCommand({})),
  all(paginateDescribeVpcs({ client: ec2 }, tagged), vpcFlags),
  all(paginateDescribeSecurityGroups({ client: ec2 }, tagged)),
  all(paginateDescribeRouteTables({ client: ec2 }, { Filters, MaxResults: 100 })),
  all(paginateDescribeSubnets({ client: ec2 }, tagged)),
  all(paginateDescribeInternetGateways({ client: ec2 }, tagged)),
  all(paginateDescribeInstances({ client: ec2 }, tagged)),
  all(paginateDescribeNatGateways({ client: ec2 }, { Filter: Filters, MaxResults: 1000 })),
  templatesAndVersions(),
  ec2.send(new DescribeAddressesCommand({ Filters })),
  ec2.send(new DescribeKeyPairsCommand({ Filters })),
  balancers(),
  all(paginateDescribeTargetGroups({ client: balancing }, { PageSize: 400 }), ({ TargetGroups = [] }) =>
    tagsOf(TargetGroups.map((one) => one.TargetGroupArn)),
  ),
  all(paginateDescribeAutoScalingGroups({ client: scaling }, { Filters, MaxRecords: 100 }), ({ AutoScalingGroups = [] }) =>
    AutoScalingGroups.length === 0 ? undefined : all(paginateDescribePolicies({ client: scaling }, { MaxRecords: 100 })),
  ),
  databases(),
  all(paginateDescribeDBSubnetGroups({ client: rds }, { MaxRecords: 100 }), ({ DBSubnetGroups = [] }) =>
    Promise.all(DBSubnetGroups.map((one) => rds.send(new ListTagsForResourceCommand({ ResourceName: one.DBSubnetGroupArn! })))),
  ),
  all(paginateDescribeDBParameterGroups({ client: rds }, { MaxRecords: 100 })),
  all(paginateDescribeAlarms({ client: new CloudWatchClient({}) }, { MaxRecords: 100 })),
  all(paginateListTopics({ client: new SNSClient({}) }, {})),
]);
