/** Returns the file that `infra init` writes. The path of the schema is relative to it, as editors expect. */
export function firstEnvironment(project: string, name: string, region: string): string {
  return `# yaml-language-server: $schema=.schema.json
#
# A small network: two subnets in two zones that reach the internet, and a security group that allows HTTPS.
# Every field is explained by \`infra explain KIND.FIELD\`.
format: 1
project: ${project}
environment: ${name}
region: ${region}
# account: "123456789012"       # refuses any other account

vpcs:
  main:
    cidrBlock: 10.0.0.0/16
    enableDnsHostnames: true

internetGateways:
  main: { vpc: main }

subnets:
  public-a: { vpc: main, cidrBlock: 10.0.0.0/24, availabilityZone: a, mapPublicIpOnLaunch: true }
  public-b: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: b, mapPublicIpOnLaunch: true }

routeTables:
  public:
    vpc: main
    routes:
      - { destination: 0.0.0.0/0, target: internetGateway/main }
    subnets: [public-a, public-b]

securityGroups:
  web:
    vpc: main
    description: Web servers
    ingress:
      - { port: 443, source: 0.0.0.0/0, description: HTTPS from anywhere }
`;
}
