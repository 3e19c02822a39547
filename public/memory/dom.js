// Elements made by hand: whatever anybody said becomes text, never markup.

const SVG = 'http://www.w3.org/2000/svg'
const ICONS = {
  close: ['M18 6 6 18', 'm6 6 12 12'],
  forget: ['M3 6h18', 'M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6', 'M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2', 'M10 11v6', 'M14 11v6'],
  document: ['M15 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V7Z', 'M14 2v4a2 2 0 0 0 2 2h4']
}

/** An element. Attributes that are functions become listeners; null, false and undefined are left out. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value)
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false))
  return element
}

export function draw(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

export function icon(name) {
  const look = { viewBox: '0 0 24 24', fill: 'none', stroke: 'currentColor', 'stroke-width': 2, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }
  return draw('svg', { ...look, 'aria-hidden': 'true', class: 'memory-icon' }, ...ICONS[name].map((d) => draw('path', { d })))
}

export const count = (number) => Math.round(number).toLocaleString('en')

/** A modal dialog that keeps the focus inside, closes with Escape and with a click beside it, and gives focus back. */
export function modal(attributes, ...children) {
  const dialog = make('dialog', attributes, ...children)
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close())
  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'Tab' && event.target.closest('dialog') === dialog) keepInside(dialog, event)
    event.stopPropagation() // Chainlit listens to keys on the document
  })
  document.body.append(dialog)
  return dialog
}

function keepInside(dialog, event) {
  const stops = [...dialog.querySelectorAll('button:not(:disabled), a[href], summary')].filter((each) => each.checkVisibility())
  const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]]
  if (document.activeElement !== from && stops.includes(document.activeElement)) return
  event.preventDefault()
  to.focus()
}
