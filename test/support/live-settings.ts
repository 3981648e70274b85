import { BOT, GENESYS, TEAMS_APP, TENANT_ID } from '../../sandbox/credentials.js';
import type { World } from './world.js';

/** Live mode as an operator configures it, with the sandbox's servers in the place of the real ones. */
export function liveSettings(world: World, credential: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    LATCHKEY_MODE: 'live',
    HOST: '127.0.0.1',
    PUBLIC_URL: 'https://latchkey.contoso.example',
    MicrosoftAppId: TEAMS_APP.appId,
    MicrosoftAppTenantId: TENANT_ID,
    MicrosoftAppPassword: TEAMS_APP.password,
    TEAMS_OPENID_URL: `${world.teams.url}/v1/.well-known/openidconfiguration`,
    TEAMS_TOKEN_ISSUER: world.teams.url,
    TEAMS_LOGIN_URL: world.teams.url,
    AZURE_TENANT_ID: TENANT_ID,
    AZURE_CLIENT_ID: BOT.clientId,
    GENESYSCLOUD_REGION: GENESYS.region,
    GENESYSCLOUD_OAUTHCLIENT_ID: GENESYS.clientId,
    GENESYSCLOUD_OAUTHCLIENT_SECRET: GENESYS.clientSecret,
    SANDBOX_TEAMS_URL: '',
    SLACK_API_URL: '',
    ...credential,
  };
}
