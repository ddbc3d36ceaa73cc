"""Adds what moto 5.2 lacks. A first plan lists every kind, and moto answers unknown calls with HTTP 500. Here they return empty lists.
With PLUMBLINE_MOTO=complete it also adds what an import reads of an estate that others built, as AWS returns it."""

import os

from moto.ec2.models.network_acls import NetworkAcl
from moto.ec2.models.vpcs import VPCEndPoint
from moto.ec2.models.vpn_connections import VPNConnection
from moto.ec2.responses import EC2Response
from moto.elbv2.responses import ELBV2Response
from moto.elasticache.responses import ElastiCacheResponse
from moto.rds.models import RDSBackend


def answer(call, things):
    return f"""<{call}Response xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/">
  <{call}Result><{things}/></{call}Result>
  <ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata>
</{call}Response>"""


for name, call, things in (
    ("describe_cache_parameter_groups", "DescribeCacheParameterGroups", "CacheParameterGroups"),
    ("describe_serverless_caches", "DescribeServerlessCaches", "ServerlessCaches"),
):
    if not hasattr(ElastiCacheResponse, name):
        setattr(ElastiCacheResponse, name, lambda self, text=answer(call, things): text)


def answer_of_ec2(call, things):
    return f"""<{call}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
  <requestId>00000000-0000-0000-0000-000000000000</requestId><{things}/>
</{call}Response>"""


for name, call, things in (
    ("describe_placement_groups", "DescribePlacementGroups", "placementGroupSet"),
    ("describe_capacity_reservations", "DescribeCapacityReservations", "capacityReservationSet"),
    ("describe_instance_connect_endpoints", "DescribeInstanceConnectEndpoints", "instanceConnectEndpointSet"),
    ("describe_vpc_endpoint_connections", "DescribeVpcEndpointConnections", "vpcEndpointConnectionSet"),
):
    if not hasattr(EC2Response, name):
        setattr(EC2Response, name, lambda self, text=answer_of_ec2(call, things): text)


if not hasattr(ELBV2Response, "describe_capacity_reservation"):
    ELBV2Response.describe_capacity_reservation = lambda self: """<DescribeCapacityReservationResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/">
  <DescribeCapacityReservationResult><CapacityReservationState/></DescribeCapacityReservationResult>
  <ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata>
</DescribeCapacityReservationResponse>"""


def tags_attachments(old):
    """moto reads the tags of an attachment from the place of a route table's tags, and so returns none."""

    def created(self):
        parse = self._parse_tag_specification
        self._parse_tag_specification = lambda: {"transit-gateway-route-table": parse().get("transit-gateway-attachment", {})}
        return old(self)

    return created


EC2Response.create_transit_gateway_vpc_attachment = tags_attachments(EC2Response.create_transit_gateway_vpc_attachment)


def tags_dhcp_options(old):
    """moto drops the tags of CreateDhcpOptions, so no plan would find the options again."""

    def created(self):
        answer = old(self)
        answer.result["DhcpOptions"].add_tags(self._parse_tag_specification().get("dhcp-options", {}))
        return answer

    return created


EC2Response.create_dhcp_options = tags_dhcp_options(EC2Response.create_dhcp_options)


def lists_option_groups(old):
    """moto treats a listing as a read of one object: it answers HTTP 500, or fails when there is no object."""

    def described(self, asked):
        if not asked.get("option_group_name") and not self.option_groups:
            return []
        return old(self, {**asked, "option_group_name": asked.get("option_group_name")})

    return described


RDSBackend.describe_option_groups = lists_option_groups(RDSBackend.describe_option_groups)


def knows_by_id(cls, name, attribute):
    """moto has no filter by id for some things, and answers it with HTTP 500."""
    old = cls.get_filter_value
    cls.get_filter_value = lambda self, asked, *rest: getattr(self, attribute) if asked == name else old(self, asked, *rest)


knows_by_id(NetworkAcl, "network-acl-id", "id")
knows_by_id(VPCEndPoint, "vpc-endpoint-id", "id")
knows_by_id(VPNConnection, "vpn-connection-id", "id")

if os.environ.get("PLUMBLINE_MOTO") == "complete":
    from moto.autoscaling.responses import AutoScalingResponse
    from moto.core.responses import ActionResult
    from moto.ec2.models.instances import Instance
    from moto.ec2.models.launch_templates import LaunchTemplate
    from moto.ec2.models.nat_gateways import NatGateway
    from moto.elbv2.models import FakeLoadBalancer

    if not hasattr(AutoScalingResponse, "describe_notification_configurations"):
        AutoScalingResponse.describe_notification_configurations = lambda self: ActionResult({"NotificationConfigurations": []})

    def after(cls, name, change):
        """Runs `change` on the object when its method has ended."""
        old = getattr(cls, name)

        def wrapped(self, *args, **kwargs):
            answer = old(self, *args, **kwargs)
            change(self, *args)
            return answer

        setattr(cls, name, wrapped)

    def default_scheme(balancer, *_):
        # ELBv2 API reference, CreateLoadBalancer: "The default is an Internet-facing load balancer".
        balancer.scheme = balancer.scheme or "internet-facing"

    def of_the_nat_gateway(nat, *_):
        # EC2 owns the interface of a NAT gateway (EC2 API reference, NetworkInterface: InterfaceType, RequesterManaged), inside its subnet.
        nat._eni.interface_type = "nat_gateway"
        nat._eni.requester_managed = True

    def of_the_machine(instance, eni, device_index):
        # The first interface is deleted with its instance (EC2 User Guide, "Network interfaces": termination behavior).
        if int(device_index) == 0:
            eni.delete_on_termination = True

    # EC2's CreateTags sets the tags that DescribeLaunchTemplates returns; moto returns those of the creation.
    LaunchTemplate.tags = property(LaunchTemplate.get_tags, lambda self, value: None)
    after(FakeLoadBalancer, "__init__", default_scheme)
    after(NatGateway, "__init__", of_the_nat_gateway)
    after(Instance, "attach_eni", of_the_machine)
