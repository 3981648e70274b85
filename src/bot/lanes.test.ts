import { LaneFull, Lanes } from './lanes.js';

function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

test('what goes to one conversation goes in the order of the calls, however long each takes', async () => {
  const lanes = new Lanes();
  const done: string[] = [];
  const slow = gate();

  const first = lanes.run('chat', async () => {
    await slow.opened;
    done.push('first');
  });
  const second = lanes.run('chat', async () => void done.push('second'));
  const elsewhere = lanes.run('other', async () => void done.push('elsewhere'));
  await elsewhere;
  slow.open();
  await Promise.all([first, second]);

  expect(done).toEqual(['elsewhere', 'first', 'second']);
});

test('a card that could not be sent does not keep the next one back', async () => {
  const lanes = new Lanes();

  const failed = lanes.run('chat', () => Promise.reject(new Error('no')));
  const next = lanes.run('chat', async () => 'sent');

  await expect(failed).rejects.toThrow('no');
  await expect(next).resolves.toBe('sent');
});

test('a lane takes a hundred deeds and refuses the next, until one is done; another lane has room of its own', async () => {
  const lanes = new Lanes();
  const slow = gate();
  const first = lanes.run('chat', () => slow.opened);
  const waiting = Array.from({ length: 99 }, () => lanes.run('chat', async () => undefined));

  await expect(lanes.run('chat', async () => 'too much')).rejects.toThrow(LaneFull);
  await expect(lanes.run('other', async () => 'sent')).resolves.toBe('sent');
  slow.open();
  await Promise.all([first, ...waiting]);

  await expect(lanes.run('chat', async () => 'sent')).resolves.toBe('sent');
});
