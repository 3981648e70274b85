import { GENESYS_REGIONS, parseGenesysRegion, type GenesysRegion } from '../../services/index.js';
import type { Form } from './form.js';

/** The two answers that a set-up needs. */
export function setUpSsoForm(configured: GenesysRegion): Form {
  const others = GENESYS_REGIONS.filter(({ key }) => key !== configured.key);
  return {
    name: 'set-up-sso',
    title: 'Set up SSO',
    questions: [
      {
        id: 'region',
        title: 'Which Genesys Cloud region?',
        explains:
          'The region you log in to. With the login page login.mypurecloud.de it is the one with mypurecloud.de.',
        input: {
          kind: 'choice',
          label: 'Region',
          choices: [configured, ...others].map((region) => ({ title: regionTitle(region), value: region.key })),
          preselected: configured.key,
        },
      },
      {
        id: 'organization',
        title: 'Which organisation?',
        explains: 'Its short name: see Genesys Cloud, Admin, Account Settings, Organization Settings.',
        input: {
          kind: 'text',
          label: 'Organisation short name',
          placeholder: 'for example contoso-gc',
          maxLength: 100,
        },
      },
    ],
  };
}

export type RegionAnswer =
  | { readonly kind: 'understood'; readonly region: GenesysRegion }
  | { readonly kind: 'complaint'; readonly text: string };

/** Understands a region, and complains in words that help. */
export function understandRegion(text: string, configured: GenesysRegion): RegionAnswer {
  const parsed = parseGenesysRegion(text);
  if (!parsed.ok) {
    const nearest = parsed.nearest.map(regionTitle).join(', ');
    const hint = nearest ? ` The nearest are: ${nearest}.` : '';
    return {
      kind: 'complaint',
      text: `That is no Genesys Cloud region.${hint} Pick one from the list, or type a city or a host.`,
    };
  }
  if (parsed.region.key === configured.key) return { kind: 'understood', region: parsed.region };
  return {
    kind: 'complaint',
    text:
      `This Latchkey is configured for ${configured.name}. For ${parsed.region.name} the operator sets GENESYSCLOUD_REGION to ` +
      `${parsed.region.awsRegion}, with an OAuth client of that region. Choose ${configured.name} to go on here.`,
  };
}

export function regionTitle(region: GenesysRegion): string {
  return `${region.name} · ${region.domain}`;
}
