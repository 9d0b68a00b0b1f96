/** Runs in the browser as it stands here: plain JavaScript, no requests but to its own server. */
export const SCRIPT = `
'use strict';
// A browser opens six connections to a host: streams take four at most, further cameras show a snapshot each second.
const STREAMS = 4;
const POLL = 2000;
const RETRY = 2000;
const grid = document.querySelector('main');
const notice = document.querySelector('#notice');
const cards = new Map();
let turn = 0;
let timer;
let away = false;

// Not location.href: fetch refuses addresses that hold a password.
const at = (path) => new URL(path, location.origin + location.pathname).href;
const fresh = (path) => at(path + (path.includes('?') ? '&' : '?') + Date.now() + '.' + turn++);

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

function link(path, text) {
  const made = element('a', '', text);
  made.href = at(path);
  return made;
}

function makeCard(camera) {
  const name = encodeURIComponent(camera.name);
  const card = {
    camera,
    image: element('img', ''),
    message: element('p', ''),
    state: element('span', 'state'),
    facts: element('span', 'facts'),
    path: camera.index < STREAMS ? 'stream/' + name : 'snapshot/' + name + '?placeholder=1',
    moving: camera.index < STREAMS,
    timer: undefined,
    unseen: 0,
  };
  card.image.alt = 'Picture of camera ' + camera.name;
  card.image.onload = () => {
    if (!card.camera.error) card.message.textContent = '';
    if (!card.moving) again(card, 1000);
  };
  card.image.onerror = () => {
    if (!card.image.hasAttribute('src')) return;
    card.message.textContent = reason(card.camera);
    again(card, RETRY);
  };
  card.figure = element(
    'figure', '',
    element('div', 'picture', card.image, card.message),
    element('figcaption', '', element('strong', '', camera.name), card.state, card.facts,
      link('stream/' + name, 'stream'), link('snapshot/' + name, 'snapshot')),
  );
  grid.append(card.figure);
  play(card);
  return card;
}

function reason(camera) {
  return camera.error ? camera.error.message : 'No picture: ' + camera.state;
}

function play(card) {
  card.unseen = 0;
  card.image.src = fresh(card.path);
}

function again(card, delay) {
  clearTimeout(card.timer);
  card.timer = setTimeout(() => { if (!document.hidden) play(card); }, delay);
}

function pause(card) {
  clearTimeout(card.timer);
  card.image.removeAttribute('src');
}

function update(card, camera) {
  card.camera = camera;
  card.state.textContent = (camera.placeholder || camera.state).toLowerCase();
  card.state.className = 'state ' + camera.state;
  const { format, fps, viewers } = camera;
  card.facts.textContent = [
    format && format.width + ' × ' + format.height + ' ' + format.fourcc.trim(),
    fps.measured.toFixed(1) + ' fps',
    viewers + (viewers === 1 ? ' viewer' : ' viewers'),
  ].filter(Boolean).join(' · ');
  // Browsers do not tell that a stream has ended; a server that sees no viewer does.
  card.unseen = viewers === 0 ? card.unseen + 1 : 0;
  if (card.moving && (away || card.unseen > 1)) play(card);
  if (camera.error) card.message.textContent = camera.error.message;
  else if (camera.state === 'live' || camera.state === 'off') card.message.textContent = '';
}

function remove(card) {
  pause(card);
  card.figure.remove();
  cards.delete(card.camera.name);
}

async function poll() {
  try {
    const response = await fetch(at('api/cameras'), { cache: 'no-store' });
    if (!response.ok) throw new Error(response.status + ' ' + response.statusText);
    const { cameras } = await response.json();
    for (const camera of cameras) {
      if (!cards.has(camera.name)) cards.set(camera.name, makeCard(camera));
      update(cards.get(camera.name), camera);
    }
    for (const card of [...cards.values()]) {
      if (!cameras.some((camera) => camera.name === card.camera.name)) remove(card);
    }
    away = false;
    notice.textContent = cameras.length === 0 ? 'There is no camera yet.' : '';
  } catch (error) {
    away = true;
    notice.textContent = 'framehub does not answer: ' + error.message;
  }
  timer = setTimeout(poll, POLL);
}

// A hidden page costs nobody anything.
document.addEventListener('visibilitychange', () => {
  clearTimeout(timer);
  for (const card of cards.values()) (document.hidden ? pause : play)(card);
  if (!document.hidden) poll();
});
poll();
`;
