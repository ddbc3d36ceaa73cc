/** Dashboards, alarms, backups, mail, documents and network logs. */
import type { Spec } from "../../kind.ts";
import { lastOf, same, seconds, sets, type Curated } from "./entry.ts";

const named = /[^A-Za-z0-9_.-]/;
const words = /[^A-Za-z0-9_-]/;

export const operations: Readonly<Record<string, Curated>> = {
  "AWS::CloudWatch::Dashboard": {
    doc: "A CloudWatch dashboard.",
    index: "cloudwatch:dashboard",
    idOf: lastOf,
    arn: (id, { partition, account }) => `arn:${partition}:cloudwatch::${account}:dashboard/${id}`,
    name: { field: "DashboardName", max: 255, forbidden: words, id: same },
    documents: [["DashboardBody"]],
    waits: seconds,
  },
  "AWS::CloudWatch::CompositeAlarm": {
    doc: "An alarm on the states of other alarms.",
    index: "cloudwatch:alarm",
    idOf: (arn) => arn.split(":alarm:")[1],
    name: { field: "AlarmName", max: 255, forbidden: named, id: same },
    waits: seconds,
    unordered: sets("aws_cloudwatch_composite_alarm", {
      AlarmActions: "alarm_actions",
      InsufficientDataActions: "insufficient_data_actions",
      OKActions: "ok_actions",
    }),
  },
  "AWS::Backup::BackupVault": {
    doc: "An AWS Backup vault.",
    index: "backup:backup-vault",
    idOf: lastOf,
    name: { field: "BackupVaultName", max: 50, forbidden: words, id: same },
    onlyFor: {
      "backup:PutBackupVaultAccessPolicy": ["AccessPolicy"],
      "backup:PutBackupVaultLockConfiguration": ["LockConfiguration"],
      "backup:PutBackupVaultNotifications": ["Notifications"],
    },
    dataLoss: "data",
    waits: seconds,
    quirks: [
      ["AWS does not delete a vault that contains recovery points.", "AWS Backup API, DeleteBackupVault"],
      [
        "A new vault encrypts with a KMS key: the role that creates it also needs permission to use that key.",
        'AWS Backup Developer Guide, "Access control"',
      ],
    ],
  },
  "AWS::Backup::BackupPlan": {
    doc: "The schedule of AWS Backup for recovery points, and their retention.",
    index: "backup:backup-plan",
    idOf: lastOf,
    waits: seconds,
    quirks: [["AWS does not delete a plan that still has selections.", "AWS Backup API, DeleteBackupPlan"]],
  },
  "AWS::Backup::BackupSelection": {
    doc: "The resources that a backup plan backs up.",
    part: { field: "BackupPlanId", of: "AWS::Backup::BackupPlan", idOf: same, key: ["BackupSelection/SelectionName"] },
    service: "backup",
    passesTo: "backup.amazonaws.com",
    waits: seconds,
    quirks: [
      [
        "It cannot be changed: the old one is deleted, and then a new one is created.",
        "the schema: all of its properties are create-only, or it has no handler for updates",
      ],
    ],
  },
  "AWS::SES::EmailIdentity": {
    doc: "A domain or an address from which SES sends.",
    index: "ses:identity",
    idOf: lastOf,
    name: { field: "EmailIdentity", max: 320, forbidden: /[^A-Za-z0-9.@_+-]/, id: same },
    onlyFor: {
      "ses:PutEmailIdentityConfigurationSetAttributes": ["ConfigurationSetAttributes"],
      "ses:PutEmailIdentityDkimAttributes": ["DkimAttributes"],
      "ses:PutEmailIdentityDkimSigningAttributes": ["DkimSigningAttributes"],
      "ses:PutEmailIdentityFeedbackAttributes": ["FeedbackAttributes"],
      "ses:PutEmailIdentityMailFromAttributes": ["MailFromAttributes"],
    },
    waits: seconds,
    quirks: [
      [
        "Write `EmailIdentity`, because a derived name is not a domain. It is verified when its DKIM records are in DNS; infra does not wait for this.",
        "SES API v2, CreateEmailIdentity",
      ],
    ],
  },
  "AWS::SES::ConfigurationSet": {
    doc: "The sending options of SES for mail that names the set.",
    index: "ses:configuration-set",
    idOf: lastOf,
    name: { field: "Name", max: 64, forbidden: words, id: same },
    onlyFor: {
      "ses:PutConfigurationSetArchivingOptions": ["ArchivingOptions"],
      "ses:PutConfigurationSetDeliveryOptions": ["DeliveryOptions"],
      "ses:PutConfigurationSetReputationOptions": ["ReputationOptions"],
      "ses:PutConfigurationSetSendingOptions": ["SendingOptions"],
      "ses:PutConfigurationSetSuppressionOptions": ["SuppressionOptions"],
      "ses:PutConfigurationSetTrackingOptions": ["TrackingOptions"],
      "ses:PutConfigurationSetVdmOptions": ["VdmOptions"],
    },
    waits: seconds,
  },
  "AWS::SES::Template": {
    doc: "A template of an e-mail, with placeholders that SES fills in.",
    index: "ses:template",
    idOf: lastOf,
    arn: (id, { partition, region, account }) => `arn:${partition}:ses:${region}:${account}:template/${id}`,
    waits: seconds,
    quirks: [
      [
        "Write `Template.TemplateName`: otherwise AWS generates a name, and another name makes another template.",
        "CloudFormation User Guide, AWS::SES::Template Template: `TemplateName`",
      ],
    ],
  },
  "AWS::SSM::Document": {
    doc: "A Systems Manager document: commands, automations, sessions.",
    index: "ssm:document",
    idOf: lastOf,
    name: { field: "Name", max: 128, forbidden: named, id: same },
    passesTo: "ssm.amazonaws.com",
    waits: seconds,
    documents: [["Content"]],
    // CloudFormation User Guide, "AWS::SSM::Document": `UpdateMethod` decides whether an update makes a new version or a new document.
    costs: Object.fromEntries(
      ["Attachments", "Content", "DocumentFormat", "Requires", "TargetType", "VersionName"].map((property) => [
        property,
        ({ UpdateMethod }: Spec) => (UpdateMethod === "NewVersion" ? "update" : "replace"),
      ]),
    ),
    quirks: [
      [
        "`Content` changes in place only with `UpdateMethod: NewVersion`; otherwise the document is replaced.",
        "CloudFormation User Guide, AWS::SSM::Document: `UpdateMethod`",
      ],
    ],
  },
};
