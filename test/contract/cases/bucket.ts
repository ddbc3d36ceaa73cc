import type { Case } from "../case.ts";

const name = "lab-test-main";

const policy = (...actions: readonly string[]) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "Readers",
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::123456789012:role/others" },
      Action: actions,
      Resource: `arn:aws:s3:::${name}/*`,
    },
  ],
});

export const bucket: Case = {
  kind: "bucket",
  index: { kmsKeys: { data: {} }, buckets: { logs: { name: "lab-test-logs" }, others: { name: "lab-test-others" } } },
  bare: { name },
  forms: [
    {
      full: {
        name,
        versioning: true,
        encryption: { algorithm: "aws:kms", kmsKey: "alias/mine", bucketKey: true },
        publicAccessBlock: { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true },
        ownership: "BucketOwnerEnforced",
        lifecycle: {
          old: {
            enabled: true,
            prefix: "reports/",
            days: 90,
            noncurrentDays: 30,
            noncurrentVersions: 3,
            abortUploadDays: 7,
            transitions: { STANDARD_IA: 30 },
            noncurrentTransitions: { GLACIER: 10 },
          },
          markers: { expiredDeleteMarkers: true, abortUploadDays: 7 },
        },
        policy: policy("s3:GetObject"),
        cors: [
          {
            id: "shop",
            allowedOrigins: ["https://shop.example.com"],
            allowedMethods: ["GET"],
            allowedHeaders: ["*"],
            exposeHeaders: ["ETag"],
            maxAge: 300,
          },
        ],
        website: { indexDocument: "index.html", errorDocument: "error.html" },
        logging: { bucket: "logs", prefix: "main/" },
      },
      changes: [
        ["versioning", false],
        ["encryption.kmsKey", "data", "update", { also: { "encryption.algorithm": "aws:kms:dsse", "encryption.bucketKey": false } }],
        [
          "publicAccessBlock.blockPublicAcls",
          false,
          "update",
          {
            also: {
              "publicAccessBlock.ignorePublicAcls": false,
              "publicAccessBlock.blockPublicPolicy": false,
              "publicAccessBlock.restrictPublicBuckets": false,
            },
          },
        ],
        ["ownership", "BucketOwnerPreferred"],
        [
          "lifecycle.old.prefix",
          "logs/",
          "update",
          {
            also: {
              "lifecycle.old.enabled": false,
              "lifecycle.old.days": 120,
              "lifecycle.old.noncurrentDays": 60,
              "lifecycle.old.noncurrentVersions": 5,
              "lifecycle.old.abortUploadDays": 3,
              "lifecycle.old.transitions": { GLACIER: 60 },
              "lifecycle.old.noncurrentTransitions": { GLACIER: 20 },
              "lifecycle.markers.expiredDeleteMarkers": false,
            },
          },
        ],
        ["lifecycle", undefined],
        ["policy", policy("s3:GetObject", "s3:ListBucket")],
        ["policy", undefined],
        [
          "cors.0.id",
          "all",
          "update",
          {
            also: {
              "cors.0.allowedOrigins": ["*"],
              "cors.0.allowedMethods": ["GET", "PUT"],
              "cors.0.allowedHeaders": ["Content-Type"],
              "cors.0.exposeHeaders": ["x-amz-version-id"],
              "cors.0.maxAge": 600,
            },
          },
        ],
        ["website.indexDocument", "home.html", "update", { also: { "website.errorDocument": "404.html" } }],
        ["website", undefined],
        ["logging.prefix", "all/", "update", { also: { "logging.bucket": "others" } }],
      ],
    },
    {
      full: { name, website: { redirectAllTo: "www.example.com", redirectProtocol: "https" } },
      changes: [["website.redirectAllTo", "shop.example.com", "update", { also: { "website.redirectProtocol": "http" } }]],
    },
  ],
};
