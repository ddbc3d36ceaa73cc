/** What `infra explain CODE` tells about one code: what happened, why it is a problem, and what to do. */
export interface CodeDoc {
  readonly title: string;
  readonly cause: string;
  readonly cure: string;
}

/** Every code that a diagnostic, a note or a failed step of ours may bear. */
export const codes = {
  // ── finding and reading files
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
  // ── YAML
  "yaml-syntax": {
    title: "The YAML cannot be parsed",
    cause: "Indentation, brackets or quotes do not fit together.",
    cure: "Look at the marked place and the line above it.",
  },
  "yaml-tab": {
    title: "A tab stands where YAML wants spaces",
    cause: "YAML forbids tabs in indentation, because their width is nobody's agreement.",
    cure: "Indent with spaces; most editors convert the whole file with one command.",
  },
  "yaml-duplicate-key": {
    title: "A key stands twice in one mapping",
    cause: "Of two equal keys, one would be lost without a word.",
    cure: "Join the two, or rename one.",
  },
  "yaml-documents": {
    title: "Several documents in one file",
    cause: "A line `---` begins a second document; an environment is one document.",
    cure: "Join them, or make the environment a folder with one file each.",
  },
  "yaml-alias": {
    title: "An alias that leads nowhere, to itself, or to too much",
    cause: "`*name` needs an anchor `&name` before it that does not contain the alias; and aliases of aliases multiply.",
    cure: "Define the anchor above its use, for example under a top-level key that begins with `x-`.",
  },
  "yaml-tag": {
    title: "An unknown YAML tag",
    cause: "Only plain YAML 1.2 is read; `!Ref`, `!Sub` and the like belong to other tools.",
    cure: "Write a reference by its name, and a variable as ${var.NAME}.",
  },
  "yaml-key": {
    title: "A key that is no plain word",
    cause: "Keys are words or numbers, not lists or mappings.",
    cure: "Write the key as text.",
  },
  "not-a-mapping": {
    title: "An environment is a mapping of keys",
    cause: "The file holds a list or a single value.",
    cure: "Begin with `format: 1`, `project:`, `region:` and the sections.",
  },
  "declared-twice": {
    title: "Two files of one environment declare the same",
    cause: "The files of a folder are merged, and neither is above the other.",
    cure: "Keep one of the two; to override, use `extends`.",
  },
  "extends-cycle": {
    title: "A file extends itself",
    cause: "Following `extends` leads back to a file that is already being read.",
    cure: "Break the circle: put what both need into a third file.",
  },
  // ── variables
  "unknown-variable": {
    title: "No such variable",
    cause: "${var.NAME} names a variable that `variables:` does not declare, or --var gives one.",
    cure: "Declare it under `variables:`; that is also where it gets its default.",
  },
  "variable-without-value": {
    title: "A variable has no value",
    cause: "It is declared with null, which means that it must be given from outside.",
    cure: "Give it with --var NAME=VALUE, a --var-file, or INFRA_VAR_NAME.",
  },
  "variable-type": {
    title: "A variable's value is of the wrong type",
    cause:
      "A variable has the type that its declaration names, or that of its default: string, number, boolean, list or map. A value from outside keeps it.",
    cure: "Give a value of the declared type, or change the declaration. A mapping declares: { type, default, description, … }.",
  },
  "variable-rule": {
    title: "A variable's value breaks a rule of its declaration",
    cause: "The declaration says which values are allowed: enum, pattern, minimum, maximum, minItems, maxItems, minLength, maxLength.",
    cure: "Give another value, or change the rule in the line that the message names.",
  },
  "variable-cycle": {
    title: "Variables that are made of each other",
    cause: "The default of a variable uses another variable, whose default leads back to the first.",
    cure: "Give one of them a value of its own.",
  },
  "env-in-yaml": {
    title: "The environment of a process has no place in the YAML",
    cause: "${env.NAME} is refused, because an environment must mean the same on every machine.",
    cure: "Declare a variable; INFRA_VAR_NAME sets it from outside, and the plan is made from its value.",
  },
  "bad-expression": {
    title: "An expression that cannot be evaluated",
    cause:
      "What stands in ${…} is read as an expression: names of variables and resources, operators and functions, in the Common Expression Language. The mark shows where it fails. Shells and policies write ${…}, too.",
    cure: "Correct the expression, or write $${ for a literal ${. A script in a file, named by userDataFile, is never looked through for expressions.",
  },
  "output-not-known": {
    title: "An output is not known yet",
    cause: "A text is made of what AWS tells of a resource, and the resource does not exist, or does not have that value.",
    cure: "Apply the environment, and ask again. A resource that exists and has no such value (a machine without a public address) gets none by that: change it, or take the expression away.",
  },
  "bad-part": {
    title: "A file that is no part",
    cause:
      "`part:` of a use names a file of the repository, or `npm:PACKAGE/FILE` of an installed package, that begins with `part: 1` and holds parameters, resources and outputs.",
    cure: "Correct the path, or write the part. What is a base for environments is named by `extends`.",
  },
  "part-cycle": {
    title: "Parts that use each other",
    cause: "A part is pasted where it is used. One that uses itself, by way of others too, would have no end.",
    cure: "Take one of the uses on the way out.",
  },
  "parts-too-many": {
    title: "Too many uses of parts",
    cause: "Parts use parts to a depth of five, and an environment uses parts a thousand times, at most.",
    cure: "Use parts in the environment rather than in each other, or divide the environment.",
  },
  "unknown-parameter": {
    title: "A parameter that the part does not have",
    cause: "`with:` gives values for the parameters that the part declares under `parameters:`, and for nothing else.",
    cure: "Correct the name, or declare the parameter in the part.",
  },
  "missing-parameter": {
    title: "A parameter without a value",
    cause: "The part declares the parameter without a default, and the use does not give it.",
    cure: "Give it under `with:`, or write a `default:` in the part.",
  },
  "late-value": {
    title: "A value that is known too late",
    cause:
      "The expression names something that AWS makes: an id, an address, a host name. It is known only when the object exists, and this field is needed before.",
    cure:
      "Refer to the resource itself, as in `subnet: public`, or write the value. What AWS makes may stand in `outputs:`, in the tags of a resource, and " +
      "in the fields that `infra explain KIND.FIELD` calls late: user data, policies, descriptions and other texts that can change. It never decides a name, a place, or how many there are.",
  },
  "value-cycle": {
    title: "Values that are made of each other",
    cause: "An expression names a field whose own expression leads back to the first.",
    cure: "Write one of the values without the others.",
  },
  "bad-for-each": {
    title: "Not something to repeat over",
    cause: "`forEach` takes a map, or a list of strings. Each key becomes a part of addresses, tags and names.",
    cure: "Write forEach: { a: 0, b: 1 } or forEach: [a, b], with keys of letters, digits, - and _.",
  },
  "bad-condition": {
    title: "A condition that is neither true nor false",
    cause: "`when` says whether something is declared in this run, so its value is true or false.",
    cure: "Write a variable of the type boolean, or a comparison: when: ${var.tier == 'prod'}.",
  },
  "absent-ref": {
    title: "A reference to something that is not declared in this run",
    cause: "The `when` of what is named is false.",
    cure: "Give the one that refers the same `when`, or name it in a list as name[*], which is empty then.",
  },
  "index-in-identity": {
    title: "The place in a list decides what a resource is",
    cause:
      "A field that cannot change in place is made of each.index. When an item is added or removed before it, the index of all later items moves, and they are replaced.",
    cure: "Write a map, forEach: { a: 0, b: 1 }, and use each.value: a key keeps its number.",
  },
  // ── shape
  "unknown-field": {
    title: "No such field",
    cause: "Fields that nobody reads are refused, since a misspelt field would silently change nothing.",
    cure: "Take the name that is suggested; `infra explain KIND` lists all.",
  },
  "missing-field": {
    title: "A field is missing",
    cause: "The kind cannot be made without it.",
    cure: "Add it; `infra explain KIND.FIELD` says what it takes.",
  },
  "wrong-type": {
    title: "A value of the wrong type",
    cause: 'YAML reads unquoted 8.0, 012 or true as a number or a boolean, and quoted "8" as text.',
    cure: "Add or remove quotes as the message says.",
  },
  "bad-value": {
    title: "A value that is not allowed",
    cause: "The field takes only certain values, lengths or forms.",
    cure: "Take one of those that the message names.",
  },
  "out-of-range": {
    title: "A number out of range",
    cause: "AWS takes only numbers within bounds here.",
    cure: "Choose one within the bounds.",
  },
  "bad-name": {
    title: "A name that cannot be used",
    cause:
      "Resource names become tags and AWS names: letters, digits, `-` and `_`, at most 63, beginning and ending with a letter or digit.",
    cure: "Rename it; with `moved:` nothing is replaced.",
  },
  "unknown-region": {
    title: "A region that AWS does not list",
    cause: "The name is not one of the regions known to this release.",
    cure: "Correct it; a new region works in spite of the warning.",
  },
  conflict: { title: "Two fields exclude each other", cause: "Both say the same thing in two ways.", cure: "Keep one." },
  // ── references
  "unknown-ref": {
    title: "A reference to something that is not declared",
    cause: "A bare name or kind/name must be declared in this environment.",
    cure: "Correct the name; for what is not ours write { id: … } or { tags: { … } }.",
  },
  "ambiguous-ref": {
    title: "A reference that needs its kind",
    cause: "The field takes several kinds, so a bare name does not say which.",
    cure: "Write kind/name.",
  },
  "wrong-kind": {
    title: "A reference to the wrong kind",
    cause: "The field takes other kinds than the one that is named.",
    cure: "Name an object of a kind that fits.",
  },
  "counted-ref": {
    title: "A reference to one of several",
    cause: "The resource has `forEach` or `count`, so its name stands for several objects.",
    cure: "Name one, as web[0] or public[a]; in a list, public[*] names all of them.",
  },
  "ref-cycle": {
    title: "Resources that need each other",
    cause: "Each would have to be made before the other.",
    cure: "Break the circle; groups may name each other in their rules, since these come after both.",
  },
  // ── what a schema cannot say
  "bad-cidr": {
    title: "Not a network",
    cause: "A network is an address, a slash and a prefix length, with no bits set behind the prefix.",
    cure: "Write it as 10.0.0.0/16.",
  },
  "bad-zone": {
    title: "Not a zone of the region",
    cause: "A zone is a letter, a full name in the environment's region, or a zone id.",
    cure: "Write the letter.",
  },
  "bad-tag": {
    title: "A tag that AWS or Plumbline does not take",
    cause: "Keys that begin with aws: or infra: are reserved; keys, values and their number are limited.",
    cure: "Rename or shorten it.",
  },
  "name-collision": {
    title: "Two resources with one AWS name",
    cause: "AWS would refuse the second, or take it for the first.",
    cure: "Give one of them another name: its key, or `name:`.",
  },
  "bad-address": {
    title: "Not an address",
    cause: "An address is kind/name, with [N] for one of a counted resource.",
    cure: "Write it as `infra status` shows it.",
  },
  "bad-moved": {
    title: "A move that cannot be",
    cause: "`moved` renames: the old address is gone from the YAML, and the new one is there, of the same kind.",
    cure: "Correct from and to.",
  },
  "secret-in-text": {
    title: "A secret in the text",
    cause: "An access key id, a private key or a password stands in a file that many read, and that Git keeps for ever.",
    cure: "Take it out and revoke it; for a false alarm write `# infra:allow-secret REASON` on the line.",
  },
  "unknown-var-file": {
    title: "A variables file that cannot be used",
    cause: "--var-file takes a YAML mapping of names to scalars.",
    cure: "Correct the file.",
  },
  // ── kinds' own checks
  "cidr-size": {
    title: "A network that is too large or too small",
    cause: "AWS takes /16 to /28 for VPCs and subnets; no quota changes that.",
    cure: "Choose another prefix length.",
  },
  "cidr-overlap": {
    title: "Two networks overlap",
    cause: "The ranges of a VPC do not overlap each other, nor do its subnets.",
    cure: "Give one of them another range.",
  },
  "cidr-mixed": {
    title: "Ranges that AWS may not allow together",
    cause:
      "Amazon's guide to VPCs allows further ranges of the same private range as the first (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 198.19.0.0/16), of 100.64.0.0/10, and public ones.",
    cure: "Take another range. Where AWS takes this one in your account, leave it.",
  },
  "cidr-outside-vpc": {
    title: "A subnet outside its VPC",
    cause: "A subnet is a part of one of its VPC's ranges.",
    cure: "Correct one of the two, or add a range under `secondaryCidrBlocks`.",
  },
  "one-gateway": {
    title: "Two internet gateways for one VPC",
    cause: "A VPC has one internet gateway at most.",
    cure: "Remove one; all its subnets can use the other.",
  },
  "no-gateway": {
    title: "No way to the internet",
    cause: "A public address is of use only in a VPC with an internet gateway.",
    cure: "Declare one under `internetGateways`.",
  },
  "two-tables": {
    title: "A subnet with two route tables",
    cause: "A subnet follows exactly one table.",
    cure: "Remove it from one of the two.",
  },
  "two-acls": {
    title: "A subnet with two network ACLs",
    cause: "A subnet follows exactly one network ACL.",
    cure: "Remove it from one of the two.",
  },
  "no-ipv6": {
    title: "IPv6 in a VPC that has none",
    cause: "A subnet takes its IPv6 range out of that of its VPC, and an egress-only internet gateway carries IPv6 alone.",
    cure: "Write `ipv6: amazon` on the VPC.",
  },
  "two-defaults": {
    title: "Two resources for what AWS made once",
    cause:
      "AWS makes one default security group, one default network ACL and one main route table with each VPC, and two resources with `default: true` stand for the same.",
    cure: "Write all of it under one of them.",
  },
  "two-main-tables": {
    title: "Two main route tables in one VPC",
    cause: "Subnets that no table names follow the main one, so there is one.",
    cure: "Leave `main: true` on one of them.",
  },
  "duplicate-route": {
    title: "Two routes to one destination",
    cause: "A table has one route a destination; 10.0.0.1/16 and 10.0.0.0/16 are the same.",
    cure: "Remove one of the two.",
  },
  "local-route": {
    title: "A route to the VPC itself",
    cause: "AWS keeps the route inside the VPC by itself, in every table.",
    cure: "Remove it.",
  },
  "bad-target": {
    title: "A target to which no such route can lead",
    cause: "AWS takes only certain targets, some for one family of addresses only.",
    cure: "Name another target.",
  },
  "other-vpc": {
    title: "Two things of different VPCs",
    cause: "Route tables, groups, balancers and machines serve their own VPC only; peering helps in a few places.",
    cure: "Correct the reference, or move one of the two.",
  },
  "bad-key": {
    title: "A public key that cannot be imported",
    cause: "EC2 takes one RSA or ED25519 key in OpenSSH's one-line form.",
    cure: "Name the .pub file that `ssh-keygen -t ed25519` wrote.",
  },
  quota: {
    title: "More than AWS allows by default",
    cause: "The default quota of an account is lower; yours may have been raised.",
    cure: "Ask AWS for more, or split the environment.",
  },
  "bad-rule": {
    title: "A rule that EC2 would not take",
    cause: "Ports go from 0 to 65535 and belong to TCP and UDP, types and codes to ICMP.",
    cure: 'Write `port: 22`, `ports: "8000-8100"`, or `protocol: all` without either.',
  },
  "duplicate-rule": {
    title: "One rule written twice",
    cause: "A rule is its protocol, ports and source; a description makes no second one of it, and EC2 would refuse it.",
    cure: "Remove one of the two.",
  },
  "open-admin-port": {
    title: "Administration open to the whole internet",
    cause: "SSH and Remote Desktop that anybody can reach are found and tried within minutes.",
    cure: "Name the networks that need it, or go through a bastion or Session Manager.",
  },
  "bad-volume": {
    title: "A volume that EC2 would not make",
    cause: "Sizes, IOPS and throughput have bounds that depend on the volume's type.",
    cure: "Change the value or the type as the message says.",
  },
  "bad-spot": {
    title: "Spot conditions that exclude each other",
    cause: "One-time requests end at an interruption; persistent ones stop or hibernate.",
    cure: "Change one of the two.",
  },
  "user-data-too-long": {
    title: "User data that is too long",
    cause: "EC2 takes 16 KiB.",
    cure: "Let a short script fetch the long part, or put it into an image.",
  },
  "load-balancer": {
    title: "A load balancer that AWS would not make as written",
    cause: "Application and network load balancers differ in protocols, fields and targets, and both want one subnet a zone.",
    cure: "Change the field as the message says; `infra explain loadBalancer` lists what there is.",
  },
  "target-group": {
    title: "A target group with fields that exclude each other",
    cause: "Groups of application balancers (HTTP, HTTPS) and of network balancers have different settings.",
    cure: "Remove the field, or change the protocol.",
  },
  "health-check": {
    title: "A health check that AWS would not take",
    cause: "TCP checks have neither path nor matcher, and a check must time out before the next one.",
    cure: "Change it as the message says.",
  },
  target: {
    title: "A target that the group cannot hold",
    cause: "A group holds machines, or addresses with `targetType: ip`, never both.",
    cure: "Write what the group's type takes.",
  },
  "auto-scaling-group": {
    title: "A group that Auto Scaling would not make as written",
    cause: "Sizes, policies, schedules and the rest of a group have to fit each other.",
    cure: "Change the field as the message says; `infra explain autoScalingGroup` lists what there is.",
  },
  "health-grace": {
    title: "A group that ends its machines before they are up",
    cause: "With the load balancer's word on health and a grace period of 0, no machine lives long enough to become healthy.",
    cure: "Leave `healthCheckGracePeriod` out, or give machines the time that they need.",
  },
  alarm: {
    title: "An alarm that CloudWatch would not take",
    cause: "Statistics, periods and their numbers have to fit each other.",
    cure: "Change the field as the message says.",
  },
  policy: {
    title: "A policy that AWS would not take, or that nobody means",
    cause: "The elements of a policy do not fit each other, or it lets the whole world in.",
    cure: "Change the element as the message says.",
  },
  // ── databases
  "db-family": {
    title: "A parameter group of another version",
    cause: "A parameter group is made for one engine and major version, and AWS takes no other.",
    cure: "Declare a group of the right family; for a major upgrade change both in one plan.",
  },
  "db-inherited": {
    title: "A replica has this from its source",
    cause: "Engine, user, password, encryption and network of a read replica are those of the database that it follows.",
    cure: "Remove the field.",
  },
  "db-network": {
    title: "A database across two VPCs",
    cause: "The subnets of a group, and the security groups of a database in it, belong to one VPC.",
    cure: "Name groups and subnets of the same VPC.",
  },
  "db-replica-backups": {
    title: "A replica of a database without backups",
    cause: "AWS begins a replica with a backup of its source.",
    cure: "Give the source a backupRetention of a day or more.",
  },
  "db-replica-groups": {
    title: "A replica without security groups",
    cause: "AWS gives it the VPC's default group, not those of its source.",
    cure: "Write securityGroups.",
  },
  "db-replica-password": {
    title: "A replica of a database with a managed password",
    cause: "AWS makes no read replicas of databases whose password Secrets Manager keeps.",
    cure: "Write masterPassword: { ssmParameter: NAME } in the source: an encrypted parameter, made at random when it does not exist.",
  },
  "db-public-dns": {
    title: "A public database in a VPC without DNS host names",
    cause: "Clients find a public database by its name, and AWS makes none in a VPC that lacks DNS host names or DNS resolution.",
    cure: "Write enableDnsHostnames: true in the VPC, or publiclyAccessible: false.",
  },
  "db-replica-version": {
    title: "A replica of another version than its source",
    cause: "AWS keeps no replica that is older than its source; with PostgreSQL both have the same major version.",
    cure: "Write the engineVersion of the source. MySQL and MariaDB upgrade replicas first, PostgreSQL with the source.",
  },
  "db-storage": {
    title: "Storage that AWS does not take",
    cause: "Sizes, I/O and throughput depend on the storage type and on each other.",
    cure: "Take what the message names.",
  },
  "db-user": {
    title: "A master user that the engine refuses",
    cause: "Each engine keeps names for itself and takes names of a certain length.",
    cure: "Take another name, such as dbadmin.",
  },
  "db-windows": {
    title: "Windows that AWS does not take",
    cause: "Backup and maintenance windows last half an hour or more and do not overlap.",
    cure: "Move one of them.",
  },
  "db-zones": {
    title: "Database subnets in one zone",
    cause: "AWS wants the subnets of a group in two zones at least, also for a database without a standby.",
    cure: "Add a subnet in another zone.",
  },
  // ── the command line
  usage: {
    title: "A command line that cannot be run",
    cause: "A flag, a name or a combination of them does not make sense.",
    cure: "The message says which; `infra COMMAND --help` lists all flags.",
  },
  "no-credentials": {
    title: "No AWS credentials",
    cause: "None of the places where AWS's tools look for credentials has any: the environment, the shared files, SSO, the machine's role.",
    cure: "Log in (`aws sso login`), set AWS_PROFILE or the keys' variables; --sandbox needs none.",
  },
  "credentials-refused": {
    title: "AWS does not accept the credentials",
    cause: "The key does not exist, was deactivated, or its secret is wrong.",
    cure: "Look with `aws sts get-caller-identity`, then make or choose another.",
  },
  "credentials-expired": {
    title: "The credentials have expired",
    cause:
      "A session token ran out, or this machine's clock is wrong by more than AWS takes (five minutes) and could not be put right by AWS's.",
    cure: "Log in again, or set the clock.",
  },
  "access-denied": {
    title: "AWS denies a call",
    cause: 'The role lacks the permission. A denied read is never taken for "does not exist".',
    cure: "Let the role make the call, or use one that may.",
  },
  "region-off": {
    title: "A region that is not switched on",
    cause: "Regions opened after March 2019 are off until an account switches them on, and refuse every key until then.",
    cure: "Switch it on under Account, AWS Regions, or correct `region:`.",
  },
  "wrong-account": {
    title: "Credentials for another account",
    cause: "`account:` guards the environment, and AWS says that the credentials belong elsewhere.",
    cure: "Choose the other credentials, or correct `account:`.",
  },
  "no-network": {
    title: "AWS cannot be reached",
    cause: "The endpoint's name does not resolve, or nothing answers there.",
    cure: "Check the network, the proxy (HTTPS_PROXY, NO_PROXY), AWS_ENDPOINT_URL and the region's name.",
  },
  "not-aws": {
    title: "The answer is not AWS's",
    cause:
      "Something in between answered in its place: a web page, nothing, a redirect, the answer to another call, or a list without an end. It is never taken for an answer.",
    cure: "Check the proxy (HTTPS_PROXY, NO_PROXY), a captive portal that wants you to sign in, AWS_ENDPOINT_URL.",
  },
  throttled: {
    title: "AWS keeps throttling",
    cause: "Something else uses up the account's calls, for minutes.",
    cure: "Run the command again later.",
  },
  "aws-error": {
    title: "AWS refused a call",
    cause: "The message is AWS's own.",
    cure: "Do what it says; the request id helps AWS's support.",
  },
  // ── plans
  "refused-change": {
    title: "A change that AWS cannot make",
    cause:
      "The field is fixed when the resource is created, or AWS takes only some ways from one value to another, and a replacement is not done for it.",
    cure: "Take the change back, or make a second resource and move over.",
  },
  "too-disruptive": {
    title: "More disruption than this environment allows",
    cause: "`maxDisruption` bounds what a plan may do to a running resource: nothing, a restart, or a replacement.",
    cure: "Raise `maxDisruption` for this change, or do without it.",
  },
  protected: {
    title: "A protected resource would be replaced",
    cause: "`protect: true` forbids deleting and replacing it.",
    cure: "Take `protect: true` away in a change of its own, apply that, then make this change.",
  },
  "destroys-data": {
    title: "A plan that would lose data, a disk or an address",
    cause: "What holds them is deleted or replaced only where the YAML names the live object.",
    cure: "Add the `allowDestroy` line that is shown, or take the change back. A database is never replaced: the hint is its runbook.",
  },
  "foreign-moved": {
    title: "A lookup by tags finds another object than before",
    cause: "A replacement that follows only from somebody else's tags is never done.",
    cure: "Name the object by id if the replacement is meant.",
  },
  "in-use": {
    title: "Others use it",
    cause:
      "An interface, a group, a machine or a balancer that is not of this environment uses what is to be deleted or replaced, and AWS deletes nothing in use.",
    cure: "Remove what is named, or keep the resource.",
  },
  "two-of-one": {
    title: "Two live objects for one address",
    cause: "Both bear the address in their tags, and both look as if we had made them.",
    cure: "Take the tag infra:resource off the one that is not meant.",
  },
  "unknown-target": {
    title: "A target that is not there",
    cause: "--target takes the address of something that is declared, or that exists.",
    cure: "Write it as the plan or `infra status` shows it.",
  },
  "lookup-failed": {
    title: "A lookup that does not find exactly one",
    cause: "A reference by tags, an image or a zone must lead to one live object.",
    cure: "Make the tags or the name more exact, or name the object by id.",
  },
  "adopt-missing": {
    title: "What is to be adopted is not there",
    cause: "`adopt:` names an id that AWS does not show in this region and account, or an object that was deleted.",
    cure: "Check the id, the region and the account. `adopt:` never creates; without the line the resource is created.",
  },
  "adopt-owned": {
    title: "What is to be adopted belongs to somebody",
    cause:
      "It bears the ownership tags of another address, environment or project, belongs to another account, or is named by two `adopt:` lines.",
    cure: "Use `moved:` within the environment, or let the other environment give it up first.",
  },
  "adopt-made-by-other": {
    title: "What is to be adopted was made by a service",
    cause:
      "A tag says that an Auto Scaling group, a CloudFormation stack, EKS or another service made it, and that service may change or delete it at any time.",
    cure: "Adopt the group in place of its machines; let a stack give the object up; leave anything else to its maker and refer to it by `{ id }`.",
  },
  // ── assertions about who reaches whom
  "assert-violated": {
    title: "An assertion of the file does not hold",
    cause:
      "`assert:` forbids a connection that would be open, or asks for one that would not. The hint names the rules and routes that decide.",
    cure: "Change what the hint names, or the assertion. `infra reach ENV FROM TO PORT` shows every hop.",
  },
  "assert-unknown": {
    title: "Nobody can say whether an assertion holds",
    cause:
      "Something on the way is not in the file or is not modelled: a group, a table or a subnet of somebody else, a VPN, or an address that AWS picks. What is not known is never taken for good.",
    cure: "Declare what is missing, fix the address, or make the assertion narrower. docs/reach.md lists what is not modelled.",
  },
  "assert-nothing": {
    title: "An assertion that cannot fail",
    cause: "What it names is on no network interface: a group that nothing bears, a subnet in which nothing lies.",
    cure: "Name something else, or take the assertion out.",
  },
  "assert-unknown-name": {
    title: "An assertion names nothing that exists",
    cause:
      "An end of an assertion is `internet`, a network or an address, a resource that has network interfaces, a group, subnet or VPC, or KIND/* for all of a kind.",
    cure: "Correct the name. `infra reach ENV` lists everything that reaches or is reached.",
  },
  "adopt-would-change": {
    title: "An adoption that would change more than tags",
    cause: "`infra adopt` writes only the tags that say whose an object is, and the file says something else of it than AWS has.",
    cure: "Write what AWS has into the file, run `infra adopt`, and change it afterwards with `infra apply`.",
  },
  "import-root": {
    title: "Something that cannot be imported",
    cause: "What `infra import` was given does not exist here, was made by a service, or bears the tags of an environment already.",
    cure: "Check the id, the region and the account. `infra release` takes the tags of an environment off; what a service made is imported with that service's own object.",
  },
  "import-open": {
    title: "A place that the imported file cannot say",
    cause: "AWS has a value there that no file can write, or that a plan would change.",
    cure: "The file has a comment beginning with `open:` in the place. Write the field by hand, or leave it unwritten: what is not written is not compared.",
  },
  // ── notes of a plan
  "adopt-idle": {
    title: "An `adopt:` line that does nothing",
    cause: "The resource has an object already, and `adopt:` names another one.",
    cure: "Take the line out. To have the other object instead, take this one's tags infra:* off by hand.",
  },
  "slot-taken": {
    title: "Something that only one may have is taken",
    cause:
      "AWS gives a range of a VPC, a name, a fixed address, the gateway of a VPC, a priority of a listener to one object at a time. What holds it neither goes nor lets go in this plan.",
    cure: "Take another; or take what holds it out of the YAML, or change it, in the same plan or before. If the two are one object under a new name, add the `moved:` line that is shown.",
  },
  "cannot-let-go": {
    title: "What must be deleted first is in use",
    cause:
      "An object has to be deleted before another can be made, because both hold what AWS gives to one only; and something that stays cannot do without the first one for a while. Nothing of the chain is done.",
    cure: "Add the `moved:` line that is shown, if the two are one object; or make the new one beside the old one under other values first, move what uses it over, and take the old one out in a second change.",
  },
  gap: {
    title: "Something is missing for a while during the apply",
    cause: "An object has to be deleted before its successor can be made, and what refers to it does without it meanwhile.",
    cure: "Nothing, if the gap may be. Otherwise make the new one beside the old one under other values first.",
  },
  awaited: {
    title: "A change waits for the end of a delete that is under way",
    cause: "AWS is deleting an object, which until then holds what something in the plan needs.",
    cure: "Nothing: the apply waits for it.",
  },
  "likely-rename": {
    title: "A delete and a create of the same shape",
    cause: "The key of a resource changed, so its old address leaves and a new one comes.",
    cure: "Add the `moved:` line that is shown, and nothing is replaced.",
  },
  copy: {
    title: "A copy of our tags",
    cause: "Tags travel with launch-more-like-this, restores and backups; the object itself was not made by us.",
    cure: "Nothing needs doing: it is never touched. Take the tags off to silence the note.",
  },
  "other-project": {
    title: "Another project's environment of the same name",
    cause: "Two projects may both have a `dev`; the tag infra:project tells them apart.",
    cure: "Nothing needs doing.",
  },
  "not-looked-at": {
    title: "A kind that was not looked at",
    cause: "The YAML has none of it, and the role may not list it: what was removed from the YAML earlier would not be found.",
    cure: "`infra iam-policy ENV --for plan` prints what the role needs.",
  },
  "live-without-yaml": {
    title: "A live environment without YAML",
    cause: "The project has objects of an environment that no file here describes.",
    cure: "If this one was renamed, take the old name back; else `infra destroy --project … --environment … --region …`.",
  },
  "left-alone": {
    title: "A resource that is left alone as a whole",
    cause: "Something about it says that somebody is at work on it: a quarantine, a restore.",
    cure: "Plan again when they are done.",
  },
  unlisted: {
    title: "Items that AWS has and the YAML has not",
    cause: "Others write to this list, so what is not in the YAML is kept.",
    cure: "Write it into the YAML, remove it by hand, or say `unlisted: remove`.",
  },
  "noted-change": {
    title: "A change that is noted and not made",
    cause: "A newer image or other user data reaches a machine only by replacing or restarting it.",
    cure: "`imageUpdates` or `userDataChange` says that it should.",
  },
  remark: {
    title: "Something to know about a resource",
    cause: "What AWS says of it is no difference from the YAML: maintenance, a subscription that nobody confirmed.",
    cure: "Read the note.",
  },
  stranger: {
    title: "Something of nobody's in our network",
    cause: "It stands in a VPC of this environment and bears no tags of ours.",
    cure: "Nothing needs doing; `adopt:` takes it into the YAML.",
  },
  // ── drift
  "drift-changed": {
    title: "A field that differs from the YAML",
    cause: "Somebody, or something, changed it in AWS.",
    cure: "`infra apply` puts it back; or write what AWS has into the YAML.",
  },
  "drift-missing": {
    title: "Something that is in the YAML and not in AWS",
    cause: "It was deleted by hand, or never applied.",
    cure: "`infra apply` makes it; or take it out of the YAML.",
  },
  "drift-added": {
    title: "Something that is ours in AWS and not in the YAML",
    cause: "An item was added by hand to a list that we own, or the YAML lost a resource that was not applied since.",
    cure: "`infra apply` removes it; or write it into the YAML.",
  },
  // ── steps of an apply
  "name-taken": {
    title: "A name that another object has",
    cause: "AWS allows one of this name, and the one that is there does not bear our tags.",
    cure: "Rename one of the two, or let the YAML adopt it.",
  },
  failed: {
    title: "A new object that did not come up",
    cause: "AWS took the request and could not carry it out; its own words are in the message.",
    cure: "Mend the cause and run again: a new one is made, and the failed one is removed.",
  },
  "not-ours": {
    title: "An object that is no longer ours",
    cause: "Its ownership tags changed between the plan and the delete, so it was not deleted.",
    cure: "Plan again.",
  },
  blocked: {
    title: "A delete that AWS refused to the end",
    cause: "What is named still uses the object.",
    cure: "Remove it, or wait until its service does, and run again.",
  },
  timeout: {
    title: "AWS took longer than the time allowed",
    cause: "The object is still on its way to the state that was waited for.",
    cure: "Run again: it goes on from there.",
  },
  "lease-lost": {
    title: "Another run may hold the lock",
    cause:
      "Another run took the lock over, `infra unlock` freed it, or it could not be looked at for ten minutes. Nothing more was written.",
    cure: "When the other run has ended, run again.",
  },
  refused: {
    title: "A step that infra refuses",
    cause: "Carrying it out would touch what others hold, or what AWS could not undo.",
    cure: "Do what the hint says.",
  },
  internal: {
    title: "A defect of infra",
    cause: "Something happened that should be impossible.",
    cure: "Please report it, with what `--trace FILE` wrote. Running again is safe.",
  },
  "many-deletes": {
    title: "A plan that takes away much, and nobody looks",
    cause:
      "Without a terminal, more than 5 deletes or replacements, more than 20 % of the environment, or a VPC or load balancer among them, must be meant. An update that opens a group to 0.0.0.0/0 or ::/0, or takes a default route away, counts like a delete.",
    cure: "Look at the plan; then --allow-deletes N, or an approval.",
  },
  "opens-unwritten": {
    title: "A network that would be opened or cut off though the file does not say so",
    cause:
      "A default would let everybody into a security group, let everything out of it, or take a default route away, and the file does not write the field: somebody may have closed it, or added the route, for a reason.",
    cure: "Write the field as it is meant to be. Without a terminal, only an exact approval runs the plan as it is.",
  },
  "stale-plan": {
    title: "The plan is no longer what would be done",
    cause: "The YAML or AWS has changed since the plan was saved, approved or shown.",
    cure: "Make a new plan and look at it again.",
  },
  "no-such-image": {
    title: "An image that does not exist",
    cause: "There is no image of this id in the region that this account may use, or it is not available.",
    cure: "Correct the id; `{ ssm: PARAMETER }` and `{ owner, name }` find an image of the region by themselves.",
  },
  "no-such-zone": {
    title: "A zone that the account does not have",
    cause: "The region has no availability zone of this name for this account.",
    cure: "Take one of those that the message lists.",
  },
  "no-such-object": {
    title: "A reference by id to something that is not there",
    cause: "No object of this id is visible to this account in this region.",
    cure: "Correct the id or the region.",
  },
  preflight: {
    title: "AWS would refuse a step",
    cause:
      "A plan looked for what new objects name, or `apply --preflight` sent a step's call as a dry run, and AWS said no: a right that is missing, a name that is taken, an image, a zone or an object of others that is not there, a type that a zone does not offer, a limit of the account.",
    cure: "Correct the line that is shown, or let the role do what AWS names; `infra iam-policy ENV --for apply` prints what it needs. Nothing was changed.",
  },
  "older-commit": {
    title: "A commit older than the one applied last",
    cause: "A re-run of an old job would undo what a newer commit has applied.",
    cure: "Revert in Git, or say --allow-older.",
  },
  frozen: {
    title: "Every apply is refused",
    cause: "Somebody froze the environment; the message says who and why.",
    cure: "Ask them; `infra freeze ENV --thaw` allows applies again.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;

export type Code = keyof typeof codes;
