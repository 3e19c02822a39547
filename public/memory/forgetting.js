// Forgetting a whole conversation: asked once, with what goes; said when it is done.

import { forgetConversation } from './client.js'
import { icon, make, modal } from './dom.js'

const DONE = 'assistant-forgotten'
const SAID = 'This conversation has been forgotten: its messages, what I remembered of it, its search vectors and its traces are deleted.'

const keep = make('button', { type: 'button', class: 'memory-plain', autofocus: '' }, 'Keep it')
const go = make('button', { type: 'button', class: 'memory-danger' }, 'Forget it')
const failed = make('p', { role: 'alert', class: 'memory-failed' })
const question = modal(
  { id: 'memory-confirm', role: 'alertdialog', 'aria-labelledby': 'memory-confirm-title', 'aria-describedby': 'memory-confirm-about' },
  make(
    'div',
    {},
    make('h2', { id: 'memory-confirm-title' }, 'Forget this conversation?'),
    make(
      'div',
      { id: 'memory-confirm-about' },
      make('p', {}, 'This deletes for good:'),
      make('ul', {}, ['its messages', 'what I remember of it', 'its search vectors', 'its traces'].map((each) => make('li', {}, each))),
      make('p', {}, 'If you opened a ticket, it stays with our team.')
    ),
    failed,
    make('div', { class: 'memory-buttons' }, keep, go)
  )
)
let thread = ''

keep.addEventListener('click', () => question.close())
go.addEventListener('click', async () => {
  working(true)
  try {
    await forgetConversation(thread)
  } catch (error) {
    failed.textContent = error.message
    working(false)
    return
  }
  sessionStorage.setItem(DONE, '1')
  location.assign('/') // a new chat, and a sidebar without it
})

function working(on) {
  for (const button of [keep, go]) button.disabled = on
  go.textContent = on ? 'Forgetting…' : 'Forget it'
}

export function askToForget(ofThread) {
  thread = ofThread
  failed.textContent = ''
  working(false)
  question.showModal()
}

/** After the new chat has loaded: say what was done. */
export function sayForgotten() {
  if (!sessionStorage.getItem(DONE)) return
  sessionStorage.removeItem(DONE)
  const words = make('p', {})
  const close = make('button', { type: 'button', 'aria-label': 'Close this notice', click: () => note.remove() }, icon('close'))
  const note = make('div', { id: 'memory-forgotten', role: 'status' }, words, close)
  document.body.append(note)
  // A live region speaks of what changes in it, not of what it came with.
  setTimeout(() => (words.textContent = SAID), 300)
}

/** The notice has been read once the talk goes on. */
export const putNoticeAway = () => document.getElementById('memory-forgotten')?.remove()
