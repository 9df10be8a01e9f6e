/* Adds to a page that can be read without it: filter, sort, keys, and folds that open for a link.
 * No angle bracket that opens may stand here: it could end the element. */
(function () {
  'use strict';
  var doc = document, root = doc.documentElement;
  var words = ['pass', 'remarks', 'inconclusive', 'fail', 'error', 'not-run'];
  var all = function (selector, from) { return Array.prototype.slice.call((from || doc).querySelectorAll(selector)); };
  var make = function (name, text, into) {
    var e = doc.createElement(name);
    if (text) e.textContent = text;
    if (into) into.appendChild(e);
    return e;
  };
  root.classList.add('live');

  /* --- open what a link leads to ---------------------------------------------------------------- */
  var open = function (e) {
    for (; e; e = e.parentElement) if (e.tagName === 'DETAILS') e.open = true;
  };
  var arrive = function () {
    var id = location.hash.slice(1), e = /^[a-z0-9-]+$/i.test(id) ? doc.getElementById(id) : null;
    if (!e) return;
    open(e);
    e.scrollIntoView({ block: 'start' });
  };
  addEventListener('hashchange', arrive);

  /* --- filter ------------------------------------------------------------------------------------ */
  var section = doc.getElementById('table');
  if (!section) return;
  var rows = all('table.cases tbody tr', section), folds = all('details.fold', section);
  var tools = doc.createElement('div'), off = {};
  tools.className = 'tools';
  tools.setAttribute('role', 'search');
  tools.setAttribute('aria-label', 'Filter the cases');
  var box = make('input', '', tools);
  box.type = 'search';
  box.id = 'filter';
  box.placeholder = 'Filter: case, role, reason, ...';
  box.setAttribute('aria-label', 'Filter the cases');
  var word = function (row) { return row.cells[0].textContent.replace(/^\s*\S+\s+/, '').trim(); };
  var text = null, verdict = null; /* of each row, once somebody asks: a run may have 25,000 */
  var learn = function () {
    text = text || rows.map(function (row) { return row.textContent.toLowerCase(); });
    verdict = verdict || rows.map(word);
  };
  var said = doc.createElement('output');
  said.setAttribute('aria-live', 'polite');
  var filter = function () {
    learn();
    var wanted = box.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
    var limited = wanted.length > 0 || words.some(function (w) { return off[w]; });
    rows.forEach(function (row, i) {
      var keep = !off[verdict[i]] && wanted.every(function (w) { return text[i].indexOf(w) >= 0; });
      row.hidden = !keep;
      shown += keep ? 1 : 0;
    });
    folds.forEach(function (fold) {
      var any = all('tbody tr', fold).some(function (row) { return !row.hidden; });
      fold.hidden = !any;
      if (limited && any && 500 >= shown) fold.open = true;
    });
    said.textContent = limited ? shown + ' of ' + rows.length + ' shown' : rows.length + ' cases';
  };
  words.filter(function (w) { return doc.querySelector('.bar .chips .' + w); }).forEach(function (w) {
    var button = make('button', w, tools);
    button.type = 'button';
    button.setAttribute('aria-pressed', 'true');
    button.addEventListener('click', function () {
      off[w] = !off[w];
      button.setAttribute('aria-pressed', String(!off[w]));
      filter();
    });
  });
  tools.appendChild(said);
  section.insertBefore(tools, section.querySelector('.scroll, .fold'));
  var timer = 0;
  box.addEventListener('input', function () {
    clearTimeout(timer);
    timer = setTimeout(filter, rows.length > 3000 ? 150 : 0);
  });
  said.textContent = rows.length + ' cases';

  /* --- sort -------------------------------------------------------------------------------------- */
  var key = function (row, column) {
    var value = row.cells[column].textContent.trim();
    if (column === 0) return words.indexOf(word(row));
    return column === 7 ? Number(value || -1) : value;
  };
  var sort = function (table, column, head) {
    var down = head.getAttribute('aria-sort') === 'ascending', body = table.tBodies[0];
    var list = all('tr', body).map(function (row, i) { return { row: row, key: key(row, column), i: i }; });
    list.sort(function (a, b) {
      var order = typeof a.key === 'number' ? a.key - b.key : a.key.localeCompare(b.key, 'en', { numeric: true });
      return (down ? -order : order) || a.i - b.i;
    });
    all('th', table.tHead).forEach(function (th) { th.removeAttribute('aria-sort'); });
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    list.forEach(function (item) { body.appendChild(item.row); });
  };
  all('table.cases', section).forEach(function (table) {
    all('thead th', table).forEach(function (head, column) {
      /* Not a button element: Chromium leaves its text out of headings that printing repeats. */
      var button = doc.createElement('span');
      button.setAttribute('role', 'button');
      button.tabIndex = 0;
      button.textContent = head.textContent;
      head.textContent = '';
      head.appendChild(button);
      button.addEventListener('click', function () { sort(table, column, head); });
      button.addEventListener('keydown', function (event) {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        sort(table, column, head);
      });
    });
  });

  /* --- all cases open or closed -------------------------------------------------------------------- */
  var cases = doc.getElementById('cases'), heading = cases.querySelector('h2');
  var bar = make('div');
  bar.className = 'tools';
  [['Open all', true], ['Close all', false]].forEach(function (pair) {
    var button = make('button', pair[0], bar);
    button.type = 'button';
    button.addEventListener('click', function () {
      all('article.case > details', cases).forEach(function (e) { e.open = pair[1]; });
    });
  });
  heading.parentNode.insertBefore(bar, heading.nextSibling);

  /* --- keys -------------------------------------------------------------------------------------- */
  var bad = all('article.e-fail, article.e-error, p.l-fail, p.l-error', cases), at = -1;
  var step = function (by) {
    if (!bad.length) return;
    at = (at + by + bad.length + (0 > at && 0 > by ? 1 : 0)) % bad.length;
    var e = bad[at], anchor = e.id ? e : e.querySelector('.anchor');
    var again = location.hash === '#' + anchor.id;
    location.hash = anchor.id;
    if (again) arrive();
    var summary = e.querySelector('summary');
    if (summary) summary.focus({ preventScroll: true });
  };
  doc.addEventListener('keydown', function (event) {
    var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'Escape' && event.target === box) {
      box.value = '';
      filter();
      box.blur();
    } else if (typing) {
      return;
    } else if (event.key === '/') {
      event.preventDefault();
      box.focus();
      section.scrollIntoView({ block: 'start' });
    } else if (event.key === 'n') {
      step(1);
    } else if (event.key === 'p') {
      step(-1);
    }
  });
  arrive();
})();
