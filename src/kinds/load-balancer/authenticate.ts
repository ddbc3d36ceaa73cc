/** Converts logins and tokens before an action between the user's words and AWS's. */
import type { Action, AuthenticateOidcActionConfig } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Cognito, Jwt, Oidc } from "./authenticate-schema.ts";
import type { ActionFields } from "./schema.ts";

const types = {
  authenticateOidc: "authenticate-oidc",
  authenticateCognito: "authenticate-cognito",
  jwtValidation: "jwt-validation",
} as const;
type Field = keyof typeof types;
const fields = Object.keys(types) as Field[];

/** The fields of a live listener or rule. Each field is always there ("none" when unset), so that a removal can be seen. */
export function observeAuthentication(actions: readonly Action[]): Pick<ActionFields, Field> {
  const of = (field: Field) => actions.find(({ Type }) => Type === types[field]);
  return {
    authenticateOidc: oidcOf(of("authenticateOidc")) ?? "none",
    authenticateCognito: cognitoOf(of("authenticateCognito")) ?? "none",
    jwtValidation: jwtOf(of("jwtValidation")) ?? "none",
  } as Pick<ActionFields, Field>;
}

/** The fields that an author writes: only existing ones. */
export function writtenAuthentication(actions: readonly Action[]): Partial<ActionFields> {
  return Object.fromEntries(Object.entries(observeAuthentication(actions)).filter(([, value]) => value !== "none"));
}

/** The form for comparison. AWS never returns a client secret. */
export function normalAuthentication(action: ActionFields): Partial<ActionFields> {
  const { authenticateOidc: oidc } = action;
  if (typeof oidc !== "object") return {};
  const { clientSecret: _, ...told } = oidc;
  return { authenticateOidc: told as Oidc };
}

/** The actions before the final one: the written ones, and existing ones that the YAML does not mention. */
export function authenticationRequest(request: ActionFields, before: readonly Action[], secret: string | undefined): Action[] {
  return fields.flatMap((field): Action[] => {
    const written = request[field];
    const now = before.find(({ Type }) => Type === types[field]);
    if (written === "none") return [];
    if (written === undefined) return now ? [withKeptSecret(now)] : [];
    if (field === "authenticateOidc") return [oidcRequest(written as Oidc, now, secret)];
    return [field === "authenticateCognito" ? cognitoRequest(written as Cognito) : jwtRequest(written as Jwt)];
  });
}

/** The parameter with a secret that must be sent: for a new login, or for one at another provider or for another client. */
export function secretToRead({ authenticateOidc: written }: ActionFields, before: readonly Action[]): string | undefined {
  if (typeof written !== "object") return undefined;
  const now = before.find(({ Type }) => Type === types.authenticateOidc)?.AuthenticateOidcConfig;
  const isSame = now !== undefined && now.Issuer === written.issuer && now.ClientId === written.clientId;
  return isSame ? undefined : written.clientSecret.ssmParameter;
}

/** Asks AWS to keep the client secret that it has, because it never returns the secret. */
function withKeptSecret(action: Action): Action {
  if (!action.AuthenticateOidcConfig) return action;
  return { ...action, AuthenticateOidcConfig: { ...action.AuthenticateOidcConfig, UseExistingClientSecret: true } };
}

function oidcRequest(written: Oidc, now: Action | undefined, secret: string | undefined): Action {
  const config: AuthenticateOidcActionConfig = {
    Issuer: written.issuer,
    AuthorizationEndpoint: written.authorizationEndpoint,
    TokenEndpoint: written.tokenEndpoint,
    UserInfoEndpoint: written.userInfoEndpoint,
    ClientId: written.clientId,
    ...sessionRequest(written),
    ...(secret === undefined ? {} : { ClientSecret: secret }),
    ...(secret === undefined && now ? { UseExistingClientSecret: true } : {}),
  };
  return { Type: types.authenticateOidc, AuthenticateOidcConfig: config };
}

function cognitoRequest(written: Cognito): Action {
  return {
    Type: types.authenticateCognito,
    AuthenticateCognitoConfig: {
      UserPoolArn: written.userPool,
      UserPoolClientId: written.userPoolClient,
      UserPoolDomain: written.userPoolDomain,
      ...sessionRequest(written),
    },
  };
}

function jwtRequest({ jwksEndpoint, issuer, additionalClaims }: Jwt): Action {
  return {
    Type: types.jwtValidation,
    JwtValidationConfig: {
      JwksEndpoint: jwksEndpoint,
      Issuer: issuer,
      ...(additionalClaims
        ? { AdditionalClaims: additionalClaims.map(({ name, format, values }) => ({ Name: name, Format: format, Values: values })) }
        : {}),
    },
  };
}

type Session = Pick<
  Oidc,
  "onUnauthenticatedRequest" | "scope" | "sessionCookieName" | "sessionTimeout" | "authenticationRequestExtraParams"
>;

function sessionRequest(written: Session) {
  return {
    ...(written.onUnauthenticatedRequest ? { OnUnauthenticatedRequest: written.onUnauthenticatedRequest } : {}),
    ...(written.scope ? { Scope: written.scope } : {}),
    ...(written.sessionCookieName ? { SessionCookieName: written.sessionCookieName } : {}),
    ...(written.sessionTimeout ? { SessionTimeout: written.sessionTimeout } : {}),
    ...(written.authenticationRequestExtraParams
      ? { AuthenticationRequestExtraParams: { ...written.authenticationRequestExtraParams } }
      : {}),
  };
}

interface TellsSession {
  readonly OnUnauthenticatedRequest?: string | undefined;
  readonly Scope?: string | undefined;
  readonly SessionCookieName?: string | undefined;
  readonly SessionTimeout?: number | undefined;
  readonly AuthenticationRequestExtraParams?: Readonly<Record<string, string>> | undefined;
}

function sessionOf(told: TellsSession) {
  return {
    onUnauthenticatedRequest: told.OnUnauthenticatedRequest,
    scope: told.Scope,
    sessionCookieName: told.SessionCookieName,
    sessionTimeout: told.SessionTimeout === undefined ? undefined : Number(told.SessionTimeout),
    authenticationRequestExtraParams: told.AuthenticationRequestExtraParams,
  };
}

function oidcOf(action: Action | undefined): object | undefined {
  const told = action?.AuthenticateOidcConfig;
  if (!told) return undefined;
  return {
    issuer: told.Issuer,
    authorizationEndpoint: told.AuthorizationEndpoint,
    tokenEndpoint: told.TokenEndpoint,
    userInfoEndpoint: told.UserInfoEndpoint,
    clientId: told.ClientId,
    ...sessionOf(told),
  };
}

function cognitoOf(action: Action | undefined): object | undefined {
  const told = action?.AuthenticateCognitoConfig;
  if (!told) return undefined;
  return { userPool: told.UserPoolArn, userPoolClient: told.UserPoolClientId, userPoolDomain: told.UserPoolDomain, ...sessionOf(told) };
}

/** Converts token validation. AWS returns its values in any order. */
function jwtOf(action: Action | undefined): object | undefined {
  const told = action?.JwtValidationConfig;
  if (!told) return undefined;
  return {
    jwksEndpoint: told.JwksEndpoint,
    issuer: told.Issuer,
    additionalClaims: (told.AdditionalClaims ?? []).map(({ Name, Format, Values }) => ({ name: Name, format: Format, values: Values })),
  };
}
