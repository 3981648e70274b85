import { randomUUID } from 'node:crypto';
import { TENANT_ID } from '../credentials.js';
import type { SandboxServer } from '../kit/server.js';
import { badRequest, resourceNotFound } from './graph-problem.js';
import { anyOf, anyToken, type GraphCall, type GraphGateway } from './graph-gateway.js';
import type { Directory } from './directory.js';
import type { Application, ApplicationTemplate, AppRole, ServicePrincipal } from './directory-objects.js';
import { entityReply, listReply, type EntityShape } from './odata-query.js';
import { viewApplication, viewServicePrincipal } from './service-principal-view.js';

/** Not the gallery's real id, which is not public: clients look it up by name. */
export const GENESYS_TEMPLATE_ID = '5b7c2a90-6e14-4d0b-8f35-2c9d1e7a4b66';
const NON_GALLERY_TEMPLATE_ID = '8adf8e6e-67b2-4cf2-a259-e3dc5476c621';

const TEMPLATE: EntityShape = {
  type: 'applicationTemplate',
  set: 'applicationTemplates',
  properties: [
    'id',
    'displayName',
    'publisher',
    'description',
    'homePageUrl',
    'logoUrl',
    'categories',
    'supportedSingleSignOnModes',
    'supportedProvisioningTypes',
  ],
  defaults: [
    'id',
    'displayName',
    'publisher',
    'description',
    'homePageUrl',
    'logoUrl',
    'categories',
    'supportedSingleSignOnModes',
    'supportedProvisioningTypes',
  ],
  filters: { displayName: ['eq', 'contains'], categories: ['any'] },
};

function role(id: string, displayName: string): AppRole {
  return {
    id,
    displayName,
    description: displayName,
    value: null,
    allowedMemberTypes: ['User'],
    isEnabled: true,
    origin: 'Application',
  };
}

function template(
  displayName: string,
  more: Pick<ApplicationTemplate, 'id' | 'publisher' | 'appRoles' | 'categories'> & Partial<ApplicationTemplate>,
): ApplicationTemplate {
  return {
    displayName,
    description: `Single sign-on to ${displayName}.`,
    homePageUrl: 'https://example.com/',
    logoUrl: null,
    supportedSingleSignOnModes: ['saml', 'external'],
    supportedProvisioningTypes: [],
    tags: ['WindowsAzureActiveDirectoryIntegratedApp', 'WindowsAzureActiveDirectoryGalleryApplicationNonPrimaryV1'],
    ...more,
  };
}

/** The gallery as the sandbox has it. Roles have ids of their own in each template. */
export const GALLERY: readonly ApplicationTemplate[] = [
  template('AWS Single-Account Access', {
    id: '8b1025e4-1dd2-430b-a150-2ef79cd700f5',
    publisher: 'Amazon',
    categories: ['developerServices'],
    appRoles: [
      role('8774f594-1d59-4279-b9d9-59ef09a23530', 'User'),
      role('e7f1a7f3-9eda-48e0-9963-bd67bf531afd', 'msiam_access'),
    ],
  }),
  template('Genesys Cloud for Azure', {
    id: GENESYS_TEMPLATE_ID,
    publisher: 'Genesys',
    homePageUrl: 'https://login.mypurecloud.com/?metadata=purecloudbygenesys|ISV9.1|primary|z',
    categories: ['telecommunications', 'collaboration'],
    supportedSingleSignOnModes: ['saml'],
    supportedProvisioningTypes: ['sync'],
    appRoles: [
      role('3f1c9d52-7b0e-4d35-9a44-6c1f0e8b2a71', 'User'),
      role('b2e8d6c4-05a9-4f7d-8c13-91d7a3f5e0b8', 'msiam_access'),
    ],
  }),
  template('Custom', {
    id: NON_GALLERY_TEMPLATE_ID,
    publisher: 'Microsoft',
    categories: [],
    tags: ['WindowsAzureActiveDirectoryIntegratedApp', 'WindowsAzureActiveDirectoryCustomSingleSignOnApplication'],
    appRoles: [
      role('18d14569-c3bd-439b-9a66-3a2aee01d14f', 'User'),
      role('b9632174-c057-4f7e-951b-be3adc52bfe6', 'msiam_access'),
    ],
  }),
  template('Zendesk', {
    id: '2c4f8e31-90b6-4a1d-b7e5-5f03c8d1a642',
    publisher: 'Zendesk',
    categories: ['crm'],
    appRoles: [
      role('61a2c0de-3f84-4e19-8d57-0b9e7c145a23', 'User'),
      role('9d07b3f1-c256-47ea-a08b-e4d1625f8c90', 'msiam_access'),
    ],
  }),
];

/** The gallery, and making an application and its service principal from an entry. */
export function applicationTemplateRoutes(graph: GraphGateway, directory: Directory, server: SandboxServer): void {
  graph.on('GET', '/v1.0/applicationTemplates', anyToken, ({ request }) => listReply(request, TEMPLATE, GALLERY));
  graph.on('GET', '/v1.0/applicationTemplates/:id', anyToken, (call) =>
    entityReply(call.request, TEMPLATE, getTemplate(call.param('id'))),
  );
  const need = anyOf('Application.ReadWrite.OwnedBy', 'Application.ReadWrite.All');
  graph.on('POST', '/v1.0/applicationTemplates/:id/instantiate', need, (call) => {
    const made = instantiate(getTemplate(call.param('id')), readName(call), directory);
    if (!server.faults.active('not-owned')) {
      directory.own(made.application.id, call.caller.servicePrincipalId);
      directory.own(made.principal.id, call.caller.servicePrincipalId);
    }
    return {
      status: 201,
      body: {
        '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#microsoft.graph.applicationServicePrincipal',
        application: viewApplication(made.application, TENANT_ID),
        servicePrincipal: viewServicePrincipal(made.principal, directory),
      },
    };
  });
}

function getTemplate(id: string): ApplicationTemplate {
  const found = GALLERY.find((entry) => entry.id === id.toLowerCase());
  if (!found) throw resourceNotFound(id);
  return found;
}

function readName(call: GraphCall): string {
  const { displayName, ...rest } = call.body();
  const unknown = Object.keys(rest).find((name) => name !== 'serviceManagementReference');
  if (unknown !== undefined)
    throw badRequest(`The parameter '${unknown}' is not a parameter of the action 'instantiate'.`);
  if (typeof displayName !== 'string' || displayName.trim() === '' || displayName.length > 256) {
    throw badRequest("Invalid value specified for property 'displayName' of resource 'Application'.");
  }
  return displayName;
}

function instantiate(
  from: ApplicationTemplate,
  displayName: string,
  directory: Directory,
): { application: Application; principal: ServicePrincipal } {
  const appId = randomUUID();
  const createdDateTime = directory.now();
  const application: Application = {
    id: randomUUID(),
    appId,
    applicationTemplateId: from.id,
    createdDateTime,
    displayName,
    description: null,
    notes: null,
    identifierUris: [],
    signInAudience: 'AzureADMyOrg',
    tags: [],
    defaultRedirectUri: null,
    groupMembershipClaims: null,
    api: { acceptMappedClaims: null, requestedAccessTokenVersion: null, oauth2PermissionScopes: [] },
    appRoles: [...from.appRoles],
    web: { homePageUrl: from.homePageUrl, logoutUrl: null, redirectUris: [], redirectUriSettings: [] },
    requestSignatureVerification: null,
    optionalClaims: null,
    keyCredentials: [],
    passwordCredentials: [],
  };
  const principal: ServicePrincipal = {
    id: randomUUID(),
    appId,
    applicationTemplateId: from.id,
    createdDateTime,
    displayName,
    accountEnabled: true,
    appRoleAssignmentRequired: true,
    preferredSingleSignOnMode: null,
    preferredTokenSigningKeyThumbprint: null,
    loginUrl: null,
    notes: null,
    description: null,
    notificationEmailAddresses: [],
    samlSingleSignOnSettings: null,
    tags: [...from.tags],
    keyCredentials: [],
    passwordCredentials: [],
  };
  directory.applications.put(application.id, application);
  directory.servicePrincipals.put(principal.id, principal);
  return { application, principal };
}
