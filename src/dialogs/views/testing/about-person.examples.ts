import { aboutPersonView, unknownAuthorView, type AboutDeed } from '../about-person.view.js';
import type { Examples } from './example.js';
import { person } from './fixtures.js';

const DEEDS: readonly AboutDeed[] = ['assign', 'provision', 'unassign', 'off-board', 'audit-person'];

export const aboutPersonExamples: Examples = (said) => {
  const ana = person(said);
  return {
    aboutPersonView: {
      'somebody else': aboutPersonView(ana, DEEDS, { isOneself: false }),
      'somebody else, by who may do nothing': aboutPersonView(ana, [], { isOneself: false }),
      oneself: aboutPersonView(ana, ['audit-person'], { isOneself: true }),
      'a guest who is disabled': aboutPersonView({ ...ana, isGuest: true, isEnabled: false }, DEEDS, {
        isOneself: false,
      }),
    },
    unknownAuthorView: { 'who may look': unknownAuthorView(DEEDS), 'who may do nothing': unknownAuthorView([]) },
  };
};
