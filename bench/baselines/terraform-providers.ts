/**
 * What HashiCorp's azuread provider and Genesys's genesyscloud provider send for one `terraform apply` that gives what a
 * set-up gives: an application from the gallery, SAML, Identifier, Reply URL, claims, a signing certificate, the provider in
 * Genesys. Read from their public sources, as facts: which calls, how often, in which file. Nothing is copied.
 *
 * Where a number depends on the system, the lowest is taken, in favour of the providers. Neither provider activates the
 * certificate or compares both sides in the end, and neither asks who wants it.
 *
 * azuread: hashicorp/terraform-provider-azuread at f0169e0 (17 August 2026), below `internal/services`.
 * genesyscloud: MyPureCloud/terraform-provider-genesyscloud at f955430 (1 July 2026), below `genesyscloud`.
 */
export interface ProviderCall {
  readonly resource: string;
  readonly call: string;
  readonly source: string;
  /** Absent: once. Else the call is repeated until it has given the wanted answer five times in a row, that far apart. */
  readonly pollsEverySeconds?: number;
}

const once = (resource: string, source: string, ...calls: string[]): ProviderCall[] =>
  calls.map((call) => ({ resource, call, source }));

const FROM_TEMPLATE = 'applications/application_from_template_resource.go';
const CERTIFICATE = 'serviceprincipals/service_principal_token_signing_certificate_resource.go';

export const PROVIDER_CALLS: readonly ProviderCall[] = [
  ...once('azuread provider', 'internal/clients/builder.go', 'POST token'),
  ...once(
    'azuread_application_template (data)',
    'applications/application_template_data_source.go',
    'GET applicationTemplates?$filter',
  ),
  ...once('azuread_application_from_template', FROM_TEMPLATE, 'POST instantiate'),
  {
    ...{ resource: 'azuread_application_from_template', call: 'GET application', source: FROM_TEMPLATE },
    pollsEverySeconds: 5, // helpers/consistency/consistency.go: five in a row, five seconds apart
  },
  // The resource wrapper (internal/sdk/wrapper_resource.go) reads after each creation.
  ...once('azuread_application_from_template', FROM_TEMPLATE, 'GET application'),
  ...once(
    'azuread_service_principal (use_existing)',
    'serviceprincipals/service_principal_resource.go',
    'GET servicePrincipals?$filter',
    'PATCH servicePrincipal',
    'GET servicePrincipal',
    'GET beta servicePrincipal',
    'GET owners',
  ),
  ...once(
    'azuread_application_identifier_uri',
    'applications/application_identifier_uri_resource.go',
    'GET application',
    'PATCH application',
    'GET application',
  ),
  ...once(
    'azuread_application_redirect_uris',
    'applications/application_redirect_uris_resource.go',
    'GET application',
    'PATCH application',
    'GET application',
  ),
  ...once(
    'azuread_claims_mapping_policy',
    'policies/claims_mapping_policy_resource.go',
    'POST claimsMappingPolicies',
    'GET claimsMappingPolicy',
  ),
  ...once(
    'azuread_service_principal_claims_mapping_policy_assignment',
    'serviceprincipals/service_principal_claims_mapping_policy_assignment_resource.go',
    'POST claimsMappingPolicies/$ref',
    'GET claimsMappingPolicies',
  ),
  ...once('azuread_service_principal_token_signing_certificate', CERTIFICATE, 'POST addTokenSigningCertificate'),
  {
    resource: 'azuread_service_principal_token_signing_certificate',
    ...{ call: 'GET servicePrincipal', source: CERTIFICATE, pollsEverySeconds: 1 },
  },
  ...once(
    'azuread_service_principal_token_signing_certificate',
    CERTIFICATE,
    'GET servicePrincipal',
    'GET servicePrincipal',
  ),
  ...once('genesyscloud provider', 'provider/provider.go', 'POST token', 'GET organizations/me'),
  ...once(
    'genesyscloud_idp_adfs',
    'idp_adfs/resource_genesyscloud_idp_adfs.go',
    'PUT identityproviders/adfs',
    'GET identityproviders/adfs',
  ),
];

const IN_A_ROW = 5;
const LONGEST_WAIT_S = 10;

/** How many calls that makes, where what is written shows after so many seconds. */
export function providerCallCount(lagSeconds: number): number {
  return PROVIDER_CALLS.reduce(
    (sum, { pollsEverySeconds }) =>
      sum + (pollsEverySeconds === undefined ? 1 : looksUntil(lagSeconds, pollsEverySeconds) + IN_A_ROW),
    0,
  );
}

/**
 * Looks in vain until the value shows: at once, and then after waits that double from the least one up to ten seconds, as
 * `StateChangeConf` of terraform-plugin-sdk waits.
 */
function looksUntil(lagSeconds: number, leastWaitS: number): number {
  let looks = 0;
  for (let at = 0, wait = leastWaitS; at < lagSeconds; at += wait, wait = Math.min(2 * wait, LONGEST_WAIT_S))
    looks += 1;
  return looks;
}
