// Where a turn stands in the transcript: Chainlit gives each message the id `step-<its id>`.

const FLASH_MS = 1800

/** The element of a turn's question, or of its answer when `saidBy` says so; null when it isn't shown. */
export function elementOf(turn, saidBy = 'user') {
  const ids = saidBy === 'assistant' ? [turn.answer, turn.question] : [turn.question, `work-${turn.answer}`, turn.answer]
  return ids.map((id) => document.getElementById(`step-${id}`)).find(Boolean) || null
}

/** The whole row of a message, the first child of which may be ours. */
export const rowOf = (element) => element.closest('[data-step-type]')

export function reveal(element, { focus }) {
  element = element.querySelector('.bg-accent:has(.message-content)') || element // of a question only its bubble
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
  element.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' })
  element.classList.remove('memory-flash')
  void element.offsetWidth // starts the animation anew
  element.classList.add('memory-flash')
  setTimeout(() => element.classList.remove('memory-flash'), FLASH_MS)
  if (!focus) return
  element.setAttribute('tabindex', '-1')
  element.focus({ preventScroll: true })
}

export function timeOf(turn) {
  const at = new Date(turn.at)
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
  if (at.toDateString() === new Date().toDateString()) return at.toLocaleTimeString('en-GB', clock)
  return at.toLocaleString('en-GB', { day: 'numeric', month: 'short', ...clock })
}
