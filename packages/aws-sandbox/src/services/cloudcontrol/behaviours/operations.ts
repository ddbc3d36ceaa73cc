/** Dashboards, alarms, backups, mail, documents, flow logs. */
import { all, arnOnly, named, needs, type Behaviour } from "./behaviour.ts";

export const operations: Readonly<Record<string, Behaviour>> = {
  "AWS::CloudWatch::Dashboard": {
    arn: { service: "cloudwatch", isGlobal: true, end: ({ DashboardName }) => `dashboard/${String(DashboardName)}` },
  },
  "AWS::CloudWatch::CompositeAlarm": { arn: named("cloudwatch", "alarm:", "AlarmName"), made: arnOnly, defaults: { ActionsEnabled: true } },
  "AWS::Backup::BackupVault": {
    arn: named("backup", "backup-vault:", "BackupVaultName"),
    made: (_properties, arn) => ({ BackupVaultArn: arn }),
  },
  // AWS Backup API reference, DeleteBackupPlan: refused while it has selections
  "AWS::Backup::BackupPlan": {
    arn: named("backup", "backup-plan:", "BackupPlanId"),
    ids: (digits) => ({ BackupPlanId: digits }),
    made: (_properties, arn) => ({ BackupPlanArn: arn, VersionId: "1" }),
    inUse: ({ id }, call) =>
      all(call, "AWS::Backup::BackupSelection").some(({ properties }) => properties["BackupPlanId"] === id)
        ? "Related backup plan selections must be deleted prior to backup plan deletion."
        : undefined,
  },
  "AWS::Backup::BackupSelection": {
    ids: (digits) => ({ Id: digits }),
    made: ({ Id, BackupPlanId }) => ({ SelectionId: Id, Id: `${String(BackupPlanId)}_${String(Id)}` }),
    check: ({ BackupPlanId }, call) => needs(call, "AWS::Backup::BackupPlan", String(BackupPlanId), "Cannot find Backup plan."),
  },
  "AWS::SES::EmailIdentity": { arn: named("ses", "identity/", "EmailIdentity") },
  "AWS::SES::ConfigurationSet": { arn: named("ses", "configuration-set/", "Name") },
  // SES API v2 reference, CreateEmailTemplate
  "AWS::SES::Template": {
    arn: named("ses", "template/", "Id"),
    ids: () => ({}),
    made: ({ Template }) => ({ Id: String((Template as { readonly TemplateName?: string }).TemplateName) }),
  },
  "AWS::SSM::Document": { arn: named("ssm", "document/", "Name"), defaults: { DocumentType: "Command" } },
};
