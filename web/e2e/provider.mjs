// SPDX-License-Identifier: Apache-2.0
// provider.mjs: people sign in at an identity provider (a real one, of npm's oidc-provider) in a real Chromium, against
// a real oakumd. The last line counts.
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import Provider from 'oidc-provider';
import { chromium } from 'playwright-core';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const patience = 60_000; // a loaded machine is slow, not wrong
let passed = 0;
let failed = 0;
async function task(name, work) {
  try {
    await work();
    ++passed;
    console.log(`ok      ${name}`);
  } catch (error) {
    ++failed;
    console.log(`FAILED  ${name}\n        ${String(error.message ?? error).split('\n').slice(0, 12).join('\n        ')}`);
  }
}
function expect(condition, message) {
  if (!condition) throw new Error(message);
}

const people = {
  anna: { preferred_username: 'anna', groups: ['staff', 'oakum-admins'] },
  paul: { preferred_username: 'paul', groups: ['plant-3'] },
  sam: { preferred_username: 'sam', groups: ['strangers'] },
  admin: { preferred_username: 'admin', groups: ['oakum-admins'] },
};

const jwk = (kind, options, more) => ({ ...generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }), use: 'sig', ...more });

// Listens before it knows its client, whose address is known once oakumd runs.
let answer = (_, response) => response.writeHead(503).end();
const listener = createServer((request, response) => answer(request, response));
await new Promise((done) => listener.listen(0, '127.0.0.1', done));
const issuer = `http://127.0.0.1:${listener.address().port}`;
function provide(address, keys, algorithm) {
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'oakum', client_secret: 'a client secret', redirect_uris: [`${address}/sign-in/done`], response_types: ['code'], grant_types: ['authorization_code'], id_token_signed_response_alg: algorithm }],
    claims: { openid: ['sub'], profile: ['preferred_username'], groups: ['groups'] },
    scopes: ['openid', 'profile', 'groups'],
    conformIdTokenClaims: false,
    cookies: { keys: ['a key of this test'] },
    jwks: { keys },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  });
  answer = provider.callback();
}

const folder = mkdtempSync(join(tmpdir(), 'oakum-provider-'));
const file = join(folder, 'provider.json');
writeFileSync(join(folder, 'client.secret'), 'a client secret\n', { mode: 0o600 });
writeFileSync(file, JSON.stringify({
  name: 'Example ID', issuer, client_id: 'oakum', client_secret_file: 'client.secret', scopes: ['openid', 'profile', 'groups'], create_accounts: true,
  roles: [{ claim: 'groups', value: 'oakum-admins', role: 'administrator' }, { claim: 'groups', value: 'plant-3', role: 'operator', groups: ['Plant 3'] }],
}));

function start(data) {
  const child = spawn(join(root, 'build/release/bin/oakumd'), ['--data', data, '--listen', '127.0.0.1:0', '--web', join(root, 'web/dist'), '--sign-in-with', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let log = '';
  child.stderr.on('data', (piece) => (log = (log + piece).slice(-8_000)));
  return new Promise((ready, broken) => {
    const late = setTimeout(() => broken(new Error(`oakumd did not become ready: ${out}${log}`)), patience);
    child.once('exit', (status) => broken(new Error(`oakumd ended with ${status}: ${log}`)));
    child.stdout.on('data', (piece) => {
      out += piece;
      const address = /ready at (https:\S+)/.exec(out)?.[1];
      const link = /sign in once\s+(https:\S+)/.exec(out)?.[1];
      if (!address || !link) return;
      clearTimeout(late);
      ready({ address, link, child, log: () => log });
    });
  });
}

let server;
let browser;
try {
  await task('a secret that others may read is refused at the start', async () => {
    chmodSync(join(folder, 'client.secret'), 0o644);
    const refused = await start(join(folder, 'data')).then(() => '', (error) => error.message);
    chmodSync(join(folder, 'client.secret'), 0o600);
    expect(refused.includes('others may read'), refused);
  });
  server = await start(join(folder, 'data'));
  const rsa = jwk('rsa', { modulusLength: 2048 }, { kid: 'rsa-1', alg: 'RS256' });
  provide(server.address, [rsa], 'RS256');
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  const visit = async () => {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, reducedMotion: 'reduce' });
    context.setDefaultTimeout(patience);
    return context.newPage();
  };
  const api = (page, path) => page.request.get(`${server.address}/api/v1${path}`);
  const signInAs = async (page, name) => {
    await page.getByRole('button', { name: 'Sign in with Example ID' }).click();
    await page.waitForURL(`${issuer}/interaction/**`);
    await page.locator('input[name=login]').fill(name);
    await page.locator('input[name=password]').fill('anything');
    await page.locator('button[type=submit]').click();
    await page.locator('button[type=submit]', { hasText: 'Continue' }).click();
  };

  const admin = await visit();
  await task('a local account signs in beside the provider', async () => {
    await admin.goto(server.link);
    await admin.getByRole('link', { name: 'Oakum' }).waitFor();
    const me = await (await api(admin, '/me')).json();
    const made = await admin.request.post(`${server.address}/api/v1/groups`, { data: { name: 'Plant 3', query: 'site = "plant 3"' }, headers: { 'x-csrf-token': me.csrf } });
    expect(made.status() === 201, `making the group answered ${made.status()}`);
  });
  const anna = await visit();
  await task('somebody of the provider signs in, and is who the table says, on the page that was wanted', async () => {
    await anna.goto(`${server.address}/settings?tab=you`);
    await signInAs(anna, 'anna');
    await anna.waitForURL(`${server.address}/settings?tab=you`);
    await anna.getByText('anna, administrator').waitFor();
    await anna.getByText(/You sign in at the identity provider/).waitFor();
    await anna.getByRole('region', { name: 'Your sessions' }).getByText('single sign-on').waitFor();
    const cookies = (await anna.context().cookies(server.address)).map((each) => each.name);
    expect(cookies.includes('__Host-oakum_session') && !cookies.includes('__Host-oakum_sign_in'), `cookies: ${cookies}`);
  });
  await task('groups of the table bound what is seen', async () => {
    const paul = await visit();
    await paul.goto(server.address);
    await signInAs(paul, 'paul');
    await paul.getByRole('link', { name: 'Oakum' }).waitFor();
    const me = await (await api(paul, '/me')).json();
    expect(me.role === 'operator' && me.scope.map((each) => each.name).join() === 'Plant 3' && !me.local_account, JSON.stringify(me));
    await paul.context().close();
  });
  for (const [name, said] of [['sam', 'nothing here says what you may do'], ['admin', 'there is an account "admin" already']])
    await task(`${name} is refused: ${said}`, async () => {
      const page = await visit();
      await page.goto(`${server.address}/sign-in`);
      await signInAs(page, name);
      await page.getByRole('alert').filter({ hasText: said }).waitFor();
      expect((await api(page, '/me')).status() === 401, 'there is a session');
      await page.context().close();
    });
  await task('an answer that another browser asked for is not taken, and neither is one that was used', async () => {
    const page = await visit();
    let used;
    page.on('framenavigated', (frame) => (used = frame.url().includes('/sign-in/done?') ? frame.url() : used));
    await page.goto(`${server.address}/sign-in`);
    await signInAs(page, 'anna');
    await page.getByRole('link', { name: 'Oakum' }).waitFor();
    expect(used, 'the way back was not seen');
    const other = await visit();
    await other.goto(used);
    await other.getByRole('alert').filter({ hasText: 'this browser began no sign-in here' }).waitFor();
    expect((await api(other, '/me')).status() === 401, 'there is a session');
    await other.context().close();
    await page.goto(used);
    await page.getByRole('alert').waitFor();
    await page.context().close();
  });
  await task('the provider changes its key and its algorithm, and people still get in', async () => {
    provide(server.address, [jwk('ec', { namedCurve: 'P-256' }, { kid: 'ec-2', alg: 'ES256' })], 'ES256');
    const page = await visit();
    await page.goto(`${server.address}/sign-in`);
    await signInAs(page, 'anna');
    await page.getByRole('link', { name: 'Oakum' }).or(page.getByRole('alert')).first().waitFor();
    expect((await api(page, '/me')).ok(), 'the new key was not taken');
    await page.context().close();
  });
  await task('a provider that is away leaves the password, and says so', async () => {
    answer = (_, response) => response.writeHead(503).end();
    const page = await visit();
    await page.goto(`${server.address}/sign-in/done?error=access_denied&state=x`);
    await page.getByRole('alert').filter({ hasText: 'refused' }).waitFor();
    expect((await api(admin, '/me')).ok(), 'the local session ended');
  });
} catch (error) {
  ++failed;
  console.log(`FAILED  before the end: ${error.stack}`);
} finally {
  await browser?.close();
  server?.child.removeAllListeners('exit');
  server?.child.kill('SIGTERM');
  listener.close();
  listener.closeAllConnections();
  if (failed > 0) console.log(server?.log());
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
