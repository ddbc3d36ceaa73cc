/** The functions of EC2's model that the models of other services use. */
import {
  AllocateAddressCommand,
  CreateLaunchTemplateCommand,
  CreateSecurityGroupCommand,
  DeleteNetworkInterfaceCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DetachInternetGatewayCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import { beforeEach, expect, it } from "vitest";
import { StateCall } from "../../src/call.ts";
import { Faults } from "../../src/faults/faults.ts";
import { launchInstance, terminateInstance } from "../../src/services/ec2/instances.ts";
import { createManagedInterface, deleteManagedInterface, setInterfaceGroups } from "../../src/services/ec2/interfaces.ts";
import { instances } from "../../src/services/ec2/state.ts";
import { openTestbed, codeOf, type Testbed } from "./ec2.ts";
import { network, type Network } from "./network.ts";

let b: Testbed;
let net: Network;
let call: StateCall;
beforeEach(async () => {
  b = openTestbed();
  net = await network(b);
  const [store] = [...b.sandbox.stores.values()];
  call = new StateCall(
    { account: "123456789012", region: "ap-northeast-2", service: "elbv2", operation: "CreateLoadBalancer" },
    store!.now,
    store!,
    new Faults({}),
  );
});

it("a load balancer's interface keeps subnet, group and gateway, and is its own affair", async () => {
  const { GroupId } = await b.ec2.send(new CreateSecurityGroupCommand({ VpcId: net.vpc, GroupName: "lb", Description: "lb" }));
  const made = createManagedInterface(call, {
    subnetId: net.subnet,
    groups: [GroupId!],
    description: "ELB app/web/0123456789abcdef",
    requesterId: "amazon-elb",
    publicAddress: true,
  });
  const { NetworkInterfaces } = await b.ec2.send(
    new DescribeNetworkInterfacesCommand({
      Filters: [
        { Name: "attachment.instance-owner-id", Values: ["amazon-elb"] },
        { Name: "description", Values: ["ELB app/web/*"] },
      ],
    }),
  );
  expect(NetworkInterfaces![0]).toMatchObject({
    NetworkInterfaceId: made.id,
    RequesterId: "amazon-elb",
    RequesterManaged: true,
    Status: "in-use",
    Association: { IpOwnerId: "amazon-elb" },
  });
  const blocked = async () => [
    await codeOf(b.ec2.send(new DeleteSubnetCommand({ SubnetId: net.subnet }))),
    await codeOf(b.ec2.send(new DeleteSecurityGroupCommand({ GroupId }))),
    await codeOf(b.ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: net.gateway, VpcId: net.vpc }))),
  ];
  expect(await blocked()).toEqual(["DependencyViolation", "DependencyViolation", "DependencyViolation"]);
  expect(await codeOf(b.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: made.id })))).toBe("OperationNotPermitted");
  expect(
    await codeOf(b.ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: made.id, Groups: [net.defaultGroup] }))),
  ).toBe("OperationNotPermitted");
  setInterfaceGroups(call, made.id, [net.defaultGroup]);
  expect(await codeOf(b.ec2.send(new DeleteSecurityGroupCommand({ GroupId })))).toBe("succeeded");
  deleteManagedInterface(call, made.id);
  deleteManagedInterface(call, made.id);
  expect((await blocked()).toSpliced(1, 1)).toEqual(["succeeded", "succeeded"]);
});

it("the Elastic IP of a Network Load Balancer cannot be associated elsewhere until the load balancer is gone", async () => {
  const { AllocationId } = await b.ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
  const of = { subnetId: net.subnet, groups: [], description: "ELB net/web/1", requesterId: "amazon-elb", allocationId: AllocationId! };
  const made = createManagedInterface(call, of);
  expect(() => createManagedInterface(call, of)).toThrow(/already associated/);
  const release = () => codeOf(b.ec2.send(new ReleaseAddressCommand({ AllocationId })));
  expect(await release()).toBe("AuthFailure");
  expect((await b.ec2.send(new DescribeAddressesCommand({}))).Addresses![0]!.NetworkInterfaceId).toBe(made.id);
  deleteManagedInterface(call, made.id);
  expect(await release()).toBe("succeeded");
  expect((await b.ec2.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces).toEqual([]);
});

it("a group launches from a template into a subnet of its own choice, with tags that people may not give", async () => {
  const { LaunchTemplate } = await b.ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: "web",
      LaunchTemplateData: {
        ImageId: "ami-0a1b2c3d4e5f60001",
        InstanceType: "t3.micro",
        NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: true, Groups: [net.defaultGroup] }],
      },
    }),
  );
  const request = { LaunchTemplate: { LaunchTemplateId: LaunchTemplate!.LaunchTemplateId, Version: "$Latest" }, MinCount: 1, MaxCount: 1 };
  const { id } = launchInstance(call, {
    request,
    subnetId: net.subnet,
    systemTags: { "aws:autoscaling:groupName": "web" },
    requesterId: "722737459838",
  });
  b.pass(60);
  const found = async () =>
    (await b.ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: "tag:aws:autoscaling:groupName", Values: ["web"] }] })))
      .Reservations![0]!.Instances![0]!;
  expect(await found()).toMatchObject({ InstanceId: id, SubnetId: net.subnet, State: { Name: "running" } });
  expect(instances(call).get(id)!.state).toBe("running");
  terminateInstance(call, id);
  terminateInstance(call, id);
  b.pass(60);
  expect((await found()).State!.Name).toBe("terminated");
});
