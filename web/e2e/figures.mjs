// SPDX-License-Identifier: Apache-2.0
// Each figure is a link to the list that it counts: all of them are followed, and the lists are counted.
export async function figures({ page, task, expect, open, api, worst, grouped, settled }) {
  const figuresOf = () => page.locator('main a[data-counts]').evaluateAll((links) => links.map((link) => ({ href: link.getAttribute('href'), n: Number(link.getAttribute('data-counts')), words: link.textContent })));
  const listOf = (href) => {
    const asked = new URL(href, 'https://here').searchParams;
    const wanted = new URLSearchParams({ limit: '1' });
    for (const name of ['query', 'part']) if (asked.has(name)) wanted.set(name, asked.get(name));
    return api(`/devices?${wanted}`);
  };
  for (const [name, path, least] of [['Home', '/', 12], ['Vulnerabilities', '/vulnerabilities', 10], ['a vulnerability', `/vulnerabilities/${worst}`, 3]]) {
    await task(`each figure of ${name} is a link to a list of as many devices`, async () => {
      await open(path);
      const found = await figuresOf();
      expect(found.length >= least, `only ${found.length} figures: ${JSON.stringify(found)}`);
      const counted = new Map();
      // Of a long list the first ones: the others come by the same rule.
      for (const figure of found.slice(0, 24)) {
        if (!counted.has(figure.href)) counted.set(figure.href, (await listOf(figure.href)).total);
        expect(counted.get(figure.href) === figure.n, `"${figure.words}" says ${figure.n}, its list ${figure.href} counts ${counted.get(figure.href)}`);
      }
      // One of them with the pointer, that no query can name where there is one.
      const chosen = found.find((figure) => figure.href.includes('part=') && figure.n > 0) ?? found.find((figure) => figure.n > 0);
      await page.locator(`main a[data-counts][href="${chosen.href}"]`).locator('visible=true').first().click();
      await page.getByRole('heading', { name: 'Devices', level: 1 }).waitFor();
      await settled(page);
      await page.getByText(`${grouped(chosen.n)} match`).waitFor();
    });
  }
  await task('what a query cannot tell is a list of its own, also as CSV and in a terminal', async () => {
    await open(`/devices?query=${encodeURIComponent(`finding = ${worst}`)}&part=unknown`);
    await page.getByText('Only those of which it cannot be told whether they match.').waitFor();
    await page.getByText(`oakum device list --query 'finding = ${worst}' --part unknown`, { exact: true }).waitFor();
    expect((await page.getByRole('button', { name: /^Change all/ }).count()) === 0, 'a change of what no query names is offered');
  });
}
