import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["asg", "scaling_group", "AutoScalingGroup", "aws_autoscaling_group"],
  fields: {
    MixedInstancesPolicy: "mixedInstances",
    NewInstancesProtectedFromScaleIn: "protectFromScaleIn",
    ScalingProcesses: "suspendedProcesses",
    Strategy: "refresh",
    InstanceMaintenancePolicy: "maintenancePolicy",
    instance_maintenance_policy: "maintenancePolicy",
    availability_zone_distribution: "zoneDistribution",
    CapacityReservationSpecification: "capacityReservations",
    capacity_reservation_specification: "capacityReservations",
    ServiceLinkedRoleARN: "serviceLinkedRole",
    service_linked_role_arn: "serviceLinkedRole",
    min_size: "minSize",
    max_size: "maxSize",
    desired_capacity: "desiredCapacity",
    min: "minSize",
    max: "maxSize",
    desired: "desiredCapacity",
    vpc_zone_identifier: "subnets",
    VPCZoneIdentifier: "subnets",
    target_group_arns: "targetGroups",
    launch_configuration: "launchTemplate",
  },
};
