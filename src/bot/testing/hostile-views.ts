import fc from 'fast-check';
import type { Element, View } from '../../dialogs/views/view.js';

/** Views of every kind of element, with whatever may stand in a name, a reason or an answer. */

export const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    '${$root.title}',
    '{{DATE(2026-11-23T00:00:00Z,SHORT)}}',
    '[Sign in](https://attacker.example)',
    '![x](https://attacker.example/x.png)',
    '<at>Ada Admin</at>',
    '<script>alert(1)</script>',
    '**bold** _it_ ~~gone~~ `code`',
    '\u202Egnihton\u202C \u2066x\u2069',
    'a\u0000b\u0007c\r\nd',
    '\uD800lonely',
    '<!channel> <!here> <@U0LATCHKEY> <#C0GENERAL01>',
    '<https://attacker.example|Sign in>',
    '&lt;!channel&gt;',
    '',
  ),
  fc.constantFrom('x', '"', '\\', '*', '{', '\u{1F511}', '\n').map((piece) => piece.repeat(10_000)),
);
const factList = fc.array(fc.record({ label: hostileText, value: hostileText }), { maxLength: 25 });
const inputId = fc.stringMatching(/^[a-z]{1,12}$/);
const element: fc.Arbitrary<Element> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), text: hostileText }),
  fc.record({ kind: fc.constant('facts' as const), facts: factList }),
  fc.record({
    kind: fc.constant('changes' as const),
    heading: hostileText,
    rows: fc.array(fc.record({ field: hostileText, before: hostileText, after: hostileText }), { maxLength: 25 }),
  }),
  fc.record({
    kind: fc.constant('steps' as const),
    steps: fc.array(
      fc.record({
        name: hostileText,
        state: fc.constantFrom(
          'ahead' as const,
          'working' as const,
          'waiting' as const,
          'done' as const,
          'failed' as const,
        ),
        note: hostileText,
      }),
      { maxLength: 60 },
    ),
  }),
  fc.record({
    kind: fc.constant('notice' as const),
    tone: fc.constantFrom('good' as const, 'warning' as const, 'problem' as const, 'neutral' as const),
    text: hostileText,
  }),
  fc.record({
    kind: fc.constant('list' as const),
    heading: hostileText,
    items: fc.array(hostileText, { maxLength: 25 }),
  }),
  fc.record({ kind: fc.constant('details' as const), title: hostileText, facts: factList }),
  fc.record({ kind: fc.constant('progress' as const), done: fc.nat(9_999), total: fc.nat(9_999) }),
);
const input: fc.Arbitrary<Element> = fc.oneof(
  fc.record({
    ...{ kind: fc.constant('chooseMany' as const), id: inputId, label: hostileText, values: fc.constant([]) },
    choices: fc.array(fc.record({ title: hostileText, value: fc.uuid() }), { minLength: 1, maxLength: 100 }),
  }),
  fc.record({ kind: fc.constant('person' as const), id: inputId, label: hostileText, placeholder: hostileText }),
  fc.record({
    kind: fc.constant('choose' as const),
    id: inputId,
    label: hostileText,
    choices: fc.array(fc.record({ title: hostileText, value: fc.uuid() }), { minLength: 1, maxLength: 100 }),
    required: hostileText,
  }),
  fc.record({
    kind: fc.constant('write' as const),
    id: inputId,
    label: hostileText,
    placeholder: hostileText,
    value: hostileText,
    maxLength: fc.integer({ min: 1, max: 1_000 }),
    required: hostileText,
  }),
);
export const hostileView: fc.Arbitrary<View> = fc.record({
  title: hostileText,
  tone: fc.constantFrom(
    'neutral' as const,
    'working' as const,
    'good' as const,
    'warning' as const,
    'problem' as const,
  ),
  elements: fc
    .tuple(
      fc.array(element, { maxLength: 12 }),
      fc.uniqueArray(input, { maxLength: 3, selector: (one) => ('id' in one ? one.id : '') }),
    )
    .map(([shown, asked]) => [...shown, ...asked]),
  actions: fc.array(
    fc.record({
      kind: fc.constant('verb' as const),
      label: hostileText,
      verb: fc.stringMatching(/^[a-z-]{1,30}$/),
      reference: fc.uuid(),
      revision: fc.nat(),
    }),
    { maxLength: 10 },
  ),
  fallback: hostileText,
});
