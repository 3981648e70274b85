import { INTENTS } from '../../intents.js';
import { channelGreetingView, helpView, homeView, unknownView } from '../help.view.js';
import type { Examples } from './example.js';

export const helpExamples: Examples = (said) => {
  const forAll = INTENTS.filter(({ right }) => right === undefined);
  const forReaders = INTENTS.filter(({ right }) => right === undefined || right === 'look');
  const name = said('Ada Admin');
  return {
    helpView: {
      'an administrator': helpView({ name, intents: INTENTS, isStranger: false }),
      'a reader': helpView({ name, intents: forReaders, isStranger: false }),
      'an employee': helpView({ name, intents: forAll, isStranger: false, note: said('Entra does not answer.') }),
      'a stranger': helpView({ name, intents: forAll, isStranger: true }),
    },
    homeView: {
      'an employee': homeView(helpView({ name, intents: forAll, isStranger: false }), {
        elements: [{ kind: 'list', heading: 'My access', items: [said('Agent, until tomorrow')] }],
        actions: [{ kind: 'verb', label: said('Open Agent'), verb: 'access-show', reference: 'r', revision: 1 }],
      }),
    },
    channelGreetingView: { 'in a channel': channelGreetingView() },
    unknownView: {
      'two are near': unknownView(said('statsu'), INTENTS.slice(0, 2)),
      'those that need a name': unknownView(
        said('asign'),
        INTENTS.filter(({ takes }) => takes !== undefined).slice(0, 2),
      ),
    },
  };
};
