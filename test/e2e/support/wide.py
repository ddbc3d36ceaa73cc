"""Reads the objects of wide.yaml with boto3. Every assertion is about an object of AWS, none about the product."""

import json

import boto3

ec2 = boto3.client("ec2")


def one(things, address):
    """Returns the one object that has our tags for this address."""
    found = [thing for thing in things if {"Key": "infra:resource", "Value": address} in (thing.get("Tags") or thing.get("TagSet") or [])]
    assert len(found) == 1, (address, found)
    return found[0]


def network():
    vpcs = ec2.describe_vpcs()["Vpcs"]
    main, other = one(vpcs, "vpc/main"), one(vpcs, "vpc/other")
    assert (main["CidrBlock"], other["CidrBlock"]) == ("10.10.0.0/16", "10.11.0.0/16")
    assert len(main["Ipv6CidrBlockAssociationSet"]) == 1
    subnet = one(ec2.describe_subnets()["Subnets"], "subnet/a")
    assert subnet["AvailabilityZone"] == "ap-northeast-2a"

    gateway = one(ec2.describe_egress_only_internet_gateways()["EgressOnlyInternetGateways"], "egressOnlyInternetGateway/out")
    assert gateway["Attachments"][0]["VpcId"] == main["VpcId"]

    peering = one(ec2.describe_vpc_peering_connections()["VpcPeeringConnections"], "vpcPeering/both")
    assert peering["Status"]["Code"] == "active"
    assert peering["AccepterVpcInfo"]["VpcId"] == other["VpcId"]

    lists = ec2.describe_managed_prefix_lists()["PrefixLists"]
    office = one(lists, "prefixList/office")
    entries = ec2.get_managed_prefix_list_entries(PrefixListId=office["PrefixListId"])["Entries"]
    assert [(entry["Cidr"], entry["Description"]) for entry in entries] == [("192.168.0.0/16", "Office")]
    assert office["MaxEntries"] == 5

    acl = one(ec2.describe_network_acls()["NetworkAcls"], "networkAcl/tight")
    allowed = [entry for entry in acl["Entries"] if entry["RuleNumber"] == 100]
    assert [(entry["RuleAction"], entry["Egress"], entry["PortRange"]["From"]) for entry in allowed] == [("allow", False, 443)]
    assert [association["SubnetId"] for association in acl["Associations"]] == [subnet["SubnetId"]]

    endpoint = one(ec2.describe_vpc_endpoints()["VpcEndpoints"], "vpcEndpoint/s3")
    assert (endpoint["VpcId"], endpoint["VpcEndpointType"]) == (main["VpcId"], "Gateway")

    side = one(ec2.describe_network_interfaces()["NetworkInterfaces"], "networkInterface/side")
    assert (side["SubnetId"], side["Description"]) == (subnet["SubnetId"], "Side")
    return main, subnet


def hybrid(main, subnet):
    hub = one(ec2.describe_transit_gateways()["TransitGateways"], "transitGateway/hub")
    attachment = one(ec2.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"], "transitGatewayAttachment/main")
    assert attachment["TransitGatewayId"] == hub["TransitGatewayId"]
    assert (attachment["VpcId"], attachment["SubnetIds"]) == (main["VpcId"], [subnet["SubnetId"]])

    customer = one(ec2.describe_customer_gateways()["CustomerGateways"], "customerGateway/office")
    assert (customer["IpAddress"], customer["BgpAsn"]) == ("203.0.113.12", "65000")
    vpn = one(ec2.describe_vpn_gateways()["VpnGateways"], "vpnGateway/office")
    assert [attached["VpcId"] for attached in vpn["VpcAttachments"]] == [main["VpcId"]]
    connection = one(ec2.describe_vpn_connections()["VpnConnections"], "vpnConnection/office")
    assert (connection["CustomerGatewayId"], connection["VpnGatewayId"]) == (customer["CustomerGatewayId"], vpn["VpnGatewayId"])

    log = one(ec2.describe_flow_logs()["FlowLogs"], "flowLog/main")
    assert (log["ResourceId"], log["TrafficType"]) == (main["VpcId"], "ALL")
    groups = [group["logGroupName"] for group in boto3.client("logs").describe_log_groups()["logGroups"] if group.get("retentionInDays") == 30]
    assert groups == [log["LogGroupName"]], (groups, log)


def others():
    volume = one(ec2.describe_volumes()["Volumes"], "volume/data")
    assert (volume["Size"], volume["AvailabilityZone"]) == (8, "ap-northeast-2a")

    pair = one(ec2.describe_key_pairs()["KeyPairs"], "keyPair/deploy")
    key = boto3.client("ssm").get_parameter(Name="/wide/deploy", WithDecryption=True)["Parameter"]
    assert pair["KeyName"] and key["Type"] == "SecureString"
    assert key["Value"].startswith("-----BEGIN OPENSSH PRIVATE KEY-----")

    sns = boto3.client("sns")
    topics = {arn["TopicArn"]: sns.get_topic_attributes(TopicArn=arn["TopicArn"])["Attributes"] for arn in sns.list_topics()["Topics"]}
    events = [arn for arn, has in topics.items() if has["DisplayName"] == "Events"]
    orders = [has for arn, has in topics.items() if arn.endswith(".fifo")]
    assert [(has["FifoTopic"], has["ContentBasedDeduplication"]) for has in orders] == [("true", "true")]
    told = sns.list_subscriptions_by_topic(TopicArn=events[0])["Subscriptions"]
    has = sns.get_subscription_attributes(SubscriptionArn=told[0]["SubscriptionArn"])["Attributes"]
    assert (json.loads(has["FilterPolicy"]), has["RawMessageDelivery"]) == ({"kind": ["order"]}, "true")


def databases(subnet):
    rds = boto3.client("rds")
    books = rds.describe_db_instances()["DBInstances"][0]
    assert {"Key": "infra:resource", "Value": "dbInstance/books"} in books["TagList"]
    group = books["OptionGroupMemberships"][0]["OptionGroupName"]
    options = rds.describe_option_groups(OptionGroupName=group)["OptionGroupsList"][0]
    assert (options["EngineName"], options["MajorEngineVersion"]) == ("mysql", "8.0")
    told = rds.describe_event_subscriptions()["EventSubscriptionsList"][0]
    assert (told["SourceType"], told["SourceIdsList"], told["EventCategoriesList"]) == ("db-instance", [books["DBInstanceIdentifier"]], ["failure"])

    service = one(ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"], "vpcEndpointService/shop")
    balancer = boto3.client("elbv2").describe_load_balancers()["LoadBalancers"][0]
    assert (balancer["Type"], balancer["AvailabilityZones"][0]["SubnetId"]) == ("network", subnet["SubnetId"])
    assert (service["NetworkLoadBalancerArns"], service["AcceptanceRequired"]) == ([balancer["LoadBalancerArn"]], False)


main, subnet = network()
hybrid(main, subnet)
others()
databases(subnet)
print("all done")
