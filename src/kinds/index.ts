import { alarm } from "./alarm.ts";
import { autoScalingGroup } from "./auto-scaling-group.ts";
import { dbInstance } from "./db-instance.ts";
import { dbParameterGroup } from "./db-parameter-group.ts";
import { dbSubnetGroup } from "./db-subnet-group.ts";
import { elasticIp } from "./elastic-ip.ts";
import { instance } from "./instance.ts";
import { internetGateway } from "./internet-gateway.ts";
import { keyPair } from "./key-pair.ts";
import type { Kind } from "./kind.ts";
import { launchTemplate } from "./launch-template.ts";
import { loadBalancer } from "./load-balancer.ts";
import { natGateway } from "./nat-gateway.ts";
import { routeTable } from "./route-table.ts";
import { securityGroup } from "./security-group.ts";
import { subnet } from "./subnet.ts";
import { targetGroup } from "./target-group.ts";
import { topic } from "./topic.ts";
import { vpc } from "./vpc.ts";

/** Every kind, in the order in which documentation lists them. A new kind is one file and one line here. */
export const kinds: readonly Kind[] = [
  vpc,
  internetGateway,
  subnet,
  routeTable,
  elasticIp,
  natGateway,
  securityGroup,
  keyPair,
  instance,
  launchTemplate,
  targetGroup,
  loadBalancer,
  autoScalingGroup,
  alarm,
  topic,
  dbSubnetGroup,
  dbParameterGroup,
  dbInstance,
];
