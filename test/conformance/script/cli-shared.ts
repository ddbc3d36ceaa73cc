/** Scripts for the AWS CLI with things that instances and networks share: placement, capacity, endpoints, services, transit gateways. */
import { expect } from "vitest";
import { tagged, type CliScript } from "../support/aws-cli.ts";

/** The form in which the CLI takes the network interfaces of a launch. */
const card = (fields: object) => ({ DeviceIndex: 0, DeleteOnTermination: true, ...fields });

export const sharedScripts: readonly CliScript[] = [
  [
    "a subnet of IPv6 only, a machine with IPv6 alone, and one that starts with two interfaces",
    async ({ aws, refusal, until, makeNetwork }) => {
      const { vpc, subnets, group, remove } = await makeNetwork("six", "10.19");
      await aws(`ec2 associate-vpc-cidr-block --vpc-id ${vpc} --amazon-provided-ipv6-cidr-block`);
      const ranges = `ec2 describe-vpcs --vpc-ids ${vpc} --query Vpcs[0].Ipv6CidrBlockAssociationSet[0]`;
      await until(`${ranges}.Ipv6CidrBlockState.State`, "associated");
      const range = (await aws(`${ranges}.Ipv6CidrBlock`)).replace("::/56", "::/64");
      const create = `ec2 create-subnet --vpc-id ${vpc} --ipv6-native --availability-zone eu-west-1a`;
      expect(await refusal(create)).toBe("MissingParameter");
      expect(await refusal(`${create} --ipv6-cidr-block ${range} --cidr-block 10.19.9.0/24`)).toBe("InvalidParameterCombination");
      const only = await aws(`${create} --ipv6-cidr-block ${range} --query Subnet.SubnetId`);
      const read = `ec2 describe-subnets --filters Name=ipv6-native,Values=true --query Subnets[?SubnetId==\`${only}\`]|[0]`;
      await until(
        `${read}.[CidrBlock,AssignIpv6AddressOnCreation,AvailableIpAddressCount,PrivateDnsNameOptionsOnLaunch.HostnameType,Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlockState.State]`,
        [null, true, 0, "resource-name", "associated"],
      );
      expect(await refusal(`ec2 modify-subnet-attribute --subnet-id ${only} --no-assign-ipv6-address-on-creation`)).toBe(
        "InvalidParameterValue",
      );
      expect(await refusal(`ec2 modify-subnet-attribute --subnet-id ${only} --map-public-ip-on-launch`)).toBe("InvalidParameterValue");
      await aws(`ec2 modify-subnet-attribute --subnet-id ${only} --enable-dns64`);

      const image = await aws(
        "ssm get-parameter --name /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 --query Parameter.Value",
      );
      const launch = (interfaces: readonly object[], type = "t3.micro") =>
        [
          `ec2 run-instances --image-id ${image} --instance-type ${type} --query Instances[0].InstanceId`,
          { NetworkInterfaces: interfaces },
        ] as const;
      const alone = [card({ SubnetId: only, Groups: [group] })];
      expect(await refusal(...launch(alone, "t2.micro"))).toBe("InvalidParameterCombination");
      expect(await refusal(...launch([card({ SubnetId: only, PrivateIpAddress: "10.19.0.9" })]))).toBe("InvalidParameterValue");
      const six = await aws(...launch(alone));
      const second = card({ DeviceIndex: 1, SubnetId: subnets[0], Description: "side", SecondaryPrivateIpAddressCount: 1 });
      expect(await refusal(...launch([card({ SubnetId: subnets[0], AssociatePublicIpAddress: true }), second]))).toBe(
        "InvalidParameterCombination",
      );
      const two = await aws(...launch([card({ SubnetId: subnets[0], Groups: [group] }), second]));
      const machine = (id: string) => `ec2 describe-instances --instance-ids ${id} --query Reservations[0].Instances[0]`;
      await until(`${machine(six)}.[State.Name,PrivateIpAddress,NetworkInterfaces[0].Ipv6Addresses|length(@)]`, ["running", null, 1]);
      await until(
        `${machine(two)}.NetworkInterfaces|sort_by(@,&Attachment.DeviceIndex)[].[Attachment.DeviceIndex,Description,length(PrivateIpAddresses),Attachment.DeleteOnTermination]`,
        [
          [0, "", 1, true],
          [1, "side", 2, true],
        ],
      );
      await aws(`ec2 terminate-instances --instance-ids ${six} ${two}`);
      await until(`ec2 describe-network-interfaces --filters Name=vpc-id,Values=${vpc} --query NetworkInterfaces`, []);
      await aws(`ec2 delete-subnet --subnet-id ${only}`);
      await remove();
    },
  ],
  [
    "placement groups and capacity reservations",
    async ({ aws, refusal, until }) => {
      await aws(`ec2 create-placement-group --group-name apart --strategy spread ${tagged("placement-group", "apart")}`);
      await aws("ec2 create-placement-group --group-name parts --strategy partition --partition-count 3");
      expect(await refusal("ec2 create-placement-group --group-name apart --strategy cluster")).toBe("InvalidPlacementGroup.Duplicate");
      expect(
        await aws(
          "ec2 describe-placement-groups --filters Name=strategy,Values=partition,spread --query sort_by(PlacementGroups,&GroupName)[].[GroupName,Strategy,State,PartitionCount]",
        ),
      ).toEqual([
        ["apart", "spread", "available", null],
        ["parts", "partition", "available", 3],
      ]);
      const group = await aws("ec2 describe-placement-groups --group-names apart --query PlacementGroups[0].GroupId");
      await aws(`ec2 create-tags --resources ${group} --tags Key=Team,Value=blue`);
      await aws(`ec2 delete-tags --resources ${group} --tags Key=Name`);
      expect(await aws("ec2 describe-placement-groups --group-names apart --query PlacementGroups[0].Tags")).toEqual([
        { Key: "Team", Value: "blue" },
      ]);

      const reservation = await aws(
        `ec2 create-capacity-reservation --instance-type t3.micro --instance-platform Linux/UNIX --availability-zone eu-west-1a --instance-count 2 --instance-match-criteria targeted ${tagged("capacity-reservation", "kept")} --query CapacityReservation.CapacityReservationId`,
      );
      const read = `ec2 describe-capacity-reservations --capacity-reservation-ids ${reservation} --query CapacityReservations[0]`;
      await until(`${read}.[State,TotalInstanceCount,AvailableInstanceCount,InstanceMatchCriteria,EndDateType]`, [
        "active",
        2,
        2,
        "targeted",
        "unlimited",
      ]);
      await aws(`ec2 modify-capacity-reservation --capacity-reservation-id ${reservation} --instance-count 3`);
      expect(await aws(`${read}.TotalInstanceCount`)).toBe(3);
      await aws(`ec2 create-tags --resources ${reservation} --tags Key=Team,Value=blue`);
      expect(
        await aws(
          "ec2 describe-capacity-reservations --filters Name=tag:Team,Values=blue --query CapacityReservations[].CapacityReservationId",
        ),
      ).toEqual([reservation]);
      await aws(`ec2 cancel-capacity-reservation --capacity-reservation-id ${reservation}`);
      await until(`${read}.State`, "cancelled");
      expect(await refusal(`ec2 modify-capacity-reservation --capacity-reservation-id ${reservation} --instance-count 4`)).toBe(
        "InvalidCapacityReservationState",
      );
      for (const name of ["apart", "parts"]) await aws(`ec2 delete-placement-group --group-name ${name}`);
      await until("ec2 describe-placement-groups --query PlacementGroups[?State!=`deleted`]", []);
      expect(await refusal("ec2 describe-placement-groups --group-names apart")).toBe("InvalidPlacementGroup.Unknown");
    },
  ],
  [
    "ways in: an instance connect endpoint, an endpoint service of a network balancer with a consumer",
    async ({ aws, refusal, until, makeNetwork }) => {
      const { vpc, subnets, group, remove } = await makeNetwork("ways", "10.13");
      const create = `ec2 create-instance-connect-endpoint --subnet-id ${subnets[0]} --security-group-ids ${group} --no-preserve-client-ip ${tagged("instance-connect-endpoint", "way")} --query InstanceConnectEndpoint.InstanceConnectEndpointId`;
      const endpoint = await aws(create);
      expect(await refusal(create)).toBe("InstanceConnectEndpointLimitExceeded");
      const read = "ec2 describe-instance-connect-endpoints --filters Name=tag:Name,Values=way --query InstanceConnectEndpoints[]";
      await until(`${read}.[InstanceConnectEndpointId,State,SubnetId,PreserveClientIp]`, [
        [endpoint, "create-complete", subnets[0], false],
      ]);
      await aws(`ec2 modify-instance-connect-endpoint --instance-connect-endpoint-id ${endpoint} --preserve-client-ip`);
      await until(`${read}.PreserveClientIp`, [true]);
      await aws(`ec2 create-tags --resources ${endpoint} --tags Key=Team,Value=blue`);
      expect(await aws(`${read}.sort_by(Tags,&Key)[].Value`)).toEqual(["way", "blue"]);
      expect(await refusal(`ec2 delete-subnet --subnet-id ${subnets[0]}`)).toBe("DependencyViolation");

      const balancer = await aws(
        `elbv2 create-load-balancer --name ways --type network --scheme internal --subnets ${subnets.join(" ")} --query LoadBalancers[0].LoadBalancerArn`,
      );
      await aws(`elbv2 wait load-balancer-available --load-balancer-arns ${balancer}`);
      const [service, name] = await aws<[string, string]>(
        `ec2 create-vpc-endpoint-service-configuration --network-load-balancer-arns ${balancer} --no-acceptance-required ${tagged("vpc-endpoint-service", "ways")} --query ServiceConfiguration.[ServiceId,ServiceName]`,
      );
      expect(name).toBe(`com.amazonaws.vpce.eu-west-1.${service}`);
      const configuration = `ec2 describe-vpc-endpoint-service-configurations --service-ids ${service} --query ServiceConfigurations[0]`;
      await until(`${configuration}.[ServiceState,AcceptanceRequired,NetworkLoadBalancerArns]`, ["Available", false, [balancer]]);
      const permissions = `ec2 modify-vpc-endpoint-service-permissions --service-id ${service}`;
      expect(await refusal(`${permissions} --add-allowed-principals nobody`)).toBe("InvalidPrincipal");
      await aws(`${permissions} --add-allowed-principals arn:aws:iam::111122223333:root`);
      expect(
        await aws(
          `ec2 describe-vpc-endpoint-service-permissions --service-id ${service} --query AllowedPrincipals[].[Principal,PrincipalType]`,
        ),
      ).toEqual([["arn:aws:iam::111122223333:root", "Account"]]);
      await aws(`${permissions} --remove-allowed-principals arn:aws:iam::111122223333:root`);
      const consumer = await aws(
        `ec2 create-vpc-endpoint --vpc-id ${vpc} --vpc-endpoint-type Interface --no-private-dns-enabled --service-name ${name} --subnet-ids ${subnets[1]} --security-group-ids ${group} --query VpcEndpoint.VpcEndpointId`,
      );
      await until(`ec2 describe-vpc-endpoints --vpc-endpoint-ids ${consumer} --query VpcEndpoints[].State`, ["available"]);
      expect(
        await aws(
          `ec2 describe-vpc-endpoint-connections --filters Name=service-id,Values=${service} --query VpcEndpointConnections[].[VpcEndpointId,VpcEndpointState]`,
        ),
      ).toEqual([[consumer, "available"]]);
      const drop = `ec2 delete-vpc-endpoint-service-configurations --service-ids ${service} --query Unsuccessful[].Error.Code`;
      expect(await aws(drop)).toEqual(["ExistingVpcEndpointConnections"]);
      await aws(`ec2 modify-vpc-endpoint-service-configuration --service-id ${service} --acceptance-required`);
      expect(await aws(`${configuration}.AcceptanceRequired`)).toBe(true);

      await aws(`ec2 delete-vpc-endpoints --vpc-endpoint-ids ${consumer}`);
      await until(`ec2 describe-vpc-endpoints --filters Name=vpc-id,Values=${vpc} --query VpcEndpoints`, []);
      expect(await aws(drop)).toEqual([]);
      expect(await refusal(configuration)).toBe("InvalidVpcEndpointServiceId.NotFound");
      await aws(`elbv2 delete-load-balancer --load-balancer-arn ${balancer}`);
      await aws(`elbv2 wait load-balancers-deleted --load-balancer-arns ${balancer}`);
      await aws(`ec2 delete-instance-connect-endpoint --instance-connect-endpoint-id ${endpoint}`);
      await until(`ec2 describe-network-interfaces --filters Name=vpc-id,Values=${vpc} --query NetworkInterfaces`, []);
      await until(`${read}.State`, []);
      await remove();
    },
  ],
  [
    "a hub of its own tables: association, propagation, static routes moved, options changed, tags",
    async ({ aws, refusal, until, makeNetwork }) => {
      const [one, two] = [await makeNetwork("spoke-one", "10.14"), await makeNetwork("spoke-two", "10.15")];
      const gateway = await aws(
        `ec2 create-transit-gateway --options DefaultRouteTableAssociation=disable,DefaultRouteTablePropagation=disable ${tagged("transit-gateway", "own")} --query TransitGateway.TransitGatewayId`,
      );
      const read = `ec2 describe-transit-gateways --transit-gateway-ids ${gateway} --query TransitGateways[0]`;
      await until(`${read}.[State,Options.DefaultRouteTableAssociation,Options.AssociationDefaultRouteTableId]`, [
        "available",
        "disable",
        null,
      ]);
      const make = ({ vpc, subnets }: { vpc: string; subnets: readonly string[] }, name: string) =>
        aws(
          `ec2 create-transit-gateway-vpc-attachment --transit-gateway-id ${gateway} --vpc-id ${vpc} --subnet-ids ${subnets[0]} ${tagged("transit-gateway-attachment", name)} --query TransitGatewayVpcAttachment.TransitGatewayAttachmentId`,
        );
      const attachments = [await make(one, "one"), await make(two, "two")] as const;
      const states = (filter: string) =>
        `ec2 describe-transit-gateway-attachments --filters Name=transit-gateway-id,Values=${gateway} ${filter} --query TransitGatewayAttachments[].State`;
      await until(states(""), ["available", "available"]);
      const table = await aws(
        `ec2 create-transit-gateway-route-table --transit-gateway-id ${gateway} ${tagged("transit-gateway-route-table", "own")} --query TransitGatewayRouteTable.TransitGatewayRouteTableId`,
      );
      await until(
        "ec2 describe-transit-gateway-route-tables --filters Name=tag:Name,Values=own --query TransitGatewayRouteTables[].State",
        ["available"],
      );
      const of = `--transit-gateway-route-table-id ${table}`;
      const at = (i: 0 | 1) => `--transit-gateway-attachment-id ${attachments[i]}`;
      await aws(`ec2 associate-transit-gateway-route-table ${of} ${at(0)}`);
      await until(`ec2 get-transit-gateway-route-table-associations ${of} --query Associations[].[TransitGatewayAttachmentId,State]`, [
        [attachments[0], "associated"],
      ]);
      await aws(`ec2 enable-transit-gateway-route-table-propagation ${of} ${at(1)}`);
      await until(
        `ec2 get-transit-gateway-route-table-propagations ${of} --query TransitGatewayRouteTablePropagations[].[TransitGatewayAttachmentId,State]`,
        [[attachments[1], "enabled"]],
      );
      const route = `${of} --destination-cidr-block 10.20.0.0/16`;
      await aws(`ec2 create-transit-gateway-route ${route} ${at(0)}`);
      expect(await refusal(`ec2 create-transit-gateway-route ${route} ${at(1)}`)).toBe("RouteAlreadyExists");
      await aws(`ec2 replace-transit-gateway-route ${route} ${at(1)}`);
      const routes = `ec2 search-transit-gateway-routes ${of} --filters Name=type,Values=static,propagated --query sort_by(Routes,&DestinationCidrBlock)[].[DestinationCidrBlock,Type,TransitGatewayAttachments[0].TransitGatewayAttachmentId]`;
      await until(routes, [
        ["10.15.0.0/16", "propagated", attachments[1]],
        ["10.20.0.0/16", "static", attachments[1]],
      ]);
      await aws(
        `ec2 modify-transit-gateway --transit-gateway-id ${gateway} --description own --options DnsSupport=disable,VpnEcmpSupport=disable`,
      );
      await until(`${read}.[State,Description,Options.DnsSupport,Options.VpnEcmpSupport]`, ["available", "own", "disable", "disable"]);
      await aws(`ec2 modify-transit-gateway-vpc-attachment ${at(0)} --add-subnet-ids ${one.subnets[1]} --options DnsSupport=disable`);
      await until(
        `ec2 describe-transit-gateway-vpc-attachments --filters Name=tag:Name,Values=one --query TransitGatewayVpcAttachments[].[State,Options.DnsSupport,length(SubnetIds)]`,
        [["available", "disable", 2]],
      );
      await aws(`ec2 create-tags --resources ${gateway} ${attachments.join(" ")} ${table} --tags Key=Team,Value=blue`);
      const ours = [gateway, ...attachments, table].join(",");
      expect(
        await aws(`ec2 describe-tags --filters Name=key,Values=Team Name=resource-id,Values=${ours} --query sort(Tags[].ResourceType)`),
      ).toEqual(["transit-gateway", "transit-gateway-attachment", "transit-gateway-attachment", "transit-gateway-route-table"]);

      expect(await refusal(`ec2 delete-transit-gateway-route-table ${of}`)).toBe("IncorrectState");
      await aws(`ec2 delete-transit-gateway-route ${route}`);
      await aws(`ec2 disable-transit-gateway-route-table-propagation ${of} ${at(1)}`);
      await aws(`ec2 disassociate-transit-gateway-route-table ${of} ${at(0)}`);
      await until(`ec2 get-transit-gateway-route-table-associations ${of} --query Associations`, []);
      await aws(`ec2 delete-transit-gateway-route-table ${of}`);
      for (const i of [0, 1] as const) await aws(`ec2 delete-transit-gateway-vpc-attachment ${at(i)}`);
      await until(states("Name=state,Values=available,deleting"), []);
      await aws(`ec2 delete-transit-gateway --transit-gateway-id ${gateway}`);
      await until(`${read}.State`, "deleted");
      await Promise.all([one.remove(), two.remove()]);
    },
  ],
  [
    "NAT gateways: of a whole network with addresses by zone, private ones, further addresses of each",
    async ({ aws, refusal, until, makeNetwork }) => {
      const { vpc, subnets, remove } = await makeNetwork("nat", "10.18");
      const gateway = await aws("ec2 create-internet-gateway --query InternetGateway.InternetGatewayId");
      await aws(`ec2 attach-internet-gateway --internet-gateway-id ${gateway} --vpc-id ${vpc}`);
      const addresses: string[] = [];
      for (let n = 0; n < 4; n++) addresses.push(await aws("ec2 allocate-address --query AllocationId"));
      const [first, second, third, fourth] = addresses;
      const make = (rest: string, input?: object) => aws(`ec2 create-nat-gateway ${rest} --query NatGateway.NatGatewayId`, input);
      const read = (id: string) => `ec2 describe-nat-gateways --nat-gateway-ids ${id} --query NatGateways[0]`;
      const regional = await make(tagged("natgateway", "regional"), {
        AvailabilityMode: "regional",
        VpcId: vpc,
        AvailabilityZoneAddresses: [{ AvailabilityZone: "eu-west-1a", AllocationIds: [first] }],
      });
      await until(
        `${read(regional)}.[State,AvailabilityMode,AutoProvisionZones,SubnetId,NatGatewayAddresses[].[AvailabilityZone,AllocationId,Status]]`,
        ["available", "regional", "disabled", null, [["eu-west-1a", first, "succeeded"]]],
      );
      const table = await aws(`${read(regional)}.RouteTableId`);
      expect(
        await aws(`ec2 describe-route-tables --route-table-ids ${table} --query RouteTables[0].Routes[].[DestinationCidrBlock,GatewayId]`),
      ).toEqual([
        ["10.18.0.0/16", "local"],
        ["0.0.0.0/0", gateway],
      ]);
      expect(await refusal(`ec2 create-nat-gateway --availability-mode regional --vpc-id ${vpc} --subnet-id ${subnets[0]}`)).toBe(
        "InvalidParameterCombination",
      );
      await aws(`ec2 associate-nat-gateway-address --nat-gateway-id ${regional} --allocation-ids ${second} --availability-zone eu-west-1b`);
      const zones = `sort_by(NatGatewayAddresses,&AvailabilityZone)[].[AvailabilityZone,AllocationId,Status]`;
      await until(`${read(regional)}.${zones}`, [
        ["eu-west-1a", first, "succeeded"],
        ["eu-west-1b", second, "succeeded"],
      ]);
      const association = await aws(`${read(regional)}.NatGatewayAddresses[?AllocationId=='${first}']|[0].AssociationId`);
      await aws(`ec2 disassociate-nat-gateway-address --nat-gateway-id ${regional} --association-ids ${association}`);
      await until(`${read(regional)}.${zones}`, [["eu-west-1b", second, "succeeded"]]);

      const zonal = await make(`--subnet-id ${subnets[0]} --allocation-id ${third} --secondary-allocation-ids ${fourth}`);
      await until(`${read(zonal)}.[State,length(NatGatewayAddresses),NatGatewayAddresses[?IsPrimary].AllocationId]`, [
        "available",
        2,
        [third],
      ]);
      expect(await refusal(`ec2 associate-nat-gateway-address --nat-gateway-id ${zonal} --allocation-ids ${second}`)).toBe(
        "Resource.AlreadyAssociated",
      );
      const hidden = await make(`--subnet-id ${subnets[1]} --connectivity-type private --secondary-private-ip-address-count 1`);
      const ips = `${read(hidden)}.[State,length(NatGatewayAddresses),NatGatewayAddresses[].Status|[0]]`;
      await until(ips, ["available", 2, "succeeded"]);
      await aws(`ec2 assign-private-nat-gateway-address --nat-gateway-id ${hidden} --private-ip-addresses 10.18.1.77`);
      await until(ips, ["available", 3, "succeeded"]);
      await until(`${read(hidden)}.NatGatewayAddresses[?PrivateIp=='10.18.1.77'].[IsPrimary,Status]`, [[false, "succeeded"]]);
      await aws(
        `ec2 unassign-private-nat-gateway-address --nat-gateway-id ${hidden} --private-ip-addresses 10.18.1.77 --max-drain-duration-seconds 60`,
      );
      await until(ips, ["available", 2, "succeeded"]);

      for (const id of [regional, zonal, hidden]) await aws(`ec2 delete-nat-gateway --nat-gateway-id ${id}`);
      for (const id of [regional, zonal, hidden]) await until(`${read(id)}.State`, "deleted");
      expect(await refusal(`ec2 describe-route-tables --route-table-ids ${table}`)).toBe("InvalidRouteTableID.NotFound");
      for (const id of addresses) await until(`ec2 describe-addresses --allocation-ids ${id} --query Addresses[].AssociationId`, []);
      for (const id of addresses) await aws(`ec2 release-address --allocation-id ${id}`);
      await aws(`ec2 detach-internet-gateway --internet-gateway-id ${gateway} --vpc-id ${vpc}`);
      await aws(`ec2 delete-internet-gateway --internet-gateway-id ${gateway}`);
      await remove();
    },
  ],
  [
    "topics: order, logging, signatures; subscriptions with filters and dead letters",
    async ({ aws, refusal }) => {
      const role = await aws("iam create-role --role-name feedback --query Role.Arn", {
        AssumeRolePolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { Service: "sns.amazonaws.com" }, Action: "sts:AssumeRole" }],
        }),
      });
      const fifo = { FifoTopic: "true", ContentBasedDeduplication: "true" };
      expect(await refusal("sns create-topic", { Name: "orders", Attributes: fifo })).toBe("InvalidParameter");
      const ordered = await aws("sns create-topic --query TopicArn", { Name: "orders.fifo", Attributes: fifo });
      const topic = await aws("sns create-topic --name told --query TopicArn");
      const set = (name: string, value: string) =>
        `sns set-topic-attributes --topic-arn ${topic} --attribute-name ${name} --attribute-value ${value}`;
      for (const [name, value] of [
        ["DisplayName", "told"],
        ["SQSSuccessFeedbackRoleArn", role],
        ["SQSSuccessFeedbackSampleRate", "10"],
        ["SQSFailureFeedbackRoleArn", role],
        ["SignatureVersion", "2"],
        ["TracingConfig", "Active"],
      ] as const)
        await aws(set(name, value));
      expect(await refusal(set("FifoThroughputScope", "Topic"))).toBe("InvalidParameter");
      expect(await refusal(set("Nothing", "1"))).toBe("InvalidParameter");
      expect(
        await aws(
          `sns get-topic-attributes --topic-arn ${topic} --query Attributes.[DisplayName,SQSSuccessFeedbackSampleRate,SignatureVersion,TracingConfig]`,
        ),
      ).toEqual(["told", "10", "2", "Active"]);
      expect(await aws(`sns get-topic-attributes --topic-arn ${ordered} --query Attributes.[FifoTopic,ContentBasedDeduplication]`)).toEqual(
        ["true", "true"],
      );
      const queue = "arn:aws:sqs:eu-west-1:123456789012:jobs";
      const subscription = await aws("sns subscribe --return-subscription-arn --query SubscriptionArn", {
        TopicArn: topic,
        Protocol: "sqs",
        Endpoint: queue,
        Attributes: { FilterPolicy: '{"kind":["a"]}', RawMessageDelivery: "true" },
      });
      expect(
        await refusal("sns subscribe", { TopicArn: ordered, Protocol: "email", Endpoint: "a@example.com" }),
        "people are told by no ordered topic",
      ).toBe("InvalidParameter");
      const change = (AttributeName: string, AttributeValue: string) =>
        aws("sns set-subscription-attributes", { SubscriptionArn: subscription, AttributeName, AttributeValue });
      await change("FilterPolicyScope", "MessageBody");
      await change("FilterPolicy", '{"detail":{"kind":["b"]}}');
      await change("RedrivePolicy", JSON.stringify({ deadLetterTargetArn: `${queue}-dead` }));
      expect(
        await aws(
          `sns get-subscription-attributes --subscription-arn ${subscription} --query Attributes.[FilterPolicyScope,FilterPolicy,RawMessageDelivery,RedrivePolicy]`,
        ),
      ).toEqual(["MessageBody", '{"detail":{"kind":["b"]}}', "true", JSON.stringify({ deadLetterTargetArn: `${queue}-dead` })]);
      await change("RedrivePolicy", "");
      expect(await aws(`sns get-subscription-attributes --subscription-arn ${subscription} --query Attributes.RedrivePolicy`)).toBeNull();
      await aws(`sns unsubscribe --subscription-arn ${subscription}`);
      expect(await refusal(`sns get-subscription-attributes --subscription-arn ${subscription}`)).toBe("NotFound");
      for (const arn of [topic, ordered]) await aws(`sns delete-topic --topic-arn ${arn}`);
      await aws("iam delete-role --role-name feedback");
    },
  ],
];
