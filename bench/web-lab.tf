# What test/fixtures/web-lab/web-lab.yaml describes, as the provider's documentation advises: rules, routes and associations as resources of
# their own, and with the format's defaults where the provider has others. bench/web-lab.ts puts the settings of the provider before it.
resource "aws_vpc" "web" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "web" }
}

resource "aws_internet_gateway" "web" {
  vpc_id = aws_vpc.web.id
  tags   = { Name = "web" }
}

locals {
  subnets = {
    elb-a       = { cidr_block = "10.0.2.0/24", zone = "a", is_public = true }
    elb-c       = { cidr_block = "10.0.3.0/24", zone = "c", is_public = true }
    web-a       = { cidr_block = "10.0.1.0/24", zone = "a", is_public = false }
    rds-master  = { cidr_block = "10.0.100.0/24", zone = "a", is_public = false }
    rds-standby = { cidr_block = "10.0.200.0/24", zone = "c", is_public = false }
  }
}

resource "aws_subnet" "all" {
  for_each                = local.subnets
  vpc_id                  = aws_vpc.web.id
  cidr_block              = each.value.cidr_block
  availability_zone       = "ap-northeast-2${each.value.zone}"
  map_public_ip_on_launch = each.value.is_public
  tags                    = { Name = each.key }
}

resource "aws_eip" "nat" {
  domain = "vpc"
  tags   = { Name = "nat" }
}

resource "aws_nat_gateway" "web" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.all["elb-a"].id
  tags          = { Name = "web" }
  depends_on    = [aws_internet_gateway.web]
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.web.id
  tags   = { Name = "public" }
}

resource "aws_route" "public" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.web.id
}

resource "aws_route_table_association" "public" {
  for_each       = toset(["elb-a", "elb-c"])
  route_table_id = aws_route_table.public.id
  subnet_id      = aws_subnet.all[each.key].id
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.web.id
  tags   = { Name = "private" }
}

resource "aws_route" "private" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.web.id
}

resource "aws_route_table_association" "private" {
  route_table_id = aws_route_table.private.id
  subnet_id      = aws_subnet.all["web-a"].id
}

resource "aws_security_group" "elb" {
  name        = "elb"
  description = "Load balancer"
  vpc_id      = aws_vpc.web.id
  tags        = { Name = "elb" }
}

resource "aws_vpc_security_group_ingress_rule" "elb_http" {
  security_group_id = aws_security_group.elb.id
  description       = "HTTP from anywhere"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_egress_rule" "elb" {
  security_group_id = aws_security_group.elb.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_security_group" "web" {
  name        = "web"
  description = "Web servers"
  vpc_id      = aws_vpc.web.id
  tags        = { Name = "web" }
}

resource "aws_vpc_security_group_ingress_rule" "web_ssh" {
  security_group_id = aws_security_group.web.id
  description       = "SSH from the bastion subnet"
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_ipv4         = "10.0.2.0/24"
}

resource "aws_vpc_security_group_ingress_rule" "web_http" {
  security_group_id            = aws_security_group.web.id
  ip_protocol                  = "tcp"
  from_port                    = 8001
  to_port                      = 8001
  referenced_security_group_id = aws_security_group.elb.id
}

resource "aws_vpc_security_group_egress_rule" "web" {
  security_group_id = aws_security_group.web.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_security_group" "db" {
  name        = "db"
  description = "Database"
  vpc_id      = aws_vpc.web.id
  tags        = { Name = "db" }
}

resource "aws_vpc_security_group_ingress_rule" "db" {
  security_group_id            = aws_security_group.db.id
  ip_protocol                  = "tcp"
  from_port                    = 3306
  to_port                      = 3306
  referenced_security_group_id = aws_security_group.web.id
}

resource "aws_key_pair" "web" {
  key_name   = "web"
  public_key = file("keys/web.pub")
}

data "aws_ssm_parameter" "linux" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

resource "aws_instance" "bastion" {
  ami                    = data.aws_ssm_parameter.linux.value
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.all["elb-a"].id
  vpc_security_group_ids = [aws_security_group.web.id]
  key_name               = aws_key_pair.web.key_name
  root_block_device {
    volume_size = 8
    volume_type = "gp3"
    encrypted   = true
  }
  metadata_options {
    http_tokens = "required"
  }
  tags = { Name = "bastion" }
}

resource "aws_launch_template" "web" {
  name                   = "web"
  image_id               = data.aws_ssm_parameter.linux.value
  instance_type          = "t3.micro"
  key_name               = aws_key_pair.web.key_name
  vpc_security_group_ids = [aws_security_group.web.id]
  user_data              = filebase64("user-data/httpd.sh")
  metadata_options {
    http_tokens = "required"
  }
}

resource "aws_lb" "web" {
  name               = "web"
  load_balancer_type = "application"
  internal           = false
  subnets            = [aws_subnet.all["elb-a"].id, aws_subnet.all["elb-c"].id]
  security_groups    = [aws_security_group.elb.id]
  tags               = { Name = "web" }
}

resource "aws_lb_target_group" "web" {
  name     = "web"
  vpc_id   = aws_vpc.web.id
  protocol = "HTTP"
  port     = 8001
  health_check {
    path     = "/index.html"
    interval = 15
  }
  tags = { Name = "web" }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.web.arn
  protocol          = "HTTP"
  port              = 80
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
}

resource "aws_autoscaling_group" "web" {
  name                = "web"
  min_size            = 2
  max_size            = 4
  vpc_zone_identifier = [aws_subnet.all["web-a"].id]
  target_group_arns   = [aws_lb_target_group.web.arn]
  health_check_type   = "ELB"
  launch_template {
    id      = aws_launch_template.web.id
    version = aws_launch_template.web.latest_version
  }
  tag {
    key                 = "Name"
    value               = "web"
    propagate_at_launch = true
  }
}

resource "aws_autoscaling_policy" "cpu" {
  name                   = "cpu"
  autoscaling_group_name = aws_autoscaling_group.web.name
  policy_type            = "TargetTrackingScaling"
  target_tracking_configuration {
    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
    target_value = 50
  }
}

resource "aws_db_subnet_group" "main" {
  name       = "main"
  subnet_ids = [aws_subnet.all["rds-master"].id, aws_subnet.all["rds-standby"].id]
}

resource "aws_db_instance" "main" {
  identifier                  = "main"
  engine                      = "mysql"
  engine_version              = "8.4"
  instance_class              = "db.t3.micro"
  allocated_storage           = 20
  storage_type                = "gp3"
  storage_encrypted           = true
  db_subnet_group_name        = aws_db_subnet_group.main.name
  vpc_security_group_ids      = [aws_security_group.db.id]
  username                    = "admin"
  manage_master_user_password = true
  multi_az                    = false
  backup_retention_period     = 7
  engine_lifecycle_support    = "open-source-rds-extended-support-disabled"
  deletion_protection         = false
  skip_final_snapshot         = true
}
