import { card, request, ANA_ID } from './testing/access-fixtures.js';
import { NOW } from './testing/fixtures.js';
import { workView, type WorkList } from './my-work.view.js';

const said = (text: string): string => text;
const headings = (...lists: readonly WorkList[]): readonly (string | undefined)[] =>
  workView({ waitingForMe: [], mine: [card(request(said))], access: [] }, lists, {
    readerId: ANA_ID,
    now: NOW,
  }).elements.flatMap((element) => (element.kind === 'list' ? [element.heading] : []));

test('lists that stand together are told apart by a heading; one alone is named by the title', () => {
  expect(headings('waiting', 'requests', 'access')).toEqual(['Waiting for me', 'My requests', 'My access']);
  expect(headings('requests')).toEqual([undefined]);
});
