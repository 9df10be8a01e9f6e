#!/usr/bin/env node
/*
 * browser.cjs SOURCE HOSTILE-PAGE SHOTS - the page in a real browser: Debian's chromium, driven by playwright-core.
 *
 * What it must do: work from a disk without a network, with scripts and without; light, dark, narrow, printed; and do
 * nothing at all for the page of test_report_hostile, whose every field holds attacks. Screenshots go to SHOTS, for
 * people. Exit 77 where browser or driver are absent.
 */
'use strict';
const fs = require('fs');
const path = require('path');
const assert = require('assert');
const { execFileSync } = require('child_process');

const [source, hostile, shots] = process.argv.slice(2);
const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((p) => fs.existsSync(p));
function skip(why) {
  console.log('skipped: ' + why);
  process.exit(77);
}
let playwright;
try {
  playwright = require(path.join(source, 'fixtures/npm/node_modules/playwright-core'));
} catch (e) {
  skip("playwright-core is not there: 'npm ci --ignore-scripts' in fixtures/npm brings it");
}
if (!browserPath) skip("chromium is not installed: 'apt-get install chromium'");

const golden = (name, file) => 'file://' + path.join(source, 'reports/golden', name, file || 'report.html');
const FIRST = golden('first');
let browser;

/* A page that notes whatever it should not do. */
async function open(url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(60000);
  const page = await context.newPage();
  const noted = [];
  page.on('request', (r) => r.url().split('#')[0] === url.split('#')[0] || noted.push('request ' + r.url()));
  page.on('dialog', (d) => { noted.push('dialog ' + d.message()); d.dismiss(); });
  page.on('pageerror', (e) => noted.push('error ' + e.message));
  page.on('console', (m) => noted.push('console ' + m.text()));
  page.on('popup', () => noted.push('popup'));
  await page.goto(url);
  return { page, noted, close: () => context.close() };
}
const shot = (page, name) => page.screenshot({ path: path.join(shots, name + '.png'), timeout: 90000 });
const openAll = (page) => page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

const tests = {
  async 'the page of attacks does nothing, and shows them'() {
    const { page, noted, close } = await open('file://' + hostile);
    await openAll(page);
    await page.waitForTimeout(200); // for what would happen
    assert.deepStrictEqual(noted, []);
    assert.strictEqual(await page.evaluate(() => window.PWNED), undefined);
    const text = await page.evaluate(() => document.body.innerText);
    for (const said of ['<script>window.PWNED=1</script>', '<img src=x onerror="window.PWNED=2">', ']]>', '\\u{202E}', '\\u{001B}', '\\xFF', '=HYPERLINK'])
      assert(text.includes(said), 'the page does not show ' + said);
    assert.strictEqual(await page.evaluate(() => document.querySelectorAll('script').length), 1);
    assert.strictEqual(await page.evaluate(() => document.querySelectorAll('img, iframe, object, form, link, base').length), 0);
    assert(await page.evaluate(() => document.documentElement.classList.contains('live')), 'our own script did not run');
    await shot(page, 'hostile');
    await close();
  },

  async 'a script that is not ours does not run'() {
    const { page, close } = await open(FIRST);
    await page.evaluate(() => {
      const s = document.createElement('script');
      s.textContent = 'window.PWNED = 5';
      document.body.appendChild(s);
      const i = document.createElement('img');
      i.src = 'https://example.invalid/x.png';
      i.setAttribute('onerror', 'window.PWNED = 6');
      document.body.appendChild(i);
    });
    await page.waitForTimeout(200);
    assert.strictEqual(await page.evaluate(() => window.PWNED), undefined);
    await close();
  },

  async 'light and dark, marked above and below'() {
    const seen = [];
    for (const colorScheme of ['light', 'dark']) {
      const { page, noted, close } = await open(FIRST, { colorScheme });
      seen.push(await background(page));
      assert.deepStrictEqual(noted, []);
      const mark = await page.evaluate(() => Array.from(document.querySelectorAll('.banner .mark td')).map((td) =>
        getComputedStyle(td).backgroundColor + ' ' + getComputedStyle(td.querySelector('font') || td).color + ' ' + td.textContent.trim()));
      assert.strictEqual(mark.filter((m) => m === 'rgb(200, 16, 46) rgb(255, 255, 255) ACME SECRET REL AAA, BBB').length, 2, mark.join());
      await shot(page, colorScheme);
      await close();
    }
    assert.notStrictEqual(seen[0], seen[1]);
  },

  async 'a narrow screen needs no sideways scrolling'() {
    for (const [name, file] of [['first'], ['tries'], ['hostile'], ['altered'], ['altered', 'statement.html'], ['hostile', 'statement.html']]) {
      const { page, close } = await open(golden(name, file), { viewport: { width: 390, height: 844 } });
      await openAll(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      await shot(page, 'narrow-' + name + (file ? '-statement' : ''));
      assert(wide <= 391, name + ' is ' + wide + ' wide');
      await close();
    }
  },

  async 'every printed page is marked'() {
    const { page, close } = await open(FIRST);
    await openAll(page);
    const pdf = path.join(shots, 'first.pdf');
    await page.pdf({ path: pdf, format: 'A4', printBackground: true });
    let text;
    try {
      text = execFileSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' });
    } catch (e) {
      console.log("     (pdftotext is not installed: the printed pages were not read)");
      return close();
    }
    const sheets = text.split('\f').slice(0, -1);
    assert(sheets.length >= 3, 'only ' + sheets.length + ' pages');
    sheets.forEach((sheet, i) => {
      assert.strictEqual(sheet.split('EXERCISE - synthetic content only').length, 3, 'page ' + (i + 1) + ' has not two exercise lines');
      assert.strictEqual(sheet.split('BOREAL LIMITED').length >= 3, true, 'page ' + (i + 1) + ' is not marked twice');
    });
    await close();
  },

  async 'the statement: no script, no request, marked on every printed page'() {
    const { page, noted, close } = await open(golden('altered', 'statement.html'), { colorScheme: 'dark' });
    assert.strictEqual(await page.evaluate(() => document.querySelectorAll('script').length), 0);
    assert.strictEqual(await page.locator('.answer').textContent(), 'Conformance is not shown: 1 clause is violated in what was tested.');
    await shot(page, 'statement');
    const pdf = path.join(shots, 'statement.pdf');
    await page.pdf({ path: pdf, format: 'A4', printBackground: true });
    assert.deepStrictEqual(noted, []);
    await close();
    let text;
    try {
      text = execFileSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' });
    } catch (e) {
      return;
    }
    text.split('\f').slice(0, -1).forEach((sheet, i) =>
      assert.strictEqual(sheet.split('EXERCISE - synthetic content only').length, 3, 'page ' + (i + 1) + ' has not two exercise lines'));
  },

  async 'a matrix: a cell leads to its worst case, and all of it goes into a spreadsheet'() {
    const { page, noted, close } = await open(golden('altered'), { acceptDownloads: true });
    await page.locator('#matrix a.cell').first().click();
    await page.waitForFunction(() => /^#c\d+$/.test(location.hash) && document.querySelector(location.hash).closest('details').open);
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#matrix a.csv').first().click()]);
    const rows = fs.readFileSync(await download.path(), 'utf8').split('\r\n');
    assert.strictEqual(rows[0], '"sender","receiver","worst","passed","ran","total","rung","attributed to"');
    assert.strictEqual(rows[1], '"Muster","Muster, through Muster Twin","fail",0,2,2,8,"relay"');
    assert.strictEqual(download.suggestedFilename(), 'matrix-sender.csv');
    assert.deepStrictEqual(noted.filter((n) => !n.startsWith('request data:text/csv')), []);
    await close();
  },

  async 'filter'() {
    const { page, close } = await open(FIRST);
    const rows = () => page.evaluate(() => Array.from(document.querySelectorAll('table.cases tbody tr')).filter((r) => !r.hidden).length);
    const all = await rows();
    assert.strictEqual(all, 8);
    await page.keyboard.press('/');
    assert.strictEqual(await page.evaluate(() => document.activeElement.id), 'filter');
    await page.keyboard.type('relay SECRET', { delay: 1 });
    await page.waitForFunction(() => document.querySelector('output').textContent === '2 of 8 shown');
    assert.strictEqual(await rows(), 2);
    await page.keyboard.press('Escape');
    assert.strictEqual(await rows(), all);
    await page.click('.tools button:text-is("pass")');
    assert.strictEqual(await rows(), 5);
    await shot(page, 'filter');
    await close();
  },

  async 'sort'() {
    const { page, close } = await open(FIRST);
    const column = (n) => page.evaluate((k) => Array.from(document.querySelectorAll('table.cases tbody tr')).map((r) => r.cells[k].textContent.trim()), n);
    const ms = async () => (await column(7)).filter(Boolean).map(Number);
    const click = (name) => page.click('table.cases thead [role=button]:text-is("' + name + '")');
    await click('ms');
    assert.deepStrictEqual(await ms(), [0, 6, 9, 18, 20, 24]);
    await click('ms');
    assert.deepStrictEqual(await ms(), [24, 20, 18, 9, 6, 0]);
    assert.strictEqual(await page.getAttribute('table.cases thead th:nth-child(8)', 'aria-sort'), 'descending');
    await page.focus('table.cases thead th:nth-child(1) [role=button]');
    await page.keyboard.press('Enter'); // by verdict, best first
    assert(/pass$/.test((await column(0))[0]));
    await close();
  },

  async 'the key for the next failure'() {
    const { page, close } = await open(FIRST);
    await page.keyboard.press('n');
    await page.waitForFunction(() => location.hash !== '');
    const at = await page.evaluate(() => {
      const a = document.getElementById(location.hash.slice(1)).closest('article');
      return [a.className, a.querySelector('details').open, a.contains(document.activeElement)];
    });
    assert.deepStrictEqual(at, ['case e-fail', true, true]);
    await close();
  },

  async 'deep links, with scripts and without'() {
    for (const javaScriptEnabled of [true, false]) {
      for (const id of ['c3', 'k1', 'r2', 'i1']) {
        const { page, close } = await open(FIRST + '#' + id, { javaScriptEnabled });
        const target = page.locator('#' + id);
        await target.waitFor({ state: 'attached' });
        const box = await page.locator('article.case:has(#' + id + ') h4, th#' + id + ', article#' + id).first().boundingBox();
        assert(box !== null, '#' + id + ' stays folded, script ' + javaScriptEnabled);
        await close();
      }
    }
  },

  async 'without scripts everything can be read'() {
    for (const name of ['first', 'hostile', 'tries', 'interrupted', 'altered']) {
      const on = await open(golden(name)), off = await open(golden(name), { javaScriptEnabled: false });
      const read = (page) => page.locator('main').evaluate((main) => {
        main.querySelectorAll('.tools, .keys').forEach((e) => e.remove());
        return main.textContent.replace(/\s+/g, ' ');
      });
      assert.strictEqual(await read(on.page), await read(off.page), name);
      /* a fold opens by a click, as it does by a key */
      const fold = off.page.locator('article.case details').first();
      if (await fold.count()) {
        const was = await fold.getAttribute('open');
        await fold.locator('summary').first().click();
        assert.notStrictEqual(await fold.getAttribute('open'), was);
      }
      await shot(off.page, 'noscript-' + name);
      await on.close();
      await off.close();
    }
  },

  async 'names, headings and tables for those who do not see'() {
    const { page, close } = await open(FIRST);
    const wrong = await page.evaluate(() => {
      const bad = [], all = (s) => Array.from(document.querySelectorAll(s));
      if (document.documentElement.lang !== 'en') bad.push('no language');
      if (all('h1').length !== 1) bad.push('not one h1');
      if (all('main').length !== 1) bad.push('not one main');
      all('table:not([role=presentation]) th').forEach((th) => th.scope || bad.push('th without scope: ' + th.textContent));
      all('nav, [role=region], [role=search]').forEach((e) => e.getAttribute('aria-label') || document.getElementById(e.getAttribute('aria-labelledby')) || bad.push('no name: ' + e.outerHTML.slice(0, 80)));
      all('svg').forEach((e) => e.getAttribute('aria-label') || e.getAttribute('aria-hidden') || bad.push('picture without a name'));
      all('[id]').forEach((e) => document.querySelectorAll('#' + CSS.escape(e.id)).length === 1 || bad.push('twice: ' + e.id));
      all('a[href^="#"]').forEach((a) => document.getElementById(a.getAttribute('href').slice(1)) || bad.push('leads nowhere: ' + a.href));
      /* an outcome is a letter and a shape, and its word stands beside it */
      all('b.g').forEach((b) => /^[PRIFEN]$/.test(b.textContent) || bad.push('badge ' + b.textContent));
      return bad;
    });
    assert.deepStrictEqual(wrong, []);
    const shapes = await page.evaluate(() => new Set(['pass', 'remarks', 'inconclusive', 'fail', 'error', 'not-run'].map((v) => {
      const s = getComputedStyle(document.querySelector('.verdicts .g.' + v));
      return s.borderRadius + s.clipPath + s.borderStyle;
    })).size);
    assert.strictEqual(shapes, 6, 'two outcomes have one shape');
    await close();
  },
};

(async () => {
  fs.mkdirSync(shots, { recursive: true });
  const args = process.getuid() === 0 ? ['--no-sandbox'] : []; // the sandbox refuses to run as root
  browser = await playwright.chromium.launch({ executablePath: browserPath, args });
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      console.log('ok   ' + name);
    } catch (e) {
      failed++;
      console.log('FAIL ' + name + '\n     ' + (e.stack || e.message));
    }
  }
  await browser.close();
  process.exit(failed ? 1 : 0);
})();
