import type { SandboxServer } from '../kit/server.js';
import { GENESYS } from '../credentials.js';
import { listing, parseBody, type PlatformApi } from './api.js';
import { problems } from './api-problem.js';
import { assertionConsumerService } from './directory.js';
import type { GenesysData, StoredProvider } from './genesys-data.js';
import { parseProvider, providerBody, providerView } from './provider-settings.js';

const VIEW = { any: ['sso:provider:view'] };

/** The single sign-on providers: the ADFS/Entra slot is a singleton that PUT creates or replaces. */
export function addProviderRoutes(api: PlatformApi, data: GenesysData, server: SandboxServer): void {
  api.route('GET', '/api/v2/identityproviders', VIEW, (request) =>
    listing(request, data.providers.list().map(providerView)),
  );
  api.route('GET', '/api/v2/identityproviders/purecloud', VIEW, () => ({
    status: 200,
    body: { id: 'purecloud', name: 'PureCloud', disabled: false, selfUri: '/api/v2/identityproviders/purecloud' },
  }));
  api.route('GET', '/api/v2/identityproviders/adfs', VIEW, () => ({
    status: 200,
    body: providerView(configured(data)),
  }));
  api.route('PUT', '/api/v2/identityproviders/adfs', { any: ['sso:provider:add', 'sso:provider:edit'] }, (request) => {
    const provider = parseProvider(parseBody(request, providerBody), {
      now: data.clock.now(),
      defaultRelyingPartyIdentifier: assertionConsumerService(GENESYS.region),
      everyCertificateExpired: server.faults.active('certificate-expired') !== undefined,
    });
    data.providers.put(provider.id, provider);
    return { status: 200, body: providerSummary(provider) };
  });
  api.route('DELETE', '/api/v2/identityproviders/adfs', { any: ['sso:provider:delete'] }, () => {
    data.providers.delete(configured(data).id);
    return { status: 200, body: {} };
  });
}

function configured(data: GenesysData): StoredProvider {
  const provider = data.providers.get('adfs');
  if (!provider) throw problems.notFound();
  return provider;
}

/** PUT tells no more than this; what was stored must be read. */
function providerSummary({ id, name, disabled }: StoredProvider): object {
  return { id, name, disabled, selfUri: `/api/v2/identityproviders/${id}` };
}
