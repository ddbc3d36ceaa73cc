import type {
  AddListenerCertificatesInput,
  CreateListenerInput,
  CreateListenerOutput,
  DeleteListenerInput,
  DescribeListenerAttributesInput,
  DescribeListenerCertificatesInput,
  DescribeListenersInput,
  Listener,
  ModifyListenerAttributesInput,
  ModifyListenerInput,
  MutualAuthenticationAttributes,
  RemoveListenerCertificatesInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { certificates } from "../acm/state.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { checkedActions, checkProtocols, setUses } from "./actions.ts";
import { newId, pathOf, arn } from "./arns.ts";
import { attributeList, listenerDefaults, setListenerAttributes } from "./attributes.ts";
import { atMost20, badConfiguration, invalid, needBalancer, needListener, oneOf, required } from "./faults.ts";
import { dropListener, listenersOf, portKeys } from "./listener-records.ts";
import { within } from "./quotas.ts";
import { listeners, loadBalancers, type ListenerRecord, type LoadBalancerRecord } from "./state.ts";
import { needSslPolicy } from "./ssl-policies.ts";
import { newTags } from "./tags.ts";

const protocols = { application: ["HTTP", "HTTPS"], network: ["TCP", "TLS", "UDP", "TCP_UDP"] } as const;

/** AWS's default policy when a call names none. */
const oldPolicy = "ELBSecurityPolicy-2016-08";

const create: Handler<CreateListenerInput, CreateListenerOutput> = (input, call) => {
  refuseUnknown(call, input, [
    "LoadBalancerArn",
    "Port",
    "Protocol",
    "SslPolicy",
    "Certificates",
    "DefaultActions",
    "AlpnPolicy",
    "MutualAuthentication",
    "Tags",
  ]);
  const balancer = needBalancer(call, input.LoadBalancerArn);
  const port = required(input.Port, "Port");
  const protocol = checkedProtocol(balancer, input.Protocol);
  if (port < 1 || port > 65_535) throw invalid(`The port '${port}' is not between 1 and 65535`);
  const actions = checkedActions(call, balancer, input.DefaultActions, protocol);
  const secure = checkedSecurity(call, input, protocol);
  const tags = newTags(input.Tags);
  const taken = takenBy(call, balancer, { port, protocol });
  if (taken) return { Listeners: [describe(sameOrRefuse(taken, { protocol, actions, ...secure }))] };
  within(call, "listenersPerBalancer", listenersOf(balancer).length, "TooManyListeners");
  const path = `${pathOf(balancer.arn)}/${newId(call)}`;
  const made: ListenerRecord = {
    arn: arn(call, `listener/${path}`),
    loadBalancer: balancer.arn,
    port,
    defaultRule: arn(call, `listener-rule/${path}/${newId(call)}`),
    protocol,
    ...secure,
    certificates: [],
    actions,
    attributes: listenerDefaults(balancer.type),
    tags,
    rules: {},
  };
  listeners(call).set(made.arn, made);
  for (const key of portKeys(made)) balancer.listeners[key] = made.arn;
  setUses(call, made.arn, balancer.arn, [], actions);
  return { Listeners: [describe(made)] };
};

function checkedProtocol(balancer: LoadBalancerRecord, protocol: string | undefined): string {
  const given = required(protocol, "Protocol");
  const allowed: readonly string[] = protocols[balancer.type];
  if (!allowed.includes(given))
    throw invalid(`The protocol '${given}' is not one of ${allowed.join(", ")}, which load balancers of type ${balancer.type} speak`);
  return given;
}

function takenBy(call: Call, balancer: LoadBalancerRecord, of: Pick<ListenerRecord, "port" | "protocol">): ListenerRecord | undefined {
  const found = portKeys(of)
    .map((key) => balancer.listeners[key])
    .find((one) => one !== undefined);
  return found === undefined ? undefined : listeners(call).get(found);
}

function sameOrRefuse(
  have: ListenerRecord,
  want: Pick<ListenerRecord, "protocol" | "actions" | "certificate" | "sslPolicy">,
): ListenerRecord {
  const isSame =
    have.protocol === want.protocol &&
    have.certificate === want.certificate &&
    have.sslPolicy === want.sslPolicy &&
    JSON.stringify(have.actions) === JSON.stringify(want.actions);
  if (!isSame) throw new AwsFault("DuplicateListener", "A listener already exists on this port for this load balancer");
  return have;
}

type Secure = Pick<ListenerRecord, "certificate" | "sslPolicy" | "alpn" | "mutual">;

/** Checks the settings for HTTPS and TLS. `have` are the present settings of a listener that is changed. */
function checkedSecurity(
  call: Call,
  input: Pick<ModifyListenerInput, "Certificates" | "SslPolicy" | "AlpnPolicy" | "MutualAuthentication">,
  protocol: string,
  have: Secure = {},
): Secure {
  const isSecure = protocol === "HTTPS" || protocol === "TLS";
  const { Certificates = [], SslPolicy, AlpnPolicy } = input;
  const mutual = checkedMutual(input.MutualAuthentication, protocol) ?? have.mutual;
  if (!isSecure) {
    if (Certificates.length > 0 || SslPolicy)
      throw invalid(`Certificates and security policies cannot be specified for listeners of protocol ${protocol}`);
    return {};
  }
  if (Certificates.length > 1) throw new AwsFault("TooManyCertificates", "You can specify one certificate");
  const certificate = Certificates[0] ? checkedCertificate(call, Certificates[0].CertificateArn) : have.certificate;
  if (certificate === undefined) throw invalid(`A certificate must be specified for ${protocol} listeners`);
  if (SslPolicy) needSslPolicy(SslPolicy);
  if (AlpnPolicy?.length && protocol !== "TLS") throw new AwsFault("ALPNPolicyNotSupported", "ALPN policies are for TLS listeners");
  for (const policy of AlpnPolicy ?? []) oneOf(policy, ["HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None"], "alpnPolicy");
  const alpn = AlpnPolicy?.length ? [...AlpnPolicy] : have.alpn;
  return { certificate, sslPolicy: SslPolicy ?? have.sslPolicy ?? oldPolicy, ...(alpn ? { alpn } : {}), ...(mutual ? { mutual } : {}) };
}

/**
 * Checks mutual authentication (Elastic Load Balancing, "Mutual authentication with TLS in Application Load Balancer"). The sandbox does
 * not model the trust store.
 */
function checkedMutual(given: MutualAuthenticationAttributes | undefined, protocol: string): MutualAuthenticationAttributes | undefined {
  if (!given) return undefined;
  if (protocol !== "HTTPS") throw invalid(`Mutual authentication is for HTTPS listeners, not for ${protocol}`);
  const mode = oneOf(required(given.Mode, "Mode"), ["off", "passthrough", "verify"], "mutualAuthentication.mode");
  const isVerified = mode === "verify";
  if (isVerified !== (given.TrustStoreArn !== undefined)) throw invalid("A trust store goes with the mode verify, and only with it");
  if (given.TrustStoreArn !== undefined && !/^arn:[^:]+:elasticloadbalancing:[^:]+:[0-9]{12}:truststore\/.+$/.test(given.TrustStoreArn))
    throw new AwsFault("TrustStoreNotFound", `Trust store '${given.TrustStoreArn}' not found`);
  if (!isVerified && (given.IgnoreClientCertificateExpiry !== undefined || given.AdvertiseTrustStoreCaNames !== undefined))
    throw invalid("IgnoreClientCertificateExpiry and AdvertiseTrustStoreCaNames go with the mode verify");
  if (!isVerified) return { Mode: mode };
  return {
    Mode: mode,
    TrustStoreArn: given.TrustStoreArn,
    TrustStoreAssociationStatus: "active",
    IgnoreClientCertificateExpiry: given.IgnoreClientCertificateExpiry ?? false,
    AdvertiseTrustStoreCaNames: given.AdvertiseTrustStoreCaNames ?? "off",
  };
}

/** Checks a certificate: an issued one of Certificate Manager, or one of the account's facts. */
function checkedCertificate(call: Call, given: string | undefined): string {
  const one = required(given, "CertificateArn");
  const own = certificates(call).get(one);
  if (own?.status === "ISSUED") return one;
  if (own)
    throw new AwsFault(
      "UnsupportedCertificate",
      `The certificate '${one}' must have a fully-qualified domain name, a supported signature, and a supported key size`,
    );
  if (!call.exists("certificate", one)) throw new AwsFault("CertificateNotFound", `Certificate '${one}' not found`);
  return one;
}

const describeAll: Handler<DescribeListenersInput, object> = (input, call) => {
  const arns = atMost20(input.ListenerArns, "ListenerArns");
  if (arns.length === 0 && !input.LoadBalancerArn) throw invalid("You must specify either listener ARNs or a load balancer ARN");
  const all =
    arns.length > 0
      ? arns.map((one) => needListener(call, one))
      : listenersOf(needBalancer(call, input.LoadBalancerArn)).map((one) => listeners(call).get(one)!);
  const { items, next } = page(
    call,
    all.filter((one) => call.sees(one.arn, "id")),
    input,
    { key: (one) => one.arn, max: 400, size: 400, names: "elbv2" },
  );
  return { Listeners: items.map(describe), ...next };
};

/** Changes a listener. The given values are replaced, the others stay. A listener that is no longer secure loses its certificates. */
const modify: Handler<ModifyListenerInput, object> = (input, call) => {
  refuseUnknown(call, input, [
    "ListenerArn",
    "Port",
    "Protocol",
    "SslPolicy",
    "Certificates",
    "DefaultActions",
    "AlpnPolicy",
    "MutualAuthentication",
  ]);
  const found = needListener(call, input.ListenerArn);
  const balancer = loadBalancers(call).get(found.loadBalancer)!;
  if (input.Port !== undefined && input.Port !== found.port) throw invalid("The sandbox does not model a change of the port of a listener");
  const protocol = input.Protocol === undefined ? found.protocol : checkedProtocol(balancer, input.Protocol);
  const secure = checkedSecurity(call, input, protocol, found);
  const actions = input.DefaultActions?.length
    ? checkedActions(call, balancer, input.DefaultActions, protocol, found.actions)
    : found.actions;
  checkProtocols(call, protocol, actions);
  const other = takenBy(call, balancer, { port: found.port, protocol });
  if (other && other !== found) throw new AwsFault("DuplicateListener", "A listener already exists on this port for this load balancer");
  setUses(call, found.arn, balancer.arn, found.actions, actions);
  for (const key of portKeys(found)) delete balancer.listeners[key];
  delete found.certificate;
  delete found.sslPolicy;
  delete found.alpn;
  delete found.mutual;
  Object.assign(found, { protocol, actions, ...secure });
  if (secure.certificate === undefined) found.certificates = [];
  for (const key of portKeys(found)) balancer.listeners[key] = found.arn;
  return { Listeners: [describe(found)] };
};

const remove: Handler<DeleteListenerInput, object> = (input, call) => {
  dropListener(call, needListener(call, input.ListenerArn));
  return {};
};

const describeCertificates: Handler<DescribeListenerCertificatesInput, object> = (input, call) => {
  const found = needListener(call, input.ListenerArn);
  const all = [
    ...(found.certificate ? [{ CertificateArn: found.certificate, IsDefault: true }] : []),
    ...found.certificates.map((CertificateArn) => ({ CertificateArn, IsDefault: false })),
  ];
  const { items, next } = page(call, all, input, { key: (one) => one.CertificateArn, max: 400, size: 400, names: "elbv2" });
  return { Certificates: items, ...next };
};

const addCertificates: Handler<AddListenerCertificatesInput, object> = (input, call) => {
  const found = needListener(call, input.ListenerArn);
  if (found.certificate === undefined) throw badConfiguration("The listener has no default certificate");
  const one = onlyCertificate(input.Certificates);
  const checkedOne = checkedCertificate(call, one);
  if (!found.certificates.includes(checkedOne)) {
    within(call, "certificatesPerBalancer", found.certificates.length, "TooManyCertificates");
    found.certificates.push(checkedOne);
  }
  return { Certificates: [{ CertificateArn: checkedOne, IsDefault: false }] };
};

const removeCertificates: Handler<RemoveListenerCertificatesInput, object> = (input, call) => {
  const found = needListener(call, input.ListenerArn);
  const one = onlyCertificate(input.Certificates);
  if (one === found.certificate) throw new AwsFault("OperationNotPermitted", "The default certificate cannot be removed");
  found.certificates = found.certificates.filter((certificate) => certificate !== one);
  return {};
};

function onlyCertificate(given: readonly { CertificateArn?: string | undefined }[] | undefined): string {
  if (given?.length !== 1) throw invalid("You can specify one certificate per call");
  return required(given[0]!.CertificateArn, "CertificateArn");
}

const describeAttributes: Handler<DescribeListenerAttributesInput, object> = (input, call) => ({
  Attributes: attributeList(needListener(call, input.ListenerArn).attributes),
});

const modifyAttributes: Handler<ModifyListenerAttributesInput, object> = (input, call) => {
  const found = needListener(call, input.ListenerArn);
  setListenerAttributes(found, loadBalancers(call).get(found.loadBalancer)!.type, input.Attributes ?? []);
  return { Attributes: attributeList(found.attributes) };
};

export const listenerOperations: Record<string, Handler> = {
  AddListenerCertificates: addCertificates,
  CreateListener: create,
  DeleteListener: remove,
  DescribeListenerAttributes: describeAttributes,
  DescribeListenerCertificates: describeCertificates,
  DescribeListeners: describeAll,
  ModifyListener: modify,
  ModifyListenerAttributes: modifyAttributes,
  RemoveListenerCertificates: removeCertificates,
};

function describe(one: ListenerRecord): Listener {
  return {
    ListenerArn: one.arn,
    LoadBalancerArn: one.loadBalancer,
    Port: one.port,
    Protocol: one.protocol as Listener["Protocol"],
    ...(one.certificate ? { Certificates: [{ CertificateArn: one.certificate }] } : {}),
    ...(one.sslPolicy ? { SslPolicy: one.sslPolicy } : {}),
    ...(one.alpn ? { AlpnPolicy: one.alpn } : {}),
    ...(one.protocol === "HTTPS" ? { MutualAuthentication: one.mutual ?? { Mode: "off" } } : {}),
    DefaultActions: one.actions,
  };
}
