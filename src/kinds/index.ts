import { alarm } from "./alarm/alarm.ts";
import { autoScalingGroup } from "./auto-scaling-group/auto-scaling-group.ts";
import { bucket } from "./bucket/bucket.ts";
import { cacheCluster } from "./cache-cluster/cache-cluster.ts";
import { cacheParameterGroup } from "./cache-parameter-group/cache-parameter-group.ts";
import { cacheSubnetGroup } from "./cache-subnet-group/cache-subnet-group.ts";
import { capacityReservation } from "./capacity-reservation/capacity-reservation.ts";
import { carrierGateway } from "./carrier-gateway/carrier-gateway.ts";
import { certificate } from "./certificate/certificate.ts";
import { customerGateway } from "./customer-gateway/customer-gateway.ts";
import { dbClusterParameterGroup } from "./db-cluster-parameter-group/db-cluster-parameter-group.ts";
import { dbCluster } from "./db-cluster/db-cluster.ts";
import { dbInstance } from "./db-instance/db-instance.ts";
import { dbParameterGroup } from "./db-parameter-group/db-parameter-group.ts";
import { dbEventSubscription } from "./db-event-subscription/db-event-subscription.ts";
import { dbOptionGroup } from "./db-option-group/db-option-group.ts";
import { dbProxy } from "./db-proxy/db-proxy.ts";
import { dbSubnetGroup } from "./db-subnet-group/db-subnet-group.ts";
import { dhcpOptions } from "./dhcp-options/dhcp-options.ts";
import { egressOnlyInternetGateway } from "./egress-only-internet-gateway/egress-only-internet-gateway.ts";
import { elasticIp } from "./elastic-ip/elastic-ip.ts";
import { fileSystem } from "./file-system/file-system.ts";
import { flowLog } from "./flow-log/flow-log.ts";
import { hostedZone } from "./hosted-zone/hosted-zone.ts";
import { iamPolicy } from "./iam-policy/iam-policy.ts";
import { iamRole } from "./iam-role/iam-role.ts";
import { image } from "./image/image.ts";
import { instanceConnectEndpoint } from "./instance-connect-endpoint/instance-connect-endpoint.ts";
import { instanceProfile } from "./instance-profile/instance-profile.ts";
import { instance } from "./instance/instance.ts";
import { internetGateway } from "./internet-gateway/internet-gateway.ts";
import { keyPair } from "./key-pair/key-pair.ts";
import type { Kind } from "./kind.ts";
import { kmsKey } from "./kms-key/kms-key.ts";
import { launchTemplate } from "./launch-template/launch-template.ts";
import { loadBalancer } from "./load-balancer/load-balancer.ts";
import { logGroup } from "./log-group/log-group.ts";
import { natGateway } from "./nat-gateway/nat-gateway.ts";
import { networkAcl } from "./network-acl/network-acl.ts";
import { placementGroup } from "./placement-group/placement-group.ts";
import { prefixList } from "./prefix-list/prefix-list.ts";
import { parameter } from "./parameter/parameter.ts";
import { networkInterface } from "./network-interface/network-interface.ts";
import { oidcProvider } from "./oidc-provider/oidc-provider.ts";
import { record } from "./record/record.ts";
import { replicationGroup } from "./replication-group/replication-group.ts";
import { routeTable } from "./route-table/route-table.ts";
import { secret } from "./secret/secret.ts";
import { securityGroup } from "./security-group/security-group.ts";
import { serverlessCache } from "./serverless-cache/serverless-cache.ts";
import { subnet } from "./subnet/subnet.ts";
import { targetGroup } from "./target-group/target-group.ts";
import { topic } from "./topic/topic.ts";
import { transitGatewayAttachment } from "./transit-gateway-attachment/transit-gateway-attachment.ts";
import { transitGatewayRouteTable } from "./transit-gateway-route-table/transit-gateway-route-table.ts";
import { transitGateway } from "./transit-gateway/transit-gateway.ts";
import { volume } from "./volume/volume.ts";
import { vpcEndpointService } from "./vpc-endpoint-service/vpc-endpoint-service.ts";
import { vpcEndpoint } from "./vpc-endpoint/vpc-endpoint.ts";
import { vpcPeering } from "./vpc-peering/vpc-peering.ts";
import { vpc } from "./vpc/vpc.ts";
import { vpnConnection } from "./vpn-connection/vpn-connection.ts";
import { vpnGateway } from "./vpn-gateway/vpn-gateway.ts";

/** Every kind, in the order in which the documentation lists them. A new kind is one folder and one line here. */
export const kinds: readonly Kind[] = [
  vpc,
  dhcpOptions,
  internetGateway,
  egressOnlyInternetGateway,
  carrierGateway,
  subnet,
  routeTable,
  networkAcl,
  vpcEndpoint,
  vpcEndpointService,
  vpcPeering,
  transitGateway,
  transitGatewayAttachment,
  transitGatewayRouteTable,
  flowLog,
  vpnGateway,
  customerGateway,
  vpnConnection,
  elasticIp,
  natGateway,
  prefixList,
  securityGroup,
  keyPair,
  networkInterface,
  placementGroup,
  capacityReservation,
  instanceConnectEndpoint,
  instance,
  volume,
  image,
  launchTemplate,
  targetGroup,
  loadBalancer,
  autoScalingGroup,
  alarm,
  hostedZone,
  record,
  certificate,
  topic,
  logGroup,
  parameter,
  secret,
  kmsKey,
  bucket,
  dbSubnetGroup,
  dbParameterGroup,
  dbInstance,
  dbClusterParameterGroup,
  dbCluster,
  dbProxy,
  dbOptionGroup,
  dbEventSubscription,
  cacheSubnetGroup,
  cacheParameterGroup,
  replicationGroup,
  cacheCluster,
  serverlessCache,
  fileSystem,
  iamRole,
  instanceProfile,
  iamPolicy,
  oidcProvider,
];
