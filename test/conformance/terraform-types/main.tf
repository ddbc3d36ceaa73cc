# Types of AWS that the provider makes by Cloud Control. Their schemas are written here by the test: else it asks CloudFormation.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
}

variable "changed" {
  type = bool
}

resource "aws_cloudcontrolapi_resource" "queue" {
  type_name     = "AWS::SQS::Queue"
  schema        = file("${path.module}/aws-sqs-queue.json")
  desired_state = jsonencode({ QueueName = "terraform-jobs", VisibilityTimeout = var.changed ? 90 : 45 })
}

resource "aws_cloudcontrolapi_resource" "table" {
  type_name = "AWS::DynamoDB::Table"
  schema    = file("${path.module}/aws-dynamodb-table.json")
  desired_state = jsonencode({
    TableName                        = "terraform-items"
    BillingMode                      = "PAY_PER_REQUEST"
    AttributeDefinitions             = [{ AttributeName = "pk", AttributeType = "S" }]
    KeySchema                        = [{ AttributeName = "pk", KeyType = "HASH" }]
    PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled = var.changed }
  })
}

resource "aws_cloudcontrolapi_resource" "rule" {
  type_name = "AWS::Events::Rule"
  schema    = file("${path.module}/aws-events-rule.json")
  desired_state = jsonencode({
    Name               = "terraform-hourly"
    ScheduleExpression = var.changed ? "rate(2 hours)" : "rate(1 hour)"
    Targets            = [{ Id = "jobs", Arn = jsondecode(aws_cloudcontrolapi_resource.queue.properties).Arn }]
  })
}
