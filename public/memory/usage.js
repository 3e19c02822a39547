// What takes the room in the context: one bar, and the figures on request.

import { count, make } from './dom.js'

const NAMES = {
  system: 'Instructions',
  tools: 'Tools',
  pins: 'Kept word for word',
  summary: 'Summary',
  recalled: 'Earlier messages found again',
  evidence: 'Passages from documents',
  window: 'Recent messages',
  question: 'Your message',
  reply: 'Room for the reply'
}

export function usage({ tokens, budget, sections }) {
  const parts = Object.entries(sections).filter(([, each]) => each > 0)
  return make(
    'div',
    { class: 'memory-usage' },
    make('p', {}, make('strong', {}, count(tokens)), ` of ${count(budget)} tokens in use`),
    bar(tokens, budget),
    parts.length > 0 && make('details', {}, make('summary', {}, 'What takes the room'), make('dl', {}, parts.map((each) => row(each, tokens))))
  )
}

function row([name, tokens], whole) {
  return make('div', {}, make('dt', {}, NAMES[name] || plain(name)), make('dd', {}, count(tokens)), bar(tokens, whole))
}

function bar(part, whole) {
  const fill = make('span')
  fill.style.width = `${Math.min(100, (100 * part) / Math.max(whole, 1))}%`
  return make('div', { class: 'memory-bar', 'aria-hidden': 'true' }, fill)
}

const plain = (name) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ')
