import { loginUrl, MICROSOFT_CLOUDS } from '../services/entra/microsoft-clouds.js';

/** Where Teams and Bot Framework are: whom the bot believes, where it asks for a token, and whom it may write to. */
export interface TeamsCloud {
  /** The OpenID document that leads to the keys with which deliveries are signed. */
  readonly openIdUrl: string;
  /** `iss` of the token of a delivery. */
  readonly tokenIssuer: string;
  /** Sign-in of the bot itself, no trailing slash: `<loginUrl>/<tenant>/oauth2/v2.0/token`. */
  readonly loginUrl: string;
  readonly tokenScope: string;
  /** Hosts that a `serviceUrl` may name, by https on the usual port. `loopback`: only this machine. */
  readonly serviceHosts: readonly string[] | 'loopback';
  /** Under which the files of a chat are; `loopback`: on this machine. */
  readonly fileDomain: 'loopback' | 'sharepoint.com' | 'sharepoint.us' | 'sharepoint-mil.us';
}

/**
 * Addresses as `botframework-connector` 4.23.3 has them (`AuthenticationConstants`, `GovernmentConstants`); service hosts
 * as `TeamsServiceEndpoints` of the Microsoft 365 Agents SDK lists them; domains of files as Microsoft 365's lists of
 * endpoints for the US government have them. GCC belongs to the global cloud.
 */
export const TEAMS_CLOUDS = {
  global: {
    openIdUrl: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
    tokenIssuer: 'https://api.botframework.com',
    loginUrl: loginUrl(MICROSOFT_CLOUDS.global),
    tokenScope: 'https://api.botframework.com/.default',
    serviceHosts: ['smba.trafficmanager.net', 'smba.infra.gcc.teams.microsoft.com'],
    fileDomain: 'sharepoint.com',
  },
  usgov: government('smba.infra.gov.teams.microsoft.us', 'sharepoint.us'),
  dod: government('smba.infra.dod.teams.microsoft.us', 'sharepoint-mil.us'),
} as const satisfies Readonly<Record<string, TeamsCloud>>;

export type TeamsCloudName = keyof typeof TEAMS_CLOUDS;

function government(serviceHost: string, fileDomain: TeamsCloud['fileDomain']): TeamsCloud {
  return {
    openIdUrl: 'https://login.botframework.azure.us/v1/.well-known/openidconfiguration',
    tokenIssuer: 'https://api.botframework.us',
    loginUrl: loginUrl(MICROSOFT_CLOUDS.usgov),
    tokenScope: 'https://api.botframework.us/.default',
    serviceHosts: [serviceHost],
    fileDomain,
  };
}
