"""boto3 against an endpoint: waiters, paginators, the resource API, typed exceptions. Every assertion is about AWS."""

import base64
import json
import time

import boto3
from botocore.exceptions import ClientError

KEY = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKPQdZBUJRgGgsTZ2xyuG6TEKhUnz0TQyGLNoHiVxkvS conformance"
QUICK = {"Delay": 1, "MaxAttempts": 60}

ec2 = boto3.resource("ec2")
client = ec2.meta.client


def main():
    network = Network()
    hub(network)
    machines(network)
    balancing(network)
    database(network)
    pages(network)
    parameters()
    types()
    network.remove()
    print("all done")


def refused(code, call, **arguments):
    """The call must fail with this code."""
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return
    raise AssertionError(f"{call} was not refused with {code}")


class Network:
    """Makes a VPC with the resource API, with two subnets, an internet gateway, a route table and a security group."""

    def __init__(self):
        self.vpc = ec2.create_vpc(
            CidrBlock="10.9.0.0/16",
            TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "boto"}]}],
        )
        self.vpc.wait_until_available()
        self.vpc.modify_attribute(EnableDnsHostnames={"Value": True})
        assert self.vpc.describe_attribute(Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"]
        self.subnets = [
            self.vpc.create_subnet(CidrBlock=f"10.9.{i}.0/24", AvailabilityZone=f"eu-west-1{zone}")
            for i, zone in enumerate("ab")
        ]
        client.get_waiter("subnet_available").wait(SubnetIds=[subnet.id for subnet in self.subnets])
        self.gateway = ec2.create_internet_gateway()
        self.gateway.attach_to_vpc(VpcId=self.vpc.id)
        self.table = self.vpc.create_route_table()
        self.route = self.table.create_route(DestinationCidrBlock="0.0.0.0/0", GatewayId=self.gateway.id)
        self.association = self.table.associate_with_subnet(SubnetId=self.subnets[0].id)
        self.group = self.vpc.create_security_group(GroupName="boto", Description="boto")
        self.group.authorize_ingress(IpProtocol="tcp", FromPort=80, ToPort=80, CidrIp="0.0.0.0/0")
        self.group.reload()
        assert [rule["ToPort"] for rule in self.group.ip_permissions] == [80]
        assert {route.destination_cidr_block for route in self.table.routes} == {"10.9.0.0/16", "0.0.0.0/0"}
        assert [tag for tag in self.vpc.tags if tag["Key"] == "Name"] == [{"Key": "Name", "Value": "boto"}]
        assert len(list(self.vpc.subnets.all())) == 2

    def remove(self):
        refused("DependencyViolation", self.vpc.delete)
        self.association.delete()
        self.route.delete()
        self.table.delete()
        self.vpc.detach_internet_gateway(InternetGatewayId=self.gateway.id)
        self.gateway.delete()
        self.group.delete()
        for subnet in self.subnets:
            subnet.delete()
        self.vpc.delete()
        refused("InvalidVpcID.NotFound", self.vpc.reload)


def hub(network):
    """Makes a transit gateway with the network attached, and checks which of its route tables the attachment uses."""
    gateway = client.create_transit_gateway(Description="boto")["TransitGateway"]["TransitGatewayId"]
    wait_for("available", "describe_transit_gateways", "TransitGateways", TransitGatewayIds=[gateway])
    attachment = client.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway, VpcId=network.vpc.id, SubnetIds=[network.subnets[0].id]
    )["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    attached = {"TransitGatewayAttachmentIds": [attachment]}
    route = {"DestinationCidrBlock": "10.200.0.0/16", "TransitGatewayId": gateway}
    refused("InvalidTransitGatewayID.NotFound", network.table.create_route, **route)
    wait_for("available", "describe_transit_gateway_vpc_attachments", "TransitGatewayVpcAttachments", **attached)
    leaving = network.table.create_route(**route)
    [made] = client.get_paginator("describe_transit_gateway_route_tables").paginate().build_full_result()["TransitGatewayRouteTables"]
    assert made["DefaultAssociationRouteTable"] and made["DefaultPropagationRouteTable"], made
    table = {"TransitGatewayRouteTableId": made["TransitGatewayRouteTableId"]}
    pair = {**table, "TransitGatewayAttachmentId": attachment}
    wait_for("associated", "get_transit_gateway_route_table_associations", "Associations", **table)
    refused("Resource.AlreadyAssociated", client.associate_transit_gateway_route_table, **pair)
    refused("TransitGatewayRouteTablePropagation.Duplicate", client.enable_transit_gateway_route_table_propagation, **pair)
    found = client.search_transit_gateway_routes(**table, Filters=[{"Name": "type", "Values": ["propagated"]}])["Routes"]
    assert [one["DestinationCidrBlock"] for one in found] == ["10.9.0.0/16"], found
    client.create_transit_gateway_route(**pair, DestinationCidrBlock="10.201.0.0/16")
    refused("RouteAlreadyExists", client.create_transit_gateway_route, **pair, DestinationCidrBlock="10.201.0.0/16")
    client.delete_transit_gateway_route(**table, DestinationCidrBlock="10.201.0.0/16")
    refused("InvalidRoute.NotFound", client.delete_transit_gateway_route, **table, DestinationCidrBlock="10.201.0.0/16")
    leaving.delete()
    client.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    wait_for("deleted", "describe_transit_gateway_vpc_attachments", "TransitGatewayVpcAttachments", **attached)
    client.delete_transit_gateway(TransitGatewayId=gateway)


def wait_for(state, operation, member, **arguments):
    """Waits until the one object is in this state: boto3 has no waiter for it."""
    for _ in range(QUICK["MaxAttempts"]):
        [one] = getattr(client, operation)(**arguments)[member]
        if one["State"] == state:
            return
        time.sleep(1)
    raise AssertionError(f"{one} is not {state}")


def machines(network):
    pair = ec2.import_key_pair(KeyName="boto", PublicKeyMaterial=KEY)
    image = newest_image()
    (instance,) = network.subnets[0].create_instances(
        ImageId=image.id, InstanceType="t3.micro", KeyName=pair.name, SecurityGroupIds=[network.group.id],
        MinCount=1, MaxCount=1, UserData="#!/bin/sh\n",
    )
    client.get_waiter("instance_running").wait(InstanceIds=[instance.id], WaiterConfig=QUICK)
    client.get_waiter("instance_status_ok").wait(InstanceIds=[instance.id], WaiterConfig=QUICK)
    instance.reload()
    assert instance.state["Name"] == "running" and instance.key_name == "boto"
    assert base64.b64decode(instance.describe_attribute(Attribute="userData")["UserData"]["Value"]) == b"#!/bin/sh\n"
    address = ec2.VpcAddress(client.allocate_address(Domain="vpc")["AllocationId"])
    address.associate(InstanceId=instance.id)
    address.reload()
    assert address.instance_id == instance.id
    volume = ec2.create_volume(AvailabilityZone="eu-west-1a", Size=1, VolumeType="gp3")
    client.get_waiter("volume_available").wait(VolumeIds=[volume.id], WaiterConfig=QUICK)
    volume.attach_to_instance(InstanceId=instance.id, Device="/dev/sdf")
    client.get_waiter("volume_in_use").wait(VolumeIds=[volume.id], WaiterConfig=QUICK)
    refused("DependencyViolation", network.subnets[0].delete)
    instance.terminate()
    client.get_waiter("instance_terminated").wait(InstanceIds=[instance.id], WaiterConfig=QUICK)
    client.get_waiter("volume_available").wait(VolumeIds=[volume.id], WaiterConfig=QUICK)
    volume.delete()
    client.get_waiter("volume_deleted").wait(VolumeIds=[volume.id], WaiterConfig=QUICK)
    address.release()
    pair.delete()


def newest_image():
    filters = [{"Name": "name", "Values": ["al2023-ami-2023.*-x86_64"]}]
    return max(ec2.images.filter(Owners=["amazon"], Filters=filters), key=lambda image: image.creation_date)


def balancing(network):
    elb = boto3.client("elbv2")
    subnets = [subnet.id for subnet in network.subnets]
    balancer = elb.create_load_balancer(Name="boto", Subnets=subnets, SecurityGroups=[network.group.id])["LoadBalancers"][0]
    arn = balancer["LoadBalancerArn"]
    assert balancer["State"]["Code"] == "provisioning"
    elb.get_waiter("load_balancer_available").wait(LoadBalancerArns=[arn], WaiterConfig=QUICK)
    target = elb.create_target_group(Name="boto", Protocol="HTTP", Port=80, VpcId=network.vpc.id)["TargetGroups"][0]
    forward = [{"Type": "forward", "TargetGroupArn": target["TargetGroupArn"]}]
    redirect = [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}]
    elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=forward)
    try:
        elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=redirect)
        raise AssertionError("two different listeners on one port")
    except elb.exceptions.DuplicateListenerException:
        pass
    elb.delete_load_balancer(LoadBalancerArn=arn)
    elb.get_waiter("load_balancers_deleted").wait(LoadBalancerArns=[arn], WaiterConfig=QUICK)
    elb.delete_target_group(TargetGroupArn=target["TargetGroupArn"])
    wait_for_interfaces(network)


def database(network):
    rds = boto3.client("rds")
    rds.create_db_subnet_group(
        DBSubnetGroupName="boto", DBSubnetGroupDescription="boto", SubnetIds=[subnet.id for subnet in network.subnets]
    )
    rds.create_db_instance(
        DBInstanceIdentifier="boto", Engine="postgres", DBInstanceClass="db.t3.micro", AllocatedStorage=20,
        MasterUsername="boto", MasterUserPassword="not-a-real-one", DBSubnetGroupName="boto",
        VpcSecurityGroupIds=[network.group.id],
    )
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="boto", WaiterConfig=QUICK)
    instance = rds.describe_db_instances(DBInstanceIdentifier="boto")["DBInstances"][0]
    assert instance["Endpoint"]["Port"] == 5432
    refused("InvalidDBSubnetGroupStateFault", rds.delete_db_subnet_group, DBSubnetGroupName="boto")
    rds.delete_db_instance(DBInstanceIdentifier="boto", SkipFinalSnapshot=True)
    rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="boto", WaiterConfig=QUICK)
    rds.delete_db_subnet_group(DBSubnetGroupName="boto")
    wait_for_interfaces(network)


def wait_for_interfaces(network):
    """Waits until the network interfaces of load balancers and databases are gone: they outlive these."""
    mine = [{"Name": "vpc-id", "Values": [network.vpc.id]}]
    for _ in range(60):
        if not list(ec2.network_interfaces.filter(Filters=mine)):
            return
        time.sleep(1)
    raise AssertionError("the interfaces stay")


def pages(network):
    names = {f"page-{n:02}" for n in range(12)}
    for name in names:
        network.vpc.create_security_group(GroupName=name, Description="one of many")
    mine = [{"Name": "description", "Values": ["one of*"]}]
    paged = list(client.get_paginator("describe_security_groups").paginate(Filters=mine, PaginationConfig={"PageSize": 5}))
    assert [len(page["SecurityGroups"]) for page in paged] == [5, 5, 2]
    assert {group["GroupName"] for page in paged for group in page["SecurityGroups"]} == names
    for group in ec2.security_groups.filter(Filters=mine):
        group.delete()


def parameters():
    ssm = boto3.client("ssm")
    for n in range(12):
        ssm.put_parameter(Name=f"/boto/{n}", Value="x", Type="String")
    found = list(ssm.get_paginator("get_parameters_by_path").paginate(Path="/boto"))
    assert sum(len(page["Parameters"]) for page in found) == 12 and len(found) == 2
    ssm.delete_parameters(Names=[f"/boto/{n}" for n in range(10)])
    assert ssm.get_parameters_by_path(Path="/boto")["Parameters"][0]["Name"] in {"/boto/10", "/boto/11"}


def types():
    """Cloud Control with its waiter and its paginators, and the tagging API for its objects."""
    control = boto3.client("cloudcontrol")
    tagging = boto3.client("resourcegroupstaggingapi")
    queue = {"TypeName": "AWS::SQS::Queue"}
    desired = json.dumps({"QueueName": "boto", "VisibilityTimeout": 60, "Tags": [{"Key": "made-by", "Value": "boto"}]})

    def done(event):
        control.get_waiter("resource_request_success").wait(RequestToken=event["RequestToken"], WaiterConfig=QUICK)
        told = control.get_resource_request_status(RequestToken=event["RequestToken"])["ProgressEvent"]
        assert told["OperationStatus"] == "SUCCESS", told
        return told["Identifier"]

    def read(identifier):
        return json.loads(control.get_resource(**queue, Identifier=identifier)["ResourceDescription"]["Properties"])

    begun = control.create_resource(**queue, DesiredState=desired, ClientToken="boto")["ProgressEvent"]
    again = control.create_resource(**queue, DesiredState=desired, ClientToken="boto")["ProgressEvent"]
    assert again["RequestToken"] == begun["RequestToken"], again
    other = json.dumps({"QueueName": "other"})
    refused("ClientTokenConflictException", control.create_resource, **queue, DesiredState=other, ClientToken="boto")
    url = done(begun)
    found = read(url)
    assert found["VisibilityTimeout"] == 60 and found["Arn"].endswith(":boto"), found
    listed = control.get_paginator("list_resources").paginate(**queue).build_full_result()["ResourceDescriptions"]
    assert url in [one["Identifier"] for one in listed], listed
    requests = control.get_paginator("list_resource_requests").paginate(
        ResourceRequestStatusFilter={"Operations": ["CREATE"], "OperationStatuses": ["SUCCESS"]}
    )
    summaries = requests.build_full_result()["ResourceRequestStatusSummaries"]
    assert [one["Identifier"] for one in summaries if one["TypeName"] == "AWS::SQS::Queue"] == [url], summaries

    # The tagging API reads and writes the tags of the same object.
    def tagged(key, value):
        pages = tagging.get_paginator("get_resources").paginate(
            TagFilters=[{"Key": key, "Values": [value]}], ResourceTypeFilters=["sqs"]
        )
        return [one["ResourceARN"] for one in pages.build_full_result()["ResourceTagMappingList"]]

    assert tagged("made-by", "boto") == [found["Arn"]]
    assert tagged("made-by", "others") == []
    assert not tagging.tag_resources(ResourceARNList=[found["Arn"]], Tags={"team": "web"})["FailedResourcesMap"]
    assert {"Key": "team", "Value": "web"} in read(url)["Tags"]
    assert not tagging.untag_resources(ResourceARNList=[found["Arn"]], TagKeys=["made-by"])["FailedResourcesMap"]
    assert read(url)["Tags"] == [{"Key": "team", "Value": "web"}]

    # A patch writes only what it names. A value that the schema does not accept is refused.
    patch = json.dumps([{"op": "replace", "path": "/VisibilityTimeout", "value": 90}])
    done(control.update_resource(**queue, Identifier=url, PatchDocument=patch)["ProgressEvent"])
    assert read(url)["VisibilityTimeout"] == 90 and read(url)["Tags"] == [{"Key": "team", "Value": "web"}]
    made = json.dumps([{"op": "add", "path": "/Arn", "value": "arn:aws:sqs:eu-west-1:123456789012:x"}])
    refused("ValidationException", control.update_resource, **queue, Identifier=url, PatchDocument=made)
    refused("ValidationException", control.create_resource, **queue, DesiredState=json.dumps({"Nothing": 1}))
    refused("TypeNotFoundException", control.get_resource, TypeName="AWS::SQS::Nothing", Identifier="x")
    taken = control.create_resource(**queue, DesiredState=desired)["ProgressEvent"]
    for _ in range(QUICK["MaxAttempts"]):
        told = control.get_resource_request_status(RequestToken=taken["RequestToken"])["ProgressEvent"]
        if told["OperationStatus"] == "FAILED":
            break
        time.sleep(1)
    assert told["ErrorCode"] == "AlreadyExists", told

    done(control.delete_resource(**queue, Identifier=url)["ProgressEvent"])
    refused("ResourceNotFoundException", control.get_resource, **queue, Identifier=url)


main()
