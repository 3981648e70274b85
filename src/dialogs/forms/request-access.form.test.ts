import type { AccessOffer } from '../../services/index.js';
import { readAskedAccess, requestAccessForm } from './request-access.form.js';

const NOW = new Date('2026-11-24T10:00:00Z');
const agent: AccessOffer = {
  ...{ roleId: 'agent', name: 'Agent', explains: 'Take calls.', gives: 'the role User in Entra' },
  ...{ usualMinutes: 480, mostMinutes: 43_200, canBreakGlass: false },
};
const lead: AccessOffer = {
  ...{ roleId: 'lead', name: 'Lead', gives: 'the role Lead in Entra', usualMinutes: 60, mostMinutes: 240 },
  ...{ canBreakGlass: true, breakGlassMinutes: 30 },
};
const offers = [agent, lead];
const context = { offers, now: NOW, timeZone: 'Europe/Berlin' };

const questionOf = (id: string, of = offers) =>
  requestAccessForm(of, { reference: 'n', timeZone: 'Europe/Berlin' }).questions.find((one) => one.id === id);

test('the lengths go up to the longest of any role, and each role’s own are among them', () => {
  const input = questionOf('minutes')?.input;
  const titles = input?.kind === 'choice' ? input.choices.map(({ title }) => title) : [];

  expect(titles[0]).toBe('As usual: 8 hours as Agent, 1 hour as Lead');
  expect(titles).toEqual(expect.arrayContaining(['1 hour', '4 hours', '8 hours', '30 days']));
  expect(titles.at(-1)).toBe('30 days');
});

test('whoever may ask for themselves alone is not asked for whom', () => {
  const form = requestAccessForm(offers, { reference: 'n', timeZone: 'Europe/Berlin', isForOneself: true });

  expect(questionOf('person')).toBeDefined();
  expect(form.questions.map(({ id }) => id)).toEqual(['role', 'minutes', 'until', 'why', 'how']);
});

test('break-glass is asked for where a role has it, and only there', () => {
  expect(questionOf('how')).toBeDefined();
  expect(questionOf('how', [agent])).toBeUndefined();
});

test.each([
  [{ role: 'agent', minutes: 'usually' }, 480],
  [{ role: 'lead', minutes: 'usually' }, 60],
  [{ role: 'agent', minutes: '120' }, 120],
  [{ role: 'agent', minutes: 'usually', until: '18:00' }, 420],
  [{ role: 'lead', minutes: 'usually', how: 'at-once' }, 30],
  [{ role: 'agent' }, 480],
])('%j is for %i minutes', (inputs, minutes) => {
  expect(readAskedAccess({ ...inputs, why: ' because ' }, context)).toMatchObject({
    asked: { minutes, why: 'because', personId: undefined },
  });
});

test.each([
  [{ role: 'pope', minutes: '60', why: 'x' }, { role: expect.stringContaining('Choose one') as string }],
  [{ role: 'agent', minutes: '-5', why: 'x' }, { minutes: expect.stringContaining('Choose one') as string }],
  [{ role: 'agent', until: 'whenever', why: 'x' }, { until: expect.stringContaining('“whenever”') as string }],
  [{ role: 'agent', minutes: '60', why: '  ' }, { why: expect.stringContaining('Say why') as string }],
  [
    { role: 'agent', minutes: '60', why: 'x', how: 'at-once' },
    { how: expect.stringContaining('no break-glass') as string },
  ],
])('%j is answered beside its question', (inputs, complaints) => {
  expect(readAskedAccess(inputs, context)).toEqual({ complaints });
});

test('the question until when names its zone, and what a day alone means', () => {
  expect(questionOf('until')?.explains).toContain('A day alone means 18:00; times are those of Europe/Berlin.');
});
