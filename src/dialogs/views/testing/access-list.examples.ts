import type { AccessPage } from '../../../services/index.js';
import { accessElsewhereView, accessLinkView, accessListView } from '../access-list.view.js';
import type { View } from '../view.js';
import type { Examples } from './example.js';
import { inDays, NOW, person } from './fixtures.js';

export const accessListExamples: Examples = (said) => {
  const ana = person(said);
  const rows: AccessPage['rows'] = [
    {
      ...{ personId: ana.id, name: ana.name, userPrincipalName: ana.userPrincipalName },
      ways: [{ role: said('User'), since: NOW }],
    },
    {
      ...{ personId: 'p2', name: said('Gus Guest'), isGuest: true, isEnabled: false },
      ways: [{ role: said('User'), group: said('Genesys Agents') }, { role: said('Team lead') }],
    },
  ];
  const groups = ['Genesys Agents', 'Night', 'Day', 'Leads', 'Planners', 'Trainers', 'Auditors'].map((name) => ({
    ...{ name: said(name), people: name.length, nested: name === 'Night' ? [said('Temps')] : [] },
  }));
  const list = (more: Partial<AccessPage>): View =>
    accessListView({
      ...{ rows, people: 2, page: 0, pages: 1, groups: [], applications: 0, isAssignmentRequired: true },
      ...more,
    });
  return {
    accessListView: {
      nobody: list({ rows: [], people: 0 }),
      'one page': list({}),
      'one person, and everybody may sign in': list({ rows: rows.slice(0, 1), people: 1, isAssignmentRequired: false }),
      'a page in the middle, with groups': list({ people: 45, page: 1, pages: 3, groups, applications: 2 }),
    },
    accessElsewhereView: { 'in a channel': accessElsewhereView() },
    accessLinkView: {
      'a link': accessLinkView({ url: 'https://latchkey.contoso.example/files/one-time', until: inDays(1) }),
    },
  };
};
