import type { CodeDoc } from "./code-doc.ts";

/** Codes of finding and reading files. */
export const filesCodes = {
  "env-not-found": {
    title: "The environment does not exist",
    cause: "ENV is neither the name of a file or folder under environments/ nor a path to one.",
    cure: "Give a name that `infra environments` lists, or a path. `-C DIR` changes the directory first.",
  },
  "same-environment": {
    title: "Two files are the same environment",
    cause:
      "Two files under environments/ have the same `project`, `environment` and `region`, as happens when one is copied. Both own the same objects in AWS, so an apply of one changes and deletes what the other declares. It is an error for commands that change AWS, and a warning for others.",
    cure: "Give each its own `environment:`, or remove one. If they are meant for different accounts, write `account:` in each.",
  },
  "file-not-found": {
    title: "A file that the YAML names does not exist",
    cause: "Paths in `extends`, `userDataFile`, `publicKeyFile` and the like are relative to the YAML file that contains them.",
    cure: "Correct the path, or add the file.",
  },
  "file-outside": {
    title: "A file outside the repository",
    cause:
      "`extends`, `userDataFile` and `publicKeyFile` must name files in the repository of the environment: its Git work tree, or without one the folder above environments/. A link that leads out of the repository counts as outside. Without this rule, a pull request could show any file of the machine that plans it.",
    cure: "Copy the file into the repository. Files that the command line names may be anywhere: the path of an environment, or a --var-file.",
  },
  "file-unreadable": {
    title: "infra cannot read a file",
    cause: "The operating system refused to open the file, or it is not a regular file.",
    cure: "Check its permissions and its type.",
  },
  "file-unwritable": {
    title: "infra cannot write a file",
    cause: "The operating system refused to create the file, or to write to it.",
    cure: "Check the path, the permissions and the free space.",
  },
  "cannot-listen": {
    title: "The sandbox cannot listen on this address",
    cause: "Another program listens on the port, or this machine does not have the address of the host.",
    cure: "Choose another `--port` (0 takes a free one), or a `--host` that is an address of this machine.",
  },
  "sandbox-state": {
    title: "infra cannot use the state of the sandbox",
    cause: "A file in `.infra/sandbox/` is damaged, belongs to a newer version or cannot be written, or another process holds it.",
    cure: "Do what the message says. `infra sandbox reset` begins with an empty sandbox, whatever the files contain.",
  },
  "foreign-file": {
    title: "A file of another tool",
    cause: "The first keys belong to CloudFormation, Kubernetes, Docker Compose or another tool. infra does not read files of these tools.",
    cure: "Write the resources in the format of docs/writing.md. `infra init` writes a first environment, and `adopt:` takes over existing objects.",
  },
  "unknown-type": {
    title: "A type that AWS does not have",
    cause:
      "The name of the section has the form of an AWS type (`AWS::SQS::Queue`), but CloudFormation's registry has no type of this name.",
    cure: "Correct the name. `infra types WORD` lists the types with this word.",
  },
  "refused-type": {
    title: "A type that infra refuses",
    cause:
      "Objects of this type cannot show who owns them, Cloud Control cannot create them or would lose their data, or infra has its own kind for them.",
    cure: "Do what the hint says. docs/types.md lists the refused types and the reasons.",
  },
  "unproven-type": {
    title: "A type that has not been tested",
    cause:
      "The type is not among the types that were reviewed one by one. infra knows only AWS's schema of the type, and handlers differ from their schemas.",
    cure: "Write `unproven: true` in the resource, and try it first in a separate account.",
  },
  "refused-property": {
    title: "A property that a file cannot contain",
    cause:
      "AWS assigns the value (the property is read-only), the value would put a secret into the file, or infra writes the property from its own field `tags`.",
    cure: "Do what the hint says.",
  },
  "wrong-indentation": {
    title: "A field at the level of its resource",
    cause: "In YAML, the fields of a resource must be indented further than its name. This field has the same indentation as the name.",
    cure: "Indent the field, or write the resource on one line: `main: { cidrBlock: 10.0.0.0/16 }`.",
  },
  "bad-instance-type": {
    title: "An instance type that AWS cannot have",
    cause:
      "An instance type is a family and a size with a dot between them, as in `t3.micro`. Here the family or the size has a form that no type has.",
    cure: "Correct the family or the size. A plan checks whether the region has the type.",
  },
  "file-empty": {
    title: "A file is empty",
    cause: "A YAML file without a key, or a named file without content, is almost always a mistake.",
    cure: "Write the content, or remove the file and the line that names it.",
  },
  "file-too-large": {
    title: "A file is too large",
    cause: "An environment file can have 8 MiB, and a file that it names 1 MiB. A larger file is not configuration.",
    cure: "Split the environment into a folder of files, or name the right file.",
  },
  "file-not-text": {
    title: "A file is not UTF-8 text",
    cause: "The file contains bytes that are not UTF-8, or NUL characters, as binary files and UTF-16 do.",
    cure: "Save the file as UTF-8.",
  },
  "too-many-problems": {
    title: "More problems than infra lists",
    cause: "If an environment has more than 1,000 problems, most of them have one cause.",
    cure: "Correct the first problems, and run the command again.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
