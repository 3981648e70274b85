import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Faults } from '../kit/faults.js';
import type { SandboxRequest } from '../kit/server.js';
import { GENESYS } from '../credentials.js';
import { listing, param, parseBody, type PlatformApi } from './api.js';
import { ApiProblem, problems } from './api-problem.js';
import { assertionConsumerService } from './directory.js';
import type { GenesysData, StoredProvider } from './genesys-data.js';
import { parseProvider, PROVIDER_SLOTS, providerBody, providerView } from './provider-settings.js';

const VIEW = { any: ['sso:provider:view'] };
const ADD_OR_EDIT = { any: ['sso:provider:add', 'sso:provider:edit'] };
const DELETE = { any: ['sso:provider:delete'] };

/** The platform's published limit for one organisation. */
const MOST_PROVIDERS = 30;

/**
 * The single sign-on providers: a slot (`adfs`, `okta`, …) holds one, which PUT creates or replaces; custom ones are
 * made by POST and known by a UUID.
 */
export function addProviderRoutes(api: PlatformApi, data: GenesysData, faults: Faults): void {
  addPasswordLoginRoutes(api, data, faults);
  api.route('GET', '/api/v2/identityproviders', VIEW, (request) =>
    listing(request, data.shownProviders().map(providerView)),
  );
  api.route('POST', '/api/v2/identityproviders', { any: ['sso:provider:add'] }, (request) => ({
    status: 200,
    body: providerView(store(request, randomUUID())),
  }));
  for (const path of ['/api/v2/identityproviders/adfs', '/api/v2/identityproviders/:providerId']) {
    api.route('GET', path, VIEW, (request) => ({ status: 200, body: providerView(shown(data, idOf(request))) }));
    api.route('PUT', path, ADD_OR_EDIT, (request) => {
      const id = idOf(request);
      if (isSlot(id)) return { status: 200, body: providerSummary(store(request, id)) };
      return { status: 200, body: providerView(store(request, configured(data, id).id)) };
    });
    api.route('DELETE', path, DELETE, (request) => {
      const provider = configured(data, idOf(request));
      refuseLockOut(provider);
      data.removeProvider(provider);
      return isSlot(provider.id) ? { status: 200, body: {} } : { status: 204 };
    });
  }

  function store(request: SandboxRequest, id: string): StoredProvider {
    const provider = parseProvider(parseBody(request, providerBody), {
      id,
      now: data.clock.now(),
      defaultRelyingPartyIdentifier: assertionConsumerService(GENESYS.region),
      everyCertificateExpired: faults.active('certificate-expired') !== undefined,
    });
    if (!data.providers.get(id) && data.providers.size >= MOST_PROVIDERS) {
      throw new ApiProblem(400, 'constraint.validation', `No more than ${MOST_PROVIDERS} providers can be stored.`);
    }
    return data.storeProvider(provider);
  }

  /** Without passwords the last provider is the last way in. */
  function refuseLockOut(provider: StoredProvider): void {
    const others = data.providers.filter(({ id, disabled }) => id !== provider.id && !disabled);
    if (!isSsoOnly(data, faults) || others.length > 0) return;
    const text = 'The last identity provider cannot be deleted while the Genesys Cloud login is disabled.';
    throw new ApiProblem(400, 'bad.request', text);
  }
}

/** Whether the organisation's password login is disabled, by a PUT or by the fault sso-only. */
export function isSsoOnly(data: GenesysData, faults: Faults): boolean {
  return data.isPasswordLoginDisabled || faults.active('sso-only') !== undefined;
}

const passwordLoginBody = z.object({ disabled: z.boolean().optional() });

/** `identityproviders/purecloud`: the platform's own password login. */
function addPasswordLoginRoutes(api: PlatformApi, data: GenesysData, faults: Faults): void {
  const path = '/api/v2/identityproviders/purecloud';
  const view = (): object => ({
    id: 'purecloud',
    name: 'PureCloud',
    disabled: isSsoOnly(data, faults),
    selfUri: path,
  });
  api.route('GET', path, VIEW, () => ({ status: 200, body: view() }));
  api.route('PUT', path, ADD_OR_EDIT, (request) => {
    const { disabled = false } = parseBody(request, passwordLoginBody);
    data.disablePasswordLogin(disabled);
    if (!disabled) faults.set({ fault: 'sso-only', on: false });
    return { status: 200, body: view() };
  });
}

/** The route of the ADFS slot stands for itself and has no parameter. */
function idOf(request: SandboxRequest): string {
  return param(request, 'providerId') || 'adfs';
}

function isSlot(id: string): boolean {
  return Object.hasOwn(PROVIDER_SLOTS, id);
}

function configured(data: GenesysData, id: string): StoredProvider {
  const provider = data.providers.get(id);
  if (!provider) throw problems.notFound();
  return provider;
}

function shown(data: GenesysData, id: string): StoredProvider {
  const provider = data.findShownProvider(id);
  if (!provider) throw problems.notFound();
  return provider;
}

/** PUT tells no more than this; what was stored must be read. */
function providerSummary({ id, name, disabled }: StoredProvider): object {
  return { id, name, disabled, selfUri: `/api/v2/identityproviders/${id}` };
}
