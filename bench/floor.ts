/** The floor: a bare script that makes the reads of a plan with the SDK and throws the answers away. */
import {
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";

const ec2 = new EC2Client({});
const Filters = [{ Name: "tag:infra:environment", Values: [process.argv[2]!] }];

async function all(command: new (input: object) => never, input: object): Promise<{ readonly [list: string]: unknown }[]> {
  const pages: { readonly [list: string]: unknown }[] = [];
  let NextToken: string | undefined;
  do {
    const page = (await ec2.send(new command({ ...input, ...(NextToken ? { NextToken } : {}) }))) as { NextToken?: string };
    pages.push(page as { [list: string]: unknown });
    NextToken = page.NextToken;
  } while (NextToken);
  return pages;
}

const lists = [DescribeSubnetsCommand, DescribeInternetGatewaysCommand, DescribeInstancesCommand] as unknown as (new (
  input: object,
) => never)[];
const vpcs = all(DescribeVpcsCommand as never, { Filters, MaxResults: 1000 }).then((pages) =>
  Promise.all(
    pages
      .flatMap(({ Vpcs }) => Vpcs as { VpcId: string }[])
      .flatMap(({ VpcId }) =>
        (["enableDnsSupport", "enableDnsHostnames"] as const).map((Attribute) =>
          ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute })),
        ),
      ),
  ),
);
const groups = all(DescribeSecurityGroupsCommand as never, { Filters, MaxResults: 1000 }).then(async (pages) => {
  const ids = pages.flatMap(({ SecurityGroups }) => SecurityGroups as { GroupId: string }[]).map(({ GroupId }) => GroupId);
  for (let from = 0; from < ids.length; from += 200)
    await all(DescribeSecurityGroupRulesCommand as never, {
      Filters: [{ Name: "group-id", Values: ids.slice(from, from + 200) }],
      MaxResults: 1000,
    });
});
await Promise.all([
  vpcs,
  groups,
  all(DescribeRouteTablesCommand as never, { Filters, MaxResults: 100 }),
  ...lists.map((list) => all(list, { Filters, MaxResults: 1000 })),
]);
