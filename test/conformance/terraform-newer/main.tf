# File systems, caches, clusters with a proxy, and what machines and networks share. `changed` turns it into its second version.
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
  cidr_block = "10.40.0.0/16"
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

resource "aws_efs_file_system" "shared" {
  creation_token   = "shared"
  encrypted        = true
  throughput_mode  = var.changed ? "bursting" : "elastic"
  performance_mode = "generalPurpose"
  lifecycle_policy {
    transition_to_ia = var.changed ? "AFTER_60_DAYS" : "AFTER_30_DAYS"
  }
  lifecycle_policy {
    transition_to_primary_storage_class = "AFTER_1_ACCESS"
  }
}

resource "aws_efs_backup_policy" "shared" {
  file_system_id = aws_efs_file_system.shared.id
  backup_policy {
    status = var.changed ? "DISABLED" : "ENABLED"
  }
}

resource "aws_efs_mount_target" "shared" {
  count           = 2
  file_system_id  = aws_efs_file_system.shared.id
  subnet_id       = aws_subnet.private[count.index].id
  security_groups = var.changed ? [aws_security_group.data.id, aws_vpc.main.default_security_group_id] : [aws_security_group.data.id]
}

resource "aws_efs_access_point" "uploads" {
  file_system_id = aws_efs_file_system.shared.id
  posix_user {
    uid = 1000
    gid = 1000
  }
  root_directory {
    path = "/uploads"
    creation_info {
      owner_uid   = 1000
      owner_gid   = 1000
      permissions = "750"
    }
  }
}

resource "aws_elasticache_subnet_group" "main" {
  name       = "main"
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_elasticache_parameter_group" "redis" {
  name   = "redis"
  family = "redis7"
  parameter {
    name  = "maxmemory-policy"
    value = var.changed ? "allkeys-lru" : "volatile-ttl"
  }
}

resource "aws_elasticache_cluster" "sessions" {
  cluster_id         = "sessions"
  engine             = "memcached"
  node_type          = "cache.t3.micro"
  num_cache_nodes    = var.changed ? 3 : 2
  az_mode            = "cross-az"
  subnet_group_name  = aws_elasticache_subnet_group.main.name
  security_group_ids = [aws_security_group.data.id]
  apply_immediately  = true
}

resource "aws_elasticache_cluster" "one" {
  cluster_id               = "one"
  engine                   = "redis"
  engine_version           = "7.1"
  node_type                = var.changed ? "cache.t3.small" : "cache.t3.micro"
  num_cache_nodes          = 1
  parameter_group_name     = aws_elasticache_parameter_group.redis.name
  subnet_group_name        = aws_elasticache_subnet_group.main.name
  security_group_ids       = [aws_security_group.data.id]
  snapshot_retention_limit = var.changed ? 3 : 1
  apply_immediately        = true
}

resource "aws_db_subnet_group" "main" {
  name       = "main"
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_rds_cluster_parameter_group" "main" {
  name   = "main"
  family = "aurora-postgresql16"
  parameter {
    name  = "log_min_duration_statement"
    value = var.changed ? "500" : "1000"
  }
}

resource "aws_rds_cluster" "main" {
  cluster_identifier              = "main"
  engine                          = "aurora-postgresql"
  engine_version                  = "16.6"
  master_username                 = "boss"
  manage_master_user_password     = true
  backup_retention_period         = var.changed ? 5 : 2
  db_subnet_group_name            = aws_db_subnet_group.main.name
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.main.name
  vpc_security_group_ids          = [aws_security_group.data.id]
  skip_final_snapshot             = true
  apply_immediately               = true
  serverlessv2_scaling_configuration {
    min_capacity = 0.5
    max_capacity = var.changed ? 4 : 2
  }
}

resource "aws_rds_cluster_instance" "main" {
  count              = 2
  identifier         = "main-${count.index}"
  cluster_identifier = aws_rds_cluster.main.id
  engine             = aws_rds_cluster.main.engine
  instance_class     = "db.serverless"
  promotion_tier     = var.changed ? count.index + 1 : count.index
  apply_immediately  = true
}

resource "aws_iam_role" "proxy" {
  name = "proxy"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "rds.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_db_proxy" "main" {
  name                   = "main"
  engine_family          = "POSTGRESQL"
  role_arn               = aws_iam_role.proxy.arn
  vpc_subnet_ids         = aws_subnet.private[*].id
  vpc_security_group_ids = [aws_security_group.data.id]
  idle_client_timeout    = var.changed ? 900 : 1800
  require_tls            = true
  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "DISABLED"
    secret_arn  = aws_rds_cluster.main.master_user_secret[0].secret_arn
  }
}

resource "aws_db_proxy_default_target_group" "main" {
  db_proxy_name = aws_db_proxy.main.name
  connection_pool_config {
    max_connections_percent      = var.changed ? 80 : 90
    max_idle_connections_percent = 50
  }
}

resource "aws_db_proxy_target" "main" {
  db_proxy_name         = aws_db_proxy.main.name
  target_group_name     = aws_db_proxy_default_target_group.main.name
  db_cluster_identifier = aws_rds_cluster.main.id
  depends_on            = [aws_rds_cluster_instance.main]
}

resource "aws_placement_group" "spread" {
  name     = "apart"
  strategy = "spread"
}

resource "aws_placement_group" "partition" {
  name            = "parts"
  strategy        = "partition"
  partition_count = 3
}

resource "aws_ec2_capacity_reservation" "main" {
  instance_type           = "t3.micro"
  instance_platform       = "Linux/UNIX"
  availability_zone       = local.zones[0]
  instance_count          = var.changed ? 3 : 2
  instance_match_criteria = "targeted"
}

resource "aws_ec2_instance_connect_endpoint" "main" {
  subnet_id          = aws_subnet.private[0].id
  security_group_ids = [aws_security_group.data.id]
  preserve_client_ip = false
}

resource "aws_lb" "service" {
  name               = "service"
  internal           = true
  load_balancer_type = "network"
  subnets            = aws_subnet.private[*].id
}

resource "aws_vpc_endpoint_service" "main" {
  acceptance_required        = var.changed
  network_load_balancer_arns = [aws_lb.service.arn]
  allowed_principals         = var.changed ? ["arn:aws:iam::210987654321:root"] : ["arn:aws:iam::111122223333:root"]
}

resource "aws_ec2_transit_gateway" "hub" {
  description                     = var.changed ? "the hub" : "a hub"
  default_route_table_association = "disable"
  default_route_table_propagation = "disable"
  dns_support                     = "enable"
}

resource "aws_ec2_transit_gateway_vpc_attachment" "main" {
  transit_gateway_id                              = aws_ec2_transit_gateway.hub.id
  vpc_id                                          = aws_vpc.main.id
  subnet_ids                                      = var.changed ? aws_subnet.private[*].id : [aws_subnet.private[0].id]
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false
}

resource "aws_ec2_transit_gateway_route_table" "main" {
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
}

resource "aws_ec2_transit_gateway_route_table_association" "main" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.main.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.main.id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "main" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.main.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.main.id
}

resource "aws_ec2_transit_gateway_route" "nowhere" {
  destination_cidr_block         = "10.99.0.0/16"
  blackhole                      = true
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.main.id
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route" "hub" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "10.0.0.0/8"
  transit_gateway_id     = aws_ec2_transit_gateway.hub.id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.main]
}
