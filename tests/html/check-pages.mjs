// Looks at pages in a headless Chromium as a reader would, in light and dark, on wide and narrow
// screens, and fails on whatever a reader would stumble over:
//
//     node check-pages.mjs MODULES SCREENSHOTS PAGE...
//     node check-pages.mjs MODULES --self-test
//
// MODULES is a node_modules directory that holds playwright-core and axe-core, SCREENSHOTS a
// directory for pictures of the pages, a PAGE a file. CHROMIUM names another browser than
// /usr/bin/chromium. The exit status is 1 when something is wrong.
import { createRequire } from 'node:module';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, target, ...pages] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), 'x.js'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const views = ['light', 'dark'].flatMap(scheme => [1280, 400].map(width => ({ scheme, width })));

// Runs in the page: what does not fit. Sentences.
function findMisfits() {
  const faults = [], wide = document.documentElement.clientWidth;
  const name = e => `<${e.localName}> "${(e.textContent || e.alt || '').trim().slice(0, 40)}"`;
  const isShown = e => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });

  if (document.documentElement.scrollWidth > wide)
    faults.push(`the page is ${document.documentElement.scrollWidth} pixels wide, more than ${wide}`);
  // Boxes of pieces of text, and what holds them.
  const boxes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const holder = node.parentElement;
    if (!node.data.trim() || holder.closest('script, style, title, desc, svg') || !isShown(holder))
      continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects())
      if (box.width > 0)
        boxes.push({ box, holder });
  }
  for (const text of document.querySelectorAll('svg text'))
    if (isShown(text))
      boxes.push({ box: text.getBoundingClientRect(), holder: text });
  for (const { box, holder } of boxes) {
    const frame = holder.closest('svg.bcp, svg')?.getBoundingClientRect();
    if (box.left < -0.5 || box.right > wide + 0.5)
      faults.push(`${name(holder)} is cut by the edge of the screen`);
    if (frame && (box.left < frame.left - 1 || box.right > frame.right + 1 ||
                  box.top < frame.top - 1 || box.bottom > frame.bottom + 1))
      faults.push(`${name(holder)} is cut by the edge of its picture`);
    for (let e = holder; e; e = e.parentElement) {
      const edge = e.getBoundingClientRect(), style = getComputedStyle(e);
      if (style.overflowX !== 'visible' && e !== document.body && e.localName !== 'html' &&
          !e.closest('svg') && (box.right > edge.right + 1 || box.left < edge.left - 1))
        faults.push(`${name(holder)} is cut by ${name(e)}`);
    }
  }
  // Lines of one text may touch: their boxes are higher than letters.
  for (let i = 0; i < boxes.length; i++)
    for (let k = i + 1; k < boxes.length; k++) {
      const a = boxes[i].box, b = boxes[k].box;
      const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (boxes[i].holder !== boxes[k].holder && x > 1 && y > 0.3 * Math.min(a.height, b.height))
        faults.push(`${name(boxes[i].holder)} lies over ${name(boxes[k].holder)}`);
    }
  for (const e of document.querySelectorAll('img, audio, input, svg.bcp')) {
    const box = e.getBoundingClientRect();
    if (isShown(e) && (box.width < 1 || box.height < 1))
      faults.push(`${name(e)} has no size`);
    if (isShown(e) && (box.right > wide + 0.5 || box.left < -0.5))
      faults.push(`${name(e)} is cut by the edge of the screen`);
    if (e.localName === 'img' && !(e.complete && e.naturalWidth > 0))
      faults.push(`${name(e)} is no picture`);
  }
  return [...new Set(faults)].slice(0, 20);
}

// Every slider moves by keyboard, shows where the focus is, and moves the line.
async function tryKeyboard(page) {
  const faults = [];
  for (const slider of await page.locator('input[type=range]').all()) {
    const line = () => slider.evaluate(e =>
      e.closest('.pair').querySelector('.on').style.getPropertyValue('--x'));
    await slider.focus();
    const before = await line();
    await page.keyboard.press('ArrowRight');
    if (await line() === before)
      faults.push('the slider does not move by keyboard');
    if (await slider.evaluate(e => getComputedStyle(e).outlineStyle) === 'none')
      faults.push('the focus on the slider is not seen');
    await page.keyboard.press('ArrowLeft');
  }
  return faults;
}

// Sounds load: the browser knows how long they are.
async function tryPlayers(page) {
  const durations = await page.evaluate(() => Promise.all(
    [...document.querySelectorAll('audio')].map(a => new Promise(done => {
      if (a.readyState >= 1)
        done(a.duration);
      a.addEventListener('loadedmetadata', () => done(a.duration));
      a.addEventListener('error', () => done(0));
      setTimeout(() => done(0), 10000);
    }))));
  return durations.every(d => d > 0) ? [] : ['a player has no sound'];
}

// Without scripts both pictures are there, one below the other, and no slider.
async function tryWithoutScripts(browser, url) {
  const context = await browser.newContext({ javaScriptEnabled: false,
    viewport: { width: 1280, height: 900 } });
  const page = await context.newPage(), faults = [];
  await page.goto(url);
  for (const pair of await page.locator('.pair').all()) {
    const [a, b] = await Promise.all((await pair.locator('img').all()).map(i => i.boundingBox()));
    if (!a || !b || b.y < a.y + a.height)
      faults.push('without scripts one picture hides the other');
    if (await pair.locator('input').isVisible())
      faults.push('without scripts there is a slider that does nothing');
  }
  await context.close();
  return faults;
}

async function lookAt(browser, file, { scheme, width }, screenshot) {
  const url = pathToFileURL(resolve(file)).href, faults = [];
  const context = await browser.newContext({ colorScheme: scheme, reducedMotion: 'reduce',
    viewport: { width, height: 900 } });
  const page = await context.newPage();
  page.on('console', m => faults.push(`console: ${m.type()}: ${m.text()}`));
  page.on('pageerror', e => faults.push(`script: ${e.message}`));
  page.on('request', r => {
    if (r.url() !== url && !r.url().startsWith('data:'))
      faults.push(`asks for ${r.url()}`);
  });
  await page.goto(url);
  faults.push(...await page.evaluate(findMisfits));
  faults.push(...await tryKeyboard(page), ...await tryPlayers(page));
  const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const isLight = paper.match(/\d+/g).slice(0, 3).every(v => v > 128);
  if (isLight !== (scheme === 'light'))
    faults.push(`the paper is ${paper} on ${scheme} screens`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  for (const v of violations)
    faults.push(`axe: ${v.id}: ${v.help} (${v.nodes[0].target})`);
  if (screenshot) {
    await page.evaluate(() => document.activeElement?.blur());
    await page.screenshot({ path: screenshot, fullPage: true });
  }
  await context.close();
  return faults;
}

// What is wrong with each, and a word of the sentence that has to be said.
const wrong = [
  ['<p style="width:2000px">wide</p>', 'pixels wide'],
  ['<p>one</p><p style="margin-top:-2rem">two</p>', 'lies over'],
  ['<img alt="x" src="data:image/png;base64,AAAA">', 'no picture'],
  ['<img alt="x" src="https://example.org/x.png">', 'asks for'],
  ['<script>console.log(1)</script>', 'console'],
  ['<script>throw new Error("no")</script>', 'script'],
  ['<p style="color:#ccc">pale</p>', 'axe'],
  ['<svg class="bcp" width="50" height="20"><title>t</title><text x="0" y="15">much too long</text></svg>',
    'edge of its picture'],
  ['<div style="width:3rem;overflow:hidden;white-space:nowrap">much too long</div>', 'is cut by'],
  ['<audio controls src="data:audio/wav;base64,AAAA"></audio>', 'no sound'],
  ['<div class="pair"><div class="on"></div><label>s<input type="range"></label></div>',
    'by keyboard'],
];

async function selfTest(browser) {
  const scratch = mkdtempSync(join(tmpdir(), 'pages-')), file = join(scratch, 'x.html');
  const frame = body => '<!DOCTYPE html><html lang="en"><head><title>t</title>' +
    '<style>:root{color-scheme:light dark}html{background:#fff;color:#000}' +
    '@media(prefers-color-scheme:dark){html{background:#000;color:#fff}}p{margin:1rem 0}</style>' +
    `</head><body><main><h1>t</h1>${body}</main></body></html>`;
  const failed = [];
  writeFileSync(file, frame('<p>good</p>'));
  const said = await lookAt(browser, file, views[1]);
  if (said.length)
    failed.push(`a good page is refused: ${said}`);
  for (const [body, word] of wrong) {
    writeFileSync(file, frame(body));
    const faults = await lookAt(browser, file, views[1]);
    if (!faults.some(f => f.includes(word)))
      failed.push(`${body}: said "${faults}", expected "${word}"`);
  }
  rmSync(scratch, { recursive: true });
  return failed;
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  headless: true, args: flags });
const faults = [];
if (target === '--self-test') {
  faults.push(...await selfTest(browser));
} else {
  mkdirSync(target, { recursive: true });
  for (const file of pages) {
    const stem = basename(file, '.html');
    for (const view of views) {
      const words = `${view.scheme}-${view.width}`;
      const found = await lookAt(browser, file, view, join(target, `${stem}-${words}.png`));
      faults.push(...found.map(f => `${file}, ${words}: ${f}`));
    }
    const url = pathToFileURL(resolve(file)).href;
    faults.push(...(await tryWithoutScripts(browser, url)).map(f => `${file}: ${f}`));
  }
}
await browser.close();
for (const fault of faults)
  console.log(fault);
console.log(target === '--self-test' ? `${wrong.length + 1} pages of the self-test, ${faults.length} wrong`
  : `${pages.length} pages in ${views.length} views, ${faults.length} faults`);
process.exit(faults.length ? 1 : 0);
