# Databases made of copies, their options and events; topics with what is told of deliveries; NAT gateways with further
# addresses; a subnet of IPv6 only; a template with two interfaces. `changed` turns it into its second version.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
}

variable "changed" {
  type = bool
}

locals {
  zones = ["eu-west-1a", "eu-west-1b"]
}

provider "aws" {
  default_tags {
    tags = { Stage = var.changed ? "second" : "first" }
  }
}

resource "aws_vpc" "main" {
  cidr_block                       = "10.41.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_subnet" "six" {
  vpc_id                                         = aws_vpc.main.id
  ipv6_native                                    = true
  ipv6_cidr_block                                = cidrsubnet(aws_vpc.main.ipv6_cidr_block, 8, 9)
  availability_zone                              = local.zones[0]
  assign_ipv6_address_on_creation                = true
  enable_resource_name_dns_aaaa_record_on_launch = var.changed
}

resource "aws_launch_template" "two" {
  name                   = "two"
  instance_type          = "t3.micro"
  update_default_version = true
  network_interfaces {
    device_index    = 0
    security_groups = [aws_security_group.data.id]
  }
  network_interfaces {
    device_index       = 1
    description        = var.changed ? "the other" : "the second"
    ipv4_address_count = var.changed ? 2 : 1
    security_groups    = [aws_security_group.data.id]
  }
}

resource "aws_subnet" "private" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  availability_zone = local.zones[count.index]
}

resource "aws_security_group" "data" {
  name        = "data"
  description = "what holds data"
  vpc_id      = aws_vpc.main.id
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_eip" "out" {
  count      = 2
  domain     = "vpc"
  depends_on = [aws_internet_gateway.main]
}

resource "aws_nat_gateway" "out" {
  subnet_id                = aws_subnet.private[0].id
  allocation_id            = aws_eip.out[0].id
  secondary_allocation_ids = [aws_eip.out[1].id]
}

resource "aws_nat_gateway" "hidden" {
  subnet_id                      = aws_subnet.private[1].id
  connectivity_type              = "private"
  secondary_private_ip_addresses = var.changed ? ["10.41.1.21", "10.41.1.22"] : ["10.41.1.20", "10.41.1.21"]
}

resource "aws_iam_role" "feedback" {
  name = "feedback"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "sns.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_sns_topic" "told" {
  name                             = "told"
  display_name                     = var.changed ? "told twice" : "told"
  signature_version                = var.changed ? 1 : 2
  tracing_config                   = var.changed ? "PassThrough" : "Active"
  sqs_success_feedback_role_arn    = aws_iam_role.feedback.arn
  sqs_success_feedback_sample_rate = var.changed ? 50 : 10
  sqs_failure_feedback_role_arn    = aws_iam_role.feedback.arn
}

resource "aws_sns_topic" "orders" {
  name                        = "orders.fifo"
  fifo_topic                  = true
  content_based_deduplication = var.changed
}

resource "aws_sns_topic_subscription" "jobs" {
  topic_arn            = aws_sns_topic.told.arn
  protocol             = "sqs"
  endpoint             = "arn:aws:sqs:eu-west-1:123456789012:jobs"
  raw_message_delivery = var.changed
  filter_policy_scope  = var.changed ? "MessageBody" : "MessageAttributes"
  filter_policy        = var.changed ? jsonencode({ detail = { kind = ["b"] } }) : jsonencode({ kind = ["a"] })
  redrive_policy       = var.changed ? null : jsonencode({ deadLetterTargetArn = "arn:aws:sqs:eu-west-1:123456789012:dead" })
}

resource "aws_db_option_group" "audited" {
  name                     = "audited"
  engine_name              = "mysql"
  major_engine_version     = "8.0"
  option_group_description = "audited"
  option {
    option_name = "MARIADB_AUDIT_PLUGIN"
    option_settings {
      name  = "SERVER_AUDIT_FILE_ROTATIONS"
      value = var.changed ? "30" : "20"
    }
  }
  dynamic "option" {
    for_each = var.changed ? [] : ["MEMCACHED"]
    content {
      option_name                    = option.value
      port                           = 11212
      vpc_security_group_memberships = [aws_security_group.data.id]
    }
  }
}

resource "aws_db_subnet_group" "main" {
  name       = "copies"
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_db_instance" "source" {
  identifier              = "source"
  engine                  = "mysql"
  engine_version          = "8.0"
  instance_class          = "db.t3.micro"
  allocated_storage       = 20
  username                = "boss"
  password                = "not-a-real-one"
  backup_retention_period = 3
  db_subnet_group_name    = aws_db_subnet_group.main.name
  option_group_name       = aws_db_option_group.audited.name
  vpc_security_group_ids  = [aws_security_group.data.id]
  skip_final_snapshot     = true
  apply_immediately       = true
}

resource "aws_db_snapshot" "first" {
  db_instance_identifier = aws_db_instance.source.identifier
  db_snapshot_identifier = "first"
}

resource "aws_db_instance" "copy" {
  identifier             = "copy"
  snapshot_identifier    = aws_db_snapshot.first.id
  instance_class         = "db.t3.micro" # a change beside one of its option group meets a database that is being modified
  db_subnet_group_name   = aws_db_subnet_group.main.name
  option_group_name      = aws_db_option_group.audited.name
  vpc_security_group_ids = [aws_security_group.data.id]
  skip_final_snapshot    = true
  apply_immediately      = true
}

resource "aws_db_instance" "moment" {
  identifier             = "moment"
  instance_class         = "db.t3.micro"
  db_subnet_group_name   = aws_db_subnet_group.main.name
  option_group_name      = aws_db_option_group.audited.name
  vpc_security_group_ids = [aws_security_group.data.id]
  skip_final_snapshot    = true
  apply_immediately      = true
  restore_to_point_in_time {
    source_db_instance_identifier = aws_db_instance.source.identifier
    use_latest_restorable_time    = true
  }
  depends_on = [aws_db_snapshot.first]
}

resource "aws_db_event_subscription" "databases" {
  name             = "databases"
  sns_topic        = aws_sns_topic.told.arn
  source_type      = "db-instance"
  source_ids       = var.changed ? [aws_db_instance.source.identifier, aws_db_instance.copy.identifier] : [aws_db_instance.source.identifier]
  event_categories = var.changed ? ["failover", "failure"] : ["failure", "low storage"]
  enabled          = !var.changed
}
