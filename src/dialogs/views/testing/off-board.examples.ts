import { OFF_BOARD_STEPS, type OffBoardCard, type OffBoardOutcome } from '../../../services/index.js';
import { confirmOffBoardView, offBoardedView, offBoardView } from '../off-board.view.js';
import type { View } from '../view.js';
import type { Examples } from './example.js';
import { person, run, steps } from './fixtures.js';

export const offBoardExamples: Examples = (said) => {
  const ana = person(said);
  const email = ana.userPrincipalName;
  const role = { roleId: 'r', roleName: said('Agent'), divisionId: 'd', divisionName: said('Home') };
  const user = { id: 'u', name: said('Ana Agent'), email, state: 'active', divisionName: said('Home'), roles: [role] };
  const genesys: OffBoardCard['genesys'] = { user: { ...user, state: 'active' }, other: null };
  const away = {
    what: said('Genesys Cloud does not answer.'),
    why: '',
    remedy: 'It goes on by itself.',
    requestId: '',
  };
  const groups = [said('Genesys Agents'), said('Night shift')];
  const full: OffBoardCard = {
    ...{ person: ana, entra: { roles: [said('User')], groups: [] }, holdsDirectoryRole: false, genesys, seal: 's' },
  };
  const much: OffBoardCard = {
    ...{ ...full, entra: { roles: [said('User'), said('Team lead')], groups }, holdsDirectoryRole: true },
    genesys: {
      user: { ...user, name: said('A. Miller'), state: 'inactive', roles: null },
      other: said('ana@x.example'),
    },
  };
  const none: OffBoardCard = { ...full, entra: { roles: [], groups: [] }, genesys: { user: null, other: null } };
  const cards = {
    everything: full,
    'much that stays': much,
    nothing: none,
    'Genesys away': { ...full, genesys: away },
  };
  const card = { reference: `${ana.id}:nonce` };
  const each = (show: (given: OffBoardCard) => View): Record<string, View> =>
    Object.fromEntries(Object.entries(cards).map(([name, given]) => [name, show(given)]));
  const done = <T>(value: T): { state: 'done'; value: T } => ({ state: 'done', value });
  const refused = {
    state: 'refused',
    problem: { ...away, what: said('Genesys said no.'), why: 'The role is missing.', requestId: 'req-1' },
  } as const;
  const ended = (more: Partial<OffBoardOutcome>): View =>
    offBoardedView(run(said, 'off-board', { state: 'done', steps: steps(OFF_BOARD_STEPS, 'done', 'done') }), {
      ...{ personId: ana.id, personName: ana.name, userPrincipalName: email, assignments: done([said('User')]) },
      ...{
        groups: done([]),
        entraSessions: done(true),
        genesys: done({ user: { ...user, state: 'active' }, other: null }),
      },
      ...{ deactivated: done(true), genesysSessions: done(true), genesysUserId: 'u', genesysRoles: [role], ...more },
    });
  return {
    offBoardView: each((given) => offBoardView(given, card)),
    confirmOffBoardView: each((given) => confirmOffBoardView(given, card)),
    offBoardedView: {
      whole: ended({}),
      'nothing was there': ended({
        ...{
          assignments: done([]),
          deactivated: done(false),
          genesysSessions: done(false),
          entraSessions: done(false),
        },
        genesys: done({ user: null, other: said('ana@x.example') }),
      }),
      'groups still give access': ended({ groups: done(groups) }),
      'one group still gives access': ended({ groups: done(groups.slice(0, 1)) }),
      'something was refused': ended({ deactivated: refused, genesysSessions: { ...refused, state: 'later' } }),
    },
  };
};
