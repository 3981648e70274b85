/** The settings of Teams and of Slack: rows of the table in `settings.ts`. */
export const CHAT_SETTINGS = [
  {
    name: 'MicrosoftAppId',
    meaning: 'application (client) ID of the bot; setting it, or another one of Teams, switches Teams on',
    whereToFind: 'Azure portal, Azure Bot, Configuration, Microsoft App ID.',
    isCredential: true,
  },
  {
    name: 'MicrosoftAppType',
    meaning: 'how the bot is registered: SingleTenant, or UserAssignedMSI for a managed identity, which has no secret',
    default: 'SingleTenant',
  },
  {
    name: 'MicrosoftAppTenantId',
    meaning: 'tenant of the bot; messages of any other tenant are refused',
    whereToFind: 'Azure portal, Azure Bot, Configuration, App Tenant ID.',
    isCredential: true,
  },
  {
    name: 'MicrosoftAppPassword',
    meaning: 'client secret of the bot',
    whereToFind: 'Azure portal, Azure Bot, Configuration, Manage Password, New client secret (the value, not the ID).',
    isCredential: true,
  },
  {
    name: 'CertificateThumbprint',
    meaning: 'certificate of the bot instead of a client secret: its SHA-1 thumbprint',
    whereToFind: 'Entra admin center, App registrations, the bot, Certificates & secrets, Certificates.',
    default: 'that of the certificate in the file of CertificatePrivateKey',
    isCredential: true,
  },
  {
    name: 'CertificatePrivateKey',
    meaning: 'private key of that certificate: the path of a PEM file, or the PEM text itself',
    whereToFind: 'The file that was made together with the certificate.',
    isCredential: true,
  },
  {
    name: 'TEAMS_DEVELOPER_NAME',
    meaning: 'who offers the Teams app, as Teams shows it beside the app: your organisation, 32 characters at most',
    default: 'none; "npm run manifest" makes no package for Teams without it',
  },
  {
    name: 'TEAMS_WEBSITE_URL',
    meaning: 'page about the Teams app or about who offers it, https',
    whereToFind: 'A page of your organisation, such as its intranet or its service desk.',
    default: 'none; "npm run manifest" makes no package for Teams without it',
  },
  {
    name: 'TEAMS_PRIVACY_URL',
    meaning: 'page that says what becomes of personal data in the Teams app, https',
    whereToFind: 'The privacy statement of your organisation. docs/threat-model.md says what Latchkey stores.',
    default: 'none; "npm run manifest" makes no package for Teams without it',
  },
  {
    name: 'TEAMS_TERMS_URL',
    meaning: 'page with the terms of use of the Teams app, https',
    whereToFind: 'The terms of your organisation for what it offers to its own people.',
    default: 'none; "npm run manifest" makes no package for Teams without it',
  },
  {
    name: 'SLACK_BOT_TOKEN',
    meaning: 'bot token of the Slack app; setting it, or another one of Slack, switches Slack on',
    whereToFind: 'api.slack.com/apps, the app, OAuth & Permissions, Bot User OAuth Token (xoxb-…).',
    isCredential: true,
  },
  {
    name: 'SLACK_SIGNING_SECRET',
    meaning: 'with what Slack signs its requests to PUBLIC_URL/slack/events',
    whereToFind: 'api.slack.com/apps, the app, Basic Information, App Credentials, Signing Secret.',
    isCredential: true,
  },
  {
    name: 'SLACK_APP_TOKEN',
    meaning: 'Socket Mode instead of requests, for where Slack cannot reach PUBLIC_URL: an app-level token',
    whereToFind: 'api.slack.com/apps, the app, Basic Information, App-Level Tokens, scope connections:write (xapp-…).',
    default: 'none; Slack sends requests',
    isCredential: true,
  },
  {
    name: 'SLACK_REQUESTERS_BY_EMAIL',
    meaning:
      'on: who has not linked their Slack account may ask for access by its e-mail, and do nothing else; a link is better',
    default: 'off',
  },
] as const;
