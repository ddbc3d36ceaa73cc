import type { CodeDoc } from "./code-doc.ts";

/** Codes of finding and reading files. */
export const filesCodes = {
  "env-not-found": {
    title: "No such environment",
    cause: "ENV is neither the name of a file or folder under environments/ nor a path to one.",
    cure: "Give a name that `infra environments` lists, or a path; `-C DIR` changes the directory first.",
  },
  "file-not-found": {
    title: "A file that the YAML names does not exist",
    cause: "`extends`, `userDataFile`, `publicKeyFile` and the like are read relative to the YAML file in which they stand.",
    cure: "Correct the path, or add the file.",
  },
  "file-outside": {
    title: "A file outside of the repository",
    cause:
      "`extends`, `userDataFile` and `publicKeyFile` name files of the environment's own repository: its Git work tree, or without one the folder above environments/. A link out of it counts as outside. Otherwise a pull request could show any file of the machine that plans it.",
    cure: "Copy the file into the repository. What the command line names, an environment's path or a --var-file, may be anywhere.",
  },
  "file-unreadable": {
    title: "A file cannot be read",
    cause: "The operating system refused to open it, or it is not a regular file.",
    cure: "Check its permissions and its kind.",
  },
  "file-unwritable": {
    title: "A file cannot be written",
    cause: "The operating system refused to make it, or to write into it.",
    cure: "Check the path, the permissions and the space that is left.",
  },
  "cannot-listen": {
    title: "The sandbox cannot be served at this address",
    cause: "Another program listens on the port, or the host is none of this machine's addresses.",
    cure: "Choose another `--port` (0 takes a free one), and a `--host` that this machine has.",
  },
  "sandbox-state": {
    title: "The sandbox's state cannot be used",
    cause: "A file in `.infra/sandbox/` is broken or of a newer version, cannot be written, or another process holds it.",
    cure: "Do what the message says. `infra sandbox reset` begins with an empty sandbox, whatever the files hold.",
  },
  "foreign-file": {
    title: "A file of another tool",
    cause: "The first keys are those of CloudFormation, Kubernetes, Docker Compose or another tool, whose files are not read.",
    cure: "Write the resources in the format of docs/writing.md; `infra init` writes a first environment, and `adopt:` takes over what exists.",
  },
  "unknown-type": {
    title: "A type that AWS does not have",
    cause: "The section is named as one of AWS's types is (`AWS::SQS::Queue`), and the registry of CloudFormation has none of this name.",
    cure: "Correct the name: `infra types WORD` lists those with a word in them.",
  },
  "refused-type": {
    title: "A type that infra does not make",
    cause:
      "Objects of this type cannot say whose they are, Cloud Control cannot make them or would lose their data, or infra makes them by a kind of its own.",
    cure: "Do what the hint says; docs/types.md tells what is refused and why.",
  },
  "unproven-type": {
    title: "A type that nobody has tried",
    cause:
      "The type is not among those that were looked at one by one: all that infra knows of it is AWS's schema, and handlers differ from their schemas.",
    cure: "Write `unproven: true` in the resource, and try it in an account of its own first.",
  },
  "refused-property": {
    title: "A property that a file does not write",
    cause: "AWS makes the value (it is read-only), it would put a secret into a file, or infra writes it from a field of its own: tags.",
    cure: "Do what the hint says.",
  },
  "wrong-indentation": {
    title: "A field stands beside its resource",
    cause: "In YAML, the fields of a resource are indented further than its name. This one has the same indentation as the name.",
    cure: "Indent the field, or write the resource on one line: `main: { cidrBlock: 10.0.0.0/16 }`.",
  },
  "bad-instance-type": {
    title: "An instance type that AWS cannot have",
    cause: "A type is a family and a size with a dot between them, as in `t3.micro`. Here one of the two has a form that no type has.",
    cure: "Correct the family or the size. Whether the region has a type of the right form is asked when a plan is made.",
  },
  "file-empty": {
    title: "A file is empty",
    cause: "A YAML without a single key, or a named file without a character, is almost always a mistake.",
    cure: "Write its content, or remove the file and its mention.",
  },
  "file-too-large": {
    title: "A file is too large",
    cause: "An environment file may have 8 MiB and a file that it names 1 MiB; more is not configuration.",
    cure: "Split the environment into a folder of files, or name the right file.",
  },
  "file-not-text": {
    title: "A file is not UTF-8 text",
    cause: "It holds bytes that are no UTF-8, or NUL characters, as binary files and UTF-16 do.",
    cure: "Save it as UTF-8.",
  },
  "too-many-problems": {
    title: "More problems than are listed",
    cause: "An environment with more than 1,000 problems has one cause for most of them.",
    cure: "Correct the first ones, and look again.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
