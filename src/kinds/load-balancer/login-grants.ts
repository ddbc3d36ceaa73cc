/** The permissions that the caller needs to set up the logins of a load balancer. */
import type { Grant } from "../kind.ts";
import type { ActionFields, LoadBalancer } from "./schema.ts";

export function loginGrants(spec: LoadBalancer): readonly Grant[] {
  const actions = Object.values(spec.listeners ?? {}).flatMap((one): ActionFields[] => [one, ...Object.values(one.rules ?? {})]);
  const parameters = actions.flatMap(({ authenticateOidc: its }) => (typeof its === "object" ? its.clientSecret.ssmParameter : []));
  const pools = actions.flatMap(({ authenticateCognito: its }) => (typeof its === "object" ? its.userPool : []));
  return [
    ...(parameters.length === 0
      ? []
      : [
          {
            sid: "ReadClientSecrets",
            actions: ["ssm:GetParameter"],
            resources: [...new Set(parameters)].map((name) => `parameter/${name.replace(/^\//, "")}`),
          },
        ]),
    // For Cognito (Elastic Load Balancing, "Prepare to use Amazon Cognito").
    ...(pools.length === 0
      ? []
      : [{ sid: "LookAtUserPools", actions: ["cognito-idp:DescribeUserPoolClient"], resources: [...new Set(pools)] }]),
  ];
}
