/**
 * The parts of a workload in HCL, as the documentation of Terraform's AWS provider advises: rules, routes and associations are separate
 * resources.
 */
import type { Group, Instance, Table } from "./workload-yaml.ts";

export const provider = "5.100.0";

export function hclHeader(region: string): string {
  return `terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "${provider}" }
  }
}

provider "aws" {
  region                      = "${region}"
  access_key                  = "sandbox"
  secret_key                  = "sandbox"
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_credentials_validation = true
  default_tags {
    tags = { project = "bench" }
  }
}
`;
}

export function tableHcl({ name, vpc, gateway, subnets }: Table): string {
  const route = `resource "aws_route" "${name}" {\n  route_table_id = aws_route_table.${name}.id\n  destination_cidr_block = "0.0.0.0/0"\n  gateway_id = aws_internet_gateway.${gateway}.id\n}\n`;
  return [
    `resource "aws_route_table" "${name}" {\n  vpc_id = aws_vpc.${vpc}.id\n  tags = { Name = "${name}" }\n}\n`,
    ...(gateway === undefined ? [] : [route]),
    ...subnets.map(
      (subnet) =>
        `resource "aws_route_table_association" "${subnet}" {\n  route_table_id = aws_route_table.${name}.id\n  subnet_id = aws_subnet.${subnet}.id\n}\n`,
    ),
  ].join("\n");
}

export function groupHcl({ name, vpc, rules }: Group): string {
  const of = `security_group_id = aws_security_group.${name}.id`;
  return [
    `resource "aws_security_group" "${name}" {\n  name = "${name}"\n  vpc_id = aws_vpc.${vpc}.id\n  tags = { Name = "${name}" }\n}\n`,
    ...rules.map((rule) => {
      const source =
        "group" in rule ? `referenced_security_group_id = aws_security_group.${rule.group}.id` : `cidr_ipv4 = "${rule.source}"`;
      return `resource "aws_vpc_security_group_ingress_rule" "${name}-${rule.port}" {\n  ${of}\n  ip_protocol = "tcp"\n  from_port = ${rule.port}\n  to_port = ${rule.port}\n  ${source}\n}\n`;
    }),
    `resource "aws_vpc_security_group_egress_rule" "${name}" {\n  ${of}\n  ip_protocol = "-1"\n  cidr_ipv4 = "0.0.0.0/0"\n}\n`,
  ].join("\n");
}

export function instanceHcl({ name, subnet, group, image }: Instance): string {
  return `resource "aws_instance" "${name}" {\n  ami = "${image}"\n  instance_type = "t3.micro"\n  subnet_id = aws_subnet.${subnet}.id\n  vpc_security_group_ids = [aws_security_group.${group}.id]\n  tags = { Name = "${name}" }\n}\n`;
}
