// SPDX-License-Identifier: Apache-2.0
// Each figure is a link to the list that it counts: all of them are followed, and the lists are counted.

// How a list is asked for over the API, and what of the answer is the figure.
const lists = [
  [/^\/devices$/, () => '/devices', ['query', 'part', 'fix'], 'total'],
  [/^\/findings$/, () => '/findings', ['query', ['only', 'state'], 'fix', 'exploited'], 'findings'],
  [/^\/holes$/, () => '/proof/holes', ['query', ['of', 'class'], 'state', 'group', 'as_of'], 'total'],
  [/^\/rollouts$/, () => '/rollouts', [['only', 'state']], 'total'],
  [/^\/rollouts\/(\w+)$/, (id) => `/rollouts/${id}/devices`, [['only', 'outcome'], 'wave', 'model', 'reason'], 'total'],
];
async function countOf(api, href) {
  const at = new URL(href, 'https://here');
  const found = lists.find(([page]) => page.test(at.pathname));
  if (!found) throw new Error(`no list is known behind ${href}`);
  const [page, path, names, member] = found;
  const asked = new URLSearchParams({ limit: '1' });
  for (const name of names) {
    const [here, there] = Array.isArray(name) ? name : [name, name];
    // The router writes a text that could be read as a number in quotes.
    const value = at.searchParams.get(here)?.replace(/^"(.*)"$/, '$1');
    if (value) asked.set(there, value);
  }
  return (await api(`${path(page.exec(at.pathname)[1])}?${asked}`))[member];
}
async function figuresOf(page) {
  // What stands in a folded part counts too.
  await page.locator('main details').evaluateAll((all) => all.forEach((each) => (each.open = true)));
  return page.locator('main a[data-counts]').evaluateAll((links) => links.map((link) => ({ href: link.getAttribute('href'), n: Number(link.getAttribute('data-counts')), words: link.textContent })));
}

// Every figure of a page; one of each list with the pointer, to the page that says the same number.
export async function follow({ page, expect, open, api, grouped, settled }, path, least, most = 60) {
  await open(path);
  const found = await figuresOf(page);
  expect(found.length >= least, `${path} has only ${found.length} figures: ${JSON.stringify(found)}`);
  const counted = new Map();
  // Of a long list the first ones: the others come by the same rule.
  for (const figure of found.slice(0, most)) {
    if (!counted.has(figure.href)) counted.set(figure.href, await countOf(api, figure.href));
    expect(counted.get(figure.href) === figure.n, `"${figure.words}" of ${path} says ${figure.n}, its list ${figure.href} counts ${counted.get(figure.href)}`);
  }
  const pressed = new Set();
  for (const figure of found) {
    const where = new URL(figure.href, 'https://here');
    const kind = where.pathname + (where.searchParams.has('part') ? ' part' : where.searchParams.has('fix') ? ' fix' : '');
    if (pressed.has(kind) || pressed.size === 4) continue;
    pressed.add(kind);
    await open(path);
    await figuresOf(page); // opens what is folded
    await page.locator(`main a[data-counts][href=${JSON.stringify(figure.href)}]`).locator('visible=true').first().click();
    await page.waitForURL((url) => url.pathname === where.pathname);
    await settled(page);
    const said = page.locator('main').getByText(new RegExp(`(^|[^\\d,])${grouped(figure.n)}([^\\d,]|$)`));
    await said.first().waitFor();
  }
}

export async function figures(world) {
  const { page, task, expect, open, worst } = world;
  for (const [name, path, least] of [
    ['Home', '/', 14],
    ['Vulnerabilities', '/vulnerabilities', 10],
    ['a vulnerability', `/vulnerabilities/${worst}`, 3],
    ['Fixes', '/fixes', 3],
    ['Proof', '/proof', 4],
    ["the leader's page", '/leader', 6],
    ['System health', '/settings?tab=health', 1],
  ])
    await task(`each figure of ${name} is a link to a list of as many`, () => follow(world, path, least));
  await task('holes are narrowed by state, gravity and day, and the list says which they are', async () => {
    await open('/holes');
    await page.getByLabel('Which', { exact: true }).selectOption('overdue');
    await page.getByLabel('How grave').selectOption('known to be exploited');
    await page.waitForURL((url) => url.searchParams.get('state') === 'overdue' && url.searchParams.get('of') === 'exploited');
    await page.getByText(/holes?: overdue, known to be exploited\.$|^None$/).first().waitFor();
    await page.getByLabel('As of').fill('1999-01-01');
    await page.getByText(/what was before is not known/).waitFor();
  });
  await task('what a query cannot tell is a list of its own, also as CSV and in a terminal', async () => {
    await open(`/devices?query=${encodeURIComponent(`finding = ${worst}`)}&part=unknown`);
    await page.getByText('Only those of which it cannot be told whether they match.').waitFor();
    await page.getByText(`oakum device list --query 'finding = ${worst}' --part unknown`, { exact: true }).waitFor();
  });
}

// Once rollouts ran.
export async function figuresOfRollouts(world, rollout) {
  const { task } = world;
  await task('each figure of rollouts and releases is a link to a list of as many', async () => {
    await follow(world, '/rollouts', 2);
    await follow(world, `/rollouts/${rollout}`, 2);
    await follow(world, '/releases', 1);
    const { items } = await world.api('/releases?limit=1');
    await follow(world, `/releases/${items[0].id}`, 1);
  });
  await task('figures of Fixes and Proof still lead to as many once rollouts ran', async () => {
    await follow(world, '/fixes', 2);
    await follow(world, '/proof', 6);
    await follow(world, '/', 10);
  });
}
