import { beginRemoteCall } from './remote-calls.js';
import { loggedStep } from './logged-step.js';
import { logFields, withLogFields } from './log-context.js';
import { recordingLog } from './testing/test-parts.js';

const answers = (id: string): void =>
  beginRemoteCall('entra', { url: 'https://graph.example/v1.0/users' })(200, new Headers({ 'request-id': id }));

test('each line within a piece of work carries what is known of it, also after waiting, and no line outside', async () => {
  const { log, lines } = recordingLog();

  await withLogFields({ operation: 'set-up-sso', runId: 'r1' }, async () => {
    await Promise.resolve();
    await loggedStep(log, 'Create the application', async () => {
      await new Promise((next) => setImmediate(next));
      log.warn('Graph was slow');
    });
    log.info({ runId: 'r2' }, 'another run');
  });
  log.info('afterwards');

  const common = { operation: 'set-up-sso', runId: 'r1' };
  const [slow, done, other, after] = lines();
  expect(slow).toMatchObject({ ...common, step: 'Create the application', msg: 'Graph was slow' });
  expect(done).toMatchObject({ ...common, step: 'Create the application', msg: 'A step of a run was done' });
  expect(other).toMatchObject({ operation: 'set-up-sso', runId: 'r2' });
  expect(after).not.toHaveProperty('runId');
  expect(logFields()).toEqual({});
});

test('a step tells the request ids of its own remote calls, also when it fails', async () => {
  const { log, lines } = recordingLog();

  await loggedStep(log, 'one', async () => answers('a'));
  await expect(
    loggedStep(log, 'two', async () => {
      answers('b');
      answers('c');
      throw new Error('no');
    }),
  ).rejects.toThrow('no');

  expect(lines()).toMatchObject([
    { step: 'one', requestIds: ['a'] },
    { step: 'two', requestIds: ['b', 'c'] },
  ]);
});

test('what the work adds is redacted like everything else', () => {
  const { log, text } = recordingLog(['the-client-secret']);

  withLogFields({ step: 'the-client-secret', token: 'abc' }, () => log.info('a line'));

  expect(text()).toContain('a line');
  expect(text()).not.toMatch(/the-client-secret|"abc"/);
});
