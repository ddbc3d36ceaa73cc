# Balancers, groups, databases and what watches them. The provider waits a minute and more for a balancer or a database.
resource "aws_lb" "main" {
  name               = "main"
  load_balancer_type = "application"
  subnets            = aws_subnet.public[*].id
  security_groups    = [aws_security_group.lb.id]
}

resource "aws_lb_target_group" "main" {
  name                 = "main"
  port                 = 8080
  protocol             = "HTTP"
  vpc_id               = aws_vpc.main.id
  deregistration_delay = 30
  health_check {
    path     = var.changed ? "/health" : "/"
    interval = 15
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.main.arn
  }
}

resource "aws_lb_listener_rule" "teapot" {
  listener_arn = aws_lb_listener.http.arn
  priority     = var.changed ? 20 : 10
  action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "418"
      message_body = "short and stout"
    }
  }
  condition {
    path_pattern {
      values = ["/tea/*"]
    }
  }
}

resource "aws_lb_target_group_attachment" "web" {
  target_group_arn = aws_lb_target_group.main.arn
  target_id        = aws_instance.web.id
  port             = 8080
}

resource "aws_launch_template" "fleet" {
  name                   = "fleet"
  image_id               = data.aws_ami.linux.id
  instance_type          = var.changed ? "t3.small" : "t3.micro"
  vpc_security_group_ids = [aws_security_group.web.id]
  update_default_version = true
  tag_specifications {
    resource_type = "instance"
    tags          = { Fleet = "yes" }
  }
}

resource "aws_autoscaling_group" "fleet" {
  name                = "fleet"
  min_size            = 1
  max_size            = var.changed ? 4 : 2
  desired_capacity    = var.changed ? 2 : 1
  vpc_zone_identifier = aws_subnet.private[*].id
  target_group_arns   = [aws_lb_target_group.main.arn]
  launch_template {
    id      = aws_launch_template.fleet.id
    version = "$Latest"
  }
  tag {
    key                 = "Name"
    value               = "fleet"
    propagate_at_launch = true
  }
}

resource "aws_autoscaling_policy" "busy" {
  name                   = "busy"
  autoscaling_group_name = aws_autoscaling_group.fleet.name
  policy_type            = "TargetTrackingScaling"
  target_tracking_configuration {
    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
    target_value = var.changed ? 40 : 60
  }
}

resource "aws_sns_topic" "alerts" {
  name = "alerts"
}

resource "aws_cloudwatch_metric_alarm" "busy" {
  alarm_name          = "busy"
  namespace           = "AWS/EC2"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 2
  threshold           = var.changed ? 90 : 80
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  dimensions          = { AutoScalingGroupName = aws_autoscaling_group.fleet.name }
}

resource "aws_ssm_parameter" "greeting" {
  name  = "/greeting"
  type  = "String"
  value = var.changed ? "good night" : "good morning"
}

resource "aws_db_subnet_group" "main" {
  name       = "main"
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_db_parameter_group" "main" {
  name   = "main"
  family = "mysql8.0"
  parameter {
    name  = "max_connections"
    value = var.changed ? "200" : "100"
  }
}

resource "aws_db_instance" "main" {
  identifier             = "main"
  engine                 = "mysql"
  engine_version         = "8.0"
  instance_class         = "db.t3.micro"
  allocated_storage      = 20
  username               = "admin"
  password               = "not-a-real-one"
  db_subnet_group_name   = aws_db_subnet_group.main.name
  parameter_group_name   = aws_db_parameter_group.main.name
  vpc_security_group_ids = [aws_security_group.db.id]
  skip_final_snapshot    = true
  apply_immediately      = true
}
