// The lines and pins, each with who said it, its turns, what it rests on, and a button that forgets it.

import { icon, make } from './dom.js'
import { elementOf, timeOf } from './turns.js'

const SECTIONS = [
  ['purpose', "What it's about"],
  ['facts', 'Facts and decisions'],
  ['tried', 'What was tried'],
  ['open', 'Open questions'],
  ['commitments', 'Commitments']
]
const KINDS = [
  ['name', 'Names'],
  ['identifier', 'Numbers and codes'],
  ['amount', 'Amounts'],
  ['date', 'Dates'],
  ['email', 'E-mail addresses'],
  ['phone', 'Phone numbers'],
  ['url', 'Web addresses'],
  ['promise', 'Promises']
]
const WHO = { user: 'You said', assistant: 'I said' }
const MAX_NAMED = 80

/** The two lists as elements; `acts` has `forget(item)` and `show(turn, saidBy, event)`. */
export function lists(items, acts) {
  return [
    part('In short', 'What I keep of your earlier messages.', SECTIONS, of(items, 'line'), acts),
    part('Word for word', 'Details that must stay exact.', KINDS, of(items, 'pin'), acts)
  ].filter(Boolean)
}

const of = (items, kind) => items.filter((item) => item.kind === kind)

function part(title, about, groups, items, acts) {
  if (!items.length) return null
  const shown = groups.map(([key, name]) => group(name, items.filter((item) => item.section === key), acts))
  const known = new Set(groups.map(([key]) => key))
  shown.push(group('Other', items.filter((item) => !known.has(item.section)), acts))
  return make('section', {}, make('h3', {}, title), make('p', { class: 'memory-about' }, about), shown)
}

function group(name, items, acts) {
  if (!items.length) return null
  return make('div', { class: 'memory-group' }, make('h4', {}, name), make('ul', {}, items.map((item) => row(item, acts))))
}

function row(item, acts) {
  const words = make(item.superseded ? 'del' : 'span', { class: 'memory-text', dir: 'auto' }, item.text)
  const corrected = item.superseded && make('span', { class: 'memory-corrected' }, 'corrected')
  return make(
    'li',
    { 'data-item': item.id, 'data-kind': item.kind },
    make(
      'div',
      { class: 'memory-said' },
      item.label && make('span', { class: 'memory-label', dir: 'auto' }, item.label),
      make('p', {}, words, corrected && ' ', corrected),
      origin(item, acts)
    ),
    make(
      'button',
      { type: 'button', class: 'memory-forget', 'aria-label': `Forget ${named(item)}`, title: 'Forget this', click: () => acts.forget(item) },
      icon('forget')
    )
  )
}

function named(item) {
  const whole = item.label ? `${item.label}: ${item.text}` : item.text
  return whole.length > MAX_NAMED ? `${whole.slice(0, MAX_NAMED - 1)}…` : whole
}

function origin(item, acts) {
  const who = WHO[item.said_by] || (item.turns.length > 0 && 'From')
  const turns = item.turns.map((turn) => place(turn, item.said_by, acts))
  const documents = item.documents.map((each) =>
    make('a', { class: 'memory-document', href: each.link, target: '_blank', rel: 'noopener' }, icon('document'), make('span', {}, each.title))
  )
  const parts = [who && make('span', {}, who), ...turns, ...documents].filter(Boolean)
  return parts.length ? make('div', { class: 'memory-origin' }, parts) : null
}

function place(turn, saidBy, acts) {
  const time = timeOf(turn)
  if (!elementOf(turn, saidBy)) return make('span', {}, time)
  const label = `Show the message of ${time}`
  return make('button', { type: 'button', class: 'memory-turn', 'aria-label': label, title: label, click: (event) => acts.show(turn, saidBy, event) }, time)
}
