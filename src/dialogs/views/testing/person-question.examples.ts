import { askPersonView, choosePersonView } from '../person-question.js';
import type { Examples } from './example.js';
import { person, simon } from './fixtures.js';

export const personQuestionExamples: Examples = (said) => {
  const question = { title: 'Which person?', verb: 'choose-person', reference: 'assign' };
  const asked = { ...question, by: 'name, user principal name or mail address', fallback: 'Assign whom?' };
  return {
    choosePersonView: { namesakes: choosePersonView(said('a'), [person(said), simon(said)], question) },
    askPersonView: {
      first: askPersonView({ ...asked, words: '', example: 'assign b.simon', more: 'One at a time.' }),
      'found nobody': askPersonView({ ...asked, words: said('b.simen') }),
    },
  };
};
