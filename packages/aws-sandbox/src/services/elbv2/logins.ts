/** Actions that authenticate users (Elastic Load Balancing, "Authenticate users using an Application Load Balancer"). */
import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsFault } from "../../model.ts";
import { invalid, oneOf, required } from "./faults.ts";

export function isLogin({ Type }: Action): boolean {
  return Type === "authenticate-oidc" || Type === "authenticate-cognito" || Type === "jwt-validation";
}

/** Checks an action and returns it in AWS's form: with its defaults and without the client's secret. `before` are the present actions. */
export function checkedLogin(action: Action, protocol: string, before: readonly Action[]): Action {
  if (protocol !== "HTTPS")
    throw new AwsFault("InvalidLoadBalancerAction", `The action ${action.Type} is for HTTPS listeners, not for ${protocol}`);
  if (action.Type === "authenticate-oidc") return oidc(action, before);
  if (action.Type === "authenticate-cognito") return cognito(action);
  return jwt(action);
}

interface Session {
  readonly SessionCookieName?: string | undefined;
  readonly Scope?: string | undefined;
  readonly SessionTimeout?: number | undefined;
  readonly AuthenticationRequestExtraParams?: Record<string, string> | undefined;
  readonly OnUnauthenticatedRequest?: string | undefined;
}

function session(given: Session) {
  const extra = given.AuthenticationRequestExtraParams;
  if (Object.keys(extra ?? {}).length > 10) throw invalid("AuthenticationRequestExtraParams can have 10 entries at most");
  const timeout = given.SessionTimeout ?? 604_800;
  if (timeout < 1 || timeout > 604_800) throw invalid(`The session timeout '${timeout}' is not between 1 and 604800`);
  oneOf(given.OnUnauthenticatedRequest ?? "authenticate", ["deny", "allow", "authenticate"], "onUnauthenticatedRequest");
  return {
    SessionCookieName: given.SessionCookieName ?? "AWSELBAuthSessionCookie",
    Scope: given.Scope ?? "openid",
    SessionTimeout: timeout,
    OnUnauthenticatedRequest: (given.OnUnauthenticatedRequest ?? "authenticate") as "authenticate",
    ...(extra && Object.keys(extra).length > 0 ? { AuthenticationRequestExtraParams: extra } : {}),
  };
}

/** An OIDC action. The call gives the secret, or the action keeps the secret that it has: AWS never shows it. */
function oidc({ Type, AuthenticateOidcConfig: config }: Action, before: readonly Action[]): Action {
  const given = required(config, "AuthenticateOidcConfig");
  for (const field of ["AuthorizationEndpoint", "TokenEndpoint", "UserInfoEndpoint"] as const)
    if (!required(given[field], field).startsWith("https://")) throw invalid(`The ${field} '${given[field]}' must be an HTTPS URL`);
  const has = before.some((action) => action.Type === Type);
  if (given.UseExistingClientSecret && given.ClientSecret !== undefined)
    throw invalid("ClientSecret and UseExistingClientSecret cannot be specified together");
  if (given.ClientSecret === undefined && !(given.UseExistingClientSecret && has)) throw invalid("A client secret must be specified");
  return {
    Type,
    AuthenticateOidcConfig: {
      Issuer: required(given.Issuer, "Issuer"),
      AuthorizationEndpoint: given.AuthorizationEndpoint,
      TokenEndpoint: given.TokenEndpoint,
      UserInfoEndpoint: given.UserInfoEndpoint,
      ClientId: required(given.ClientId, "ClientId"),
      ...session(given),
    },
  };
}

function cognito({ Type, AuthenticateCognitoConfig: config }: Action): Action {
  const given = required(config, "AuthenticateCognitoConfig");
  if (!/^arn:[^:]+:cognito-idp:[^:]+:[0-9]{12}:userpool\/.+$/.test(required(given.UserPoolArn, "UserPoolArn")))
    throw invalid(`'${given.UserPoolArn}' is not a valid user pool ARN`);
  return {
    Type,
    AuthenticateCognitoConfig: {
      UserPoolArn: given.UserPoolArn,
      UserPoolClientId: required(given.UserPoolClientId, "UserPoolClientId"),
      UserPoolDomain: required(given.UserPoolDomain, "UserPoolDomain"),
      ...session(given),
    },
  };
}

function jwt({ Type, JwtValidationConfig: config }: Action): Action {
  const given = required(config, "JwtValidationConfig");
  if (!required(given.JwksEndpoint, "JwksEndpoint").startsWith("https://")) throw invalid(`'${given.JwksEndpoint}' must be an HTTPS URL`);
  if (required(given.Issuer, "Issuer").length > 256) throw invalid("The issuer has 256 characters at most");
  if ((given.AdditionalClaims?.length ?? 0) > 10) throw invalid("There can be 10 additional claims at most");
  for (const { Name, Values } of given.AdditionalClaims ?? [])
    if (["exp", "iss", "nbf", "iat"].includes(Name ?? "") || !Values?.length || Values.length > 10)
      throw invalid(`The additional claim '${Name}' is not valid`);
  return { Type, JwtValidationConfig: given };
}
