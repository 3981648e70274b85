/** What people call the servers. */
export const SYSTEMS: Readonly<Record<string, string>> = {
  entra: 'Entra',
  genesys: 'Genesys Cloud',
  teams: 'Teams',
  slack: 'Slack',
};
