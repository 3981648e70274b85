import { explainNodeVersion } from './node-version.js';

test.each(['22.12.0', '22.20.1', '24.21.0', '100.0.0'])('Node %s is new enough', (version) => {
  expect(explainNodeVersion(version)).toBeUndefined();
});

test.each(['18.20.0', '20.20.2', '22.11.9'])('Node %s is explained, with what to do', (version) => {
  expect(explainNodeVersion(version)).toMatch(
    new RegExp(`22\\.12 or newer; this is Node ${version}[\\s\\S]*npm start`),
  );
});
